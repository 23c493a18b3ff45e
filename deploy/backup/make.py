"""Making a backup of one node while it runs.

Each service's database is read as of one moment; one after the other, so their moments differ by seconds.
That is sound, since services are joined by events alone: what one has sent and another has not yet applied is
sent again after a restore.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymongo
from rich.console import Console

from deploy.backup import archive, broker, snapshot
from deploy.backup.archive import Manifest, Writer
from deploy.home import Home
from deploy.places import own_place
from deploy.replay.progress import shown
from deploy.trouble import DONE, UNREACHABLE, Trouble
from shared import clock
from shared.node import Node
from shared.store import timeline
from shared.version import VERSION

Say = Callable[[str], None]
Client = pymongo.MongoClient[dict[str, Any]]


def make(home: Home, area: str, target: Path, *, dry_run: bool, say: Say, console: Console) -> int:
    """Write a backup of the node to `target`. Raises Trouble; then `target` is what it was before."""
    node = home.node(area)
    files = _files(home, node, say)
    with snapshot.store(node) as client:
        totals = {name: _size(client, node, name) for name in snapshot.services(node)}
        definitions = broker.definitions(own_place(home, area), area)
        if dry_run:
            for name, total in totals.items():
                say(f"would read some {total} documents of {name}")
            say(f"would write them, {len(files)} files and the broker's definitions to {target}")
            return DONE
        manifest = Manifest(area, VERSION, clock.text(clock.wall()))
        with archive.written(target, manifest) as writer, shown(console, totals) as advance:
            for path, content in files.items():
                writer.add(f"files/{path}", content)
            writer.add("broker.json", json.dumps(definitions, indent=1).encode())
            for name in totals:
                _read(client, node, name, writer, manifest, advance)
    size = target.stat().st_size
    say(f"{target}: {manifest.documents} documents of {len(totals)} databases, {size:,} bytes")
    say("it holds personal data, passwords and the node's private key: keep it as you keep those")
    return DONE


def _files(home: Home, node: Node, say: Say) -> dict[str, bytes]:
    """The node's folder without its logs, by paths within it."""
    folder = home.folder(node.area)
    if not node.keys.resolve().is_relative_to(folder.resolve()):
        say(f"warning: the keys in {node.keys} are outside of {folder} and not in the backup")
    try:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_relative_to(home.logs(node.area)) and path.name[0] != "."
        }
    except OSError as error:
        raise Trouble(f"{error.filename} cannot be read: {error.strerror}", UNREACHABLE) from error


def _size(client: Client, node: Node, service: str) -> int:
    db = client[node.database(service)]
    _check_whole(db, node)
    return sum(db[name].estimated_document_count() for name in snapshot.collections(db))


def _check_whole(db: pymongo.database.Database[dict[str, Any]], node: Node) -> None:
    if timeline.loading(db):
        raise Trouble(f"node {node.area} is half restored: finish that first (hatchery restore)")


def _read(
    client: Client,
    node: Node,
    service: str,
    writer: Writer,
    manifest: Manifest,
    advance: Callable[[str, int], None],
) -> None:
    db = client[node.database(service)]
    names = snapshot.collections(db)
    with snapshot.moment(client) as session:
        started = clock.text(clock.wall())
        manifest.databases[service] = {
            "started_at": started,
            "epoch": timeline.epoch_of(db, session),
            "collections": {},
        }
        for name in names:
            advance(service, writer.add_documents(service, name, snapshot.documents(db, name, session)))
