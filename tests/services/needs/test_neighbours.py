"""Volunteers, adoption and micro-crowdfunding over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.ids import new_id
from tests.harness import RunningNode
from tests.services.needs.ordering import Menu, good

pytestmark = pytest.mark.service

AREA = "230102002001"
NOW, LATER = "2025-06-09T10:00:00+08:00", "2025-06-11T10:00:00+08:00"
CONTACT = {"name": "钱某某", "phone": "13900008888"}
NEIGHBOUR = {"kind": "neighbour", "contact": CONTACT}
TUESDAY = [{"weekday": 2, "begins": "08:00", "ends": "12:00"}]


@pytest.fixture(scope="module")
def here(office: RunningNode) -> RunningNode:
    return office


@pytest.fixture(scope="module")
def team(here: RunningNode) -> str:
    return Menu(here, AREA).team


def post(
    here: RunningNode, path: str, body: Any = None, role: str | None = "street_staff", **more: Any
) -> Any:
    return here.post(f"/api/needs{path}", body, role, **({"now": NOW} | more))


def own(here: RunningNode, role: str, account: str) -> dict[str, Any]:
    """As somebody with an account of their own."""
    return {"role": None, "headers": {"Authorization": f"Bearer {here.token(role, subject=account)}"}}


def volunteer(here: RunningNode, skills: list[str], account: str | None = None, **more: Any) -> str:
    body = {
        "area": AREA, "contact": CONTACT, "skills": skills, "areas": [AREA], "windows": TUESDAY,
        "account": account,
    }  # fmt: skip
    return str(good(post(here, "/volunteers", body, **more))["id"])


def activity(here: RunningNode, places: int = 1, hour: int = 9, **more: Any) -> str:
    body = {
        "area": AREA, "title": "为老人理发", "skills": ["理发"], "places": places,
        "begins_at": f"2025-06-10T{hour:02}:00:00+08:00", "ends_at": f"2025-06-10T{hour + 2:02}:00:00+08:00",
    }  # fmt: skip
    return str(good(post(here, "/activities", body | more))["id"])


def test_supply_meets_demand_and_hours_earn_stars(here: RunningNode, team: str):
    district = {"area": "230102002", "since": "2025-01-01", "value": [1, 2], "source": "本区办法"}
    good(here.post("/api/needs/rules/volunteer_star_hours/values", district))
    account = new_id()
    someone_elses = post(
        here,
        "/volunteers",
        {"area": AREA, "contact": CONTACT, "skills": [], "areas": [AREA], "windows": [], "account": new_id()},
        **own(here, "resident", account),
    )
    assert someone_elses.status_code == 403
    barber = volunteer(here, ["理发"], account, **own(here, "resident", account))
    driver = volunteer(here, ["驾驶"])
    demand = activity(here, organisation=team)
    matches = here.get(f"/api/needs/activities/{demand}/matches", "street_staff").json()["items"]
    scores = {each["volunteer"]: each["score"] for each in matches}
    assert (scores[barber], scores[driver]) == (100, 50)
    assert matches[0]["parts"][0]["why"]["zh"] == "具备1项技能中的1项：理发"
    joined = good(
        post(
            here,
            f"/activities/{demand}/engagements",
            {"volunteer": barber},
            **own(here, "volunteer", account),
        )
    )
    left = [each["volunteer"] for each in here.get(f"/api/needs/activities/{demand}/matches").json()["items"]]
    assert barber not in left
    full = post(here, f"/activities/{demand}/engagements", {"volunteer": driver})
    assert (full.status_code, full.json()["type"]) == (422, "urn:hatchery:problem:activity-full")
    elsewhere = post(here, f"/activities/{activity(here, hour=10)}/engagements", {"volunteer": barber})
    assert (elsewhere.status_code, elsewhere.json()["field"]) == (409, "volunteer")
    path = f"/engagements/{joined['id']}"
    record = {"role": "organisation_officer", "organisation": team}
    assert post(here, f"{path}/service", {"minutes": 90}, **record).status_code == 422, "it is not over yet"
    good(post(here, f"{path}/service", {"minutes": 90}, now=LATER, **record))
    assert post(here, f"{path}/confirmation", now=LATER, **record).status_code == 403
    good(post(here, f"{path}/confirmation", now=LATER))
    told = here.get(
        f"/api/needs/volunteers/{barber}/certificate",
        None,
        headers=own(here, "volunteer", account)["headers"],
    ).json()
    assert (told["name"], told["minutes"], told["hours"], told["stars"]) == ("钱某某", 90, 1.5, 1)
    assert [each["title"] for each in told["records"]] == ["为老人理发"]


def test_of_one_place_at_two_requests_only_one_is_taken(here: RunningNode):
    demand, pair = activity(here, hour=13), [volunteer(here, []) for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        sent = both.map(
            lambda one: post(here, f"/activities/{demand}/engagements", {"volunteer": one}).status_code, pair
        )
        assert sorted(sent) == [201, 422]
    assert here.get(f"/api/needs/activities/{demand}", None).json()["taken"] == 1


def test_a_wish_is_adopted_by_one_and_names_nobody(here: RunningNode):
    account = new_id()
    body = {"area": AREA, "title": "想要一盏台灯", "category": "助学", "contact": CONTACT}
    wish = good(post(here, "/wishes", body, "community_worker"))["id"]
    adopting = NEIGHBOUR | {"due_on": "2025-06-20", "account": account}
    adopted = good(post(here, f"/wishes/{wish}/adoption", adopting, **own(here, "resident", account)))
    assert (adopted["status"], adopted["adopter_kind"], adopted["adopter_unit"]) == (
        "adopted",
        "neighbour",
        None,
    )
    again = post(here, f"/wishes/{wish}/adoption", adopting)
    assert (again.status_code, again.json()["type"]) == (422, "urn:hatchery:problem:not-in-this-state")
    assert "钱某某" not in here.get(f"/api/needs/wishes/{wish}", None).text
    contacts = here.get(f"/api/needs/wishes/{wish}/contacts", "community_worker").json()
    assert contacts["adopter_contact"] == CONTACT
    good(post(here, f"/wishes/{wish}/return", {"reasons": "搬家"}, **own(here, "resident", account)))
    firm = adopting | {"kind": "firm", "unit": "某公司", "account": None}
    good(post(here, f"/wishes/{wish}/adoption", firm))
    done = good(post(here, f"/wishes/{wish}/fulfilment", {"by": "relative", "fulfilled_on": "2025-06-09"}))
    assert (done["status"], done["confirmed_by"], done["adopter_unit"]) == ("fulfilled", "relative", "某公司")


def test_a_need_is_offered_once_at_a_time(here: RunningNode):
    need = {"area": AREA, "title": "助餐", "category": "为老", "source": "visit", "received_on": "2025-06-01"}
    collected = good(post(here, "/needs", need))["id"]
    body = {"area": AREA, "title": "为独居老人送餐", "category": "为老", "need": collected}
    wish = good(post(here, "/wishes", body))["id"]
    assert post(here, "/wishes", body).status_code == 409
    good(post(here, f"/wishes/{wish}/withdrawal", {"reasons": "已解决"}))
    good(post(here, "/wishes", body))
    unknown = post(here, "/wishes", body | {"need": new_id()})
    assert (unknown.status_code, unknown.json()["field"]) == (409, "need")


def campaign(here: RunningNode, team: str, goal: int) -> str:
    body = {
        "area": AREA, "title": "楼道加装扶手", "purpose": "方便老人上下楼", "receiver": team, "filing": "备案 1 号",
        "goal_fen": goal, "deadline": "2025-06-30T18:00:00+08:00",
    }  # fmt: skip
    return str(good(post(here, "/campaigns", body))["id"])


def test_pledges_that_race_never_go_beyond_the_goal_and_come_to_an_end(here: RunningNode, team: str):
    raised = campaign(here, team, 2_500)

    def pledge(_: int) -> Any:
        while True:
            answer = post(here, f"/campaigns/{raised}/pledges", NEIGHBOUR | {"fen": 1_000})
            if answer.status_code != 409:
                return answer

    with ThreadPoolExecutor(4) as neighbours:
        answers = list(neighbours.map(pledge, range(5)))
    taken = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    refused = [answer.json() for answer in answers if answer.status_code == 422]
    assert (len(taken), [each["left"] for each in refused]) == (2, [500] * 3)
    taken.append(
        good(post(here, f"/campaigns/{raised}/pledges", NEIGHBOUR | {"fen": 500}))["id"],
    )
    for number, each in enumerate(taken):
        good(post(here, f"/pledges/{each}/payment", {"receipt": f"收 {number}", "on": "2025-06-09"}))
    found = here.get(f"/api/needs/campaigns/{raised}", None).json()
    assert (found["status"], found["paid_fen"], found["pledges"]) == ("reached", 2_500, 3)
    done = post(here, f"/campaigns/{raised}/completion", {"outcome": "已安装"})
    assert good(done)["status"] == "completed"


def test_what_misses_its_goal_is_given_back(here: RunningNode, team: str):
    raised, account = campaign(here, team, 1_000), new_id()
    paid, unpaid = (
        good(post(here, f"/campaigns/{raised}/pledges", NEIGHBOUR | {"fen": 300, "account": account}))["id"]
        for _ in range(2)
    )
    good(post(here, f"/pledges/{paid}/payment", {"receipt": "收 9", "on": "2025-06-09"}))
    early = post(here, f"/campaigns/{raised}/closing", {})
    assert (early.status_code, early.json()["field"]) == (422, "reasons")
    after = "2025-07-01T09:00:00+08:00"
    closed = good(post(here, f"/campaigns/{raised}/closing", {}, now=after))
    assert (closed["status"], closed["pledged_fen"], closed["paid_fen"]) == ("failed", 300, 300)
    # Others' pledges are of nobody's account: they are nobody's own.
    mine = here.get("/api/needs/pledges", None, headers=own(here, "resident", account)["headers"]).json()
    assert {each["id"]: each["status"] for each in mine["items"]} == {paid: "paid", unpaid: "released"}
    good(post(here, f"/pledges/{paid}/refund", {"receipt": "退 1", "on": "2025-07-01"}, now=after))
    settled = here.get(f"/api/needs/campaigns/{raised}", None).json()
    assert (settled["status"], settled["given_back_fen"]) == ("settled", 300)
