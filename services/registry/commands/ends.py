"""What is done with organisations that are approved: suspended, renewed, ended in one of several ways."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from services.registry.commands.steps import check_registry, move, save_step
from services.registry.documents.organisations import Organisation
from services.registry.domain import lives
from services.registry.domain.lives import Why
from services.registry.queries.rules import value
from services.registry.subjects import organisations as subjects
from shared import clock
from shared.call import PLATFORM, Call
from shared.errors import Refused
from shared.store import command, load

Data = dict[str, Any]

MOST = 500  # filings that lapse in one go; the next minute has the next ones


def suspend(call: Call, organisation_id: str, reasons: str) -> Organisation:
    return move(call, organisation_id, "suspend", subjects.SUSPENDED, Why(reasons))


def resume(call: Call, organisation_id: str, reasons: str) -> Organisation:
    return move(call, organisation_id, "resume", subjects.RESUMED, Why(reasons))


def liquidate(call: Call, organisation_id: str, reasons: str) -> Organisation:
    """Record that a legal person is being liquidated 清算."""
    return move(call, organisation_id, "liquidate", subjects.LIQUIDATION_BEGUN, Why(reasons))


@command
def end(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Strike a legal person off 注销, with the report of its liquidation; close a filing 备案终止.

    Raises Refused for a legal person without a report.
    """
    organisation = load(call, Organisation, organisation_id)
    check_registry(call, organisation)
    why = Why(body["reasons"])
    if organisation.track == "filed":
        return save_step(call, organisation, "close", subjects.CLOSED, why)
    organisation.liquidation = body["liquidation"]
    lives.check_liquidated(organisation.liquidation)
    return save_step(call, organisation, "cancel", subjects.CANCELLED, why)


def revoke(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Take the licence of a legal person as a penalty 吊销; its liquidation and cancellation follow."""
    why = Why(body["reasons"], body["legal_basis"])
    return move(call, organisation_id, "revoke", subjects.REVOKED, why)


def rescind(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Withdraw the approval itself 撤销, since it should not have been given (行政许可法 69)."""
    why = Why(body["reasons"], body["legal_basis"])
    return move(call, organisation_id, "rescind", subjects.RESCINDED, why)


@command
def renew(call: Call, organisation_id: str, reasons: str) -> Organisation:
    """Renew a filing for as many years as the area gives. Raises Refused too long before its end."""
    filing = load(call, Organisation, organisation_id)
    check_registry(call, filing)
    years = value(lives.FILING_YEARS, filing.area, call.now)
    window = value(lives.RENEWAL_DAYS, filing.area, call.now)
    filing.valid_until = lives.renewed_until(filing.valid_until, call.now, years=years, window=window)
    return save_step(call, filing, "renew", subjects.RENEWED, Why(reasons))


@command
def lapse(call: Call, organisation_id: str) -> Organisation:
    """Record that a filing's time has passed. Raises Refused while it holds."""
    filing = load(call, Organisation, organisation_id)
    check_registry(call, filing)
    lives.check_lapsed(filing.valid_until, call.now)
    return save_step(call, filing, "lapse", subjects.LAPSED)


def lapse_filings(call: Call) -> int:
    """Let filings of this node lapse whose last day has passed; how many. Each is a command of its own, whose cause
    is that day: several processes at once, or a second run, do nothing twice."""
    today = call.now.astimezone(clock.CHINA).date()
    past = Organisation.objects(
        owner=call.node.area, track="filed", status="active", valid_until__lt=today
    ).only("id", "valid_until")
    found = list(past.limit(MOST))
    for filing in found:
        cause = f"{filing.id}:lapse:{filing.valid_until}"
        with suppress(Refused):  # renewed or suspended since it was looked for
            lapse(replace(call.cleared(), cause=cause, actor=PLATFORM), filing.id)
    return len(found)
