"""What persons decide on what was proposed to belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.needs.documents import Distinction, LibraryItem, Need
from services.needs.domain import similarity as rules
from services.needs.subjects.consolidation import TOLD_APART
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.store import command, find, new, save
from shared.store.aggregate import Change

Data = dict[str, Any]
NEED, ITEM = Text("Need", "需求"), Text("Item", "项目")


@command
def reject(call: Call, body: Data) -> Distinction:
    """Tell needs apart that were proposed together: none of them is proposed with another of them any more, nor, where
    an item was proposed, with its sources. Raises NotYetKnown for what is not known here."""
    made = _distinction(call, body["area"], [[need] for need in body["needs"]], body["reasons"])
    if body["item"] is not None:
        item = find(LibraryItem, body["item"])
        if item is None:
            raise NotYetKnown(ITEM, body["item"], "item")
        made.parts, made.needs = [item.sources, body["needs"]], [*item.sources, *body["needs"]]
    rules.check_told_apart(made.parts)
    known = {need.id: need.area for need in Need.objects(id__in=body["needs"]).only("id", "area")}
    for need in body["needs"]:
        if need not in known:
            raise NotYetKnown(NEED, need, "needs")
        rules.check_within(body["area"], need, known[need])
    return save(call, made, TOLD_APART)


def left_out(call: Call, item: LibraryItem, body: Data, *, number: int = 0) -> list[Change]:
    """What was proposed for an item and is not among its sources is told apart from these."""
    others = [need for need in dict.fromkeys(body["proposed"]) if need not in item.sources]
    return tell_apart(call, item.area, [item.sources, others], body["reasons"], beside=item, number=number)


def tell_apart(
    call: Call,
    area: str,
    parts: Sequence[Sequence[str]],
    reasons: str | None,
    *,
    beside: LibraryItem,
    number: int = 0,
) -> list[Change]:
    """The change that tells parts apart, none where there are not two."""
    told = [list(part) for part in parts if part]
    if len(told) < 2:
        return []
    return [
        (_distinction(call, area, told, reasons, beside=beside, label=f"Distinction {number}"), TOLD_APART)
    ]


def _distinction(
    call: Call, area: str, parts: list[list[str]], reasons: str | None, **more: Any
) -> Distinction:
    needs = [need for part in parts for need in part]
    by = call.actor.subject
    return new(call, Distinction, area=area, needs=needs, parts=parts, by=by, reasons=reasons, **more)
