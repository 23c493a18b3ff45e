"""Bringing a node's stored records to the form of this version, while its services run, old and new.

The steps stand beside the documents, what they do in `shared/store/migrations.py`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.errors import PyMongoError

from deploy.home import Home
from deploy.trouble import ATTENTION, DONE, UNREACHABLE, Trouble
from shared.node import GATEWAY, Node
from shared.store import connection, migrations
from shared.store.aggregate import Aggregate
from shared.store.migrations import Progress

Say = Callable[[str], None]
Watch = Callable[[str, Progress], None]


def migrate(
    home: Home, area: str, services: Iterable[str], *, dry_run: bool, batch: int, say: Say, watch: Watch
) -> int:
    """Migrate the databases of `services`, or of all that the node hosts. Calls `watch(service, progress)` after each
    batch. ATTENTION where records in an older form are left: a service of an older version wrote them meanwhile."""
    node = home.node(area)
    done = left = 0
    for service in _chosen(node, services):
        with _store(node, service) as database:
            for kind in kinds(service):
                waiting = migrations.waiting(database, kind)
                if not dry_run:
                    done += _migrate(database, service, kind, batch, say, watch)
                    left += migrations.waiting(database, kind)
                elif waiting:
                    say(
                        f"would bring {waiting} records of {_name(service, kind)} to form {migrations.newest(kind)}"
                    )
                    left += waiting
    if not done and not left:
        say(f"all records of node {area} have the form of this version")
    if dry_run or not left:
        return DONE
    say(f"{left} records were written in an older form meanwhile: run this again once no older version runs")
    return ATTENTION


def kinds(service: str) -> list[type[Aggregate]]:
    """What a service stores in forms that change."""
    found = importlib.import_module(f"services.{service}.documents").ALL
    return [kind for kind in found if issubclass(kind, Aggregate)]


def _chosen(node: Node, services: Iterable[str]) -> list[str]:
    hosted = (GATEWAY, *node.services)
    wanted = list(services) or list(hosted)
    if strange := [name for name in wanted if name not in hosted]:
        raise Trouble(f"node {node.area} hosts no {strange[0]} (it hosts {', '.join(hosted)})")
    return wanted


@contextmanager
def _store(node: Node, service: str) -> Iterator[Any]:
    """The service's database, also for steps that look at other records. Raises Trouble where the store is away."""
    connection.connect(node.store, node.database(service))
    try:
        yield connection.database()
    except PyMongoError as error:
        raise Trouble(
            f"the store of node {node.area} failed ({type(error).__name__}); run this again, it goes on where it was",
            UNREACHABLE,
        ) from error
    finally:
        connection.disconnect()


def _migrate(database: Any, service: str, kind: type[Aggregate], batch: int, say: Say, watch: Watch) -> int:
    """How many records were changed, now or by a run before that was killed."""
    if not kind.steps:
        return 0
    done = 0
    for progress in migrations.run(database, kind, batch):
        done = progress.changed
        watch(service, progress)
    if done:
        say(f"{_name(service, kind)}: {done} records brought to form {migrations.newest(kind)}")
    return done


def _name(service: str, kind: type[Aggregate]) -> str:
    return f"{service} {kind._get_collection_name()}"
