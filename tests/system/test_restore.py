"""A node is backed up while it works, loses a day, and is restored; the others follow, and what was lost is told."""

from __future__ import annotations

import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded import Embedded
from tests.cable import Cable
from tests.deploy.support import clear
from tests.harness import RunningNode, eventually
from tests.services.organisations import active, apply, approve
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


def test_backup_and_restore(tiers, tmp_path):
    d = tiers[DISTRICT]
    o = active(tiers[STREET], "晨练队")
    own = active(d, "区级队")
    eventually(lambda: d.get(f"/api/registry/organisations/{o}").ok)
    print(tiers.hatchery("backup", DISTRICT, "--to", str(tmp_path/"b"), "--dry-run").stdout)
    print(tiers.hatchery("backup", DISTRICT, "--to", str(tmp_path/"b")).stdout)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b"]
    assert stat.S_IMODE((tmp_path/"b").stat().st_mode) == 0o600
    print(tiers.hatchery("restore", str(tmp_path/"b"), "--dry-run").stdout)
    r = tiers.hatchery("restore", str(tmp_path/"b"), "--yes", check=False)
    assert r.returncode == 2; print(r.stderr)
    later = active(d, "后来队")
    d.stop()
    print(tiers.hatchery("restore", str(tmp_path/"b"), "--yes").stdout)
    d.start()
    assert d.get(f"/api/registry/organisations/{own}").ok
    assert d.get(f"/api/registry/organisations/{later}").status_code == 404
