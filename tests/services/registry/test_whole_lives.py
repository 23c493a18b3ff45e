"""Whole lives of organisations over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from tests.harness import RunningNode, eventually
from tests.services.registry.credit_codes import credit_code
from tests.services.registry.test_service import (
    LIQUIDATED,
    act,
    active,
    apply,
    code,
    figures,
    form,
    read,
    summaries,
    team,
)

pytestmark = pytest.mark.service

WHY = {"reasons": "依申请"}
BY_LAW = WHY | {"legal_basis": "行政许可法 69"}
_numbers = count(1)


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry"])


@pytest.fixture
def area() -> str:
    """A street of the test's own, so that names and rules do not meet those of others."""
    return f"230102{800 + next(_numbers):03d}"


def ruled(here: RunningNode, area: str, rule: str, value: Any) -> None:
    said = {"area": area, "value": value, "since": "2020-01-01", "source": "区民政局通知"}
    assert here.post(f"/api/registry/rules/{rule}/values", said).ok


def status(here: RunningNode, organisation: str, what: str, body: Any = None, **more: Any) -> str:
    answer = act(here, organisation, what, body, **more)
    assert answer.ok, answer.text
    return str(answer.json()["status"])


def history(here: RunningNode, organisation: str) -> list[tuple[str, str]]:
    items = here.get(f"/api/registry/organisations/{organisation}/history").json()["items"]
    return [(one["track"], one["step"]) for one in items]


def test_a_draft_is_held_against_no_rule_until_it_is_handed_in(here: RunningNode, area: str):
    draft = apply(here, form(area=area, credit_code=None, draft=True))
    assert read(here, draft)["status"] == "draft"
    refused = act(here, draft, "submission")
    assert (code(refused), refused.json()["field"]) == ("identity-unfit", "credit_code")
    assert status(here, draft, "draft", {"credit_code": credit_code()}) == "draft"
    assert status(here, draft, "submission") == "applied"
    assert code(act(here, draft, "draft", {"name": "新名"})) == "not-a-draft"


def test_an_application_that_is_taken_back_gives_its_credit_code_free(here: RunningNode, area: str):
    body = form(area=area)
    first = apply(here, body)
    assert here.post("/api/registry/organisations", body).status_code == 409
    assert status(here, first, "withdrawal", WHY) == "withdrawn"
    second = apply(here, body)
    assert status(here, second, "non-acceptance", {"reasons": "不属于本机关职权"}) == "not_accepted"
    third = active(here, body)
    assert code(act(here, third, "withdrawal", WHY)) == "not-in-this-state"
    assert first not in summaries(here, area)


def test_a_community_takes_a_filing_in_and_its_street_decides(here: RunningNode, area: str):
    community = f"{area}001"
    body = team(area=community)
    taken_in = here.post("/api/registry/organisations", body, "community_worker", area=community)
    filing = taken_in.json()
    assert (filing["received_in"], filing["status"]) == (community, "applied")
    path = f"/api/registry/organisations/{filing['id']}/acceptance"
    assert here.post(path, None, "community_worker", area=community).status_code == 403
    assert here.post(path, None, "street_staff", area=community).status_code == 403, (
        "a community decides nothing"
    )
    assert here.post(path, None, "street_staff", area=area).ok
    assert read(here, apply(here, body))["received_in"] is None


def test_a_correction_is_asked_once(here: RunningNode, area: str):
    organisation = apply(here, form(area=area))
    assert status(here, organisation, "correction", WHY) == "correcting"
    assert status(here, organisation, "resubmission", {}) == "applied"
    assert code(act(here, organisation, "correction", WHY)) == "correction-asked-once"


def test_the_supervising_unit_speaks_before_acceptance(here: RunningNode, area: str):
    organisation = apply(here, form(area=area, supervising_unit="区文旅局"))
    early = act(here, organisation, "acceptance")
    assert (code(early), early.json()["field"]) == ("first-opinion-needed", "supervising_unit")
    opinion = {"approve": False, "opinion": "章程草案须修改"}
    assert act(here, organisation, "first-opinion", opinion).status_code == 403
    given = act(here, organisation, "first-opinion", opinion, role="supervising_unit").json()
    assert given["first_opinion"]["opinion"] == "章程草案须修改"
    assert code(act(here, organisation, "acceptance")) == "first-opinion-against"
    act(here, organisation, "first-opinion", {"approve": True, "opinion": "同意"}, role="supervising_unit")
    assert status(here, organisation, "acceptance") == "accepted"
    act(here, organisation, "decision", {"approve": True} | WHY)
    late = act(here, organisation, "first-opinion", opinion, role="supervising_unit")
    assert code(late) == "no-opinion-awaited"


