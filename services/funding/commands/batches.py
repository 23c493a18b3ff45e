"""Payment batches: gathered by one person, approved by another, exported for the bank, set against its answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from services.funding.commands import funds, projects
from services.funding.commands.funds import Change
from services.funding.documents import Payee, PaymentBatch, PaymentOrder, Project
from services.funding.domain import payments as domain
from services.funding.subjects import payments as subjects
from services.funding.subjects import projects as project_subjects
from shared import money
from shared.apart import apart
from shared.call import Call
from shared.errors import NotFound
from shared.http import Upload
from shared.http.files import CSV, XLSX
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, files, load, new, save, save_all

Data = dict[str, Any]
TYPES = {"xlsx": XLSX, "csv": CSV}
_ACCOUNT = ("holder", "account", "bank", "bank_code")


@command
def prepare_batch(call: Call, area: str, wanted: list[str] | None) -> PaymentBatch:
    """Gather orders that an area has to pay: those that are named, or all that are due, the oldest first, as many as
    a batch holds. Raises Refused for one that is not due, and where a payee's account is not known."""
    known = PaymentOrder.objects(area=area, owner=call.node.area)
    chosen = known.filter(id__in=wanted) if wanted else known.filter(status="due")
    orders = list(chosen.order_by("id").limit(domain.MOST_LINES + bool(wanted)))
    statuses = dict.fromkeys(wanted or [], "unknown") | {one.id: one.status for one in orders}
    accounts = {
        one.organisation: one
        for one in Payee.objects(area=area, organisation__in=[one.organisation for one in orders])
        if one.holder and one.bank and one.account  # what was erased is not known any more
    }
    batch = new(call, PaymentBatch, area=area, beside=orders[0] if orders else None)
    domain.check_orders(statuses, {one.organisation for one in orders} - set(accounts))
    batch.rounds = sorted({one.round for one in orders})
    batch.lines = [_line(batch, number, one) for number, one in enumerate(orders, 1)]
    batch.payees = {
        one.id: {name: getattr(accounts[one.organisation], name) for name in _ACCOUNT} for one in orders
    }
    batch.total_fen = sum(one.amount_fen for one in orders)
    batch.prepared_by, batch.generated = call.actor.subject, all(one.generated for one in orders)
    for one in orders:
        one.status, one.batch = advance(domain.OrderLife, one.status, "gather"), batch.id
    save_all(call, (batch, subjects.PREPARED), *((one, subjects.BATCHED) for one in orders))
    return batch


def _line(batch: PaymentBatch, number: int, one: PaymentOrder) -> Data:
    return {
        "reference": domain.reference(batch.id, number), "order": one.id, "organisation": one.organisation,
        "title": one.title, "amount_fen": one.amount_fen, "outcome": None, "reasons": None,
    }  # fmt: skip


@command
def approve_batch(call: Call, batch_id: str) -> PaymentBatch:
    """Approve a batch 复核. Raises Forbidden for whoever prepared it."""
    batch = load(call, PaymentBatch, batch_id)
    domain.check_second_person(batch.prepared_by, call.actor.subject)
    batch.status = advance(domain.BatchLife, batch.status, "approve")
    batch.approved_by, batch.approved_at = call.actor.subject, call.now
    return save(call, batch, subjects.APPROVED)


@command
def dissolve_batch(call: Call, batch_id: str, reasons: str) -> PaymentBatch:
    """Send a batch back that has not been exported; its orders are due again."""
    batch = load(call, PaymentBatch, batch_id)
    batch.status = advance(domain.BatchLife, batch.status, "dissolve")
    batch.reasons = reasons
    orders = [load(call, PaymentOrder, line["order"]) for line in batch.lines]
    for one in orders:
        one.status, one.batch = advance(domain.OrderLife, one.status, "put_back"), None
    save_all(call, (batch, subjects.DISSOLVED), *((one, subjects.PUT_BACK) for one in orders))
    return batch


@command
def export_batch(call: Call, batch_id: str, form: str) -> PaymentBatch:
    """Make the file for the bank, once: whoever asks again gets the same. Raises Refused for another form."""
    batch = load(call, PaymentBatch, batch_id)
    domain.check_file(form, batch.format)
    if batch.sha256:
        return batch
    batch.status = advance(domain.BatchLife, batch.status, "export")
    file = _file(batch, form)
    batch.format, batch.sha256 = form, hashlib.sha256(file.data).hexdigest()
    batch.exported_at = call.now
    return save(call, batch, subjects.EXPORTED)


