from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from shared.ids import new_id
from tests.harness import RunningNode, eventually
from tests.services import organisations, told

pytestmark = pytest.mark.service

STREET = "230102001"
ROUND = {
    "name": "首届公益创投",
    "kind": "venture",
    "year": 2026,
    "status": "noticed",
    "opens_at": "2026-02-01T01:00:00.000Z",
    "closes_at": "2026-03-20T09:00:00.000Z",
    "notice_ends_at": "2026-03-11T15:59:59.000Z",
    "funds": [],
    "proposed": [new_id(), new_id()],
}
ITEM = {
    "title": "老旧小区助餐",
    "category": "养老",
    "group": "老年人",
    "sources": [],
    "status": "noticed",
    "notice_ends_at": "2026-03-11T15:59:59.000Z",
}


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry", "notifications"])


def inbox(
    here: RunningNode, recipient: str, role: str, organisation: str | None = None
) -> list[dict[str, Any]]:
    answer = here.get(
        "/api/notifications/messages", role, organisation=organisation, params={"recipient": recipient}
    )
    assert answer.ok, answer.text
    return list(answer.json()["items"])


def organisations_inbox(here: RunningNode, organisation: str) -> list[dict[str, Any]]:
    return inbox(here, f"organisation:{organisation}", "organisation_officer", organisation)


def notices(here: RunningNode, **query: str) -> list[dict[str, Any]]:
    return list(here.get("/api/notifications/notices", None, params=query).json()["items"])


def code(answer: Any) -> str:
    return str(answer.json()["type"].split(":")[-1])


def remind(here: RunningNode, recipient: str, *, area: str = "230102", **changed: Any) -> Any:
    body = {"area": area, "recipient": recipient, "due_at": "2026-04-01T00:00:00Z", "subject": "年检材料"}
    return here.post("/api/notifications/reminders", body | changed)


def run(here: RunningNode, now: str) -> dict[str, int]:
    answer = here.post("/api/notifications/reminders/run", None, "operator", now=now)
    assert answer.ok, answer.text
    return dict(answer.json())


def reminder(here: RunningNode, identifier: str) -> dict[str, Any]:
    return dict(here.get(f"/api/notifications/reminders/{identifier}").json())


def test_an_organisation_is_told_of_its_approval_and_suspension(here: RunningNode):
    organisation = organisations.active(here, "群力助老队", STREET)
    here.post(f"/api/registry/organisations/{organisation}/suspension", {"reasons": "未按期年检"})
    found = eventually(lambda: (m := organisations_inbox(here, organisation))[1:] and m)
    assert {(one["template"], one["body"]["zh"]) for one in found} == {
        ("organisation_approved", "准予群力助老队的申请。"),
        ("organisation_suspended", "群力助老队被责令暂停活动：未按期年检"),
    }
    assert {(one["area"], one["about_kind"], one["about"]) for one in found} == {
        (STREET, "registry.organisation", organisation)
    }


def test_a_message_is_for_its_recipient_only_and_read_once(here: RunningNode):
    organisation = organisations.active(here, "友谊路合唱团")
    message = eventually(lambda: organisations_inbox(here, organisation))[0]
    path = f"/api/notifications/messages/{message['id']}"
    for role, own in (
        ("organisation_officer", new_id()),
        ("organisation_officer", None),
        ("district_staff", None),
    ):
        assert here.get(path, role, organisation=own).status_code == 403
        assert here.post(f"{path}/reading", None, role, organisation=own).status_code == 403
        listed = here.get(
            "/api/notifications/messages", role, organisation=own,
            params={"recipient": f"organisation:{organisation}"},
        )  # fmt: skip
        assert (listed.status_code, code(listed)) == (403, "others-messages")
    assert here.get(path, None).status_code == 401
    first = here.post(
        f"{path}/reading", None, "organisation_officer", organisation=organisation, now=ROUND["closes_at"]
    )
    assert first.json()["read_at"] == ROUND["closes_at"]
    again = here.post(f"{path}/reading", None, "organisation_officer", organisation=organisation)
    assert again.json()["read_at"] == ROUND["closes_at"]
    unread = {"recipient": f"organisation:{organisation}", "unread": "true"}
    left = here.get(
        "/api/notifications/messages", "organisation_officer", organisation=organisation, params=unread
    )
    assert left.json()["items"] == []


