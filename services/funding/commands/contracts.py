"""Contracts: drafted, printed, signed copy or seal kept, signed. Amendments are in `amendments`."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date
from typing import Any

from services.funding.commands import known
from services.funding.documents import Application, Contract, Round
from services.funding.domain import contracts as domain
from services.funding.domain import optimisation
from services.funding.domain.contracts import ContractLife
from services.funding.queries import contracts as queries
from services.funding.subjects import contracts as subjects
from shared import areas, money, printing
from shared.apart import apart
from shared.arearules.settings import value
from shared.call import Call
from shared.errors import Refused, Text
from shared.http import Upload
from shared.http.files import PDF
from shared.lifecycle import advance
from shared.store import command, files, load, new, save
from shared.store.files import Kept

Data = dict[str, Any]


@command
def draft(call: Call, application_id: str, body: Data) -> Contract:
    """Draft the contract of an awarded application, or draft it anew until it is signed. Raises Refused for a term
    that is not allowed."""
    stub = known.application(application_id)
    contract = _contract_of(call, stub)
    target = known.judged_round(call, stub.round)
    _check_awarded(stub)
    optimisation.check_done(stub.optimisations)
    _fill(call, contract, stub, target, body["starts_on"], body["ends_on"], stable=body["stable"])
    contract.sha256 = contract.printed_at = None
    contract.signed_copy, contract.seal = {}, {}
    return save(call, contract, subjects.DRAFTED)


def _contract_of(call: Call, application: Application) -> Contract:
    """The application's contract, or a new one; not saved yet."""
    found = queries.of_application(application.id)
    if found is not None:
        return load(call, Contract, found.id)
    values = {name: getattr(application, name) for name in ("round", "host", "title", "generated")}
    made = new(
        call, Contract, area=application.area, beside=application, application=application.id, **values
    )
    made.organisation = application.organisation
    made.number = domain.number(made.seated_at, call.now.year, made.id)
    return made


def _check_awarded(application: Application) -> None:
    if application.status != "awarded":
        raise Refused(
            "not-awarded",
            Text(f"The application is {application.status}.", f"该申报状态为 {application.status}。"),
            Text("Draft contracts of awarded applications.", "请为已立项的申报拟定协议。"),
            field="id",
        )


def _fill(
    call: Call, contract: Contract, application: Application, target: Round,
    starts_on: date, ends_on: date | None, *, stable: bool,
) -> None:  # fmt: skip
    """What the contract says. Raises Refused for a term that is not allowed."""
    ends_on = ends_on or domain.years_later(starts_on, 1)
    years = value(domain.YEARS, contract.seated_at, call.now)
    domain.check_term(target.kind, starts_on, ends_on, years, stable=stable)
    contract.kind, contract.title = target.kind, application.title
    contract.starts_on, contract.ends_on, contract.stable = starts_on, ends_on, stable
    contract.amount_fen = application.amount_fen
    shares = money.shares(application.amount_fen, [t["share"] for t in target.tranches])
    contract.tranches = [
        {"number": number, "condition": planned["condition"], "amount_fen": share}
        for number, (planned, share) in enumerate(zip(target.tranches, shares, strict=True), 1)
    ]
    within = value(domain.SIGN_WITHIN, contract.seated_at, call.now)
    due = domain.sign_by(target.kind, application.awarded_at, within)
    contract.sign_by = due.at if due else None


def sign(call: Call, application: Application, target: Round, body: Data) -> Contract:
    """The signed contract of an application, to be saved with it. Raises Refused for a term that is not allowed, a
    draft that does not fit any more, and where the area wants the signed document on file first."""
    contract = _contract_of(call, application)
    if contract.starts_on is None:
        starts_on = body["starts_on"] or body["signed_on"]
        _fill(call, contract, application, target, starts_on, body["ends_on"], stable=body["stable"])
    domain.check_same(contract.amount_fen, application.amount_fen)
    required = value(domain.SIGNED_COPY, contract.seated_at, call.now)
    domain.check_document(required, bool(contract.signed_copy or contract.seal))
    contract.status = advance(ContractLife, contract.status, "sign")
    contract.signed_on, contract.signed_fen = body["signed_on"], contract.amount_fen
    return contract


