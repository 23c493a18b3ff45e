"""Closed days 日结 of a fund's ledger: totals and a hash chained to the day before. Pure: no store, no clock.

Each entry stands on a day, in China's time. A day that is over is closed: nothing is entered on it any more, what
comes late stands on the first open day. A closing holds the day's totals, every account at its end, and SHA-256 over
these, the entries of the day and the hash of the closing before it, as canonical JSON (`shared.audit.chain`).
So whoever changes, adds or removes an entry of a closed day has to compute all later closings anew, and then the
newest hash, which the fund tells the nodes above, differs.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.funding.domain.funds import ACCOUNTS, Posting
from shared import clock
from shared.audit.chain import ORIGIN, canonical
from shared.errors import Refused, Text


class Line(NamedTuple):
    """An entry as the ledger holds it; `at` is when it came about, `day` the day that it stands on."""

    id: str
    day: date
    posting: Posting
    reference: str
    at: datetime
    reverses: str | None = None
    reasons: str | None = None

    def told(self) -> dict[str, object]:
        posting = self.posting
        return {
            "id": self.id, "day": self.day.isoformat(), "at": clock.text(self.at), "movement": posting.kind,
            "debit": posting.debit, "credit": posting.credit, "amount_fen": posting.amount,
            "reference": self.reference, "reverses": self.reverses, "reasons": self.reasons,
        }  # fmt: skip


@dataclass(frozen=True)
class Closing:
    """One closed day. `turnover` is the sum of its entries, `accounts` debits minus credits at its end; fen."""

    fund: str
    number: int  # from 1
    day: date
    entries: int
    turnover: int
    accounts: Mapping[str, int]
    previous: str
    hash: str = ""

    def sealed(self, lines: Sequence[Line]) -> str:
        """The hash that it has with these entries."""
        about = asdict(self) | {"day": self.day.isoformat(), "accounts": dict(self.accounts)}
        del about["hash"]
        told = sorted((line.told() for line in lines), key=lambda each: str(each["id"]))
        return hashlib.sha256(canonical(about | {"lines": told})).hexdigest()


class Finding(NamedTuple):
    """What is wrong with the closed days of a fund, at the first day where it shows."""

    number: int
    day: date
    detail: Text


def booking_day(now: datetime, closed_through: date | None) -> date:
    """The day that an entry stands on: its own, in China's time, or the first open one."""
    today = now.astimezone(clock.CHINA).date()
    return max(today, closed_through + timedelta(days=1)) if closed_through else today


def check_closing(through: date, closed_through: date | None, now: datetime) -> None:
    """Raise Refused for a day that is not over, or that is closed already."""
    today = now.astimezone(clock.CHINA).date()
    if through >= today:
        raise Refused(
            "day-not-over",
            Text(f"{through} is not over yet.", f"{through} 尚未结束。"),
            Text(f"Close days up to {today - timedelta(days=1)}.", f"请结账至 {today - timedelta(days=1)}。"),
            field="through",
        )
    if closed_through and through <= closed_through:
        raise Refused(
            "day-closed",
            Text(f"Days up to {closed_through} are closed.", f"{closed_through} 及以前已结账。"),
            Text("Close a later day.", "请选择更晚的日期。"),
            field="through",
        )


def close(fund: str, lines: Iterable[Line], through: date, last: Closing | None) -> list[Closing]:
    """The closings that follow `last`: one for each day with entries among `lines`, and one for `through` itself.

    `lines` are the entries after the day of `last`, up to `through`.
    """
    days: dict[date, list[Line]] = defaultdict(list)
    days[through] = []
    for line in lines:
        days[line.day].append(line)
    made: list[Closing] = []
    for day in sorted(days):
        last = _close_day(fund, day, days[day], last)
        made.append(last)
    return made


def _close_day(fund: str, day: date, lines: Sequence[Line], last: Closing | None) -> Closing:
    accounts = Counter(last.accounts if last else dict.fromkeys(ACCOUNTS, 0))
    for line in lines:
        accounts[line.posting.debit] += line.posting.amount
        accounts[line.posting.credit] -= line.posting.amount
    closing = Closing(
        fund,
        last.number + 1 if last else 1,
        day,
        len(lines),
        sum(line.posting.amount for line in lines),
        dict(accounts),
        last.hash if last else ORIGIN,
    )
    return Closing(**(asdict(closing) | {"hash": closing.sealed(lines)}))


def verify(
    fund: str, closings: Sequence[Closing], lines: Iterable[Line], head: tuple[int, str], through: date | None
) -> list[Finding]:
    """Compute all closed days of a fund anew: what differs, at the first day where it does; nothing where all is sound.

    `closings` in the order of their numbers, `lines` all entries of the fund; `head` is number and hash of the newest
    closing as the fund itself knows it, `through` the last closed day as the fund knows it.
    """
    days: dict[date, list[Line]] = defaultdict(list)
    for line in lines:
        if through and line.day <= through:
            days[line.day].append(line)
    last: Closing | None = None
    for found in closings:
        stray = min((day for day in days if day < found.day), default=None)
        if stray is not None:
            return [_stray(found.number, stray)]
        made = _close_day(fund, found.day, days.pop(found.day, []), last)
        if made != found:
            return [Finding(found.number, found.day, _difference(made, found))]
        last = found
    if days:
        return [_stray(last.number if last else 0, min(days))]
    if (last.number if last else 0, last.hash if last else "") != head:
        what = Text(
            f"The fund knows closing {head[0]} as its newest, the ledger ends with {last.number if last else 0}.",
            f"资金记录的最新日结为第 {head[0]} 号，台账止于第 {last.number if last else 0} 号。",
        )
        return [Finding(head[0], last.day if last else date.min, what)]
    return []


def _stray(number: int, day: date) -> Finding:
    return Finding(number, day, Text("Entries stand on a day without a closing.", "该日有分录但没有日结。"))


def _difference(made: Closing, found: Closing) -> Text:
    differing = [name for name in asdict(made) if getattr(made, name) != getattr(found, name)]
    told = ", ".join(differing)
    return Text(
        f"Computed anew it differs in: {told}; an entry was changed, added or removed.",
        f"重新计算后以下项目不符：{told}；有分录被改动、添加或删除。",
    )
