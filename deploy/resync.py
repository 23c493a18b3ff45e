"""Asking for the state again that a node's services must know of others, and waiting until all have told it.

The request is kept by the node itself: a command that is interrupted has only stopped to watch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from deploy.api import Api
from deploy.home import Home
from deploy.trouble import ATTENTION, DONE, Trouble
from shared import areas
from shared.ids import new_id
from shared.node import GATEWAY

LOOK = 0.5  # seconds between two looks at the answers


@dataclass(frozen=True)
class Told:
    """What one service of one node has told again to one service here, in full."""

    node: str
    service: str
    to: str
    sent: int


@dataclass(frozen=True)
class Progress:
    """`missing` are `<service> of <node>` that have not told all yet; a node not known yet is named alone."""

    told: list[Told]
    missing: list[str]


Watch = Callable[[Progress], None]


def resync(
    home: Home,
    area: str,
    *,
    service: str | None = None,
    requests: Iterable[str] = (),
    wait: float,
    dry_run: bool,
    say: Callable[[str], None],
    watch: Watch,
) -> int:
    """Ask for one service or all of the node's, or go on watching `requests`, for up to `wait` seconds.

    Calls `watch` at each look.
    """
    api, hosted = Api(home, area), (GATEWAY, *home.node(area).services)
    if service not in (None, *hosted):
        raise Trouble(f"node {area} hosts no {service} (it hosts {', '.join(hosted)})")
    if dry_run:
        expected = sorted({f"{name} of {other}" for other, name in _line(api, area)})
        say(f"would ask {', '.join(expected) or 'nobody: no other node is known'}")
        return DONE
    asked = _targets(api, area, requests) if requests else {}
    if not asked:
        for target in [service] if service else hosted:
            asked[api.post("/api/node/resyncs", {"service": target}, new_id())["id"]] = target
        options = " ".join(f"--request {request}" for request in asked)
        say(f"asked; to go on watching later: hatchery node resync {area} {options}")
    end = time.monotonic() + wait
    while True:
        found = [look(api, area, request, (target,)) for request, target in asked.items()]
        told = [one for progress in found for one in progress.told]
        missing = sorted({one for progress in found for one in progress.missing})
        watch(Progress(told, missing))
        if not missing:
            return DONE
        if time.monotonic() > end:
            say(f"not told yet: {', '.join(missing)}; they answer when their links are up")
            return ATTENTION
        time.sleep(LOOK)


def _targets(api: Api, area: str, requests: Iterable[str]) -> dict[str, str]:
    """The service that each request was made for. Raises Trouble for one that the node does not know."""
    known: dict[str, str] = {}
    path = "/api/node/resyncs?limit=200"
    while path:
        page = api.get(path)
        known |= {one["id"]: one["target"] for one in page["items"]}
        path = f"/api/node/resyncs?limit=200&cursor={page['next']}" if page["next"] else ""
    for request in requests:
        if request not in known:
            raise Trouble(f"node {area} knows no request {request}")
    return {request: known[request] for request in requests}


def look(api: Api, area: str, request: str, targets: Iterable[str]) -> Progress:
    """Who has told `targets` all that the request is about, and who has not."""
    told = [
        Told(answer["node"], answer["service"], target, answer["sent"])
        for target in targets
        for answer in api.get(_answers(target, request))["answers"]
    ]
    got = {(one.to, one.node, one.service) for one in told}
    line = list(_line(api, area))
    missing = {
        f"{name} of {node}" for node, name in line for target in targets if (target, node, name) not in got
    }
    return Progress(told, sorted(missing | set(_unknown(api, area))))


def _answers(target: str, request: str) -> str:
    return f"/api/resyncs/{request}" if target == GATEWAY else f"/api/{target}/resyncs/{request}"


def _line(api: Api, area: str) -> Iterator[tuple[str, str]]:
    """Node and service of all that are known above this node, below it, and at it."""
    for node in api.get("/api/nodes")["items"]:
        if areas.contains(node["id"], area) or areas.contains(area, node["id"]):
            for service in (GATEWAY, *node["services"]):
                yield node["id"], service


def _unknown(api: Api, area: str) -> Iterator[str]:
    """A node above that has not been heard of yet."""
    known = {node["id"]: node["parent"] for node in api.get("/api/nodes")["items"]}
    above = api.get("/api/node")["parent"]
    while above in known:
        above = known[above]
    if above:
        yield f"node {above}"
