"""`hatchery audit verify`: does the chain hold, and is it the one that others were told of?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo.database import Database

from deploy.audit import chains, receipts, witnesses
from deploy.home import Home
from deploy.trouble import ATTENTION, DONE, Trouble
from shared import clock
from shared.audit import chain
from shared.audit.chain import Anchor, Finding, Verdict
from shared.audit.trail import TRAIL, UNSEALED
from shared.node import Node
from shared.store.aggregate import Aggregate

Stored = dict[str, Any]
_EVER = clock.parse("2000-01-01T00:00:00Z")


@dataclass
class Result:
    """What came of one service's chain. `unsealed` entries wait in their records, the oldest since `waits` seconds;
    `not_asked` says which witness could not be heard."""

    service: str
    verdict: Verdict
    witnesses: dict[str, int] = field(default_factory=dict)  # how many heads each has told
    unsealed: int = 0
    waits: float = 0.0
    not_asked: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.verdict.findings


def verify(
    home: Home,
    area: str,
    service: str | None,
    *,
    files: Iterable[Path] = (),
    key: Path | None = None,
    parent_url: str | None = None,
    offline: bool = False,
) -> list[Result]:
    """Look at the chains of a node, and compare them with all witnesses that can be heard. Raises Trouble."""
    told = [receipts.read(home, area, file, key) for file in files]
    results = []
    with chains.opened(home, area) as (node, databases):
        for name in chains.chosen(node, service):
            heard = [anchor for receipt in told for anchor in receipt.get(name, [])]
            result = Result(name, Verdict(0, chain.EMPTY, []))
            # Anchors first: the chain goes on while it is read, and what is told meanwhile would be missing.
            anchors = [*heard, *witnesses.in_store(databases, node, name)]
            if node.parent and not offline:
                anchors += _heard_above(home, node, databases, name, parent_url, result)
            result.witnesses = dict(Counter(anchor.told_to for anchor in anchors))
            _look(result, node, databases[name], anchors)
            results.append(result)
    return results


def _heard_above(
    home: Home,
    node: Node,
    databases: dict[str, Database[Stored]],
    service: str,
    url: str | None,
    result: Result,
) -> list[Anchor]:
    try:
        return list(witnesses.above(home, node, databases, service, url))
    except Trouble as trouble:
        result.not_asked.append(f"node {node.parent}: {trouble}")
        return []


def _look(result: Result, node: Node, db: Database[Stored], anchors: list[Anchor]) -> None:
    newest: dict[str, int] = {}  # of each record, the sequence that the chain knows

    def followed() -> Iterator[Stored]:
        for one in chains.entries(db):
            if one.get("record"):
                newest[one["record"]] = one.get("sequence", 0)
            yield one

    result.verdict = chain.check(followed(), anchors)
    result.verdict.findings += chain.forks(anchors)
    oldest = None
    for kind in chains.kinds(result.service):
        waiting, since = _unsealed(db, kind)
        result.unsealed += waiting
        oldest = min(filter(None, (oldest, since)), default=None)
        result.verdict.findings += _unknown(db, kind, node.area, newest)
    result.waits = (clock.wall() - oldest).total_seconds() if oldest else 0.0


def _unsealed(db: Database[Stored], kind: type[Aggregate]) -> tuple[int, Any]:
    """How many entries of a kind wait in their records, and since when."""
    found = db[kind._get_collection_name()].find({UNSEALED: {"$gt": _EVER}}, {TRAIL: 1, UNSEALED: 1})
    waiting = [(len(one.get(TRAIL, ())), one[UNSEALED]) for one in found]
    return sum(count for count, _ in waiting), min((since for _, since in waiting), default=None)


def _unknown(
    db: Database[Stored], kind: type[Aggregate], area: str, newest: dict[str, int]
) -> Iterator[Finding]:
    """Records whose newest change is neither in the chain nor waiting for it: the end of the chain may have been cut
    off before anybody was told of it."""
    records = db[kind._get_collection_name()]
    for one in records.find({"owner": area}, {"sequence": 1}):
        known = newest.get(one["_id"])
        if known is None or one.get("sequence", 0) <= known:
            continue
        # It may have been changed, and sealed, since the chain was read.
        now = records.find_one({"_id": one["_id"], "owner": area}, {"sequence": 1, TRAIL: 1})
        last = db["audit"].find_one({"record": one["_id"]}, {"sequence": 1}, sort=[("_id", -1)])
        seen = [each["sequence"] for each in ((now or {}).get(TRAIL) or [])] + [
            (last or {}).get("sequence", 0)
        ]
        if now and now["sequence"] > max(seen):
            yield Finding(
                "unrecorded",
                (last or {}).get("_id", 0),
                f"{kind._get_collection_name()} {one['_id']}: the chain's last change of it is {max(seen)}, but "
                f"{now['sequence']} were made; cut off, or written by an older version",
            )


def report(area: str, results: Iterable[Result], say: Callable[[str], None]) -> int:
    """Say what was found, a line each; the exit code."""
    code = DONE
    for one in results:
        verdict = one.verdict
        heads = ", ".join(f"{count} of {who}" for who, count in sorted(one.witnesses.items())) or "none"
        state = "sound" if one.sound else "NOT SOUND"
        if not one.sound and all(finding.explained for finding in verdict.findings):
            state = "WITH A GAP"
        say(f"{area} {one.service}: {verdict.entries} entries, {state}; heads compared: {heads}")
        for finding in verdict.findings[:10]:
            say(f"  {finding.kind}: entry {finding.number}; {finding.detail}")
        if len(verdict.findings) > 10:
            say(f"  and {len(verdict.findings) - 10} more")
        if one.unsealed:
            say(f"  not sealed yet: {one.unsealed} entries, the oldest for {one.waits:.0f} s")
        for missing in one.not_asked:
            say(f"  not compared with {missing}")
        if not one.sound or one.not_asked:
            code = ATTENTION
    return code


def heads(results: Iterable[Result]) -> list[dict[str, Any]]:
    """The ends of sound chains, as a receipt holds them."""
    return [
        {"service": one.service, "number": one.verdict.head.number, "hash": one.verdict.head.hash,
         "epoch": one.verdict.head.epoch, "sealed_at": one.verdict.sealed_at}
        for one in results
        if one.verdict.entries
    ]  # fmt: skip
