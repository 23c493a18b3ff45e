"""The chain: entries numbered from 1, each holding the hash of the one before it. Pure: no store, no clock.

The hash is SHA-256 over the entry as canonical JSON (keys sorted, no spaces, UTF-8), with its number, the hash
before and all of its content, without the hash itself. Whoever changes an entry has to compute all later ones
anew, and then the heads that were anchored elsewhere differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bson.int64 import Int64

Sealed = Mapping[str, Any]  # an entry with `_id` (its number), `previous` and `hash`

ORIGIN = "0" * 64  # the hash before the first entry
_WHOLE = (int, Int64)  # the store's own type of large numbers is one too; True and False are none
RESTORED = "audit.restored"  # the event of the entry with which a chain goes on after a restore

Kind = Literal[
    "changed", "removed", "inserted", "cut off", "rewritten", "lost in a restore", "forked", "unrecorded"
]


@dataclass(frozen=True)
class Head:
    """The end of a chain at some moment. `epoch` is the timeline that it was sealed in (1: never restored)."""

    number: int
    hash: str
    epoch: int = 1


@dataclass(frozen=True)
class Anchor(Head):
    """A head as it was told to somebody; `told_to` says where it was found, `at` when it was sealed (RFC 3339)."""

    told_to: str = ""
    at: str = ""


@dataclass(frozen=True)
class Finding:
    """What is wrong with a chain, at the first entry where it shows. `number` is that entry's."""

    kind: Kind
    number: int
    detail: str

    @property
    def explained(self) -> bool:
        """A gap that a restore has left, and that the chain itself records."""
        return self.kind == "lost in a restore"


@dataclass
class Verdict:
    """What came of looking at a chain. `findings` has the first fault of the chain itself, and of each anchor."""

    entries: int
    head: Head
    findings: list[Finding]
    anchors: int = 0  # that agree
    sealed_at: str = ""  # the last entry, RFC 3339


EMPTY = Head(0, ORIGIN)


def canonical(content: Mapping[str, Any]) -> bytes:
    """Keys sorted, no spaces, UTF-8. Raises TypeError or ValueError for what JSON does not have."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def digest(entry: Sealed) -> str:
    return hashlib.sha256(
        canonical({key: value for key, value in entry.items() if key != "hash"})
    ).hexdigest()


def sealed(entry: Mapping[str, Any], head: Head, epoch: int) -> dict[str, Any]:
    """The entry as it follows `head`."""
    content = {key: value for key, value in entry.items() if key not in ("id", "personal")}
    made = content | {"_id": head.number + 1, "entry": entry["id"], "epoch": epoch, "previous": head.hash}
    return made | {"hash": digest(made)}


def head_of(entry: Sealed | None) -> Head:
    return Head(entry["_id"], entry["hash"], entry["epoch"]) if entry else EMPTY


def check(entries: Iterable[Sealed], anchors: Sequence[Anchor] = ()) -> Verdict:
    """Go through a chain in the order of its numbers, and compare it with what was told of it elsewhere.

    The chain itself is followed to its first fault; anchors are compared all the same.
    """
    wanted = {anchor.number for anchor in anchors}
    hashes: dict[int, str] = {}
    epochs: list[tuple[int, int]] = []  # number of the first entry after each restore, and its epoch
    head, count, fault, sealed_at = EMPTY, 0, None, ""
    for entry in entries:
        count += 1
        if fault is None:
            fault = _fault(entry, head)
        if not _formed(entry):
            continue
        if entry["epoch"] > head.epoch:
            epochs.append((entry["_id"], entry["epoch"]))
        head, sealed_at = head_of(entry), str(entry.get("written_at", ""))
        if head.number in wanted:
            hashes[head.number] = head.hash
    findings = [fault] if fault else []
    missed = list(_missed(anchors, hashes, head, epochs))
    return Verdict(count, head, findings + missed, len(anchors) - len(missed), sealed_at)


def _formed(entry: Sealed) -> bool:
    """Whether number, hash and epoch are what they are by their types; anybody may have written the rest."""
    return all(
        type(entry.get(name)) in kinds
        for name, kinds in (("_id", _WHOLE), ("epoch", _WHOLE), ("hash", (str,)), ("previous", (str,)))
    )


def _sound(entry: Sealed, **changed: Any) -> bool:
    try:
        return digest({**entry, **changed}) == entry["hash"]
    except (TypeError, ValueError):  # what JSON does not have, no sealer has written
        return False


def _fault(entry: Sealed, head: Head) -> Finding | None:
    """What is wrong with an entry that stands behind `head`."""
    number: Any = entry.get("_id")
    expected = head.number + 1
    if type(number) not in _WHOLE or number < expected:
        return Finding("inserted", expected, f"an entry with the number {number} stands before {expected}")
    if number > expected:
        last = f" to {number - 1}" if number > expected + 1 else ""
        return Finding("removed", expected, f"{expected}{last} is not there")
    if not _formed(entry) or not _sound(entry):
        return _broken(entry, number)
    if entry["previous"] != head.hash:
        if head.number == 0:
            return Finding("removed", number, "it does not begin the chain: what stood before it is gone")
        return Finding("changed", head.number, f"entry {number} was sealed behind another one")
    return None


def _broken(entry: Sealed, number: int) -> Finding:
    """An entry that is sound under another number was moved: something was put before it, or taken away."""
    for shift in (-1, 1):
        if _formed(entry) and _sound(entry, _id=number + shift):
            if shift < 0:
                return Finding("inserted", number - 1, f"what follows it was numbered anew from {number}")
            return Finding("removed", number, f"what follows it was numbered anew from {number}")
    return Finding("changed", number, "its content is not what was sealed")


def _missed(
    anchors: Sequence[Anchor], hashes: Mapping[int, str], head: Head, epochs: Sequence[tuple[int, int]]
) -> Iterator[Finding]:
    for anchor in sorted(anchors, key=lambda one: (one.number, one.at)):
        found = hashes.get(anchor.number)
        if found == anchor.hash:
            continue
        told = f"head {anchor.number} of {anchor.at} as known at {anchor.told_to}"
        after = [(number, epoch) for number, epoch in epochs if epoch > anchor.epoch]
        if after and after[0][0] <= anchor.number:
            first, epoch = after[0]
            yield Finding(
                "lost in a restore",
                first,
                f"{first} to {anchor.number} of {told}: restored from a backup in epoch {epoch}",
            )
        elif found is not None:
            yield Finding("rewritten", anchor.number, f"{told} has another hash")
        elif anchor.number > head.number:
            yield Finding(
                "cut off", head.number + 1, f"the chain ends at {head.number}, but there was {told}"
            )
        else:
            yield Finding("removed", anchor.number, f"it is not there, but there was {told}")


def forks(anchors: Iterable[Anchor]) -> list[Finding]:
    """Numbers of which different hashes were told within one timeline."""
    seen: dict[tuple[int, int], Anchor] = {}
    found = []
    for one in anchors:
        known = seen.setdefault((one.epoch, one.number), one)
        if known.hash != one.hash:
            found.append(
                Finding("forked", one.number, f"{known.told_to} and {one.told_to} know different hashes")
            )
    return found