def file_id(batch: PaymentBatch, form: str) -> str:
    return derived_id(batch.id, f"file/{form}")


def _file(batch: PaymentBatch, form: str) -> files.Kept:
    """The kept file: one that was made before a crash is taken, as it may differ from one made now in its date."""
    identifier = file_id(batch, form)
    try:
        return files.fetch(identifier)
    except NotFound:
        given = {"format": form, "records": [_record(line) for line in batch.payments]}
        data = apart("services.funding.sheets:payment_file", json.dumps(given, ensure_ascii=False).encode())
        files.keep(identifier, files.Kept(f"{batch.id}.{form}", TYPES[form], data))
        return files.fetch(identifier)


def _record(line: Data) -> dict[str, str]:
    return {name: line[name] or "" for name in _ACCOUNT} | {
        "reference": line["reference"],
        "amount": money.yuan(line["amount_fen"]).replace(",", ""),
        "purpose": line["title"],
    }


class Answered(NamedTuple):
    """What an answer does: lines by the outcome that it brings them."""

    paid: list[Data]
    returned: list[Data]


@command
def receive_answer(call: Call, batch_id: str, file: Upload) -> PaymentBatch:
    """Set the bank's answer 银行回盘 against a batch: all of it or nothing. The same file again does nothing.

    Raises Refused for what cannot be read, and for a batch that was not exported.
    """
    batch = load(call, PaymentBatch, batch_id)
    domain.check_answerable(batch.status)
    digest = hashlib.sha256(file.data).hexdigest()
    if any(answer["sha256"] == digest for answer in batch.answers):
        return batch
    told = [domain.Told(*row) for row in json.loads(apart("services.funding.sheets:read_answer", file.data))]
    known = [domain.Line(line["reference"], line["amount_fen"], line["outcome"]) for line in batch.lines]
    verdicts = domain.reconcile(known, told)
    answered = _apply(batch, verdicts)
    rows = [{"row": v.told.row, "reference": v.told.reference, "what": v.what} for v in verdicts]
    batch.answers.append({"sha256": digest, "name": file.name, "received_at": call.now, "rows": rows})
    changes: list[Change] = [(batch, subjects.ANSWERED)]
    changes += _settle(call.cleared(), answered)
    if batch.status == "exported" and all(line["outcome"] for line in batch.lines):
        batch.status = advance(domain.BatchLife, batch.status, "finish")
        changes.append((batch, subjects.SETTLED))
    save_all(call, *changes)
    return batch


def _apply(batch: PaymentBatch, verdicts: Iterable[domain.Verdict]) -> Answered:
    lines = {line["reference"]: line for line in batch.lines}
    answered = Answered([], [])
    for told, what in verdicts:
        if what in ("paid", "returned"):
            line = lines[told.reference]
            line["outcome"], line["reasons"] = what, told.reason or None
            (answered.paid if what == "paid" else answered.returned).append(line)
    return answered


def _settle(call: Call, answered: Answered) -> list[Change]:
    """Orders, projects and funds as the answer leaves them, each record written once but for what it has to tell."""
    orders = {
        line["order"]: load(call, PaymentOrder, line["order"])
        for line in (*answered.paid, *answered.returned)
    }
    loaded = funds.load_funds(
        call, dict.fromkeys(part["fund"] for one in orders.values() for part in one.parts)
    )
    changes: list[Change] = []
    touched: dict[str, Project] = {}
    for line in answered.paid:
        one = orders[line["order"]]
        one.status = advance(domain.OrderLife, one.status, "settle")
        if one.project not in touched:
            touched[one.project] = load(call, Project, one.project)
        project = touched[one.project]
        domain.tranche(project.tranches, one.tranche).update(status="paid", paid_at=call.now)
        changes += [(one, subjects.PAID), (project, project_subjects.TRANCHE_PAID)]
    for line in answered.returned:
        one = orders[line["order"]]
        one.status, one.reasons = advance(domain.OrderLife, one.status, "bounce"), line["reasons"]
        changes.append((one, subjects.BOUNCED))
    for project in touched.values():
        changes += projects.completed(project)
    return [
        *changes,
        *funds.settle(call, loaded, _moves(orders, answered.paid)),
        *funds.unorder(call, loaded, _moves(orders, answered.returned)),
    ]


def _moves(orders: dict[str, PaymentOrder], lines: Iterable[Data]) -> list[tuple[funds.Part, str]]:
    ids = [line["order"] for line in lines]
    return [(part, one) for one in ids for part in funds.parts(orders[one].parts)]