def test_a_paid_tranche_is_told_to_the_organisation_and_to_finance_once_however_often_the_event_comes(
    here: RunningNode,
):
    organisation = new_id()
    data = {
        "round": new_id(), "application": new_id(), "organisation": organisation, "title": "银龄课堂",
        "amount_fen": 3_000_000, "status": "running",
        "tranches": [{"number": 1, "condition": "contract", "amount_fen": 1_500_000, "status": "paid"}],
    }  # fmt: skip
    project = told.tell(here, "funding.project.tranche_paid", data, area=STREET, times=3)
    told.tell(here, "funding.project.tranche_held", data, area=STREET, subject=project, sequence=2)
    eventually(lambda: len(organisations_inbox(here, organisation)) == 2)
    assert [one["template"] for one in organisations_inbox(here, organisation)].count("tranche_paid") == 1
    finance = [one for one in inbox(here, "role:finance@230102", "finance") if one["about"] == project]
    assert [one["body"]["en"] for one in finance] == [
        "A tranche of the project '银龄课堂' was released; 15,000.00 of 30,000.00 yuan are paid now."
    ]


def test_only_rectification_is_told_of_a_phase_evaluation(here: RunningNode):
    organisation = new_id()
    data = {
        "project": new_id(), "organisation": organisation, "phase": "mid_term", "score": 58,
        "concluded_at": "2026-03-02T01:00:00.000Z",
    }  # fmt: skip
    for outcome in ("pass", "rectify"):
        told.tell(here, "evaluation.phase_evaluation.concluded", data | {"outcome": outcome}, area=STREET)
    found = eventually(lambda: organisations_inbox(here, organisation))
    assert [one["body"]["zh"] for one in found] == ["您的项目中期评估得 58 分，须进行整改。"]


def test_a_rejected_application_is_told_with_its_reasons(here: RunningNode):
    organisation = new_id()
    data = {
        "round": new_id(), "organisation": organisation, "title": "社区花园", "amount_fen": 1,
        "status": "rejected", "reasons": ["类型不符", "超出上限"],
    }  # fmt: skip
    told.tell(here, "funding.application.rejected", data)
    assert eventually(lambda: organisations_inbox(here, organisation))[0]["body"]["zh"].endswith(
        "类型不符; 超出上限"
    )


def test_an_organisation_is_told_of_its_inspection_and_before_it_is_listed(here: RunningNode):
    organisation = new_id()
    inspection = {
        "organisation": organisation, "name": "春雨中心", "year": 2025, "form": "association", "status": "open",
        "unit_due_at": "2026-03-31T15:59:59.000Z", "report_due_at": "2026-05-31T15:59:59.000Z",
    }  # fmt: skip
    told.tell(here, "registry.inspection.opened", inspection)
    found = inspection | {"status": "correcting", "conclusion": "unqualified", "reasons": "财务混乱"}
    due = {"due_at": "2026-08-31T15:59:59.000Z", "due_step": "rectification", "due_area": "230102"}
    told.tell(here, "registry.inspection.rectification_ordered", found | due)
    listing = {
        "organisation": organisation, "name": "春雨中心", "kind": "abnormal", "ground": "report_missed",
        "status": "notified", "due_at": "2026-06-15T15:59:59.000Z",
    }  # fmt: skip
    told.tell(here, "registry.listing.notified", listing)
    messages = eventually(lambda: (m := organisations_inbox(here, organisation))[2:] and m)
    assert {one["body"]["zh"] for one in messages} == {
        "春雨中心须于 2026-05-31 23:59 前报送年度报告。",
        "春雨中心2025年度检查不合格，须于 2026-08-31 23:59 前完成整改：财务混乱",
        "春雨中心可于 2026-06-15 23:59 前提出陈述申辩，列入事实和理由见名录材料。",
    }
    told.tell(here, "registry.inspection.deadline_passed", found | due, area=STREET)
    staff = eventually(lambda: inbox(here, "role:district_staff@230102", "district_staff"))
    assert staff[0]["body"]["zh"].startswith("春雨中心的整改应于 2026-08-31 23:59 前完成")


