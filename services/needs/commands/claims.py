"""Where needs are in this node's library, and the steps that take them there, written with the items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from services.needs.documents import LibraryItem, Need, SourceClaim
from services.needs.domain import library as rules
from services.needs.queries.claims import place_of, steps_of
from services.needs.subjects.library import CONSOLIDATED, DISSOLVED, DIVIDED
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.lifecycle import advance
from shared.store.aggregate import Change

NEED = Text("Need", "需求")


class Regrouping:
    """Items whose sources change in one write, with a step for each need that goes in or out."""

    def __init__(self, call: Call, needs: Iterable[str]) -> None:
        self.call = call
        self.steps = steps_of(dict.fromkeys(needs))
        self.made: list[SourceClaim] = []
        self.items: dict[str, LibraryItem] = {}
        self.lost: set[str] = set()

    def take_in(
        self, item: LibraryItem, needs: Sequence[str], reasons: str | None, *, other: str | None = None
    ) -> None:
        """Raises NotYetKnown for a need that is not known here, Refused for one outside of the item's area, Conflict
        for one of another item."""
        rules.check_taking_in(item.status, item.id)
        known = {need.id: need for need in Need.objects(id__in=needs)}
        unknown = next((need for need in needs if need not in known), None)
        if unknown is not None:
            raise NotYetKnown(NEED, unknown, "sources")
        sources = [
            rules.Source(need, known[need].area, place_of(known[need], self.steps[need])) for need in needs
        ]
        rules.check_sources(item.area, item.id, needs, sources)
        fresh = [need for need in needs if need not in item.sources]
        item.sources = [*item.sources, *fresh]
        self._step(item, fresh, "taken_in", reasons, other)

    def take_out(
        self,
        item: LibraryItem,
        needs: Sequence[str],
        reasons: str,
        *,
        although_chosen: bool,
        other: str | None = None,
    ) -> None:
        """Raises Refused for what is no source of the item, and for a topic unless that was said."""
        rules.check_leaving(item.id, item.status, item.sources, needs, although_chosen=although_chosen)
        item.sources = [need for need in item.sources if need not in needs]
        item.left = [*item.left, *(need for need in needs if need not in item.left)]
        if not item.sources:
            item.status = advance(rules.ItemLife, item.status, "dissolve")
        self.lost.add(item.id)
        self._step(item, needs, "taken_out", reasons, other)

    def _step(
        self, item: LibraryItem, needs: Sequence[str], step: str, reasons: str | None, other: str | None
    ) -> None:
        self.items[item.id] = item
        for need in needs:
            number = len(self.steps[need]) + 1
            later: dict[str, Any] = {"id": f"{need}.{number}", "need": need} if number > 1 else {"id": need}
            claim = SourceClaim(
                **later,
                number=number,
                item=item.id,
                step=step,
                other=other,
                by=self.call.actor.subject,
                reasons=reasons,
                created_at=self.call.now,
            )
            self.steps[need].append(claim)
            self.made.append(claim)

    def changes(self) -> list[Change]:
        """What is to be written. An item that has lost sources says so, whatever it took in besides."""
        told: list[Change] = []
        for item in self.items.values():
            event = (DIVIDED if item.sources else DISSOLVED) if item.id in self.lost else CONSOLIDATED
            told.append((item, event))
        return [*told, *self.made]
