"""Blind rounds 匿名评审: reviewers are not told whose application it is while the round is judged."""

from __future__ import annotations

from services.funding.documents import Application, Attachment, Round
from services.funding.queries.rounds import round_
from shared.call import Call
from shared.errors import Forbidden, Text

REVIEWER = "expert"
JUDGED = ("open", "closed")  # states of a round in which it is


def is_blind(target: Round) -> bool:
    return bool(target.panel.get("blind")) and target.status in JUDGED


def check(call: Call, found: Application | Attachment) -> None:
    """Raise Forbidden for a reviewer, whatever other roles he has, unless it is his organisation's."""
    if not _reviews(call) or call.actor.is_one_of([found.organisation, found.host]):
        return
    if is_blind(round_(found.round)):
        raise Forbidden(
            "blind-round",
            Text("This round is judged blind.", "本轮实行匿名评审。"),
            Text("See what you are to judge in the round's reviews.", "请在本轮评审任务中查看待评申报。"),
        )


def hidden(call: Call) -> list[str]:
    """The rounds whose applications a list does not show to whoever asks."""
    blind = Round.objects(panel__blind=True, status__in=JUDGED).only("id") if _reviews(call) else []
    return [found.id for found in blind]


def _reviews(call: Call) -> bool:
    return any(grant.role == REVIEWER for grant in call.actor.grants)
