"""A node with a broker and a store of its own in a temporary folder, for what is run as a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import requests

from deploy.embedded import Embedded
from tests.harness import RunningNode, make_node, scratch, served

VHOST = "alone"


@contextmanager
def alone(services: Sequence[str], area: str, parent: str | None = None) -> Iterator[RunningNode]:
    """It runs; what a kill ends of the broker and the store is started again. Nothing of it is left at the end."""
    with scratch() as folder, served(Embedded(folder)) as embedded:
        addresses = embedded.addresses
        login = (addresses.user, addresses.password)
        requests.put(f"{addresses.admin_url}/api/vhosts/{VHOST}", auth=login, timeout=30).raise_for_status()
        node = make_node(embedded, folder / "node", VHOST, services, area=area, parent=parent)
        try:
            node.start()
            yield node
        finally:
            node.stop()
