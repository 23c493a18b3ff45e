"""A node is backed up while it works, loses a day, and is restored; the others follow, and what was lost is told."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded import Embedded
from tests.cable import Cable
from tests.deploy.support import clear
from tests.services.organisations import active, apply
from tests.system.conftest import Tiers, start_all

pytestmark = pytest.mark.system

DISTRICT, STREET = "990204", "990204001"  # of no code list


@pytest.fixture(scope="module")
def tiers(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    """A district that writes to organisations, and a street that decides about its own."""
    home = tmp_path_factory.mktemp("restore")
    shutil.copy(embedded.home / "embedded.yaml", home / "embedded.yaml")
    cable = Cable(("127.0.0.1", embedded.addresses.amqp_port))
    made = Tiers(home, embedded, cable, {})
    try:
        made.add(DISTRICT, "registry,notifications")
        made.add(STREET, "registry", DISTRICT)
        start_all(made)
        yield made
    finally:
        for node in reversed(made.nodes.values()):
            node.stop()
        cable.close()
        clear(embedded.addresses, DISTRICT)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backups") / "district.tar"


def test_a_running_node_is_written_to_one_file_that_only_its_owner_reads(tiers, file):
    active(tiers[DISTRICT], "晨练队")
    tiers.hatchery("backup", DISTRICT, "--to", str(file), "--dry-run")
    assert not file.exists()
    told = tiers.hatchery("backup", DISTRICT, "--to", str(file)).stdout
    assert "keep it as you keep those" in told
    assert list(file.parent.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "sound" in tiers.hatchery("restore", str(file), "--dry-run").stdout


def test_a_running_node_is_not_restored(tiers, file):
    refused = tiers.hatchery("restore", str(file), "--yes", check=False)
    assert refused.returncode == 2
    assert "stop the node first" in refused.stderr


def test_a_stopped_node_goes_back_to_what_the_backup_holds(tiers, file):
    district = tiers[DISTRICT]
    (kept,) = (o["id"] for o in district.get("/api/registry/organisations").json()["items"])
    later = apply(district, "后来队")
    district.stop()
    tiers.hatchery("restore", str(file), "--yes")
    district.start()
    assert district.get(f"/api/registry/organisations/{kept}").ok
    assert district.get(f"/api/registry/organisations/{later}").status_code == 404