@command
def print_contract(call: Call, contract_id: str) -> Contract:
    """Print the contract once, and keep the PDF under its SHA-256. Raises Refused for one that was amended,
    Unavailable where this machine cannot print."""
    contract = load(call, Contract, contract_id)
    target = known.judged_round(call, contract.round)
    if queries.kept(contract.sha256):
        return contract
    domain.check_printable(contract.amendments)
    template = value(domain.TEMPLATE, contract.seated_at, call.now)
    data = printing.pdf(template, domain.values(contract, _parties(contract, target), contract.tranches))
    contract.sha256, contract.printed_at = _keep(f"{contract.number}.pdf", data), call.now
    return save(call, contract, subjects.PRINTED)


def _parties(contract: Contract, target: Round) -> Data:
    """Who contracts with whom. A filed team's host signs for it."""
    application = known.application(contract.application)
    applicant = known.name_of(contract.organisation)
    return {
        "round": target.name,
        "grantor": domain.grantor(target.area),
        "grantee": known.name_of(contract.host) if contract.host else applicant,
        "on_behalf": applicant if contract.host else None,
        "direct": application.beneficiaries_direct,
        "indirect": application.beneficiaries_indirect,
    }


def _keep(name: str, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    files.keep(digest, Kept(name, PDF, data))
    return digest


@command
def keep_signed_copy(call: Call, contract_id: str, file: Upload) -> Contract:
    """Keep the signed copy that a party uploads. Raises Refused for what is no readable PDF, for a digital signature
    that is broken, and for the printed contract itself, which nobody has signed."""
    known.authorise_party(call, queries.contract_for(call, contract_id))
    contract = load(call.cleared(), Contract, contract_id)
    _check_open(contract)
    examined = json.loads(apart("services.funding.seals:examine", file.data))
    digest = hashlib.sha256(file.data).hexdigest()
    if digest == contract.sha256:
        raise Refused(
            "not-signed",
            Text("This is the printed contract as it was before anybody signed.", "该文件是未签署的打印件。"),
            Text("Upload the copy that both parties have signed.", "请上传双方签署后的文件。"),
            field="file",
        )
    _keep(f"{contract.number}-signed.pdf", file.data)
    contract.signed_copy = {"sha256": digest, "kept_at": call.now, "signatures": examined["signatures"]}
    return save(call, contract, subjects.COPY_KEPT)


def _check_open(contract: Contract) -> None:
    """What is on file of a signed contract stays."""
    if contract.status != "drafted" and (contract.signed_copy or contract.seal):
        raise Refused(
            "on-file-already",
            Text("The signed document is on file.", "签署件已存档。"),
            Text("Amend the contract where something has changed.", "如有变化，请办理合同变更。"),
            field="id",
        )


@command
def seal_contract(call: Call, contract_id: str) -> Contract:
    """Put the node's electronic seal 电子印章 on the signed copy, or on the printed contract where there is none.
    Raises Refused where this node has no seal, or nothing is there to be sealed."""
    contract = load(call, Contract, contract_id)
    known.judged_round(call, contract.round)
    if contract.seal:
        return contract
    seal = domain.check_seal(call.node.seal)
    file = queries.kept(contract.signed_copy.get("sha256") or contract.sha256)
    if file is None:
        raise domain.nothing_to_seal()
    asked = {
        "certificate": base64.b64encode(seal["file"].read_bytes()).decode(),
        "password": seal["password"],
        "name": seal.get("name") or areas.name(call.node.area),
        "reason": contract.number,
    }
    sealed = apart("services.funding.seals:seal", json.dumps(asked).encode() + b"\n" + file.data)
    digest = _keep(f"{contract.number}-sealed.pdf", sealed)
    contract.seal = {"sha256": digest, "sealed_at": call.now}
    return save(call, contract, subjects.SEALED)
