from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from shared import keys
from shared.call import Grant
from shared.ids import new_id
from tests.harness import RunningNode, eventually
from tests.services.registry.credit_codes import credit_code

pytestmark = pytest.mark.service

STREET = "230102001"
NOW = "2026-03-02T09:00:00+08:00"
COMPLETE = {
    "five_haves": dict.fromkeys(["window", "desk_sign", "computer", "filing_cabinet", "records"], True),
    "seven_in_common": dict.fromkeys(
        ["sign", "plate", "panels", "content", "functions", "duties", "procedure"], True
    ),
}

LIQUIDATED = {
    "liquidation": {
        "concluded_on": "2026-02-20", "assets_fen": 120_000, "debts_fen": 20_000,
        "remaining": "剩余财产按章程用于公益事业",
    }
}  # fmt: skip


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry"])


def form(**changed: Any) -> dict[str, Any]:
    return {
        "area": STREET,
        "name": "道里区春雨社会工作服务中心",
        "track": "registered",
        "type": "non_enterprise",
        "credit_code": credit_code(),
        "category": "社区服务",
        "established_on": "2015-05-04",
    } | changed


def team(**changed: Any) -> dict[str, Any]:
    return {"area": STREET, "name": "群力助老队", "track": "filed", "established_on": "2024-03-01"} | changed


