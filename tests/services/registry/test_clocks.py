"""Deadlines of applications: counted, shown, reminded of, escalated, and what the law does when they pass."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.harness import RunningNode, eventually
from tests.services.registry.test_service import act, apply, form, read, team

pytestmark = pytest.mark.service

# 2026: the Spring Festival 春节 is off from 15 to 23 February, and the 28th, a Saturday, is worked.
BEFORE_FESTIVAL = "2026-02-12T10:00:00+08:00"  # a Thursday; Saturday the 14th is worked too


@pytest.fixture
def here(office: RunningNode) -> RunningNode:
    return office


def run(here: RunningNode, now: str) -> dict[str, int]:
    answer = here.post("/api/registry/clocks/run", None, "operator", now=now)
    assert answer.ok, answer.text
    return dict(answer.json())


def filed_at(here: RunningNode, now: str, body: dict[str, Any]) -> str:
    answer = here.post("/api/registry/organisations", body, now=now)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def clock(here: RunningNode, organisation: str) -> tuple[str | None, str | None, str | None]:
    told = read(here, organisation)
    return told["due_step"], told["due_at"], told["due_stage"]


def letters(here: RunningNode, recipient: str, organisation: str) -> list[str]:
    role = recipient.split(":")[1].split("@")[0]
    found = here.get(
        "/api/notifications/messages", role, params={"recipient": recipient, "limit": "200"}
    ).json()
    return [one["template"] for one in found["items"] if one["about"] == organisation]


def test_a_clock_runs_with_each_step_and_stands_still_while_a_correction_is_asked(here: RunningNode):
    organisation = filed_at(here, BEFORE_FESTIVAL, form(name="春节前申请"))
    # Five working days from the 13th: 13, 14 (worked), 24, 25, 26.
    assert clock(here, organisation) == ("acceptance", "2026-02-26T15:59:59.000Z", "running")
    act(here, organisation, "correction", {"reasons": "缺少章程"}, now="2026-02-24T09:00:00+08:00")
    assert clock(here, organisation) == ("acceptance", None, "suspended")
    act(here, organisation, "resubmission", {}, now="2026-03-02T09:00:00+08:00")
    # The 13th and the 14th were used up; three are left: 3, 4 and 5 March.
    assert clock(here, organisation) == ("acceptance", "2026-03-05T15:59:59.000Z", "running")
    act(here, organisation, "acceptance", now="2026-03-03T09:00:00+08:00")
    # Sixty days end on Saturday, 2 May, within the holidays of the 1st to the 5th.
    assert clock(here, organisation) == ("decision", "2026-05-06T15:59:59.000Z", "running")
    act(here, organisation, "decision", {"approve": True, "reasons": "齐全"}, now="2026-03-04T09:00:00+08:00")
    assert clock(here, organisation) == (None, None, None)


def test_an_application_without_a_word_in_time_counts_as_accepted_since_it_was_received(here: RunningNode):
    street = "230102010"
    organisation = filed_at(here, "2027-03-01T09:00:00+08:00", team(area=street, name="无人过问队"))
    told = read(here, organisation)
    assert (told["due_at"], told["due_certain"]) == ("2027-03-08T15:59:59.000Z", False)
    assert told["due_warning"]["zh"].startswith("相关日期的放假安排尚未公布")
    for now, stage in (
        ("2027-03-04T23:59:59+08:00", "running"),
        ("2027-03-05T00:00:00+08:00", "near"),
        ("2027-03-08T23:59:59+08:00", "near"),
    ):
        run(here, now)
        assert clock(here, organisation) == ("acceptance", "2027-03-08T15:59:59.000Z", stage)
    assert run(here, "2027-03-09T00:00:00+08:00")["lapsed"] >= 1
    told = read(here, organisation)
    # Seven days from 1 March, as if it had been accepted then.
    assert (told["status"], told["due_step"], told["due_at"]) == (
        "accepted", "decision", "2027-03-08T15:59:59.000Z",
    )  # fmt: skip
    assert run(here, "2027-03-09T00:00:01+08:00")["overdue"] >= 1
    staff = f"role:street_staff@{street}"
    eventually(
        lambda: sorted(letters(here, staff, organisation)) == [
            "deadline_near", "deadline_passed", "deemed_accepted",
        ]
    )  # fmt: skip
    eventually(lambda: letters(here, "role:district_staff@230102", organisation) == ["deadline_passed"])
    changed = read(here, organisation)["updated_at"]
    run(here, "2027-04-01T00:00:00+08:00")
    assert read(here, organisation)["updated_at"] == changed, "what was told is told once"


def test_a_day_that_an_area_does_not_work_moves_the_clocks_that_run_over_it(here: RunningNode):
    street = "230102011"
    organisation = filed_at(here, "2026-06-01T09:00:00+08:00", team(area=street, name="暴雪队"))
    assert clock(here, organisation)[1] == "2026-06-08T15:59:59.000Z"
    day = {"area": street, "day": "2026-06-03", "worked": False, "reasons": "暴雪停工"}
    assert here.post("/api/registry/calendar-days", day, "street_staff").status_code == 403
    made = here.post("/api/registry/calendar-days", day, now="2026-06-02T09:00:00+08:00")
    assert made.status_code == 201, made.text

    def moved() -> bool:
        run(here, "2026-06-02T09:00:01+08:00")
        return clock(here, organisation)[1] == "2026-06-09T15:59:59.000Z"

    eventually(moved)
    beside = filed_at(here, "2026-06-01T09:00:00+08:00", team(area="230102012", name="邻街队"))
    assert clock(here, beside)[1] == "2026-06-08T15:59:59.000Z"
    again = here.post("/api/registry/calendar-days", day | {"worked": True}, now="2026-06-02T10:00:00+08:00")
    assert again.json()["id"] == made.json()["id"]
    listed = here.get("/api/registry/calendar-days", None, params={"area": street}).json()["items"]
    assert [(one["day"], one["worked"]) for one in listed] == [("2026-06-03", True)]
    assert here.get(made.headers["Location"], None).json() == listed[0]


def test_the_district_sets_other_periods_and_running_clocks_keep_theirs(here: RunningNode):
    area = "230102013"
    before = filed_at(here, "2026-06-01T09:00:00+08:00", team(area=area, name="此前队"))
    shorter = {
        "area": area, "since": "2026-06-02", "source": "区民政局通知",
        "value": {"amount": 3, "unit": "working_days", "remind": 1},
    }  # fmt: skip
    assert here.post("/api/registry/rules/limit_acceptance/values", shorter).ok
    after = filed_at(here, "2026-06-02T09:00:00+08:00", team(area=area, name="此后队"))
    assert clock(here, before)[1] == "2026-06-08T15:59:59.000Z"
    assert clock(here, after)[1] == "2026-06-05T15:59:59.000Z"
    wrong = here.post("/api/registry/rules/limit_acceptance/values", shorter | {"value": {"amount": 3}})
    assert wrong.status_code == 400


def test_a_timer_that_was_off_for_long_makes_up_for_it_step_by_step(here: RunningNode):
    organisation = filed_at(here, "2026-07-01T09:00:00+08:00", team(area="230102015", name="停机队"))
    assert run(here, "2026-12-01T09:00:00+08:00")["lapsed"] >= 1
    assert run(here, "2026-12-01T09:01:00+08:00")["overdue"] >= 1
    assert clock(here, organisation)[2] == "past"


def test_timers_that_look_at_the_same_time_act_once(here: RunningNode):
    area = "230102016"
    made = [filed_at(here, "2026-07-01T09:00:00+08:00", team(area=area, name=f"第{n}队")) for n in range(5)]
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda _: run(here, "2026-07-09T09:00:00+08:00"), range(4)))
    staff = f"role:street_staff@{area}"

    def told() -> list[str]:
        return [each for one in made for each in letters(here, staff, one) if each == "deemed_accepted"]

    eventually(lambda: len(told()) >= 5)
    eventually(lambda: here.depth("svc.notifications") == 0)
    assert len(told()) == 5


def test_an_application_that_is_dealt_with_in_time_is_left_alone_by_the_timer(here: RunningNode):
    organisation = apply(here, form(area="230102014"))
    act(here, organisation, "acceptance")
    act(here, organisation, "decision", {"approve": True, "reasons": "齐全"})
    status = read(here, organisation)["status"]
    run(here, "2031-01-01T00:00:00+08:00")
    assert (read(here, organisation)["status"], status) == ("active", "active")
    assert here.post("/api/registry/clocks/run", None, "district_staff").status_code == 403
