"""Handing records over between a node and the nodes above it, from the lower one's home.

The lower node dials in both directions, since it may sit behind a firewall. Nothing is kept here: each batch is
asked for, delivered and confirmed, and whatever was begun is found at the node that gives. So a run that was
killed is simply started again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from deploy.home import Home
from deploy.replay.progress import shown
from deploy.trouble import ATTENTION, DONE, REFUSED, UNREACHABLE, Trouble
from shared import areas, keys
from shared.call import Grant
from shared.node import Node

Say = Callable[[str], None]
BATCH = 100  # records in one request
PATIENCE = 90.0  # seconds for which a step is tried again: a killed service is back by then
PAUSE = 1.0  # seconds before a step is tried again
TIMEOUT = (5.0, 70.0)  # seconds to connect, and to the answer; the gateway itself waits 60
# Seconds after both nodes agree, before what is left is looked for once more: requests under way have ended, and
# each process of a service has looked up anew who serves the area.
SETTLE = 3.0
_AGAIN = (408, 502, 503, 504)  # and 409, 401 where the other node's announcement is still on its way


@dataclass
class Peer:
    """A node's gateway, spoken to in the name of node `speaker`."""

    area: str
    url: str
    speaker: str
    key: Ed25519PrivateKey
    verify: str | bool = True  # the CA that the speaker's node trusts
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False  # a proxy of the machine is not for talk between nodes

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer, tried again for PATIENCE. Raises Trouble."""
        end = time.monotonic() + PATIENCE
        while True:
            told = self._once(method, path, body)
            if isinstance(told, dict):
                return told
            if time.monotonic() > end:
                raise Trouble(
                    f"node {self.area} ({self.url}{path}): {told}; run this again: it goes on where it was",
                    UNREACHABLE,
                )
            time.sleep(PAUSE)

    def _once(self, method: str, path: str, body: Any) -> dict[str, Any] | str:
        """The answer, or why there is none yet. Raises Trouble where there never will be."""
        token = keys.issue(
            self.key, self.speaker, f"node {self.speaker}", [Grant("node", self.speaker)], lifetime=300
        )
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        try:
            answer = self.session.request(
                method, self.url + path, json=body, headers=headers, timeout=TIMEOUT, verify=self.verify
            )
            told = answer.json()
        except requests.RequestException as error:
            return type(error).__name__
        if answer.ok and isinstance(told, dict):
            return told
        detail = f"{told.get('detail', answer.status_code)} {told.get('remedy', '')}".strip()
        if answer.status_code in _AGAIN or "retry_after" in told or "unknown-key" in told.get("type", ""):
            return detail
        raise Trouble(f"node {self.area} refuses: {detail}", REFUSED)


@dataclass
class Move:
    """One service's records from one node to another."""

    service: str
    giver: Peer
    taker: Peer
    area: str
    rising: bool = False  # what is seated above the giver
    refused: dict[str, str] = field(default_factory=dict)  # reason, by id
    moved: int = 0

    @property
    def name(self) -> str:
        return f"{self.service} {self.giver.area} > {self.taker.area}"

    def counts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._post(self.giver, "counts")["nouns"]
        return found

    def run(self, advance: Callable[[int], None]) -> None:
        """Move all that there is to move. Raises Trouble."""
        end = time.monotonic() + PATIENCE
        while True:
            skip = list(self.refused)[:1000]
            batch = self._post(self.giver, "releases", limit=BATCH, skip=skip)
            if not batch["items"]:
                return
            taken = self._post(self.taker, "receipts", **batch)
            self.refused |= {one["id"]: one["reason"] for one in taken["refused"]}
            done = self._post(self.giver, "confirmations", ids=taken["taken"])["ids"]
            whole = [i for i in batch["items"] if "owner" in i["document"] and i["document"]["_id"] in done]
            self.moved += len(whole)
            advance(len(whole))
            if done or taken["refused"]:
                end = time.monotonic() + PATIENCE
            elif time.monotonic() > end:
                raise Trouble(
                    f"node {self.giver.area} cannot send its last events of {len(batch['items'])} records of "
                    f"{self.service}: mend its broker (hatchery node status), then run this again",
                    ATTENTION,
                )
            else:
                time.sleep(PAUSE)

    def complete(self) -> int:
        """Let the new owner go through what it set aside; how many of these events wait on."""
        failed, after = 0, ""
        while after is not None:
            told = self._post(self.taker, "completions", after=after)
            failed, after = failed + told["failed"], told["next"]
        return failed

    def _post(self, peer: Peer, step: str, **body: Any) -> dict[str, Any]:
        return peer.call(
            "POST",
            f"/api/{self.service}/handover/{step}",
            {"area": self.area, **body} | ({"rising": True} if self.rising else {}),
        )


