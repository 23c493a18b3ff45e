"""Review: the experts' scores and the ranking."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from services.funding.commands import conditions, known, stages
from services.funding.commands.funds import Change, balance
from services.funding.documents import Application, Fund, Round
from services.funding.domain import review as domain
from services.funding.domain.rounds import RoundLife, check_reviewing
from services.funding.subjects import applications as subjects
from services.funding.subjects import rounds as round_subjects
from shared.call import Call
from shared.errors import Conflict, Refused, Text
from shared.lifecycle import advance
from shared.store import command, load, save, save_all

Data = dict[str, Any]


@command
def score(call: Call, application_id: str, body: Data) -> Application:
    """One expert's scores 评分. Raises Refused for ties to the applicant, Conflict for a second score."""
    application = load(call, Application, application_id)
    target = known.judged_round(call, application.round)
    check_reviewing(target.status)
    if application.status != "screened":
        raise Refused(
            "not-screened",
            Text("Only screened applications are scored.", "只对初审通过的申报评分。"),
            Text("Screen it first.", "请先完成初审。"),
        )
    ties = {body["affiliation"], call.actor.organisation} - {None}
    if ties & {application.organisation, application.host}:
        raise Refused(
            "conflict-of-interest",
            Text("The expert belongs to the applicant.", "专家与申报单位存在利害关系。"),
            Text("Let another expert score.", "请由其他专家评分。"),
            field="affiliation",
        )
    domain.check_scores(body["scores"], {c["name"]: c["weight"] for c in target.criteria})
    if any(given["expert"] == body["expert"] for given in application.scores):
        raise Conflict(
            "scored-already",
            Text("This expert has scored this application.", "该专家已对此申报评分。"),
            Text("Each expert scores once.", "每位专家只评分一次。"),
            field="expert",
        )
    application.scores.append(body | {"scored_at": call.now})
    return save(call, application, subjects.SCORED)


@command
def rank(call: Call, round_id: str) -> Round:
    """Rank the screened applications 排序 and propose what threshold and free budget reach.

    Raises Refused while applications are unscreened or unscored. Every application is written with the round,
    so that no score given meanwhile is left out.
    """
    found = load(call, Round, round_id)
    found.status = advance(RoundLife, found.status, "ranking")
    conditions.all_screened(call, found)
    moved = stages.move(call, found, "review") if stages.in_use(found, "review") else []
    screened = [
        load(call, Application, a.id)
        for a in Application.objects(round=found.id, status="screened").only("id")
    ]
    free = sum(balance(fund).free for fund in Fund.objects(id__in=found.funds))
    ranked = domain.rank if stages.in_use(found, "review") else domain.line_up
    places = ranked(
        [
            domain.Candidate(a.id, a.submitted_at, a.amount_fen, [s["scores"] for s in a.scores])
            for a in screened
        ],
        {c["name"]: c["weight"] for c in found.criteria},
        found.threshold,
        free,
    )
    found.ranking = [asdict(place) for place in places]
    found.proposed = [place.application for place in places if place.outcome == "proposed"]
    by_id = {a.id: a for a in screened}
    changes: list[Change] = [*moved, (found, round_subjects.RANKED)]
    for place in places:
        application = by_id[place.application]
        application.rank, application.score_hundredths = place.rank, place.score_hundredths
        application.proposed = place.outcome == "proposed"
        changes.append((application, subjects.PLACED))
    save_all(call, *changes)
    return found
