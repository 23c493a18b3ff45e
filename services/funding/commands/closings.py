"""Closing the days of a fund's ledger 日结."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.funding.documents import DayClosing, Fund
from services.funding.domain import closings as domain
from services.funding.queries import closings as queries
from services.funding.subjects import funds as subjects
from shared.call import Call
from shared.store import command, load, record, save_all
from shared.store.queries import below

Data = dict[str, Any]


def close_days(call: Call, area: str, through: date) -> list[Fund]:
    """Close the days up to `through` of all funds that this node keeps for an area and below it; each fund by itself,
    so that a repeat goes on with those that are left. Returns those that were closed. Raises Refused for a day that is
    not over."""
    call.authorise(area)
    domain.check_closing(through, None, call.now)
    kept = below(Fund, area).filter(owner=call.node.area, handing=None).order_by("id")
    return [close_fund(call, fund.id, through) for fund in kept.only("id")]


@command
def close_fund(call: Call, fund_id: str, through: date) -> Fund:
    """The days up to `through` take no further entries. One that is closed so far stays as it is.

    Entries that are written meanwhile change the fund, so the closing is made anew with them.
    """
    fund = load(call, Fund, fund_id)
    if fund.closed_through and through <= fund.closed_through:
        return fund
    last = queries.newest(fund)
    open_lines = [
        line for line in queries.lines(fund)
        if line.day <= through and (fund.closed_through is None or line.day > fund.closed_through)
    ]  # fmt: skip
    made = domain.close(fund.id, open_lines, through, last)
    fund.closed_through, fund.closings, fund.closing_hash = through, made[-1].number, made[-1].hash
    kept = [
        record(
            call, DayClosing, f"closing/{fund.id}/{one.number}", fund=fund.id, number=one.number, day=one.day,
            entries=one.entries, turnover_fen=one.turnover, accounts=dict(one.accounts), previous=one.previous,
            hash=one.hash,
        )
        for one in made
    ]  # fmt: skip
    save_all(call, (fund, subjects.FUND_CLOSED), *kept)
    return fund