def test_what_was_accepted_by_silence_is_not_approved_without_the_supervising_unit(
    here: RunningNode, area: str
):
    applied = here.post(
        "/api/registry/organisations",
        form(area=area, supervising_unit="区文旅局"),
        now="2026-03-02T09:00:00+08:00",
    )
    organisation = str(applied.json()["id"])
    assert here.post("/api/registry/clocks/run", None, "operator", now="2026-03-20T09:00:00+08:00").ok
    told = read(here, organisation)
    assert (told["status"], told["accepted_at"]) == ("accepted", "2026-03-02T01:00:00.000Z")
    approval = {"approve": True} | WHY
    assert code(act(here, organisation, "decision", approval)) == "first-opinion-needed"
    act(here, organisation, "first-opinion", {"approve": True, "opinion": "同意"}, role="supervising_unit")
    assert status(here, organisation, "decision", approval) == "active"


def test_missed_thresholds_are_told_one_by_one_and_the_offered_filing_can_be_sent(
    here: RunningNode, area: str
):
    body = form(
        area=area, name="太极拳协会", type="association", credit_code=credit_code("51"), members=12,
        funds_fen=500_000,
    )  # fmt: skip
    answer = here.post("/api/registry/organisations", body)
    problem = answer.json()
    assert (answer.status_code, code(answer)) == (422, "threshold-missed")
    assert [error["field"] for error in problem["errors"]] == ["members", "funds_fen"]
    offer = problem["offer"]
    filed = here.request(offer["method"], offer["href"], "community_worker", json=offer["body"])
    assert (filed.status_code, filed.json()["track"]) == (201, "filed")
    relaxed = {"members": 10, "unit_members": 5, "funds_fen": 300_000, "premises_sqm": 0}
    ruled(here, area, "threshold_association", relaxed)
    assert here.post("/api/registry/organisations", body).status_code == 201


def test_the_district_says_where_foundations_go(here: RunningNode, area: str):
    body = form(area=area, type="foundation", credit_code=credit_code("53"))
    answer = here.post("/api/registry/organisations", body)
    assert (code(answer), answer.json()["field"], answer.json()["registrar"]) == (
        "registered-elsewhere", "type", "province",
    )  # fmt: skip
    ruled(here, area, "foundations_registered_by", "district")
    assert here.post("/api/registry/organisations", body).status_code == 201


def test_a_category_that_the_area_does_not_register_directly_needs_a_unit(here: RunningNode, area: str):
    ruled(here, area, "direct_registration", ["公益慈善"])
    answer = here.post("/api/registry/organisations", form(area=area))
    assert (code(answer), answer.json()["field"]) == ("supervising-unit-needed", "supervising_unit")
    assert apply(here, form(area=area, category="公益慈善"))


def test_similar_names_are_told_and_where_the_area_refuses_them_staff_go_on_with_reasons(
    here: RunningNode, area: str
):
    known = apply(here, team(area=area, name="春雨助老服务队"))
    told = here.post("/api/registry/organisations", team(area=area, name="春雨助老服务社")).json()
    assert [one["id"] for one in told["similar"]] == [known]
    ruled(here, area, "similar_names", "refuse")
    body = team(area=area, name="春雨助老服务站")
    refused = here.post("/api/registry/organisations", body)
    assert (code(refused), refused.json()["field"], len(refused.json()["similar"])) == (
        "similar-name", "name", 2,
    )  # fmt: skip
    overriding = body | {"similar_reasons": "服务对象不同"}
    assert here.post("/api/registry/organisations", overriding, "community_worker").status_code == 422
    assert here.post("/api/registry/organisations", overriding, "street_staff").status_code == 201
    assert here.post("/api/registry/organisations", team(area=area, name="合唱团")).status_code == 201


def test_a_revoked_organisation_is_liquidated_and_struck_off_and_a_rescinded_one_is_over(
    here: RunningNode, area: str
):
    revoked, rescinded = active(here, form(area=area)), active(here, form(area=area))
    assert act(here, revoked, "revocation", WHY).status_code == 400, "by which law?"
    assert status(here, revoked, "revocation", BY_LAW) == "revoked"
    assert status(here, revoked, "liquidation", WHY) == "liquidating"
    assert status(here, revoked, "cancellation", WHY | LIQUIDATED) == "cancelled"
    told = read(here, revoked)
    assert (told["ended_by"], told["legal_basis"]) == ("revoked", "行政许可法 69")
    assert status(here, rescinded, "rescission", BY_LAW) == "rescinded"
    assert code(act(here, rescinded, "resumption", WHY)) == "not-in-this-state"
    eventually(lambda: summaries(here, area) == {revoked: "cancelled", rescinded: "rescinded"})
    assert figures(here, area)["organisations"] == 0


