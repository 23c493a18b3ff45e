"""The clocks of query and complaint, counted by hand from the calendar of 2026: 清明 on 4 to 6 April, 劳动节 on 1 to 5
May."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.funding.domain import procurement
from services.funding.domain.procurement import Course
from shared import clock
from shared.errors import Refused

pytestmark = pytest.mark.unit


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.CHINA)


COURSE = Course(at("2026-03-02T09:00"), at("2026-04-01T09:00"), at("2026-04-13T23:59:59"))


def test_each_step_has_the_working_days_of_the_law():
    received = at("2026-04-20T10:00")  # a Monday
    due = procurement.reply_due(received)
    assert due == at("2026-04-29T23:59:59")  # 政府采购法 53: 7 working days
    # 政府采购法 55: 15 working days from the end of the time to reply, over 劳动节 with its make-up day 9 May
    assert procurement.complaint_until(due) == at("2026-05-22T23:59:59")
    assert procurement.decision_due(at("2026-05-22T10:00")) == at(
        "2026-07-06T23:59:59"
    )  # 56: 30 working days


@pytest.mark.parametrize(
    ("ground", "last"),
    [
        ("documents", "2026-03-11T23:59:59"),
        ("process", "2026-04-13T23:59:59"),
        ("result", "2026-04-22T23:59:59"),
    ],
)
def test_a_query_is_taken_for_seven_working_days_from_when_its_ground_is_known(ground, last):
    assert procurement.check_ground(ground, COURSE, at(last)) == at(last)
    with pytest.raises(Refused, match="query-too-late"):
        procurement.check_ground(ground, COURSE, at(last).replace(day=at(last).day + 1, hour=0))


def test_the_result_can_be_queried_during_its_notice_and_nothing_before_it_happened():
    procurement.check_ground("result", COURSE, at("2026-04-02T09:00"))
    for ground, course in (("process", COURSE), ("result", COURSE._replace(notice_ends_at=None))):
        with pytest.raises(Refused, match="query-too-early"):
            procurement.check_ground(ground, course, at("2026-03-20T09:00"))


def test_a_complaint_waits_for_the_reply_or_its_time_and_then_has_its_own():
    due = at("2026-04-29T23:59:59")
    with pytest.raises(Refused, match="reply-not-due"):
        procurement.check_complaint("raised", due, at("2026-04-29T12:00"))
    procurement.check_complaint("answered", due, at("2026-04-22T12:00"))
    procurement.check_complaint("raised", due, at("2026-04-30T00:00"))
    with pytest.raises(Refused, match="complaint-too-late"):
        procurement.check_complaint("answered", due, at("2026-05-23T00:00"))


def test_a_suspension_lasts_thirty_days_at_most_holidays_or_not():
    begun = at("2026-09-01T10:00")
    assert procurement.suspended_until(begun, 30) == at(
        "2026-10-01T23:59:59"
    )  # 国庆: a bound is not prolonged
    for days in (0, 31):
        with pytest.raises(Refused, match="suspension-too-long"):
            procurement.suspended_until(begun, days)


@pytest.mark.parametrize(
    ("status", "suspended", "held"),
    [("raised", None, True), ("answered", None, False), ("complained", None, False),
     ("complained", "2026-05-02T00:00", True), ("complained", "2026-04-30T00:00", False),
     ("decided", "2026-05-02T00:00", False)],
)  # fmt: skip
def test_a_query_holds_until_it_is_answered_and_a_complaint_while_the_purchase_is_suspended(
    status, suspended, held
):
    until = at(suspended) if suspended else None
    assert procurement.holds(status, until, at("2026-05-01T00:00")) is held
    if held:
        with pytest.raises(Refused, match="queries-open"):
            procurement.check_not_held(["query"])
