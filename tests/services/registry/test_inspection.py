"""The annual inspection, the lists and the credit record over HTTP, broker and store."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from tests.faults.inspection_under_kills import Trial
from tests.harness import RunningNode, eventually
from tests.services.registry.credit_codes import credit_code
from tests.services.registry.reports import report
from tests.services.told import tell

pytestmark = pytest.mark.service

DISTRICT = "230102"
YEAR = 2025  # reported on; its window is in the year after
OPEN, LATE = "2026-02-02T09:00:00+08:00", "2026-06-01T09:00:00+08:00"
OFFICER = "organisation_officer"
_streets = count(1)


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry"])


@pytest.fixture
def street() -> str:
    """A street that no other test of this module uses."""
    return f"{DISTRICT}{next(_streets):03d}"


def ok(answer: Any) -> dict[str, Any]:
    assert answer.ok, answer.text
    return dict(answer.json())


def code(answer: Any) -> str:
    return str(answer.json()["type"].split(":")[-1])


def organisation(here: RunningNode, area: str, **changed: Any) -> str:
    """The id of an organisation registered before the year that is inspected."""
    body = {
        "area": area, "name": f"春雨中心{next(_streets)}", "track": "registered", "type": "non_enterprise",
        "credit_code": credit_code(), "established_on": "2015-05-04", "supervising_unit": "道里区民政局",
    } | changed  # fmt: skip
    made: str = ok(here.post("/api/registry/organisations", body))["id"]
    base = f"/api/registry/organisations/{made}"
    if body["supervising_unit"]:
        agreed = {"approve": True, "opinion": "同意"}
        ok(here.post(f"{base}/first-opinion", agreed, role="supervising_unit"))
    ok(here.post(f"{base}/acceptance"))
    ok(here.post(f"{base}/decision", {"approve": True, "reasons": "材料齐全"}))
    return made


def opened(here: RunningNode, org: str, now: str = OPEN, year: int = YEAR) -> str:
    answer = here.post(f"/api/registry/organisations/{org}/inspections", {"year": year}, now=now)
    return str(ok(answer)["id"])


def act(here: RunningNode, id_: str, what: str, body: Any = None, **more: Any) -> Any:
    return here.post(f"/api/registry/inspections/{id_}/{what}", body, **{"now": OPEN} | more)


def reported(here: RunningNode, id_: str, form: str = "non_enterprise", now: str = OPEN) -> dict[str, Any]:
    ok(act(here, id_, "draft", report(form), now=now))
    return ok(act(here, id_, "submission", now=now))


def state_of(here: RunningNode, org: str) -> dict[str, Any]:
    return ok(here.get(f"/api/registry/organisations/{org}"))


def ran(here: RunningNode, kind: str, area: str, now: str, year: int | None = None) -> dict[str, Any]:
    """A run, worked off by the service in the background."""
    body = {"kind": kind, "area": area} | ({"year": year} if year else {})
    run = ok(here.post("/api/registry/runs", body, now=now))["id"]

    def finished() -> dict[str, Any] | None:
        found = ok(here.get(f"/api/registry/runs/{run}"))
        return found if found["status"] == "finished" else None

    found: dict[str, Any] = eventually(finished)
    return found


def listing(here: RunningNode, org: str) -> dict[str, Any]:
    found = ok(here.get("/api/registry/listing-files", params={"organisation": org}))["items"]
    return dict(found[-1])


def on_list(here: RunningNode, id_: str, what: str, body: Any, now: str, **more: Any) -> Any:
    return here.post(f"/api/registry/listings/{id_}/{what}", body, now=now, **more)


def test_a_report_is_completed_handed_in_appraised_and_concluded(here: RunningNode, street: str):
    org = organisation(here, street)
    inspection = opened(here, org)
    assert opened(here, org) == inspection
    officer = {"role": OFFICER, "organisation": org}
    part = {"non_enterprise": {"summary": "待补充"}}
    assert ok(act(here, inspection, "draft", part, **officer))["status"] == "open"
    missing = act(here, inspection, "submission", **officer)
    assert missing.status_code == 400
    assert "finance" in {each["field"] for each in missing.json()["errors"]}
    other = act(here, inspection, "draft", report("foundation"), **officer)
    assert (code(other), other.json()["field"]) == ("other-form", "foundation")
    wrong = report(finance=report()["non_enterprise"]["finance"] | {"income_fen": 999})
    ok(act(here, inspection, "draft", wrong, **officer))
    refused = act(here, inspection, "submission", **officer)
    assert (code(refused), refused.json()["field"]) == ("report-contradicts-itself", "finance.income_fen")
    staff = report()["non_enterprise"]["staff"] | {"party_members": 3}
    ok(act(here, inspection, "draft", report(staff=staff), **officer))
    handed_in = ok(act(here, inspection, "submission", **officer))
    assert (handed_in["status"], handed_in["remarks"]) == ("submitted", ["no_party_branch"])
    opinion = {"unit": "道里区民政局", "proposes": "qualified", "text": "拟同意"}
    assert (
        act(here, inspection, "conclusion", {"conclusion": "qualified", "reasons": "符合"}).status_code == 422
    )
    assert ok(act(here, inspection, "opinion", opinion, role="supervising_unit"))["status"] == "reviewed"
    mine = act(here, inspection, "conclusion", {"conclusion": "qualified", "reasons": "符合"}, **officer)
    assert mine.status_code == 403
    concluded = ok(act(here, inspection, "conclusion", {"conclusion": "qualified", "reasons": "符合"}))
    assert (concluded["status"], concluded["conclusion"]) == ("concluded", "qualified")
    shown = ok(here.get(f"/api/registry/inspections/{inspection}", None))
    assert "report" not in shown
    assert here.get(f"/api/registry/inspections/{inspection}/file", "resident").status_code == 403


def test_an_unqualified_one_is_put_right_and_enters_the_credit_record(here: RunningNode, street: str):
    org = organisation(here, street, type="association", credit_code=credit_code("51"), supervising_unit=None)
    inspection = opened(here, org)
    assert reported(here, inspection, "association")["status"] == "reviewed"
    back = ok(act(here, inspection, "return", {"reasons": "缺少财务章"}, now="2026-05-28T09:00:00+08:00"))
    assert (back["status"], back["report_due_at"][:10]) == ("open", "2026-06-11")
    reported(here, inspection, "association")
    ordered = ok(act(here, inspection, "conclusion", {"conclusion": "unqualified", "reasons": "财务混乱"}))
    assert (ordered["status"], ordered["due_at"][:10]) == ("correcting", "2026-05-06")
    ok(act(here, inspection, "rectification", {"text": "已整改"}, role=OFFICER, organisation=org))
    again = ok(act(here, inspection, "rectification/decision", {"approve": False, "reasons": "未到位"}))
    assert again["status"] == "correcting"
    ok(act(here, inspection, "rectification", {"text": "已彻底整改"}))
    done = ok(act(here, inspection, "rectification/decision", {"approve": True, "reasons": "到位"}))
    assert (done["status"], done["conclusion"]) == ("concluded", "unqualified")
    assert state_of(here, org)["credit_standing"] == "normal"
    record = ok(here.get(f"/api/registry/organisations/{org}/credit-record", params={"on": "2026-02-02"}))
    assert (record["points"], record["entries"][0]["kind"]) == (80, "inspection_unqualified")


def test_a_valid_grade_exempts_where_the_area_says_so_and_charities_report_instead(
    here: RunningNode, street: str
):
    graded, charity = organisation(here, street), organisation(here, street)
    base = f"/api/registry/organisations/{charity}"
    ok(here.post(f"{base}/charity", {"charity": True, "reasons": "认定"}))
    about = {"valid_from": "2025-01-01", "valid_until": "2029-12-31", "announced_on": "2024-06-01"}
    tell(here, "evaluation.grade.awarded", {"organisation": graded, "grade": "3A"} | about, area=street)
    rule = {"area": street, "value": "3A", "since": "2026-01-01", "source": "本区通知"}
    ok(here.post("/api/registry/rules/inspection_exempt_grade/values", rule))
    inspection = opened(here, graded)

    def exempt() -> bool:
        ok(act(here, inspection, "draft", {}))
        return ok(here.get(f"/api/registry/inspections/{inspection}"))["form"] == "work_report"

    eventually(exempt)
    assert reported(here, inspection, "work_report")["status"] == "concluded"
    assert ok(here.get(f"/api/registry/inspections/{inspection}"))["exempt_grade"] == "3A"
    other = opened(here, charity)
    assert reported(here, other, "charity_report")["status"] == "concluded"


def test_who_misses_the_window_is_proposed_notified_heard_listed_and_leaves_when_it_has_reported(
    here: RunningNode, street: str
):
    missed, young = organisation(here, street), organisation(here, street, established_on="2025-09-01")
    assert (
        code(here.post("/api/registry/runs", {"kind": "open_year", "area": street}, now=OPEN)) == "run-year"
    )
    early = {"kind": "close_window", "area": street, "year": YEAR}
    assert code(here.post("/api/registry/runs", early, now=OPEN)) == "inspection-window"
    run = ran(here, "open_year", street, OPEN, YEAR)
    assert (run["done"], run["outcomes"]) == (2, {"non_enterprise": 1, "takes_no_part": 1})
    assert code(here.post(f"/api/registry/organisations/{young}/inspections", {"year": YEAR}, now=OPEN)) == (
        "takes-no-part"
    )
    assert ran(here, "close_window", street, LATE, YEAR)["outcomes"] == {"missed": 1}
    proposed = listing(here, missed)
    assert (proposed["status"], proposed["ground"], proposed["year"]) == ("proposed", "report_missed", YEAR)
    assert ran(here, "close_window", street, LATE, YEAR)["outcomes"] == {"missed": 1}
    assert listing(here, missed)["id"] == proposed["id"]
    assert ran(here, "notify_proposed", street, LATE)["outcomes"] == {"notified": 1}
    notified = listing(here, missed)
    assert notified["due_at"][:10] == "2026-06-15"
    decision = {"list": True, "reasons": "逾期未报"}
    assert code(on_list(here, proposed["id"], "decision", decision, LATE)) == "not-heard-yet"
    own = {"role": OFFICER, "organisation": missed}
    ok(on_list(here, proposed["id"], "statement", {"text": "经办人更换"}, LATE, **own))
    ok(on_list(here, proposed["id"], "decision", decision, LATE))
    state = state_of(here, missed)
    assert (state["abnormal"], state["serious"], state["credit_standing"]) == (True, False, "watched")
    public = ok(here.get(f"/api/registry/organisations/{missed}/public-credit-record", None))
    assert [each["kind"] for each in public["entries"]] == ["abnormal_list"]
    assert (
        ok(here.get("/api/registry/listings", None, params={"area": street}))["items"][0]["id"]
        == proposed["id"]
    )
    summary = eventually(
        lambda: [
            each
            for each in ok(here.get("/api/registry/summaries", None, params={"area": street}))["items"]
            if each["organisation"] == missed and each["abnormal"]
        ]
    )
    assert summary[0]["serious"] is False
    kept = on_list(here, proposed["id"], "removal", {"reasons": "申请移出"}, LATE)
    assert code(kept) == "not-removable-yet"
    inspection = ok(here.get("/api/registry/inspections", None, params={"organisation": missed}))["items"][0]
    late = reported(here, inspection["id"], now=LATE)
    assert (late["status"], late["late"]) == ("submitted", True)
    ok(on_list(here, proposed["id"], "removal", {"reasons": "已补报"}, "2026-06-20T09:00:00+08:00"))
    state = state_of(here, missed)
    assert (state["abnormal"], state["credit_standing"]) == (False, "normal")
    record = f"/api/registry/organisations/{missed}/credit-record"
    assert ok(here.get(record, params={"on": "2026-06-10"}))["abnormal"] is True
    assert ok(here.get(record, params={"on": "2026-06-20"}))["points"] == 100
    figures = ok(here.get("/api/registry/inspections/figures", None, params={"area": street, "year": YEAR}))
    assert (figures["inspected"], figures["by_status"], figures["late"]) == (1, {"submitted": 1}, 1)


def test_two_years_on_the_abnormal_list_lead_to_the_serious_one_and_two_clean_years_off_it(
    here: RunningNode, street: str
):
    org = organisation(here, street)
    body = {"organisation": org, "kind": "abnormal", "ground": "unreachable", "facts": "两次信函退回"}
    assert code(here.post("/api/registry/listings", body | {"kind": "serious"})) == "other-list"
    first = ok(here.post("/api/registry/listings", body, now="2020-03-02T09:00:00+08:00"))["id"]
    assert code(here.post("/api/registry/listings", body)) == "exists-already"
    ok(on_list(here, first, "notification", None, "2020-03-02T09:00:00+08:00"))
    ok(on_list(here, first, "decision", {"list": True, "reasons": "失联"}, "2020-04-01T09:00:00+08:00"))
    ran(here, "review_listings", street, "2022-04-01T09:00:00+08:00")
    assert listing(here, org)["id"] == first
    ran(here, "review_listings", street, "2022-04-06T09:00:00+08:00")
    serious = listing(here, org)
    assert (serious["kind"], serious["ground"]) == ("serious", "two_years_abnormal")
    ok(on_list(here, serious["id"], "notification", None, "2022-04-06T09:00:00+08:00"))
    ok(
        on_list(
            here, serious["id"], "decision", {"list": True, "reasons": "满二年"}, "2022-05-06T09:00:00+08:00"
        )
    )
    state = state_of(here, org)
    assert (state["abnormal"], state["serious"], state["credit_standing"]) == (False, True, "untrusted")
    ran(here, "review_listings", street, "2024-05-06T09:00:00+08:00")
    assert state_of(here, org)["serious"] is True
    ran(here, "review_listings", street, "2024-05-08T09:00:00+08:00")
    state = state_of(here, org)
    assert (state["serious"], state["credit_standing"]) == (False, "normal")


def test_a_rectification_that_is_not_done_in_time_leads_to_the_abnormal_list(here: RunningNode, street: str):
    org = organisation(here, street, supervising_unit=None)
    inspection = opened(here, org)
    reported(here, inspection)
    ok(act(here, inspection, "conclusion", {"conclusion": "basically_qualified", "reasons": "制度不全"}))
    for _ in range(2):
        ran(here, "review_rectifications", street, LATE)
    found = ok(here.get("/api/registry/listing-files", params={"organisation": org}))["items"]
    assert [(each["ground"], each["status"]) for each in found] == [("rectification_missed", "proposed")]
    ok(on_list(here, found[0]["id"], "decision", {"list": False, "reasons": "已报送延期"}, LATE))
    assert state_of(here, org)["abnormal"] is False


def test_entries_count_until_they_end_are_repaired_or_revoked(here: RunningNode, street: str):
    org = organisation(here, street)
    base = f"/api/registry/organisations/{org}"
    entry = {
        "kind": "warning", "authority": "道里区民政局", "document_number": "道民罚〔2026〕3号",
        "occurred_on": "2026-01-05", "known_on": "2026-01-06", "note": "经办人张某",
    }  # fmt: skip
    assert (
        code(here.post(f"{base}/credit-entries", entry | {"kind": "abnormal_list"})) == "recorded-by-itself"
    )
    assert here.post(f"{base}/credit-entries", entry, role="street_staff", area=street).status_code == 403
    warned = ok(here.post(f"{base}/credit-entries", entry, now=OPEN))
    assert (warned["points"], warned["late"], warned["valid_until"]) == (-10, True, "2029-01-08")
    praise = entry | {
        "kind": "commendation",
        "known_on": "2026-02-02",
        "valid_until": "2026-03-31",
        "note": None,
    }
    ok(here.post(f"{base}/credit-entries", praise, now=OPEN))
    assert state_of(here, org)["credit_standing"] == "normal"
    ok(here.post(f"{base}/credit-entries", entry | {"kind": "fine", "known_on": "2026-02-02"}, now=OPEN))
    ran(here, "review_credit", street, "2026-04-01T09:00:00+08:00")
    assert state_of(here, org)["credit_standing"] == "watched"
    repair = f"/api/registry/credit-entries/{warned['id']}/repair"
    own = {"role": OFFICER, "organisation": org}
    assert code(here.post(repair, {"reasons": "已改正"}, now=OPEN, **own)) == "repair-too-early"
    ok(here.post(repair, {"reasons": "已改正"}, now="2026-04-20T09:00:00+08:00", **own))
    granted = {"grant": True, "reasons": "属实"}
    ok(here.post(f"{repair}/decision", granted, now="2026-04-21T09:00:00+08:00"))
    assert state_of(here, org)["credit_standing"] == "normal"
    record = ok(here.get(f"{base}/credit-record", params={"on": "2026-04-21"}, **own))
    assert [each["counts"] for each in record["entries"]] == [False, False, True]
    public = ok(here.get(f"{base}/public-credit-record", None, params={"on": "2026-02-03"}))
    assert "张某" not in str(public)
    assert len(public["entries"]) == 3


def test_a_run_that_is_killed_goes_on_where_it_was_and_does_nothing_twice(here: RunningNode, street: str):
    """The small form of `python -m tests.faults.inspection_under_kills`."""
    trial = Trial(here, street, 60, kills=1)
    trial.run()
    assert trial.faults == []
    assert len(trial.killed_at) == 1


def test_a_record_that_is_locked_is_waited_for_and_one_that_cannot_be_worked_on_does_not_stop_the_others(
    here: RunningNode, street: str
):
    trial = Trial(here, street, 3, kills=0)
    trial.fill()
    ran(here, "open_year", street, OPEN, YEAR)
    first, second, _ = trial.store["inspections"].find(trial.within()).sort("_id")
    trial.store["organisations"].delete_one({"_id": first["organisation"]})
    with trial.client.start_session() as session:
        session.start_transaction()
        held = {"_id": second["_id"]}
        trial.store["inspections"].update_one(held, {"$set": {"generated": True}}, session=session)
        body = {"kind": "close_window", "area": street, "year": YEAR}
        run = ok(here.post("/api/registry/runs", body, now=LATE))["id"]
        eventually(lambda: (trial.store["inspection_runs"].find_one({"_id": run}) or {}).get("waited"))
        assert ok(here.get(f"/api/registry/runs/{run}"))["outcomes"] == {"failed": 1}
        assert code(here.post("/api/registry/runs", body, now=LATE)) == "exists-already"
        session.abort_transaction()

    def finished() -> dict[str, Any] | None:
        found = ok(here.get(f"/api/registry/runs/{run}"))
        return found if found["status"] == "finished" else None

    found: dict[str, Any] = eventually(finished)
    assert found["outcomes"] == {"failed": 1, "missed": 2}
    assert found["failures"] == [{"id": first["_id"], "code": "no-such-record"}]
    assert code(here.post(f"/api/registry/runs/{run}/stop")) == "not-in-this-state"
