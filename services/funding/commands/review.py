"""Review: the experts' scores and the ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.funding.commands import conditions, draws, known, stages
from services.funding.commands.funds import Change, balance
from services.funding.documents import Application, Draw, Fund, Round
from services.funding.domain import packs
from services.funding.domain import review as domain
from services.funding.domain.rounds import RoundLife, check_reviewing
from services.funding.subjects import applications as subjects
from services.funding.subjects import rounds as round_subjects
from shared.apart import apart
from shared.call import Call
from shared.errors import Conflict, Refused, Text
from shared.lifecycle import advance
from shared.store import Held, command, load, save, save_all

Data = dict[str, Any]


@command
def score(call: Call, application_id: str, body: Data) -> Application:
    """One expert's scores 评分. Raises Refused for ties to the applicant, and for who was not drawn where the round
    draws a panel; Conflict for a second score."""
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
    if draws.expected(target) is not None:
        draws.check_scorer(call, target, application, body["expert"])
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
    so that no score given meanwhile is left out; the draw is held, so that nobody is recused meanwhile.
    """
    found = load(call, Round, round_id)
    found.status = advance(RoundLife, found.status, "ranking")
    conditions.all_screened(call, found)
    reviewed = stages.in_use(found, "review")
    moved = stages.move(call, found, "review") if reviewed else []
    screened = [
        load(call, Application, a.id)
        for a in Application.objects(round=found.id, status="screened").only("id")
    ]
    panel = draws.drawn(found.id) if reviewed and draws.expected(found) is not None else None
    found.budget_fen = sum(balance(fund).free for fund in Fund.objects(id__in=found.funds))
    candidates = [candidate(a, panel) for a in screened]
    if reviewed:
        rules = domain.rules_of(found.panel)
        places = domain.rank(candidates, weights(found), found.threshold, found.budget_fen, rules)
    else:
        places = domain.line_up(candidates, found.budget_fen)
    found.ranked_at = call.now
    changes = _placed(found, {a.id: a for a in screened}, places)
    held = [Held(panel)] if panel else []
    save_all(call, *moved, (found, round_subjects.RANKED), *changes, *held)
    return found


def candidate(application: Application, panel: Draw | None) -> domain.Candidate:
    """What the ranking looks at."""
    return domain.Candidate(
        application.id,
        application.submitted_at,
        application.amount_fen,
        [domain.Given(given["expert"], given["scores"]) for given in application.scores],
        panel.seats(application.id) if panel else None,
        application.beneficiaries_direct or 0,
    )


def weights(target: Round) -> dict[str, int]:
    """The criteria's weights, in the order in which the round names them."""
    return {c["name"]: c["weight"] for c in target.criteria}


def _placed(
    found: Round, applications: Mapping[str, Application], places: Sequence[domain.Place]
) -> list[Change]:
    """Writes the places into the round and its applications; the changes of the latter."""
    found.ranking = [asdict(place) for place in places]
    found.proposed = [place.application for place in places if place.outcome == "proposed"]
    for place in places:
        application = applications[place.application]
        application.rank, application.score_hundredths = place.rank, place.score_hundredths
        application.proposed = place.outcome == "proposed"
    return [(applications[place.application], subjects.PLACED) for place in places]


@command
def propose(call: Call, round_id: str, body: Data) -> Round:
    """Propose another set of the decision pack 决策方案 than the ranking's cut, with reasons, before the notice."""
    found = load(call, Round, round_id)
    domain.check_choosing(found.status)
    chosen = packs.chosen(packs_of(found), body["choice"])
    places = domain.chosen(
        [domain.Place(**place) for place in found.to_mongo()["ranking"]], set(chosen.applications)
    )
    applications = {place.application: load(call, Application, place.application) for place in places}
    found.choice = body | {"chosen_at": call.now}
    save_all(call, (found, round_subjects.PROPOSED), *_placed(found, applications, places))
    return found


def packs_of(found: Round) -> list[packs.Choice]:
    """The sets of a ranked round's projects above the threshold that fit the budget. Worked out in a process apart:
    it may take some seconds."""
    items = [
        packs.Item(place["application"], place["score_hundredths"], place["amount_fen"])
        for place in found.ranking
        if place["outcome"] != "below_threshold"
    ]
    answer = apart("services.funding.domain.packs:worked_out", packs.asked(items, found.budget_fen or 0))
    return packs.answered(answer)
