"""The hosts that the trial of three sites runs on: what their firewalls let through."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.hosts import Hosts, why_not

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    if reason := why_not():
        pytest.skip(reason)
    with Hosts(2) as made:
        yield made


def answers(hosts: Hosts, asking: int, asked: int) -> bool:
    """Whether a server on one host hears a client on the other, and is heard."""
    with hosts.inside(asked):
        server = socket.create_server((hosts.address(asked), 0))
    with server, hosts.inside(asking):

        def serve() -> None:
            with contextlib.suppress(OSError), server.accept()[0] as caller:
                caller.sendall(b"here")

        threading.Thread(target=serve, daemon=True).start()
        try:
            with socket.create_connection(server.getsockname(), 1.0) as caller:
                caller.settimeout(10)
                return caller.recv(4) == b"here"
        except OSError:
            server.shutdown(socket.SHUT_RDWR)
            return False


def test_a_host_behind_its_firewall_only_dials_out(hosts: Hosts) -> None:
    assert answers(hosts, 1, 2)
    hosts.firewall(2)
    assert not answers(hosts, 1, 2)
    assert answers(hosts, 2, 1)


def test_a_pulled_cable_carries_nothing(hosts: Hosts) -> None:
    hosts.firewall(2)
    hosts.cut(2)
    assert not answers(hosts, 2, 1)
