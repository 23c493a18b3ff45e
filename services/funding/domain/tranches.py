"""Tranches 分期拨付 of a project: which funds bear each, when one is due, and what holds it back.

A tranche is due once its condition is met. It waits while it is not, and is held 暂缓 where an evaluation was not
passed, the project is suspended or something is still to be rectified. What is paid stays as it was paid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.funding.domain.sharing import Part, draw

SETTLED = ("ordered", "paid")  # on its way to the bank, or there: nothing changes these any more

Tranche = Mapping[str, Any]


def borne(sources: Sequence[Part], tranches: Sequence[Tranche]) -> list[list[Part]]:
    """The parts of each tranche by fund.

    A tranche with `parts` keeps those: what it drew before the contract was amended. The others share what is left
    of the sources, laid side by side (`draw`).
    """
    kept = {n: _parts(t["parts"]) for n, t in enumerate(tranches) if t.get("parts")}
    drawn = by_fund(part for parts in kept.values() for part in parts)
    rest = [Part(fund, amount - drawn.get(fund, 0)) for fund, amount in sources]
    others = [n for n in range(len(tranches)) if n not in kept]
    amounts = [tranches[n]["amount_fen"] for n in others]
    shared_out = {n: draw(rest, amounts, place) for place, n in enumerate(others)}
    return [(kept | shared_out)[n] for n in range(len(tranches))]


def by_fund(parts: Iterable[Part]) -> dict[str, int]:
    """Fen of each fund, in the order in which the funds come first."""
    found: Counter[str] = Counter()
    for fund, amount in parts:
        found[fund] += amount
    return dict(found)


def paid(sources: Sequence[Part], tranches: Sequence[Tranche]) -> dict[str, int]:
    """What was paid, by the fund that it came from."""
    return _where(sources, tranches, lambda status: status == "paid")


def unsettled(sources: Sequence[Part], tranches: Sequence[Tranche]) -> dict[str, int]:
    """What is promised and neither paid nor on its way to the bank, by fund."""
    return _where(sources, tranches, lambda status: status not in SETTLED)


def _where(sources: Sequence[Part], tranches: Sequence[Tranche], wanted: Any) -> dict[str, int]:
    each = zip(tranches, borne(sources, tranches), strict=True)
    return by_fund(part for tranche, parts in each if wanted(tranche["status"]) for part in parts)


def due(tranches: Sequence[Tranche], *, held_back: bool) -> list[int]:
    """Indexes of the tranches that are to be paid now: their condition is met and nothing holds the project back."""
    if held_back:
        return []
    return [n for n, t in enumerate(tranches) if t.get("met") and t["status"] not in SETTLED]


def _parts(stored: Iterable[Mapping[str, Any]]) -> list[Part]:
    return [Part(part["fund"], part["amount_fen"]) for part in stored]