def test_the_board_shows_what_rounds_propose_and_conclude_and_which_topics_were_chosen(here: RunningNode):
    area = "230102005"
    round_ = told.tell(here, "funding.round.noticed", ROUND, area=area, audience="public")
    told.tell(
        here, "funding.round.concluded", ROUND, area=area, audience="public", subject=round_, sequence=2
    )
    item = told.tell(here, "needs.library_item.noticed", ITEM, area=area, audience="public")
    told.tell(
        here, "needs.library_item.chosen", ITEM | {"status": "chosen"}, area=area, audience="public",
        subject=item, sequence=2,
    )  # fmt: skip
    eventually(lambda: len(notices(here, area=area)) == 4)
    announced = [one for one in notices(here, about=item) if one["kind"] == "result"]
    assert [(one["title"]["zh"], one["until"]) for one in announced] == [("立项公告：老旧小区助餐", None)]
    board = {one["kind"]: one for one in notices(here, area=area) if one not in announced}
    assert board["public_notice"]["title"] == {
        "en": "Public notice: projects proposed in 首届公益创投",
        "zh": "公示：首届公益创投拟资助项目",
    }
    assert board["public_notice"]["until"] == ROUND["notice_ends_at"]
    assert "2 个项目" in board["public_notice"]["body"]["zh"]
    assert (board["result"]["about"], board["result"]["until"]) == (round_, None)
    assert (board["topic"]["about"], board["topic"]["until"]) == (item, "2026-03-11T15:59:59.000Z")
    assert {one["id"] for one in notices(here, about=item)} == {board["topic"]["id"], announced[0]["id"]}


def test_staff_post_notices_for_their_area(here: RunningNode):
    body = {"area": STREET, "title": "孵化园开放日", "body": "欢迎参观", "until": "2030-01-01T00:00:00Z"}
    answer = here.post("/api/notifications/notices", body)
    assert answer.status_code == 201, answer.text
    assert here.get(answer.headers["Location"], None).json() == answer.json()
    over = here.post("/api/notifications/notices", body | {"until": "2020-01-01T00:00:00Z"})
    assert (over.status_code, code(over)) == (422, "until-passed")
    assert here.post("/api/notifications/notices", body, "resident").status_code == 403
    foreign = here.post("/api/notifications/notices", body | {"area": "330203001"})
    assert foreign.status_code == 421


def test_the_board_is_a_valid_atom_feed_newest_first(here: RunningNode):
    area = "230102006"
    for title, now in (("第一条 <&>", "2026-01-05T01:00:00Z"), ("第二条", "2026-01-06T01:00:00Z")):
        body = {"area": area, "title": title, "body": "正文\x07"}
        assert here.post("/api/notifications/notices", body, now=now).status_code == 201
    answer = here.get("/api/notifications/notices.atom", None, params={"area": area})
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = Xml.fromstring(answer.content)
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for required in ("id", "title", "updated", "author/{*}name"):
        assert feed.findtext("{*}" + required), required
    entries = feed.findall("{*}entry")
    assert [entry.findtext("{*}title") for entry in entries] == ["第二条", "第一条 <&>"]
    for entry in entries:
        for required in ("id", "title", "updated", "content"):
            assert entry.findtext("{*}" + required), required
        link = entry.find("{*}link")
        assert link is not None
        assert here.get(link.attrib["href"].removeprefix(here.url), None).ok


def test_a_feed_of_no_area_names_the_faulty_field(here: RunningNode):
    answer = here.get("/api/notifications/notices.atom", None, params={"area": "12", "lang": "fr"})
    assert answer.status_code == 400
    assert {fault["field"] for fault in answer.json()["errors"]} == {"area", "lang"}


