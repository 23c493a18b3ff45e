"""Optimisation of awarded applications: changes are asked for, answered by a new version, accepted or asked again."""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds, known, stages
from services.funding.commands.funds import Change
from services.funding.documents import Application, Round
from services.funding.domain import amendments
from services.funding.domain import optimisation as domain
from services.funding.domain.optimisation import OptimisationLife
from services.funding.subjects import applications as subjects
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, load, save, save_all

Data = dict[str, Any]


@command
def ask(call: Call, application_id: str, asked: str) -> Application:
    """Ask for changes 优化 of an awarded application before its contract. Raises Refused for a round without this
    stage, and while something else is asked."""
    application, target = _judged(call, application_id)
    domain.check_stage(in_use=stages.in_use(target, "optimisation"))
    domain.check_askable(application.status, application.optimisations)
    _append(call, application, asked)
    return save(call, application, subjects.OPTIMISATION_ASKED)


def _judged(call: Call, application_id: str) -> tuple[Application, Round]:
    application = load(call, Application, application_id)
    return application, known.judged_round(call, application.round)


def _append(call: Call, application: Application, asked: str) -> None:
    number = len(application.optimisations) + 1
    application.optimisations.append(
        {"number": number, "status": "asked", "asked": asked, "asked_at": call.now}
    )


@command
def answer(call: Call, application_id: str, body: Data) -> Application:
    """The applicant's new version: what it changes, and why. It counts once it is accepted. Raises Refused where it
    changes nothing or asks for more money than was awarded."""
    known.authorise_party(call, known.application(application_id))
    application = load(call.cleared(), Application, application_id)
    one = domain.current(application.optimisations)
    before = {name: getattr(application, name) for name in domain.CHANGEABLE}
    changes = domain.changed(before, body)
    one["status"] = advance(OptimisationLife, one["status"], "answer")
    one["summary"], one["answered_at"] = body["summary"], call.now
    one["before"], one["changes"] = {name: before[name] for name in changes}, changes
    return save(call, application, subjects.OPTIMISATION_ANSWERED)


@command
def review(call: Call, application_id: str, body: Data) -> Application:
    """Accept the new version, which becomes the application; or ask again. Money that is needed less is free again
    in the same write."""
    application, _ = _judged(call, application_id)
    one = domain.current(application.optimisations)
    one["status"] = advance(OptimisationLife, one["status"], "accept" if body["accepted"] else "send_back")
    one["remarks"], one["settled_at"] = body["remarks"], call.now
    if not body["accepted"]:
        _append(call, application, body["remarks"])
        return save(call, application, subjects.OPTIMISATION_ASKED)
    freed = _free(call, application, one["changes"].get("amount_fen"))
    for name, changed in one["changes"].items():
        setattr(application, name, changed)
    save_all(call, (application, subjects.OPTIMISED), *freed)
    return application


def _free(call: Call, application: Application, amount: int | None) -> list[Change]:
    """What a smaller amount gives back to the funds, in proportion to what each has committed."""
    if amount is None:
        return []
    sources = funds.parts(application.commitments)
    given_back = amendments.less(dict(sources), application.amount_fen - amount)
    application.commitments = [
        {"fund": part.fund, "amount_fen": part.amount} for part in amendments.moved(sources, less=given_back)
    ]
    loaded = funds.load_funds(call, [part.fund for part in given_back])
    return funds.release(call, loaded, given_back, application.id)
