"""Scores and the ranking, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.commands import draws, review
from services.funding.documents import Application, Draw, Expert, Round
from services.funding.domain import packs, schemes
from services.funding.domain import review as domain
from services.funding.domain.draws import ALGORITHM, check_leading
from services.funding.queries.applications import judged
from services.funding.queries.rounds import round_, round_for
from shared.call import Call
from shared.errors import Refused, Text
from shared.http.pages import Page
from shared.store import find

Data = dict[str, Any]


def ranking(call: Call, identifier: str) -> Page[Data]:
    """Every place of a round's ranking with the figures that led to it."""
    found = round_(identifier)
    call.authorise(found.area)
    return Page(found.ranking)


def scores(call: Call, identifier: str) -> Page[Data]:
    return Page(judged(call, identifier).scores)


def progress(call: Call, identifier: str) -> Page[Data]:
    """Running totals for whoever leads the review: staff, or the chair of the panel. Raises Refused for others of
    it."""
    target = round_(identifier)
    panel = draws.of_round(target.id)
    call.authorise(target.area)
    if draws.only_expert(call, target.area):
        chair = find(Expert, panel.chair) if panel and panel.chair else None
        check_leading(chair is not None and chair.account == call.actor.subject)
    drawn = panel if panel and panel.drawn_at else None
    screened = Application.objects(round=target.id, screened_at__ne=None, status__ne="dropped").order_by("id")
    return Page([_standing(target, each, drawn) for each in screened])


def _standing(target: Round, application: Application, panel: Draw | None) -> Data:
    found = review.candidate(application, panel)
    rules = domain.rules_of(target.panel)
    return {
        "application": application.id,
        "title": application.title,
        "due": len(found.panel) if found.panel is not None else None,
        "given": len(found.valid),
        "missing": found.missing,
        "score_hundredths": domain.standing(found, review.weights(target), rules),
    }


def decision_pack(call: Call, identifier: str) -> Data:
    """Which sets of projects fit the budget. Raises Refused before the round is ranked."""
    target = round_(identifier)
    call.authorise(target.area)
    if not target.ranking:
        raise Refused(
            "not-ranked",
            Text("The round is not ranked yet.", "本轮尚未排序。"),
            Text("Rank it first.", "请先完成排序。"),
            field="round",
        )
    found = review.packs_of(target)
    choice = target.choice or {}
    return {
        "round": target.id,
        "budget_fen": target.budget_fen,
        "choices": [vars(each) | {"explanation": _EXPLAINED[each.name].zh} for each in found],
        "missing": sorted(set(packs.CHOICES) - {each.name for each in found}),
        "chosen": choice.get("choice", "cut"),
        "reasons": choice.get("reasons"),
    }


_EXPLAINED = {
    "cut": Text("Down the ranking as far as the money reaches.", "按名次依次资助，至资金不足为止。"),
    "skip": Text(
        "Down the ranking, passing over what does not fit any more.", "按名次依次资助，跳过资金不足的项目。"
    ),
    "best": Text(
        "The set whose scores add up to most; of several the cheapest.",
        "总分最高的组合；总分相同时取金额最小者。",
    ),
}


def record(call: Call, identifier: str) -> Data:
    """What is public of a round's draw and ranking. Scores and places are told from the public notice on, the seed
    with the result. Raises NotFound, also for a draft."""
    target = round_for(call, identifier)
    found = draws.of_round(target.id)
    told = target.status in ("noticed", "concluded")
    return {
        "round": target.id,
        "area": target.area,
        "status": target.status,
        "algorithm": ALGORITHM,
        "draw": found,
        "superseded": list(Draw.objects(round=target.id, status="superseded").order_by("id")),
        "rules": schemes.usual_panel() | target.panel,
        "criteria": target.criteria,
        "threshold": target.threshold,
        "budget_fen": target.budget_fen if told else None,
        "chosen": (target.choice or {}).get("choice", "cut"),
        "applications": _reviewed(target, found) if told else [],
        "ranking": target.ranking if told else [],
    }


def _reviewed(target: Round, found: Draw | None) -> list[Data]:
    amounts = {place["application"]: place["amount_fen"] for place in target.ranking}
    panel = found if draws.expected(target) is not None else None
    return [
        {
            "application": each.id,
            "submitted_at": each.submitted_at,
            "amount_fen": amounts[each.id],
            "beneficiaries_direct": each.beneficiaries_direct,
            "barred": panel.barred_from(each.id) if panel else [],
            "panel": panel.seats(each.id) if panel else None,
            "scores": [given._asdict() for given in review.candidate(each, panel).valid],
        }
        for each in Application.objects(id__in=list(amounts)).order_by("id")
    ]
