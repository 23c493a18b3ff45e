"""Applications 申报 and their screening by rule."""

from __future__ import annotations

from collections.abc import Sequence

from statemachine import State, StateMachine


class ApplicationLife(StateMachine):
    """The course of an application 申报."""

    submitted = State(initial=True)  # 已申报
    screened = State()  # 初审通过
    rejected = State(final=True)  # 初审未通过
    awarded = State()  # 已立项资助
    contracted = State(final=True)  # 已签约
    dropped = State(final=True)  # 落选或退出

    screen = submitted.to(screened)
    reject = submitted.to(rejected)
    award = screened.to(awarded)
    drop = submitted.to(dropped) | screened.to(dropped) | awarded.to(dropped)
    sign = awarded.to(contracted)


def screen(
    *,
    organisation_status: str,
    track: str,
    tracks: Sequence[str],
    host_status: str | None,
    topic_status: str | None,
    topics_only: bool,
    amount: int,
    cap: int | None,
) -> list[str]:
    """First screening 初审 by rule: why an application is rejected, none where it passes."""
    reasons = []
    if organisation_status != "active":
        reasons.append("organisation-not-active")
    if track not in tracks:
        reasons.append("track-not-admitted")
    if track == "filed" and host_status != "active":
        reasons.append("host-not-active")
    if topic_status is None and topics_only:
        reasons.append("topic-needed")
    if topic_status is not None and topic_status != "chosen":
        reasons.append("topic-not-chosen")
    if cap is not None and amount > cap:
        reasons.append("above-cap")
    return reasons
