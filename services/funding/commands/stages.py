"""Moving a round on through the stages that it takes. What a stage means for the round happens as it is entered or
left; everything else in the course is data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.funding.commands import draws, notices
from services.funding.commands.conditions import CONDITIONS
from services.funding.commands.funds import Change
from services.funding.documents import Application, Round
from services.funding.domain import stages as domain
from services.funding.domain.applications import ApplicationLife
from services.funding.domain.rounds import RoundLife
from services.funding.subjects import applications, rounds
from shared.call import Call
from shared.lifecycle import advance
from shared.store import load


def in_use(found: Round, stage: str) -> bool:
    return any(each["stage"] == stage for each in found.stages)


def following(found: Round) -> str:
    """The stage that the round comes to next."""
    return domain.following(domain.of(found.stages), found.stage)


def move(call: Call, found: Round, to: str) -> list[Change]:
    """The changes, for `save_all`, that bring the round to a stage: each stage on the way is left under its
    conditions. None where it is there. Raises Refused."""
    course = domain.of(found.stages)
    changes: list[Change] = []
    for left in domain.way(course, found.stage, to):
        for condition in domain.conditions(course, left):
            CONDITIONS[condition](call, found)
        changes += LEAVING.get(left or "", _nothing)(call, found)
        found.stage = domain.following(course, left)
        found.course.append({"stage": found.stage, "at": call.now})
        changes += ENTERING.get(found.stage, _nothing)(call, found) or [(found, rounds.MOVED_ON)]
    return changes


Act = Callable[[Call, Round], list[Change]]


def _nothing(_: Call, __: Round) -> list[Change]:
    return []


def _prepare(_: Call, found: Round) -> list[Change]:
    found.status = advance(RoundLife, found.status, "prepare")
    return []


def _open(_: Call, found: Round) -> list[Change]:
    found.status = advance(RoundLife, found.status, "opening")
    return [(found, rounds.OPENED)]


def _close(_: Call, found: Round) -> list[Change]:
    found.status = advance(RoundLife, found.status, "closing")
    return [(found, rounds.CLOSED)]


def _notice(call: Call, found: Round) -> list[Change]:
    notices.begin(call, found)
    return [(found, rounds.NOTICED)]


def _conclude(call: Call, found: Round) -> list[Change]:
    """What was not proposed is dropped as the result is announced 公告, and the seed of the draw is told."""
    found.status = advance(RoundLife, found.status, "conclusion")
    outcomes = {place["application"]: place["outcome"] for place in found.ranking}
    changes: list[Change] = [(found, rounds.CONCLUDED)]
    for each in Application.objects(round=found.id, status__in=("submitted", "screened")).only("id"):
        application = load(call, Application, each.id)
        application.status = advance(ApplicationLife, application.status, "drop")
        application.reasons = [outcomes.get(application.id, "not_ranked").replace("_", "-")]
        changes.append((application, applications.DROPPED))
    return [*changes, *draws.revealed(call, found.id)]


ENTERING: Mapping[str, Act] = {
    "needs_call": _prepare,
    "needs_sorting": _prepare,
    "projects_call": _open,
    "notice": _notice,
}
LEAVING: Mapping[str, Act] = {"projects_call": _close, "notice": _conclude}
