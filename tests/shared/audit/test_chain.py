"""The chain by itself: what was done to it, and what it says of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit import chain
from shared.audit.chain import ORIGIN, Anchor, Head

pytestmark = pytest.mark.unit

Chain = list[dict[str, Any]]


EMPTY = Head(0, ORIGIN)


def made(count: int, epoch: int = 1, begin: Head = EMPTY) -> Chain:
    last, sealed = begin, []
    for number in range(begin.number + 1, begin.number + count + 1):
        entry = {"id": f"e{epoch}-{number}", "written_at": "2026-03-02T01:00:00.000Z", "after": {"n": number}}
        sealed.append(chain.sealed(entry, last, epoch))
        last = chain.head_of(sealed[-1])
    return sealed


def anchor(entry: dict[str, Any], told_to: str = "the parent") -> Anchor:
    return Anchor(entry["_id"], entry["hash"], entry["epoch"], told_to, "2026-03-02")


def rechained(entries: Chain) -> Chain:
    """What somebody does who may write to the store and knows how it is made."""
    last, sealed = Head(0, ORIGIN), []
    for one in entries:
        content = {k: v for k, v in one.items() if k not in ("_id", "entry", "epoch", "previous", "hash")}
        sealed.append(chain.sealed(content | {"id": one["entry"]}, last, one["epoch"]))
        last = chain.head_of(sealed[-1])
    return sealed


def change(entries: Chain) -> None:
    entries[4]["after"] = {"n": 500}


def change_with_hash(entries: Chain) -> None:
    entries[4]["after"] = {"n": 500}
    entries[4]["hash"] = chain.digest(entries[4])


def remove(entries: Chain) -> None:
    del entries[4]


def remove_and_renumber(entries: Chain) -> None:
    del entries[4]
    for one in entries[4:]:
        one["_id"] -= 1


def insert_and_renumber(entries: Chain) -> None:
    for one in entries[4:]:
        one["_id"] += 1
    entries.insert(4, chain.sealed({"id": "forged", "after": {}}, chain.head_of(entries[3]), 1))


def insert_between(entries: Chain) -> None:
    entries.insert(4, {**entries[3], "_id": 4.5, "entry": "forged"})


def remove_the_first(entries: Chain) -> None:
    del entries[0]
    for one in entries:
        one["_id"] -= 1
        one["hash"] = chain.digest(one)


@pytest.mark.parametrize(
    ("tamper", "kind", "number"),
    [
        (change, "changed", 5),
        (change_with_hash, "changed", 5),
        (remove, "removed", 5),
        (remove_and_renumber, "removed", 5),
        (insert_and_renumber, "inserted", 5),
        (insert_between, "inserted", 5),
        (remove_the_first, "removed", 1),
    ],
)
def test_the_first_wrong_entry_and_what_was_done_to_it_are_named(
    tamper: Callable[[Chain], None], kind: str, number: int
) -> None:
    entries = made(10)
    assert chain.check(entries).findings == []
    tamper(entries)
    [found] = chain.check(entries).findings
    assert (found.kind, found.number) == (kind, number)


def test_what_was_cut_off_is_missed_by_whoever_was_told_of_it() -> None:
    entries = made(10)
    assert chain.check(entries[:7]).findings == []
    [found] = chain.check(entries[:7], [anchor(entries[3]), anchor(entries[9])]).findings
    assert (found.kind, found.number) == ("cut off", 8)


def test_a_chain_made_anew_as_a_whole_differs_from_its_anchors() -> None:
    entries = made(10)
    told = [anchor(entries[2]), anchor(entries[7])]
    entries[4]["after"] = {"n": 500}
    forged = rechained(entries)
    assert chain.check(forged).findings == []
    verdict = chain.check(forged, told)
    assert [(one.kind, one.number) for one in verdict.findings] == [("rewritten", 8)]
    assert verdict.anchors == 1


def test_what_a_restore_lost_is_named_as_such_and_nothing_else_is() -> None:
    entries = made(10)
    told = [anchor(entries[3]), anchor(entries[9])]
    restored = entries[:6] + made(8, epoch=1_800_000_000, begin=chain.head_of(entries[5]))
    [found] = chain.check(restored, [*told, anchor(restored[-1])]).findings
    assert (found.kind, found.number, found.explained) == ("lost in a restore", 7, True)
    # An anchor from before the point to which the node went back is no affair of the restore.
    [found] = chain.check(restored, [Anchor(3, "f" * 64, 1, "the parent", "")]).findings
    assert (found.kind, found.explained) == ("rewritten", False)


def test_two_hashes_of_one_head_are_a_fork() -> None:
    entries = made(3)
    told = [anchor(entries[2]), Anchor(3, "f" * 64, 1, "a receipt", "")]
    assert [(one.kind, one.number) for one in chain.forks(told)] == [("forked", 3)]


@given(st.integers(1, 30), st.data())
def test_no_single_change_of_any_entry_goes_unnoticed(count: int, data: st.DataObject) -> None:
    entries = made(count)
    told = [anchor(entries[-1])]
    at = data.draw(st.integers(0, count - 1))
    if data.draw(st.booleans()):
        field = data.draw(st.sampled_from(sorted(entries[at])))
        entries[at][field] = data.draw(st.sampled_from(["x", 999_999, None, {}]))
    else:
        del entries[at]
    assert chain.check(entries, told).findings != []
