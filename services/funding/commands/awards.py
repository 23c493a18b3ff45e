"""Awards commit public money; contracts begin to pay it."""

from __future__ import annotations

from typing import Any

from services.funding.commands import contracts, funds, known, procurement, projects
from services.funding.commands.conditions import NOTICE
from services.funding.documents import Application, Project
from services.funding.domain import optimisation, sharing
from services.funding.domain.applications import ApplicationLife
from services.funding.domain.rounds import check_after
from services.funding.subjects import applications as subjects
from services.funding.subjects import contracts as contract_subjects
from services.funding.subjects.projects import CONTRACTED
from shared.call import Call
from shared.errors import Refused, Text
from shared.lifecycle import advance
from shared.store import command, load, new, save_all

Data = dict[str, Any]


@command
def award(call: Call, application_id: str, wanted: list[Data]) -> Application:
    """Award 立项资助 a proposed application after its notice: application, funds and ledger in one write.

    Raises Refused before the notice is over, while an objection or a supplier's query is open, for an organisation
    that is not active any more, and beyond what the round's funds have free.
    """
    application = load(call, Application, application_id)
    target = known.judged_round(call, application.round)
    application.status = advance(ApplicationLife, application.status, "award")
    _check_award(call, application, target.status, target.notice_ends_at)
    available = funds.load_funds(call, target.funds)
    free = {identifier: funds.balance(fund).free for identifier, fund in available.items()}
    parts = sharing.split(
        application.amount_fen, free, funds.parts(wanted), funds.matches(available.values())
    )
    application.awarded_at = call.now
    application.commitments = [{"fund": part.fund, "amount_fen": part.amount} for part in parts]
    moved = funds.commit(call, available, parts, application.id)
    save_all(call, (application, subjects.AWARDED), *moved)
    return application


def _check_award(call: Call, application: Application, status: str, notice_ends_at: Any) -> None:
    if status != "noticed" or not application.proposed:
        raise Refused(
            "not-proposed",
            Text("The application is not proposed by a round on notice.", "该申报不在公示的拟资助名单内。"),
            Text("Only what was put to public notice can be awarded.", "仅可资助经公示的申报。"),
        )
    check_after(call.now, notice_ends_at, "notice-running", NOTICE)
    if application.open_objections:
        raise Refused(
            "objections-open",
            Text(
                f"{application.open_objections} objections are open.",
                f"尚有 {application.open_objections} 项异议未处理。",
            ),
            Text("Settle them first.", "请先处理异议。"),
        )
    procurement.check_unheld(call, application)
    if known.standing(application) != "active":
        raise Refused(
            "organisation-not-active",
            Text("The organisation is not active any more.", "该社会组织已不处于正常状态。"),
            Text("Drop the application.", "请不予资助。"),
            field="organisation",
        )


@command
def contract(call: Call, application_id: str, body: Data) -> Project:
    """Sign the contract 签约 of an awarded application: the one that was drafted, or one of the usual form. Its first
    tranche is paid at once where it waits for nothing else. Raises Refused as `contracts.sign` does."""
    stub = known.application(application_id)
    values = {name: getattr(stub, name) for name in _CARRIED}
    signed_on = body["signed_on"]
    project = new(
        call, Project, area=stub.area, beside=stub, application=stub.id, signed_on=signed_on, **values
    )
    application = load(call, Application, application_id)
    target = known.judged_round(call, application.round)
    application.status = advance(ApplicationLife, application.status, "sign")
    procurement.check_unheld(call, application)
    optimisation.check_done(application.optimisations)
    project.organisation = application.organisation
    project.sources = application.commitments
    signed = contracts.sign(call, application, target, body)
    signed.project, project.contract = project.id, signed.id
    project.starts_on, project.ends_on = signed.starts_on, signed.ends_on
    project.tranches = [each | {"status": "waiting"} for each in signed.tranches]
    paid = projects.pay_tranche(call, project, "contract")
    kept = (signed, contract_subjects.SIGNED)
    save_all(call, (application, subjects.SIGNED), kept, (project, CONTRACTED), *paid)
    return project


_CARRIED = (
    "round", "host", "topic", "title", "amount_fen", "beneficiaries_direct", "beneficiaries_indirect", "generated",
)  # fmt: skip