def apply(here: RunningNode, body: dict[str, Any]) -> str:
    answer = here.post("/api/registry/organisations", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def act(here: RunningNode, id_: str, what: str, body: Any = None, **more: Any) -> requests.Response:
    return here.post(f"/api/registry/organisations/{id_}/{what}", body, **more)


def active(here: RunningNode, body: dict[str, Any]) -> str:
    organisation = apply(here, body)
    assert act(here, organisation, "acceptance").ok
    assert act(here, organisation, "decision", {"approve": True, "reasons": "材料齐全"}).ok
    return organisation


def read(here: RunningNode, organisation: str) -> dict[str, Any]:
    return dict(here.get(f"/api/registry/organisations/{organisation}").json())


def code(answer: requests.Response) -> str:
    return str(answer.json()["type"].split(":")[-1])


def figures(here: RunningNode, area: str) -> dict[str, Any]:
    return dict(here.get("/api/registry/figures", None, params={"area": area}).json())


def summaries(here: RunningNode, area: str) -> dict[str, str]:
    """Organisations and their status, as everybody may know them."""
    found = here.get("/api/registry/summaries", None, params={"area": area}).json()["items"]
    return {one["organisation"]: one["status"] for one in found}


def test_an_organisation_is_corrected_accepted_registered_and_struck_off(here: RunningNode):
    organisation = apply(here, form(name="春雨中心"))
    assert act(here, organisation, "correction", {"reasons": "缺少章程"}).json()["status"] == "correcting"
    assert code(act(here, organisation, "acceptance")) == "not-in-this-state"
    again = act(here, organisation, "resubmission", {"name": "道里区春雨中心"}).json()
    assert (again["status"], again["name"], again["reasons"]) == ("applied", "道里区春雨中心", None)
    assert act(here, organisation, "acceptance").json()["decided_at"] is None
    decided = act(here, organisation, "decision", {"approve": True, "reasons": "材料齐全"}, now=NOW).json()
    assert (decided["status"], decided["decided_at"]) == ("active", "2026-03-02T01:00:00.000Z")
    for what, status in (("suspension", "suspended"), ("resumption", "active")):
        assert act(here, organisation, what, {"reasons": "依申请"}).json()["status"] == status
    early = act(here, organisation, "cancellation", {"reasons": "依申请"})
    assert (early.status_code, code(early), early.json()["field"]) == (
        422,
        "liquidation-needed",
        "liquidation",
    )
    assert act(here, organisation, "cancellation", {"reasons": "依申请"} | LIQUIDATED).ok
    ended = read(here, organisation)
    assert (ended["status"], ended["ended_by"], ended["liquidation"]) == (
        "cancelled", "cancelled", LIQUIDATED["liquidation"],
    )  # fmt: skip
    assert [step["step"] for step in ended["history"]] == [
        "submit", "ask_correction", "resubmit", "accept", "approve", "suspend", "resume", "cancel",
    ]  # fmt: skip


def test_what_is_handed_in_again_must_still_fit_its_track(here: RunningNode):
    organisation = apply(here, form())
    act(here, organisation, "correction", {"reasons": "信用代码有误"})
    wrong = act(here, organisation, "resubmission", {"credit_code": "1" * 18})
    assert (wrong.status_code, code(wrong), wrong.json()["field"]) == (422, "identity-unfit", "credit_code")
    assert read(here, organisation)["status"] == "correcting"


def test_a_correction_cannot_take_the_credit_code_of_another(here: RunningNode):
    taken = read(here, apply(here, form()))["credit_code"]
    organisation = apply(here, form())
    act(here, organisation, "correction", {"reasons": "信用代码有误"})
    answer = act(here, organisation, "resubmission", {"credit_code": taken})
    assert (answer.status_code, code(answer)) == (409, "exists-already")


def test_an_officer_hands_in_the_own_application_only(here: RunningNode):
    organisation = apply(here, team())
    act(here, organisation, "correction", {"reasons": "缺少名册"})
    officer = {"role": "organisation_officer"}
    assert act(here, organisation, "resubmission", {}, organisation=new_id(), **officer).status_code == 403
    assert act(here, organisation, "resubmission", {}, organisation=organisation, **officer).ok


def test_an_application_that_does_not_fit_its_track_names_the_field(here: RunningNode):
    answer = here.post("/api/registry/organisations", form(credit_code=credit_code("51")))
    assert (answer.status_code, code(answer), answer.json()["field"]) == (
        422,
        "identity-unfit",
        "credit_code",
    )
    chinese = here.post(
        "/api/registry/organisations", team(type="association"), headers={"Accept-Language": "zh-CN"}
    )
    assert chinese.json()["detail"] == "备案团队不具有法人资格。"


def test_a_credit_code_is_registered_once_however_many_apply_at_the_same_time(here: RunningNode):
    body = form()
    with ThreadPoolExecutor(5) as several:
        answers = list(several.map(lambda _: here.post("/api/registry/organisations", body), range(5)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"exists-already"}


def test_a_repeated_application_is_one(here: RunningNode):
    key, body = new_id(), team(name="只此一队")
    first, second = (here.post("/api/registry/organisations", body, key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()


def test_residents_do_not_apply_and_streets_do_not_register(here: RunningNode):
    assert here.post("/api/registry/organisations", team(), "resident").status_code == 403
    assert here.post("/api/registry/organisations", team(), None).status_code == 401
    organisation = apply(here, form())
    answer = act(here, organisation, "acceptance", role="street_staff")
    assert (answer.status_code, code(answer)) == (403, "not-the-registrar")
    assert act(here, apply(here, team()), "acceptance", role="street_staff").ok


def test_a_district_role_that_was_granted_for_a_street_registers_nobody(here: RunningNode):
    """A street's node can vouch for any role, but only within its own area."""
    organisation = apply(here, form())
    grants = [Grant("district_staff", STREET), Grant("street_staff", STREET)]
    token = keys.issue(keys.load_private(here.folder / "keys"), here.area, "li", grants)
    answer = requests.post(
        f"{here.url}/api/registry/organisations/{organisation}/acceptance",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert (answer.status_code, code(answer)) == (403, "not-the-registrar")


def test_areas_of_another_district_are_served_elsewhere(here: RunningNode):
    answer = here.post("/api/registry/organisations", team(area="330203001"))
    assert (answer.status_code, answer.json()["owner"]) == (421, "330203")


def test_everybody_is_told_the_newest_status_of_an_approved_organisation_and_of_no_other(here: RunningNode):
    area = "230102004"
    refused = apply(here, team(area=area))
    act(here, refused, "acceptance")
    act(here, refused, "decision", {"approve": False, "reasons": "成员不足"})
    approved = active(here, team(area=area))
    eventually(lambda: summaries(here, area) == {approved: "active"})
    assert refused not in summaries(here, area)
    act(here, approved, "suspension", {"reasons": "未备案变更"})
    eventually(lambda: summaries(here, area)[approved] == "suspended")


def test_lists_come_in_pages_and_by_status(here: RunningNode):
    area = "230102005"
    made = sorted(apply(here, team(area=area, name=f"第{n}队")) for n in range(5))
    act(here, made[0], "acceptance")
    seen: list[str] = []
    query = {"area": area, "limit": "2", "status": "applied"}
    while True:
        page = here.get("/api/registry/organisations", params=query).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == made[1:]


def test_a_station_complies_once_its_lists_are_complete(here: RunningNode):
    body = {"area": f"{STREET}001", "name": "社区服务站"} | COMPLETE
    body["five_haves"] = COMPLETE["five_haves"] | {"computer": False}
    made = here.post("/api/registry/stations", body, "community_worker")
    assert (made.status_code, made.json()["complies"]) == (201, False)
    checked = here.post(f"/api/registry/stations/{made.json()['id']}/checks", COMPLETE)
    assert checked.json()["complies"] is True
    assert here.get(made.headers["Location"], None).json() == checked.json()
    unknown = here.post("/api/registry/stations", body | {"five_haves": {"sofa": True}})
    assert unknown.status_code == 400


def test_visits_are_a_history_and_shares_of_compliance_have_a_trend(here: RunningNode):
    street, path = "230102017", "/api/registry/stations"
    body = {"area": f"{street}001", "name": "友好社区服务站", "opened_on": "2026-01-10"} | COMPLETE
    station = here.post(path, body, now=NOW).json()["id"]
    assert code(here.post(path, body, now=NOW)) == "station-there"
    other = here.post(path, body | {"area": f"{street}002", "opened_on": "2026-02-10"}, now=NOW).json()["id"]
    lacking = COMPLETE | {"five_haves": COMPLETE["five_haves"] | {"window": False}}
    visit = lacking | {"visited_on": "2026-02-20", "visitor_role": "evaluator", "findings": "窗口无人"}
    assert here.post(f"{path}/{station}/checks", visit, now=NOW).json()["complies"] is False
    early = COMPLETE | {"visited_on": "2026-01-20"}
    assert here.post(f"{path}/{station}/checks", early, now=NOW).json()["complies"] is False
    too_early = here.post(f"{path}/{station}/checks", COMPLETE | {"visited_on": "2026-01-09"}, now=NOW)
    assert code(too_early) == "visit-date"
    visits = here.get(f"{path}/{station}/checks").json()["items"]
    assert [(one["visited_on"], one["complies"]) for one in visits] == [
        ("2026-01-10", True), ("2026-02-20", False), ("2026-01-20", True),
    ]  # fmt: skip
    assert "窗口无人" not in here.get(f"{path}/{station}", None).text
    assert here.post(f"{path}/{other}/closing", {"reasons": "合并"}, now=NOW).json()["status"] == "closed"
    assert here.post(path, body | {"area": f"{street}002", "opened_on": None}, now=NOW).status_code == 201
    shares = here.get(f"{path}/shares", None, params={"area": street, "on": "2026-03-02", "months": 2}).json()
    assert [(one["on"], one["stations"], one["complying"]) for one in shares["trend"]] == [
        ("2026-01-31", 1, 1), ("2026-02-28", 2, 1), ("2026-03-02", 2, 1),
    ]  # fmt: skip
    assert [(one["area"], one["percent"]) for one in shares["below"]] == [
        (f"{street}001", 0),
        (f"{street}002", 100),
    ]


def test_an_organisation_has_one_party_branch_which_it_joins_and_leaves(here: RunningNode):
    area, path = "230102018", "/api/registry/party-branches"
    one, two, three = (active(here, form(area=area)) for _ in range(3))
    body = {"area": area, "name": "联合党支部", "kind": "joint", "organisations": [one, two]}
    joint = here.post(path, body | {"members": 12, "secretary": "roster:0042"}).json()
    assert "secretary" not in joint
    assert here.get(f"{path}/{joint['id']}/file").json()["secretary"] == "roster:0042"
    alone = {"area": area, "name": "党支部", "kind": "independent", "organisations": [one]}
    assert code(here.post(path, alone)) == "in-another-branch"
    functional = alone | {"kind": "functional", "name": "功能型党支部"}
    assert here.post(path, functional).status_code == 201
    assert here.post(f"{path}/{joint['id']}/joining", {"organisation": three}).json()["organisations"][
        2:
    ] == [three]
    assert here.post(f"{path}/{joint['id']}/leaving", {"organisation": one}).ok
    assert code(here.post(f"{path}/{joint['id']}/leaving", {"organisation": two})) == "branch-members"
    independent = here.post(path, alone).json()["id"]
    coverage = here.get(f"{path}/coverage", None, params={"area": area}).json()
    assert (coverage["registered"], coverage["covered"], coverage["percent"]) == (3, 3, 100)
    for branch in (joint["id"], independent):
        assert here.post(f"{path}/{branch}/dissolution", {"reasons": "换届"}).json()["status"] == "dissolved"
    assert here.get(f"{path}/coverage", None, params={"area": area}).json()["percent"] == 33
    changed = here.post(f"{path}/{joint['id']}/change", {"members": 3})
    assert code(changed) == "not-in-this-state"


def test_of_branches_that_are_founded_at_the_same_time_for_one_organisation_one_is(here: RunningNode):
    organisation = active(here, form(area="230102019"))
    body = {"area": "230102019", "name": "党支部", "kind": "independent", "organisations": [organisation]}
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda _: here.post("/api/registry/party-branches", body), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


def test_a_party_branch_belongs_to_active_organisations(here: RunningNode):
    organisation, waiting = active(here, form()), apply(here, team())
    body = {"area": "230102", "name": "联合党支部", "kind": "joint", "organisations": [organisation, waiting]}
    path = "/api/registry/party-branches"
    early = here.post(path, body)  # by a moment, as far as is known here
    assert (code(early), early.headers["Retry-After"]) == ("organisation-not-yet-active", "1")
    assert code(here.post(path, body | {"organisations": [organisation, new_id()]})) == "not-yet-known"
    assert code(here.post(path, body | {"organisations": [organisation] * 2})) == "branch-members"
    alone = here.post(path, body | {"kind": "independent", "organisations": [organisation]})
    assert alone.status_code == 201
    assert here.get(alone.headers["Location"], None).json()["organisations"] == [organisation]


def test_the_code_list_tells_what_lies_below_an_area(here: RunningNode):
    listed = here.get("/api/registry/areas/230102", None).json()["items"]
    assert listed[0] == {"code": "230102", "name": "道里区", "tier": "district", "parent": None}
    assert {one["tier"] for one in listed[1:]} == {"street"}
    assert here.get("/api/registry/areas/x..%20y", None).json()["items"] == []


def test_figures_count_active_organisations_and_what_covers_them(here: RunningNode):
    area = "230102006"
    assert figures(here, area)["party_coverage_percent"] is None
    covered, _, second = (
        active(here, form(area=area)),
        active(here, form(area=area)),
        active(here, team(area=area)),
    )
    apply(here, team(area=area))
    branch = {"area": area, "name": "支部", "kind": "joint", "organisations": [covered, second]}
    assert here.post("/api/registry/party-branches", branch).status_code == 201
    assert here.post("/api/registry/stations", {"area": area, "name": "站"} | COMPLETE).status_code == 201
    assert figures(here, area) == {
        "organisations": 3, "registered": 2, "filed": 1, "stations": 1, "stations_complying": 1,
        "party_branches": 1, "party_independent": 0, "party_joint": 1, "party_functional": 0,
        "party_covered": 1, "party_coverage_percent": 50,
    }  # fmt: skip
    assert here.get("/api/registry/figures", None, params={"area": "2301"}).status_code == 400


def test_nothing_of_its_own_is_dead_or_parked(here: RunningNode):
    active(here, form())
    eventually(lambda: here.depth("svc.registry") == 0)
    assert here.letters("svc.registry.dead") == []
    assert here.letters("svc.registry.parked") == []
