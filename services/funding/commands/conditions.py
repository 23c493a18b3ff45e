"""What has to be so before a round leaves a stage, looked up in the records; each raises Refused while it is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.funding.documents import Application, KnownTopic, Project, Round
from services.funding.domain.projects import ProjectLife
from services.funding.domain.rounds import check_after
from shared.call import Call
from shared.errors import Refused, Text
from shared.store.aggregate import subtree

NOTICE = Text("The public notice", "公示期")
_CALL = Text("The call for applications", "征集期")
_STAGE = Text("The stage", "本环节")
_ENDED = tuple(str(state.id) for state in ProjectLife.states if state.final)


def deadline_over(call: Call, found: Round) -> None:
    check_after(call.now, found.closes_at, "before-deadline", _CALL)


def period_over(call: Call, found: Round) -> None:
    """A stage whose length the terms leave open is over at any time."""
    ends_at = next((each["ends_at"] for each in found.calendar if each["stage"] == found.stage), None)
    if ends_at:
        check_after(call.now, ends_at, "period-running", _STAGE)


def notice_over(call: Call, found: Round) -> None:
    check_after(call.now, found.notice_ends_at, "notice-running", NOTICE)


def topics_chosen(_: Call, found: Round) -> None:
    if not KnownTopic.objects(status="chosen", **subtree(found.area)).first():
        raise _not_yet(
            "no-topics", "No topic of the round's area is chosen.", "本区域尚无立项选题。", "Choose one first.",
            "请先完成选题立项。",
        )  # fmt: skip


def applied(_: Call, found: Round) -> None:
    if not Application.objects(round=found.id).first():
        raise _not_yet(
            "no-applications", "There is no application.", "尚无申报。", "Wait for one, or extend the call.",
            "请等待申报，或延长征集期。",
        )  # fmt: skip


def all_screened(_: Call, found: Round) -> None:
    waiting = Application.objects(round=found.id, status="submitted").count()
    if waiting:
        raise _not_yet(
            "unscreened", f"{waiting} applications are not screened yet.", f"尚有 {waiting} 个申报未初审。",
            "Screen them first.", "请先完成初审。",
        )  # fmt: skip


def ranked(_: Call, found: Round) -> None:
    if found.status in ("draft", "preparing", "open", "closed"):
        raise _not_yet(
            "not-ranked", "The ranking is not made yet.", "尚未完成排序。", "Rank the applications first.",
            "请先完成排序。",
        )  # fmt: skip


def all_decided(_: Call, found: Round) -> None:
    undecided = [
        each.id
        for each in Application.objects(round=found.id, status__in=("submitted", "screened"), proposed=True)
    ]
    if undecided:
        raise Refused(
            "undecided",
            Text(
                f"{len(undecided)} proposed applications are undecided.",
                f"尚有 {len(undecided)} 个拟资助申报未决定。",
            ),
            Text("Award or drop them first.", "请先决定资助或不予资助。"),
            applications=undecided,
        )


def all_contracted(_: Call, found: Round) -> None:
    waiting = Application.objects(round=found.id, status="awarded").count()
    if waiting:
        raise _not_yet(
            "contracts-missing", f"{waiting} awards are not under contract.", f"尚有 {waiting} 个资助项目未签约。",
            "Sign their contracts first.", "请先完成签约。",
        )  # fmt: skip


def all_ended(_: Call, found: Round) -> None:
    running = Project.objects(round=found.id, status__nin=_ENDED).count()
    if running:
        raise _not_yet(
            "projects-running", f"{running} projects have not ended.", f"尚有 {running} 个项目未结束。",
            "Complete or stop them first.", "请先结项或终止。",
        )  # fmt: skip


CONDITIONS: Mapping[str, Callable[[Call, Round], None]] = {
    "period_over": period_over,
    "topics_chosen": topics_chosen,
    "applied": applied,
    "deadline_over": deadline_over,
    "all_screened": all_screened,
    "ranked": ranked,
    "notice_over": notice_over,
    "all_decided": all_decided,
    "all_contracted": all_contracted,
    "all_ended": all_ended,
}


def _not_yet(code: str, en: str, zh: str, remedy: str, remedy_zh: str) -> Refused:
    return Refused(code, Text(en, zh), Text(remedy, remedy_zh), field="stage")
