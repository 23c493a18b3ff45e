"""Parts of a fund that an area below may commit 资金下达, across the link between two nodes.

The node above takes the part out of what is free in its fund, and tells so. The node that serves the area below opens
a fund of that size with a ledger of its own. What is asked back leaves the lower fund first, as far as it is not
committed there; the node above has it again when it hears so. So no fen is ever free at both.

Both sides tell sums since the beginning and take the difference to what they know: a message that comes twice, late or
out of order changes nothing twice.
"""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds
from services.funding.documents import Delegation, Fund
from services.funding.domain import funds as domain
from services.funding.subjects import delegations as subjects
from services.funding.subjects import funds as fund_subjects
from shared import areas
from shared.call import Call
from shared.errors import Forbidden, Refused, Text
from shared.ids import derived_id
from shared.store import command, find, load, new, save, save_all
from shared.store.queries import get

Data = dict[str, Any]

_fund = get(Fund)


@command
def delegate(call: Call, fund_id: str, body: Data) -> Delegation:
    """Give a part of a fund to an area below. Raises Refused beyond what is free."""
    origin = _fund(fund_id)
    made = new(
        call, Delegation, area=body["to"], beside=origin, origin=fund_id, name=body["name"] or origin.name,
        source=origin.source, purpose=body["purpose"] or origin.purpose, year=origin.year,
        amount_fen=body["amount_fen"], generated=origin.generated,
    )  # fmt: skip
    fund = load(call, Fund, fund_id)
    domain.check_below(fund.area, body["to"])
    made.fund = derived_id(made.id, "fund")
    moved = funds.delegate(call, fund, made.amount_fen, made.id)
    save_all(call, (made, subjects.DELEGATED), *moved)
    return made


@command
def recall(call: Call, delegation_id: str, amount: int | None, reasons: str) -> Delegation:
    """Ask a part back, or all of it for None; how much comes depends on what is committed there. Raises Refused
    beyond what was given and has not come back."""
    found = load(call, Delegation, delegation_id)
    call.authorise(funds.load_funds(call.cleared(), [found.origin])[found.origin].area)
    outstanding = found.amount_fen - found.returned_fen
    wanted = outstanding if amount is None else amount
    domain.check_recall(wanted, outstanding)
    found.asked_fen += wanted
    found.reasons = reasons
    return save(call, found, subjects.RECALLED)


@command
def follow_delegation(call: Call, data: Data) -> Fund | None:
    """At the node that serves the area below: open the fund, and give back what is asked as far as it is free.

    Raises Forbidden for what a node tells that is not above, Misdirected elsewhere.
    """
    _check_teller(data["node"], data["area"], above=True)
    fund, changes = _fund_of(call, data)
    asked = data["asked_fen"] - fund.asked_fen
    if asked > 0:
        fund.asked_fen = data["asked_fen"]
        given = min(asked, funds.balance(fund).free)
        changes += funds.give_back(call, fund, given) if given else [(fund, fund_subjects.FUND_RECALL_UNMET)]
    if not changes:
        return fund
    save_all(call, *changes)
    return fund


def _fund_of(call: Call, data: Data) -> tuple[Fund, list[funds.Change]]:
    """The lower fund, with the changes that open it where it is not there yet."""
    if find(Fund, data["fund"]):
        return load(call, Fund, data["fund"]), []
    fund = new(
        call, Fund, area=data["area"], name=data["name"], source=data["source"], purpose=data["purpose"],
        year=data["year"], budget_fen=data["amount_fen"], delegation=data["subject"], generated=data["generated"],
    )  # fmt: skip
    fund.id = data["fund"]  # of the delegation, whichever event tells of it first
    _, posting = domain.open_fund(fund.budget_fen, "delegation")
    return fund, [(fund, fund_subjects.FUND_OPENED), funds.entry(call, fund, posting, data["subject"])]


@command
def give_back(call: Call, fund_id: str, amount: int) -> Fund:
    """Give a part of what was delegated back unasked. Raises Refused beyond what is free, and of a fund that was
    not delegated."""
    fund = load(call, Fund, fund_id)
    if fund.delegation is None:
        raise Refused(
            "fund-not-delegated",
            Text("This fund is not a delegated part of another.", "该资金不是上级下达的额度。"),
            Text("Lower its budget by an amendment instead.", "请改用预算调整。"),
            field="id",
        )
    save_all(call, *funds.give_back(call, fund, amount))
    return fund


@command
def take_back(call: Call, data: Data) -> Delegation | None:
    """At the node above: what has left the lower fund is free here again."""
    if data["delegation"] is None:
        return None
    found = load(call, Delegation, data["delegation"])
    _check_teller(data["node"], found.area, above=False)
    came = data["returned_fen"] - found.returned_fen
    if came <= 0:
        return found  # told later than what it tells
    found.returned_fen = data["returned_fen"]
    fund = load(call, Fund, found.origin)
    save_all(call, (found, subjects.RETURNED), *funds.take_back(call, fund, came, found.id))
    return found


def _check_teller(node: str, area: str, *, above: bool) -> None:
    """Only who keeps the money above delegates it, and only who keeps the part gives it back: the nodes on the line
    of `area`. What a sibling or a node below it says counts for nothing."""
    if not areas.contains(node, area) or (above and node == area):
        raise Forbidden(
            "delegation-of-others",
            Text(
                f"Node {node} tells of money delegated to {area}.",
                f"节点 {node} 通报了下达给 {area} 的资金。",
            ),
        )
