"""An amount over several funds 多渠道资金: which of them bear an award, a tranche or a claw-back, and how much each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.funding.domain.funds import NOT_MORE
from shared import money
from shared.errors import Refused, Text


class Part(NamedTuple):
    """Fen of one fund."""

    fund: str
    amount: int


class Match(NamedTuple):
    """That a fund matches 配套 another: of each award it bears `percent` of what that one bears, at most."""

    fund: str
    percent: int


def split(
    amount: int,
    free: Mapping[str, int],
    wanted: Sequence[Part] = (),
    matches: Mapping[str, Match] | None = None,
) -> list[Part]:
    """Which funds an award draws on: as `wanted`, or the round's funds in their order as far as they reach, each
    together with what matches it. `matches` says it by the matching fund.

    Raises Refused where they do not reach, where `wanted` names other funds or another sum, and where a matching
    fund would bear more than its percentage.
    """
    matches = matches or {}
    parts = _as_wanted(amount, free, wanted) if wanted else _in_order(amount, free, matches)
    drawn = dict(parts)
    for part in parts:
        match = matches.get(part.fund)
        if match and part.amount * 100 > drawn.get(match.fund, 0) * match.percent:
            raise Refused(
                "match-exceeded",
                Text(
                    f"A matching fund bears at most {match.percent} per cent of what the fund it matches bears.",
                    f"配套资金不得超过被配套资金承担额的 {match.percent}%。",
                ),
                Text("Let the matched fund bear more of the award.", "请提高被配套资金的承担额。"),
                field="funds",
            )
    return parts


def _as_wanted(amount: int, free: Mapping[str, int], wanted: Sequence[Part]) -> list[Part]:
    names = [part.fund for part in wanted]
    if sum(p.amount for p in wanted) != amount or len(set(names)) < len(names) or not set(names) <= set(free):
        raise Refused(
            "split-unfit",
            Text(
                "The split must name funds of the round, each once, and sum up to the amount.",
                "分配须为本轮资金，各列一次，合计等于资助金额。",
            ),
            Text(f"Make the parts sum up to {amount} fen.", f"请使各部分合计为 {amount} 分。"),
            field="funds",
        )
    return [part for part in wanted if part.amount]


def _in_order(amount: int, free: Mapping[str, int], matches: Mapping[str, Match]) -> list[Part]:
    """The first fund that matches another goes along with it; a further one is drawn on only as `wanted`."""
    partners = {match.fund: name for name, match in reversed(list(matches.items())) if name in free}
    parts: list[Part] = []
    rest = amount
    for fund, available in free.items():
        if fund in matches:
            continue
        partner = partners.get(fund)
        percent = matches[partner].percent if partner else 0
        own = min(available, -(-rest * 100 // (100 + percent)))
        matched = min(free[partner], rest - own, own * percent // 100) if partner else 0
        own = min(available, rest - matched)
        parts += [Part(name, part) for name, part in ((fund, own), (partner, matched)) if name and part]
        rest -= own + matched
    if rest:
        raise Refused(
            "fund-exhausted",
            Text(
                f"The round's funds are {money.yuan(rest)} yuan short of the award.",
                f"本轮资金可用余额不足，尚缺 {money.yuan(rest)} 元。",
            ),
            Text("Add a fund, or drop the application.", "请增加资金，或不予资助。"),
            field="amount_fen",
        )
    return parts


def draw(sources: Sequence[Part], tranches: Sequence[int], index: int) -> list[Part]:
    """The parts of tranche `index` by fund.

    The tranches and the funds' parts are laid side by side over the whole amount; a tranche draws on the funds
    that it overlaps. So each part is the same in whatever order tranches are paid, and all add up to the fen.
    """
    start = sum(tranches[:index])
    end = start + tranches[index]
    parts: list[Part] = []
    position = 0
    for fund, amount in sources:
        overlap = min(end, position + amount) - max(start, position)
        if overlap > 0:
            parts.append(Part(fund, overlap))
        position += amount
    return parts


def gathered(parts: Iterable[Part]) -> list[Part]:
    """One part for each fund, in the order in which the funds come first."""
    amounts: dict[str, int] = {}
    for part in parts:
        amounts[part.fund] = amounts.get(part.fund, 0) + part.amount
    return [Part(fund, amount) for fund, amount in amounts.items()]


def apportion(amount: int, parts: Sequence[Part]) -> list[Part]:
    """`amount` fen divided over funds in proportion to their parts, by the largest remainder; of equal remainders
    the earlier fund takes the odd fen. No fund gets more than its part. Raises Refused beyond what the parts are
    together."""
    whole = sum(part.amount for part in parts)
    if not 0 < amount <= whole:
        raise Refused(
            "more-than-was-paid",
            Text(
                f"Between 0.01 and {money.yuan(whole)} yuan can come back, not {money.yuan(amount)}.",
                f"可追回金额为 0.01 至 {money.yuan(whole)} 元，而不是 {money.yuan(amount)} 元。",
            ),
            NOT_MORE,
            field="amount_fen",
        )
    shares = [divmod(amount * part.amount, whole) for part in parts]
    odd = amount - sum(share for share, _ in shares)
    first = sorted(range(len(parts)), key=lambda index: -shares[index][1])[:odd]
    return [
        Part(part.fund, share + (index in first))
        for index, (part, (share, _)) in enumerate(zip(parts, shares, strict=True))
        if share + (index in first)
    ]
