"""Restoring a node from its backup.

The node is stopped, what its databases hold is deleted, and the backup's documents take their place. From the
first deletion to the last document each database carries a mark, on which no service starts; killed in
between, the same command begins again and finishes.

What was told after the backup has been forgotten here and not elsewhere. So each record that this node owns goes
on in an epoch that nothing was ever told in, and says so in an event `restored`, left in its outbox. What
stood in outboxes stays as it was: it may have been sent, and is then recognised by its id.
"""

from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pymongo.database import Database
from rich.console import Console

from deploy import nodes
from deploy.backup import broker, snapshot
from deploy.backup.archive import Backup, Manifest
from deploy.description import describe
from deploy.home import Home, write_private
from deploy.places import own_broker
from deploy.replay.progress import shown
from deploy.trouble import Trouble
from deploy.wish import Wish
from shared import clock
from shared.call import Call
from shared.events.types import Subject
from shared.node import GATEWAY, Node
from shared.store import timeline
from shared.store.aggregate import Aggregate
from shared.version import VERSION

Say = Callable[[str], None]
Document = dict[str, Any]

BATCH = 500  # documents in one insert
# How long before the backup others may have sent what this node had not yet applied when it was taken.
MARGIN = timedelta(days=1)


@dataclass(frozen=True)
class Restore:
    """One restore: `epoch` is the one that records go on in, `since` what others are to send again."""

    node: Node
    epoch: int
    since: datetime
    call: Call


def restore(
    home: Home,
    backup: Backup,
    wish: Wish,
    *,
    since: datetime | None,
    dry_run: bool,
    say: Say,
    console: Console,
) -> int:
    """Bring the node to what the backup holds. Raises Trouble; the same command then begins again."""
    manifest = backup.manifest
    _check_version(manifest)
    backup.check()
    say(
        f"{backup.path}: node {manifest.area}, made at {manifest.made_at}, {manifest.documents} documents of "
        f"{len(manifest.databases)} databases; sound"
    )
    files = _missing_files(home, backup)
    if dry_run:
        _say_plan(home, backup, files, say)
        return 0
    for path, content in files.items():
        say(f"write {home.folder(manifest.area) / path}")
        write_private(home.folder(manifest.area) / path, content.decode())
    _bring_back_broker(home, json.loads(backup.read("broker.json")), wish, say)
    code = nodes.add(home, wish, dry_run=False, say=say) if _reaches_parent(home, wish) else 0
    node = home.node(manifest.area)
    with snapshot.store(node) as client:
        databases = {name: client[node.database(name)] for name in manifest.databases}
        run = _begin(node, databases, manifest, since)
        totals = {name: sum(told["collections"].values()) for name, told in manifest.databases.items()}
        with shown(console, totals) as advance:
            for name, db in databases.items():
                _load(run, backup, name, db, advance)
        for db in databases.values():
            timeline.finish(db)
    say(f"node {node.area} stands as at {manifest.started_at}, in epoch {run.epoch}; start it now")
    return code


def _check_version(manifest: Manifest) -> None:
    def numbers(version: str) -> list[int]:
        return [int(part) for part in version.split(".") if part.isdecimal()]

    if numbers(manifest.product) > numbers(VERSION):
        raise Trouble(f"the backup is of version {manifest.product}, this is {VERSION}: upgrade first")


def _missing_files(home: Home, backup: Backup) -> dict[str, bytes]:
    """What the home lacks of the node. What is there stays: addresses and keys may have changed since."""
    folder = home.folder(backup.manifest.area)
    return {path: content for path, content in backup.files().items() if not (folder / path).exists()}


def _say_plan(home: Home, backup: Backup, files: Iterable[str], say: Say) -> None:
    area = backup.manifest.area
    for path in files:
        say(f"would write {home.folder(area) / path}")
    if area in home.nodes():
        place, _ = own_broker(home, Wish(area), home.node(area), home.operator(area))
        for line in broker.missing(place, json.loads(backup.read("broker.json"))):
            say(f"would {line}")
    for name, told in backup.manifest.databases.items():
        count = sum(told["collections"].values())
        say(f"would replace all that the database of {name} holds by {count} documents")


def _bring_back_broker(home: Home, told: dict[str, Any], wish: Wish, say: Say) -> None:
    """First of all, so that from here on others' messages wait for the node."""
    node = home.node(wish.area)
    place, operator = own_broker(home, wish, node, home.operator(wish.area))
    home.write_operator(wish.area, operator)
    home.write_node(wish.area, describe(home, wish, node, place))
    for line in broker.missing(place, told):
        say(line)
    broker.bring_back(place, told)


def _reaches_parent(home: Home, wish: Wish) -> bool:
    """Whether `node add` can look after the parent's side too; else the shovels of the backup must do."""
    parent = home.node(wish.area).parent
    return parent is None or parent in home.nodes() or bool(wish.parent_broker)


def _begin(
    node: Node, databases: dict[str, Database[Document]], manifest: Manifest, since: datetime | None
) -> Restore:
    """Mark all databases before the first is touched. Raises Trouble while a service of the node runs."""
    for name, db in databases.items():
        held = db["leases"].find_one({"expires": {"$gt": clock.wall()}})
        if held:
            raise Trouble(
                f"{name} of node {node.area} runs, or was killed less than 15 s ago: stop the node first"
            )
    known = [told["epoch"] for told in manifest.databases.values()]
    known += [timeline.epoch_of(db) for db in databases.values()]
    # Two more: the one in between is for telling what is gone.
    epoch = max(int(clock.wall().timestamp()), max(known, default=1) + 2)
    since = since or clock.parse(manifest.started_at) - MARGIN
    for db in databases.values():
        timeline.begin(db, epoch, since)
    return Restore(node, epoch, since, Call(node, GATEWAY, f"restore:{node.area}:{epoch}"))


def _load(
    run: Restore, backup: Backup, service: str, db: Database[Document], advance: Callable[[str, int], None]
) -> None:
    for name in snapshot.collections(db):
        db[name].drop()
    db["leases"].drop()
    owned = _owned(service)
    for name in backup.manifest.databases[service]["collections"]:
        documents = backup.documents(service, name)
        if name in owned:
            documents = _raised(run, service, owned[name], documents)
        for batch in _batches(documents):
            db[name].insert_many(batch, ordered=False)
            advance(service, len(batch))


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    rest = iter(documents)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _owned(service: str) -> dict[str, tuple[type[Aggregate], Subject | None]]:
    """The service's aggregates by their collections, each with its subject, if others may know of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eventlet tells its users that it is old; operators can't help that
        events = importlib.import_module(f"services.{service}.events")
        documents = importlib.import_module(f"services.{service}.documents").ALL
    subjects = {kind: subject for subject, kind in events.TELLS}
    kinds = [kind for kind in documents if issubclass(kind, Aggregate)]
    return {kind._get_collection_name(): (kind, subjects.get(kind)) for kind in kinds}


def _raised(
    run: Restore, service: str, owned: tuple[type[Aggregate], Subject | None], documents: Iterable[Document]
) -> Iterator[Document]:
    """Own records in the new epoch, each with the event that says so; copies of others' as they are."""
    kind, subject = owned
    call = Call(run.node, service, run.call.cause, now=run.call.now)
    for document in documents:
        if document.get("owner") == run.node.area:
            document["restored_from"] = [document.get("epoch", 1), document.get("sequence", 0)]
            document["epoch"] = run.epoch
            if subject is not None:
                told = subject.restored().tell(call, kind._from_son(document))
                document["outbox"] = [*document.get("outbox", []), told]
                document.setdefault("pending_since", run.call.now)
        yield document