def run(
    home: Home,
    area: str,
    *,
    back: bool,
    services: Sequence[str] | None,
    dry_run: bool,
    say: Say,
    console: Console,
) -> int:
    """Take over from the nodes above what is seated within the node's area and give them what is seated above it;
    or give all of it `back`. The exit code is
    ATTENTION where something could not be moved. Raises Trouble."""
    here = home.node(area)
    own = _own_peer(home, here)
    known = own.call("GET", "/api/nodes")["items"]
    moves = list(_moves(here, own, known, _chosen(here, services), back=back))
    moves += [] if back else list(_rising(here, own, known, _chosen(here, services)))
    if not moves:
        say(
            f"nothing to hand over: no node above {area} hosts {', '.join(_chosen(here, services)) or 'any service'}"
        )
        return DONE
    totals = {move.name: _told(move, say, dry_run=dry_run) for move in moves}
    if dry_run:
        return DONE
    _withdraw(own, known, {move.service for move in moves}, back=back)
    with shown(console, totals) as advance:
        for move in moves:
            move.run(partial(advance, move.name))
        time.sleep(SETTLE)
        for move in moves:
            move.run(partial(advance, move.name))
    return max([_conclude(move, say) for move in moves])


def _own_peer(home: Home, here: Node) -> Peer:
    if here.parent is None:
        raise Trouble(f"node {here.area} has no node above: there is nobody to hand over from or to")
    try:
        private = keys.load_private(home.keys(here.area))
    except (OSError, ValueError) as error:
        raise Trouble(f"the key of node {here.area} cannot be read: {error}", UNREACHABLE) from error
    own = Peer(here.area, here.url, here.area, private, here.verify)
    if isinstance(told := own._once("GET", "/api/node", None), str):
        raise Trouble(f"node {here.area} does not answer ({told}): start it (hatchery node run {here.area})",
                      UNREACHABLE)  # fmt: skip
    return own


def _chosen(here: Node, services: Sequence[str] | None) -> list[str]:
    if unknown := [name for name in services or () if name not in here.services]:
        raise Trouble(f"node {here.area} does not host {', '.join(unknown)}: name services that it hosts")
    return [name for name in here.services if services is None or name in services]


def _moves(
    here: Node, own: Peer, known: Sequence[dict[str, Any]], services: Sequence[str], *, back: bool
) -> Iterator[Move]:
    """Upwards to the nearest node that serves; downwards from each above that may still hold something."""
    above = sorted(
        (node for node in known if node["id"] != here.area and areas.contains(node["id"], here.area)),
        key=lambda node: -len(node["id"]),
    )
    for service in services:
        peers = [
            Peer(node["id"], node["url"], here.area, own.key, own.verify)
            for node in above
            if service in node["services"] or (not back and service in node["withdrawn"])
        ]
        if back and not peers:
            raise Trouble(f"no node above {here.area} hosts {service}: leave it out with --services")
        yield from (
            [Move(service, own, peers[0], here.area)]
            if back
            else [Move(service, peer, own, here.area) for peer in peers]
        )


def _rising(
    here: Node, own: Peer, known: Sequence[dict[str, Any]], services: Sequence[str]
) -> Iterator[Move]:
    """Upwards what the node holds and is seated above it, such as an organisation that moves to another street."""
    above = [node for node in known if node["id"] != here.area and areas.contains(node["id"], here.area)]
    for service in services:
        hosts = [node for node in above if service in node["services"]]
        if not hosts:
            continue
        nearest = max(hosts, key=lambda node: len(node["id"]))
        peer = Peer(nearest["id"], nearest["url"], here.area, own.key, own.verify)
        move = Move(service, own, peer, here.area, rising=True)
        if any(count["moving"] for count in move.counts()):
            yield move


def _told(move: Move, say: Say, *, dry_run: bool) -> int:
    """How many records are to move; said by noun in a dry run, with what must stay in any case."""
    total = 0
    for count in move.counts():
        total += count["moving"]
        what = f"{move.service}.{count['noun']}"
        if dry_run and count["moving"]:
            say(f"would hand over {count['moving']} of {what} from {move.giver.area} to {move.taker.area}")
        if count["tied"]:
            say(f"{count['tied']} of {what} stay at {move.giver.area}: they hang together with money or rounds "
                f"seated outside of {move.area}")  # fmt: skip
    if dry_run and not total:
        say(f"nothing of {move.service} to hand over from {move.giver.area} to {move.taker.area}")
    return total


def _withdraw(own: Peer, known: Sequence[dict[str, Any]], services: set[str], *, back: bool) -> None:
    """Let the node announce who serves its area from now on, before the first record moves."""
    before = next((set(node["withdrawn"]) for node in known if node["id"] == own.area), set())
    after = before | services if back else before - services
    own.call("PUT", "/api/node/withdrawal", {"services": sorted(after)})


def _conclude(move: Move, say: Say) -> int:
    waiting = move.complete()
    left = sum(count["moving"] for count in move.counts())
    say(f"{move.name}: {move.moved} records handed over, {left} left")
    for identifier, reason in list(move.refused.items())[:20]:
        say(f"  {identifier} could not be taken over: {reason}")
    if waiting:
        say(
            f"  {waiting} events wait for records that are not known at {move.taker.area} yet: run this again later"
        )
    return ATTENTION if left or waiting else DONE
