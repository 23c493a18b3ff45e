"""A tranche that is due is paid at once, or ordered from the bank, as the area's rule says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.funding.commands import funds
from services.funding.commands.funds import Change
from services.funding.documents import Fund, Payee, PaymentOrder, Project, Round
from services.funding.domain import payments as domain
from services.funding.domain.sharing import Part, gathered
from services.funding.subjects import payments as subjects
from services.funding.subjects import projects as project_subjects
from shared.arearules.settings import value
from shared.call import Call
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, find, load, new, save, save_all

Data = dict[str, Any]


@command
def enter_payee(call: Call, body: Data) -> Payee:
    """Enter the account of an organisation, or another one in its place. Batches that are prepared already keep the
    one that they were prepared with."""
    identifier = derived_id("funding.payee", f"{body['area']}/{body['organisation']}")
    known = find(Payee, identifier)
    payee = load(call, Payee, identifier) if known else new(call, Payee, area=body["area"])
    payee.id = identifier  # one of an organisation and area, whoever enters it first
    for name, given in body.items():
        setattr(payee, name, given)
    return save(call, payee, subjects.PAYEE_CHANGED if known else subjects.PAYEE_ENTERED)


def disburse(call: Call, project: Project, due: Mapping[int, Sequence[Part]]) -> list[Change]:
    """The changes, for `save_all`, that paying these tranches makes, each by its index out of these parts.

    Where the area pays through batches each becomes a payment order, whose money cannot be released any more; else it
    is paid at once.
    """
    for index, parts in due.items():
        project.tranches[index]["parts"] = [{"fund": part.fund, "amount_fen": part.amount} for part in parts]
    together = gathered(part for parts in due.values() for part in parts)
    loaded = funds.load_funds(call, [part.fund for part in together])
    payer = Round.objects(id=project.round).first().area
    if value(domain.PAYMENT_BATCHES, payer, call.now):
        return _order(call, project, due, payer, loaded)
    for index in due:
        project.tranches[index].update(status="paid", paid_at=call.now)
    return [(project, project_subjects.TRANCHE_PAID), *funds.pay(call, loaded, together, project.id)]


def _order(
    call: Call, project: Project, due: Iterable[int], payer: str, loaded: Mapping[str, Fund]
) -> list[Change]:
    orders = []
    for index in due:
        tranche = project.tranches[index]
        tranche["status"] = "ordered"
        made = new(
            call.cleared(), PaymentOrder, area=payer, beside=project, label=f"order/{project.id}/{index}",
            project=project.id, round=project.round, tranche=tranche["number"],
            title=project.title, amount_fen=tranche["amount_fen"], parts=[dict(part) for part in tranche["parts"]],
            generated=project.generated,
        )  # fmt: skip
        made.organisation = project.host or project.organisation
        orders.append(made)
    moved = [(part, one.id) for one in orders for part in funds.parts(one.parts)]
    told: list[Change] = [(project, project_subjects.TRANCHE_ORDERED)]
    return [*told, *((one, subjects.ORDERED) for one in orders), *funds.order(call, loaded, moved)]


@command
def renew_order(call: Call, order_id: str) -> PaymentOrder:
    """Order a payment again that the bank returned."""
    found = load(call, PaymentOrder, order_id)
    found.status = advance(domain.OrderLife, found.status, "renew")
    found.reasons = None
    loaded = funds.load_funds(call.cleared(), _funds_of(found))
    moved = funds.order(call, loaded, [(part, found.id) for part in funds.parts(found.parts)])
    save_all(call, (found, subjects.RENEWED), *moved)
    return found


@command
def cancel_order(call: Call, order_id: str, reasons: str) -> PaymentOrder:
    """Take an order back that is in no batch; the tranche is held, its money stays committed."""
    found = load(call, PaymentOrder, order_id)
    waiting = found.status == "due"  # what the bank returned is not ordered any more
    found.status = advance(domain.OrderLife, found.status, "cancel")
    found.reasons = reasons
    project = load(call.cleared(), Project, found.project)
    domain.tranche(project.tranches, found.tranche)["status"] = "held"
    changes: list[Change] = [(found, subjects.CANCELLED), (project, project_subjects.TRANCHE_HELD)]
    if waiting:
        loaded = funds.load_funds(call.cleared(), _funds_of(found))
        changes += funds.unorder(call, loaded, [(part, found.id) for part in funds.parts(found.parts)])
    save_all(call, *changes)
    return found


def _funds_of(found: PaymentOrder) -> list[str]:
    return [part["fund"] for part in found.parts]
