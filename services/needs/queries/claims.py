"""Where needs are in this node's library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.needs.documents import Need, SourceClaim


def steps_of(needs: Iterable[str]) -> dict[str, list[SourceClaim]]:
    """The steps of needs in this node's library, in their order."""
    named = list(needs)
    found: dict[str, list[SourceClaim]] = {need: [] for need in named}
    first, later = SourceClaim.objects(id__in=named), SourceClaim.objects(need__in=named)
    for claim in sorted([*first, *later], key=lambda one: one.number):
        found[claim.source].append(claim)
    return found


def place_of(need: Need, steps: Sequence[SourceClaim]) -> str | None:
    """The item that a need is in: as this node's library says, else as another library told its owner."""
    if steps and steps[-1].step == "taken_in":
        return str(steps[-1].item)
    return None if need.item in {step.item for step in steps} else need.item
