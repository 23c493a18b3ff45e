"""Nodes that the tests of a module share: started on first use, drained at the module's end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import requests

from deploy.embedded import Embedded
from tests.harness import RunningNode, make_node, stop_together

Starter = Callable[..., RunningNode]


@pytest.fixture(scope="module")
def node(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """`node(["registry", ...], area="230102")`: a running node, one for each set of services in a module."""
    yield from starting(embedded, tmp_path_factory)


def starting(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    running: dict[tuple[str, ...], RunningNode] = {}
    api = requests.Session()
    api.auth = (embedded.addresses.user, embedded.addresses.password)

    def start(services: Sequence[str], area: str = "230102", **settings: Any) -> RunningNode:
        key = (area, *services)
        if key not in running:
            vhost = f"test-{uuid.uuid4().hex[:12]}"
            api.put(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30).raise_for_status()
            folder = tmp_path_factory.mktemp(area)
            running[key] = make_node(embedded, folder, vhost, services, area=area, **settings)
            running[key].start()
        return running[key]

    yield start
    stop_together(running.values())
    for one in running.values():
        api.delete(f"{embedded.addresses.admin_url}/api/vhosts/{one.vhost}", timeout=30)
