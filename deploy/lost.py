"""What the last restore of a node lost, as far as others have seen it and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from deploy import resync
from deploy.api import Api
from deploy.home import Home
from deploy.trouble import Trouble
from shared.node import GATEWAY


@dataclass(frozen=True)
class Lost:
    """`changes` are as `GET /api/<service>/lost` tells them; `missing` names who has not told all yet."""

    restore: dict[str, Any]
    changes: list[dict[str, Any]]
    missing: list[str]


def find(home: Home, area: str) -> Lost:
    """Asks the running node. Raises Trouble where it does not run, or was never restored."""
    api, node = Api(home, area), home.node(area)
    restores = api.get("/api/node/restores?limit=200")["items"]
    if not restores:
        raise Trouble(f"node {area} was not restored from a backup, or started less than a minute ago")
    last = max(restores, key=lambda one: int(one["epoch"]))
    changes = [one for name in (GATEWAY, *node.services) for one in _changes(api, name)]
    progress = resync.look(api, area, last["id"], (GATEWAY, *node.services))
    return Lost(last, changes, progress.missing)


def _changes(api: Api, service: str) -> Iterator[dict[str, Any]]:
    path = "/api/lost" if service == GATEWAY else f"/api/{service}/lost"
    yield from api.get(path)["items"]


def table(changes: list[dict[str, Any]]) -> Table:
    shown = Table("kind", "id", "area", "backup held", "others have seen", "told by")
    for one in changes:
        ours = "/".join(str(number) for number in one["ours"]) or "nothing"
        theirs = "/".join(str(number) for number in one["theirs"])
        shown.add_row(one["of"], one["id"], one["area"], ours, theirs, one["told_by"])
    return shown


def summary(found: Lost, say: Callable[[str], None]) -> None:
    gone = sum(one["gone"] for one in found.changes)
    say(
        f"restored in epoch {found.restore['epoch']}: {len(found.changes)} records with lost changes, "
        f"{gone} of them gone altogether"
    )
    if found.missing:
        say(f"not told yet: {', '.join(found.missing)}; the list may grow")