def test_a_due_reminder_becomes_one_message_and_goes_up_when_nobody_reads_it(here: RunningNode):
    made = remind(here, f"role:street_staff@{STREET}", area=STREET, subject="备案台账", escalate_after=1)
    assert made.status_code == 201, made.text
    identifier = made.json()["id"]
    run(here, "2026-03-31T23:59:59Z")
    assert reminder(here, identifier)["status"] == "waiting"
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda _: run(here, "2026-04-01T00:00:00Z"), range(4)))
    assert reminder(here, identifier)["status"] == "fired"
    mine = [m for m in inbox(here, f"role:street_staff@{STREET}", "street_staff") if m["about"] == identifier]
    assert [one["subject"]["zh"] for one in mine] == ["备案台账"]
    assert run(here, "2026-04-03T00:00:00Z")["escalated"] == 1
    assert reminder(here, identifier)["escalated_to"] == "role:district_staff@230102"
    assert run(here, "2026-04-03T00:00:00Z") == {"fired": 0, "escalated": 0, "closed": 0}

    def above() -> list[dict[str, Any]]:
        found = inbox(here, "role:district_staff@230102", "district_staff")
        return [one for one in found if one["about"] == identifier]

    assert eventually(above)[0]["subject"]["zh"] == "逾期未处理：备案台账"


def test_a_reminder_that_was_read_does_not_go_up(here: RunningNode):
    identifier = remind(here, f"role:street_staff@{STREET}", due_at="2026-05-06T00:00:00Z").json()["id"]
    run(here, "2026-05-06T00:00:00Z")
    message = reminder(here, identifier)["message"]
    assert here.post(f"/api/notifications/messages/{message}/reading", None, "street_staff").ok
    assert run(here, "2026-06-01T00:00:00Z")["closed"] >= 1
    assert reminder(here, identifier)["status"] == "closed"


def test_reminders_are_set_within_the_area_and_for_known_organisations(here: RunningNode):
    assert code(remind(here, "role:district_staff@230102", area=STREET)) == "recipient-elsewhere"
    assert code(remind(here, f"organisation:{new_id()}")) == "not-yet-known"
    assert remind(here, "li@example.org").json()["field"] == "recipient"
    organisation = organisations.active(here, "安字片巡逻队", STREET)
    eventually(lambda: organisations_inbox(here, organisation))
    assert remind(here, f"organisation:{organisation}").status_code == 201


def test_a_round_reminds_the_staff_of_its_area_before_it_closes_and_before_its_notice_ends(here: RunningNode):
    area = "230102007"
    opened = ROUND | {"status": "open", "notice_ends_at": None}
    round_ = told.tell(here, "funding.round.opened", opened, area=area, audience="public")
    told.tell(here, "funding.round.noticed", ROUND, area=area, audience="public", subject=round_, sequence=4)

    def both() -> list[dict[str, Any]]:
        found = here.get("/api/notifications/reminders", params={"area": area}).json()["items"]
        return found if len(found) == 2 else []

    found = {one["due_at"]: one for one in eventually(both)}
    assert set(found) == {"2026-03-17T09:00:00.000Z", "2026-03-10T15:59:59.000Z"}
    assert {one["recipient"] for one in found.values()} == {f"role:street_staff@{area}"}
    assert found["2026-03-17T09:00:00.000Z"]["subject"]["zh"] == "首届公益创投将于 2026-03-20 17:00 截止申报"


def test_only_operators_run_the_reminders(here: RunningNode):
    assert here.post("/api/notifications/reminders/run").status_code == 403


def test_figures_count_the_area_and_what_lies_below(here: RunningNode):
    area = "230102008"

    def figures(of: str) -> dict[str, int]:
        return dict(here.get("/api/notifications/figures", None, params={"area": of}).json())

    assert set(figures(area).values()) == {0}
    remind(here, f"role:street_staff@{area}", area=area, due_at="2026-01-01T00:00:00Z")
    run(here, "2026-01-02T00:00:00Z")
    here.post("/api/notifications/notices", {"area": area, "title": "公告", "body": "正文"})
    assert figures(area) == {
        "messages": 1, "unread": 1, "notices": 1, "reminders": 1, "reminders_fired": 1,
    }  # fmt: skip
    assert figures("230102")["notices"] > 1


def test_nothing_that_the_registry_tells_is_parked_or_dead(here: RunningNode):
    organisation = organisations.active(here, "新阳路读书会")
    eventually(lambda: organisations_inbox(here, organisation))
    assert here.letters("svc.notifications.dead") == []
    assert here.letters("svc.notifications.parked") == []