def test_a_filing_lapses_is_renewed_and_closed(here: RunningNode, area: str):
    filing = apply(here, team(area=area))
    act(here, filing, "acceptance", now="2026-03-02T09:00:00+08:00")
    act(here, filing, "decision", {"approve": True} | WHY, now="2026-03-03T09:00:00+08:00")
    assert read(here, filing)["valid_until"] == "2029-03-03"
    assert code(act(here, filing, "renewal", WHY, now="2028-11-01T09:00:00+08:00")) == "too-early-to-renew"
    assert code(act(here, filing, "lapse", now="2029-03-03T23:59:00+08:00")) == "still-valid"
    run = here.post("/api/registry/clocks/run", None, "operator", now="2029-03-04T00:01:00+08:00").json()
    assert run["expired"] >= 1
    assert (read(here, filing)["status"], history(here, filing)[-1]) == ("lapsed", ("filed", "lapse"))
    assert status(here, filing, "renewal", WHY, now="2029-04-01T09:00:00+08:00") == "active"
    assert read(here, filing)["valid_until"] == "2032-04-01"
    assert status(here, filing, "cancellation", WHY, role="street_staff") == "closed"
    assert code(act(here, filing, "revocation", BY_LAW)) == "not-on-this-track"


def test_a_filing_grows_once_and_its_history_is_seen_through_both(here: RunningNode, area: str):
    filing = active(here, team(area=area, name="助浴队"))
    body = form(area=area, name="助浴中心", growing_from=filing)
    first, second = apply(here, body), apply(here, body | {"credit_code": credit_code()})
    for application in (first, second):
        assert status(here, application, "acceptance") == "accepted"
    assert status(here, first, "decision", {"approve": True} | WHY) == "active"
    assert code(act(here, second, "decision", {"approve": True} | WHY)) == "cannot-grow"
    old, new = read(here, filing), read(here, first)
    assert (old["status"], old["grown_into"], new["grown_from"]) == ("grown", first, filing)
    assert figures(here, area)["filed"] == 0
    whole = history(here, filing)
    assert whole == history(here, first)
    assert {track for track, _ in whole} == {"filed", "registered"}
    assert whole[-1] in (("filed", "grow"), ("registered", "approve"))
    eventually(lambda: summaries(here, area) == {filing: "grown", first: "active"})
    assert read(here, filing)["history"] == old["history"], "the event of the approval did nothing twice"
    again = here.post("/api/registry/organisations", form(area=area, growing_from=filing))
    assert (code(again), again.json()["field"]) == ("cannot-grow", "growing_from")


def test_a_registration_outside_of_the_filings_street_does_not_grow_from_it(here: RunningNode, area: str):
    filing = active(here, team(area=area, name="外迁队"))
    elsewhere = here.post("/api/registry/organisations", form(area="230102899", growing_from=filing))
    assert code(elsewhere) == "cannot-grow"
    assert (
        code(here.post("/api/registry/organisations", team(area=area, growing_from=filing))) == "cannot-grow"
    )


def test_nothing_of_its_own_is_dead_or_parked(here: RunningNode):
    eventually(lambda: here.depth("svc.registry") == 0)
    assert here.letters("svc.registry.dead") == []
    assert here.letters("svc.registry.parked") == []


def test_hubs_and_external_parties_are_known_without_a_life_here(here: RunningNode, area: str):
    path, firm = "/api/registry/known-bodies", credit_code("91")
    body = {"area": area, "kind": "external", "name": "某科技公司", "credit_code": firm}
    body["registered_at"] = "哈尔滨市市场监督管理局"
    wrong = here.post(path, body | {"credit_code": "9" * 18})
    assert (code(wrong), wrong.json()["field"]) == ("identity-unfit", "credit_code")
    made = here.post(path, body, "community_worker")
    assert made.status_code == 201
    assert here.post(path, body).status_code == 409, "known already"
    hub = here.post(
        path, body | {"kind": "hub", "name": "社会组织服务中心", "credit_code": credit_code("12")}
    )
    assert hub.ok
    assert "status" not in hub.json()
    changed = here.post(
        f"{path}/{made.json()['id']}/changes", {"name": "某信息公司", "current": False}
    ).json()
    assert (changed["name"], changed["current"], changed["credit_code"]) == ("某信息公司", False, firm)
    listed = here.get(path, params={"area": area, "kind": "hub"}).json()["items"]
    assert [one["name"] for one in listed] == ["社会组织服务中心"]
    assert here.get(made.headers["Location"], None).status_code == 401
    assert figures(here, area)["organisations"] == 0
