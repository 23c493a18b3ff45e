"""Where a home's broker and store listen, and the file that says so."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deploy.embedded import EmbeddedAddresses, NotRunning
from deploy.embedded.addresses import FILE, write_file

pytestmark = pytest.mark.unit


def test_uris_quote_the_virtual_host(tmp_path: Path) -> None:
    addresses = EmbeddedAddresses.for_home(
        tmp_path, {"amqp_port": 5679, "store_port": 27018, "admin_port": 15679}
    )

    assert addresses.amqp_uri("/") == f"amqp://hatchery:{addresses.password}@127.0.0.1:5679/%2F"
    assert addresses.amqp_uri("150204").endswith(":5679/150204")
    assert addresses.admin_url == "http://127.0.0.1:15679"
    assert addresses.store_uri == "mongodb://127.0.0.1:27018/?directConnection=true&serverMonitoringMode=poll"


def test_an_unused_home_has_no_addresses(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        EmbeddedAddresses.read(tmp_path)


def test_a_second_start_keeps_name_password_and_ports(tmp_path: Path) -> None:
    first = EmbeddedAddresses.for_home(tmp_path)
    write_file(tmp_path, first, {}, ready=False)

    assert EmbeddedAddresses.for_home(tmp_path) == first
    assert EmbeddedAddresses.read(tmp_path) == first


def test_two_homes_share_nothing(tmp_path: Path) -> None:
    one, other = EmbeddedAddresses.for_home(tmp_path / "a"), EmbeddedAddresses.for_home(tmp_path / "b")

    assert one.erlang_node != other.erlang_node
    assert one.password != other.password


def test_only_the_owner_reads_the_password(tmp_path: Path) -> None:
    write_file(tmp_path, EmbeddedAddresses.for_home(tmp_path), {}, ready=False)

    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
