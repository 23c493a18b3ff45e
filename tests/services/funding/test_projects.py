"""Projects after their contract, over real HTTP, store and broker."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from services.funding import archives, seals
from tests.harness import eventually
from tests.services.funding import world as w
from tests.services.funding.seals import PASSWORD, certificate, scan
from tests.services.funding.world import World, good

pytestmark = pytest.mark.service

Data = dict[str, Any]
LATER = "2026-05-11T09:00:00+08:00"


@pytest.fixture(scope="module")
def world(node, tmp_path_factory):
    file = tmp_path_factory.mktemp("seal") / "seal.p12"
    file.write_bytes(certificate())
    seal = {"file": str(file), "password": PASSWORD, "name": "道里区民政局"}
    return World(node(["registry", "funding"], seal=seal))


def code(answer: Any) -> str:
    return str(answer.json()["type"].rsplit(":", 1)[-1])


def test_a_suspended_project_is_paid_nothing_and_gets_what_became_due_when_it_goes_on(world):
    fund = world.fund(1_000)["id"]
    project = world.project(fund)
    path = f"/projects/{project['id']}"
    assert good(world.post(f"{path}/suspension", {"reasons": "负责人更换"}))["status"] == "suspended"
    w.publish(
        world.node, world.evaluated(project, "mid_term", "pass"), world.evaluated(project, "final", "pass")
    )
    eventually(lambda: world.tranches(project["id"]) == ["paid", "held", "held"])
    assert world.balance(fund) == (100_000, 100_000, 50_000)
    assert world.post(f"{path}/resumption", {"reasons": "x"}, area=w.STREET).status_code == 403
    resumed = good(world.post(f"{path}/resumption", {"reasons": "已补选"}))
    assert [t["status"] for t in resumed["tranches"]] == ["paid", "paid", "paid"]
    assert resumed["status"] == "completed", "its final evaluation was passed"
    assert world.balance(fund) == (100_000, 100_000, 100_000)
    assert code(world.post(f"{path}/suspension", {"reasons": "x"})) == "not-in-this-state"


def test_what_is_to_be_put_right_holds_tranches_until_it_is_accepted(world):
    project = world.project(world.fund(1_000)["id"])
    path = f"/projects/{project['id']}/rectifications"
    period = {"amount": 5, "unit": "working_days"}
    ordered = good(world.post(path, {"reasons": "票据不全", "period": period}, now=LATER))
    (one,) = ordered["rectifications"]
    assert (one["status"], one["due_at"]) == ("ordered", "2026-05-18T15:59:59.000Z")
    w.publish(world.node, world.evaluated(project, "mid_term", "pass"))
    eventually(lambda: world.tranches(project["id"]) == ["paid", "held", "waiting"])
    good(world.post("/monitoring/run", None, "operator", now="2026-05-19T09:00:00+08:00"))
    assert world.get(f"/projects/{project['id']}")["rectifications"][0]["status"] == "overdue"
    own: Data = {"role": "organisation_officer", "organisation": project["organisation"], "area": w.STREET}
    good(world.post(f"{path}/1/report", {"report": "已补齐票据"}, now=LATER, **own))
    assert world.post(f"{path}/1/review", {"accepted": True, "remarks": "x"}, **own).status_code == 403
    back = good(world.post(f"{path}/1/review", {"accepted": False, "remarks": "仍缺两张"}, now=LATER))
    assert back["rectifications"][0]["status"] == "ordered"
    good(world.post(f"{path}/1/report", {"report": "已补齐全部票据"}, now=LATER, **own))
    done = good(world.post(f"{path}/1/review", {"accepted": True, "remarks": "符合要求"}, now=LATER))
    assert done["rectifications"][0]["status"] == "accepted"
    assert [t["status"] for t in done["tranches"]] == ["paid", "paid", "waiting"]
    assert code(world.post(f"{path}/2/report", {"report": "x"}, **own)) == "no-such-rectification"


def test_an_evaluation_orders_rectification_and_its_pass_settles_it_in_whatever_order_they_come(world):
    project = world.project(world.fund(1_000)["id"])
    w.publish(world.node, world.evaluated(project, "mid_term", "rectify"))

    def rectifications() -> list[tuple[str, str]]:
        found = world.get(f"/projects/{project['id']}")["rectifications"]
        return [(one["phase"], one["status"]) for one in found]

    eventually(lambda: rectifications() == [("mid_term", "ordered")])
    w.publish(world.node, world.evaluated(project, "mid_term", "pass"))
    eventually(lambda: rectifications() == [("mid_term", "accepted")])
    late, last = world.evaluated(project, "mid_term", "rectify"), world.evaluated(project, "final", "rectify")
    w.publish(world.node, late, last)
    eventually(lambda: rectifications() == [("mid_term", "accepted"), ("final", "ordered")])
    assert world.tranches(project["id"]) == ["paid", "paid", "held"]


def test_what_is_clawed_back_returns_to_its_funds_in_proportion_and_in_parts(world):
    first, second = world.fund(600)["id"], world.fund(700)["id"]
    target = world.round(first, second)
    application = world.screened(target, yuan=1_000)
    world.noticed(target)
    good(world.award(application))
    project = world.contract(application)
    path = f"/projects/{project['id']}"
    w.publish(world.node, world.evaluated(project, "mid_term", "pass"))
    eventually(lambda: world.tranches(project["id"]) == ["paid", "paid", "waiting"])
    stopped = good(world.post(f"{path}/stop", {"reasons": "挪用资金", "grounds": "breach"}))
    assert (stopped["status"], stopped["grounds"]) == ("stopped", "breach")
    assert world.balance(first) == (60_000, 60_000, 60_000)
    assert world.balance(second) == (70_000, 20_000, 20_000)
    demand = {"amount_fen": 40_000, "reasons": "挪用资金", "legal_basis": "协议第七条"}
    assert code(world.post(f"{path}/claw-backs", demand | {"amount_fen": 80_001})) == "claw-back-beyond-paid"
    (one,) = good(world.post(f"{path}/claw-backs", demand, now=LATER))["claw_backs"]
    assert [part["amount_fen"] for part in one["parts"]] == [30_000, 10_000]
    part = {"amount_fen": 10_000, "received_on": "2026-05-20", "reference": "20260520-1"}
    good(world.post(f"{path}/claw-backs/1/repayments", part))
    assert world.balance(first) == (60_000, 52_500, 52_500)
    rest = part | {"amount_fen": 30_000, "reference": "20260601-7"}
    key = "repaid-" + project["id"]
    for _ in range(2):
        settled = good(world.post(f"{path}/claw-backs/1/repayments", rest, key=key))["claw_backs"][0]
    assert (settled["status"], settled["repaid_fen"]) == ("settled", 40_000)
    assert world.balance(first) == (60_000, 30_000, 30_000)
    assert world.balance(second) == (70_000, 10_000, 10_000)
    assert code(world.post(f"{path}/claw-backs/1/repayments", part)) == "repaid-beyond-demand"


def test_a_purchase_is_contracted_on_paper_and_amended_within_its_rules(world):
    fund = world.fund(1_050)["id"]
    target = world.round(fund, kind="purchase")
    application = world.screened(target, yuan=1_000)
    world.noticed(target)
    good(world.award(application))
    drafting = f"/applications/{application}/contract-draft"
    term = {"starts_on": "2026-05-01", "ends_on": "2027-05-01"}
    assert code(world.post(drafting, term)) == "term-too-long"
    contract = good(world.post(drafting, term | {"stable": True}, now=w.NOTICE_OVER))
    assert contract["sign_by"] == "2026-05-20T15:59:59.000Z", "30 days from the award"
    path = f"/contracts/{contract['id']}"
    assert code(world.post(f"{path}/seal")) == "nothing-to-seal"
    printed = good(world.post(f"{path}/printing"))
    file = world.node.get(f"{world.api}{path}/contract.pdf", "district_staff")
    assert hashlib.sha256(file.content).hexdigest() == printed["sha256"]
    own: Data = {"role": "organisation_officer", "area": w.STREET}
    own["organisation"] = world.get(f"/applications/{application}")["organisation"]

    def keep(data: bytes) -> Any:
        sent = {"headers": {"Content-Type": "application/pdf"}, "data": data}
        return world.node.request("POST", f"{world.api}{path}/signed-copy", **own, **sent)

    assert code(keep(file.content)) == "not-signed"
    assert code(keep(b"%PDF-1.7")) == "no-pdf"
    signed = scan()
    assert good(keep(signed))["signed_copy"]["sha256"] == hashlib.sha256(signed).hexdigest()
    assert good(world.post(f"{path}/seal"))["seal"]["sha256"]
    sealed = world.node.get(f"{world.api}{path}/sealed.pdf", own.pop("role"), **own).content
    assert json.loads(seals.examine(sealed)) == {"pages": 1, "signatures": 1}
    for told in (1, 0):
        ran = good(world.post("/monitoring/run", None, "operator", now="2026-05-21T09:00:00+08:00"))
        assert ran["uncontracted"] == told, "once, after the 30 days"
    project = world.contract(application)
    assert (project["contract"], project["ends_on"]) == (contract["id"], "2027-05-01")
    assert world.balance(fund) == (105_000, 100_000, 50_000)
    change: Data = {"agreed_on": "2026-06-01", "reasons": "增加服务人数"}
    assert code(world.post(f"{path}/amendments", change | {"amount_fen": 110_001})) == "amendment-amount"
    assert code(world.post(f"{path}/amendments", change | {"amount_fen": 110_000})) == "fund-exhausted"
    more = change | {"amount_fen": 104_000, "ends_on": "2027-06-30"}
    amended = good(
        world.post(f"{path}/amendments", more | {"tranches": [{"condition": "final", "amount_fen": 54_000}]})
    )
    (one,) = amended["amendments"]
    assert (one["before"]["amount_fen"], one["after"]["amount_fen"]) == (100_000, 104_000)
    assert (one["before"]["ends_on"], one["after"]["ends_on"]) == ("2027-05-01", "2027-06-30")
    assert world.balance(fund) == (105_000, 104_000, 50_000)
    less = good(world.post(f"{path}/amendments", change | {"amount_fen": 60_000}))
    assert [t["amount_fen"] for t in less["tranches"]] == [50_000, 10_000]
    assert world.balance(fund) == (105_000, 60_000, 50_000)
    w.publish(world.node, world.evaluated(project, "final", "pass"))
    eventually(lambda: world.get(f"/projects/{project['id']}")["status"] == "completed")
    assert world.balance(fund) == (105_000, 60_000, 60_000)
    assert code(world.post(f"{path}/amendments", change | {"amount_fen": 50_000})) == "not-amendable"


def test_what_is_reported_adds_up_and_what_runs_behind_is_told_once(world):
    project = world.project(world.fund(1_000)["id"])  # from 21 April for a year, for 10 and 40 persons
    path = f"/projects/{project['id']}"
    own: Data = {"role": "organisation_officer", "organisation": project["organisation"], "area": w.STREET}
    progress = {
        "kind": "progress", "first_day": "2026-04-21", "last_day": "2026-07-20", "title": "一季度", "spent_fen": 10_000,
        "beneficiaries_direct": 2, "beneficiaries_indirect": 20, "person_times": 60,
    }  # fmt: skip
    good(world.post(f"{path}/reports", progress, now="2026-07-21T09:00:00+08:00", **own))
    activity = progress | {
        "kind": "activity",
        "first_day": "2026-07-22",
        "last_day": "2026-07-22",
        "title": "义诊",
    }
    found = good(world.post(f"{path}/reports", activity, now="2026-07-23T09:00:00+08:00", **own))
    second = world.get(f"{path}/reports")["items"][1]
    late = "2027-03-01T09:00:00+08:00"
    wrong = activity | {"corrects": second["id"], "beneficiaries_direct": 3, "spent_fen": 5_000}
    assert (
        code(world.post(f"{path}/reports", wrong | {"spent_fen": 90_001}, now=late, **own))
        == "spent-beyond-amount"
    )
    found = good(world.post(f"{path}/reports", wrong, now=late, **own))
    assert (found["spent_fen"], found["reached_direct"], found["person_times"]) == (15_000, 5, 120)
    assert code(world.post(f"{path}/reports", wrong, now=late, **own)) == "no-such-report"
    assert found["reported_until"] == "2026-07-20"

    def run(now: str = late) -> Data:
        return good(world.post("/monitoring/run", None, "operator", now=now))

    assert run()["warned"] >= 2
    assert run() == {"warned": 0, "over": 0, "overdue": 0, "uncontracted": 0}
    held = world.node.get(f"{world.api}{path}/warnings", now=late).json()["items"]
    assert [one["kind"] for one in held if one["raised_at"]] == ["report_late", "underspent"]
    rest = progress | {"first_day": "2026-07-21", "last_day": "2027-02-28", "spent_fen": 80_000}
    found = good(world.post(f"{path}/reports", rest, now=late, **own))
    assert all(one["over_at"] for one in found["warnings"])
    figures = world.get(f"/figures?area={w.STREET}&round={project['round']}", None)
    assert (figures["spent_fen"], figures["reached_direct"], figures["person_times"]) == (95_000, 7, 180)


def test_an_award_is_optimised_before_its_contract_and_all_of_it_is_in_the_dossier(world):
    fund = world.fund(1_000)["id"]
    stages = ["projects_call", "screening", "review", "notice", "optimisation", "contract"]
    target = world.round(fund, stages=[{"stage": each} for each in stages], panel={"blind": True})
    application = world.screened(target, points=(70, 90))
    world.noticed(target)
    good(world.award(application))
    path = f"/applications/{application}"
    own: Data = {"role": "organisation_officer", "area": w.STREET}
    own["organisation"] = world.get(path)["organisation"]
    good(world.post(f"{path}/optimisations", {"asked": "压缩管理费"}))
    assert (
        code(world.post(f"{path}/contract", {"signed_on": "2026-04-21"}, now=w.NOTICE_OVER))
        == "optimisation-open"
    )
    version = {"summary": "减少宣传支出", "amount_fen": 100_001}
    assert code(world.post(f"{path}/optimisation/version", version, **own)) == "amount-raised"
    version |= {"amount_fen": 95_000}
    good(world.post(f"{path}/optimisation/version", version, **own))
    again = good(world.post(f"{path}/optimisation/review", {"accepted": False, "remarks": "再压缩"}))
    assert [one["status"] for one in again["optimisations"]] == ["returned", "asked"]
    assert world.balance(fund) == (100_000, 100_000, 0)
    good(
        world.post(
            f"{path}/optimisation/version", version | {"amount_fen": 90_000, "title": "邻里互助站"}, **own
        )
    )
    agreed = good(world.post(f"{path}/optimisation/review", {"accepted": True, "remarks": "同意"}))
    assert (agreed["amount_fen"], agreed["title"]) == (90_000, "邻里互助站")
    assert agreed["optimisations"][1]["before"] == {"amount_fen": 100_000, "title": "邻里互助"}
    assert world.balance(fund) == (100_000, 90_000, 0)
    project = world.contract(application)
    assert [t["amount_fen"] for t in project["tranches"]] == [45_000, 27_000, 18_000]
    good(world.post(f"/contracts/{project['contract']}/amendments",
                    {"agreed_on": "2026-05-01", "reasons": "x", "ends_on": "2027-05-31"}))  # fmt: skip

    first, second = (dossier(world, project) for _ in range(2))
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        names = archive.namelist()
        text = {name: archive.read(name).decode() for name in names if name.endswith(".json")}
        listed = {each["name"]: each["sha256"] for each in json.loads(text[archives.MANIFEST])["files"]}
        assert listed == {
            name: hashlib.sha256(archive.read(name)).hexdigest()
            for name in names
            if name != archives.MANIFEST
        }
    assert "专家0" not in "".join(text.values()), "the review was blind"
    assert {json.loads(text["scores.json"])[0]["expert"]} == {"专家 1"}
    moved = [each["movement"] for each in json.loads(text["payments/ledger.json"])]
    assert sorted(moved) == ["commitment", "payment", "release"]
    assert json.loads(text["contract/contract.json"])["amendments"][0]["before"]["ends_on"] == "2027-04-20"
    audited = {each["event"] for each in json.loads(text["audit.json"])}
    assert audited >= {
        "funding.application.submitted",
        "funding.project.contracted",
        "funding.contract.amended",
    }
    assert first == second, "equal records make equal bytes"
    assert world.post(f"/projects/{project['id']}/dossiers", None, **own).status_code == 403


def dossier(world: World, project: Data) -> bytes:
    """Made once all that has happened is sealed."""
    last = {
        project["id"]: "funding.project.amended",
        project["contract"]: "funding.contract.amended",
        project["application"]: "funding.application.contracted",
    }

    def sealed(record: str, event: str) -> bool:
        found = world.node.get(f"{world.api}/audit", "auditor", params={"record": record}).json()["items"]
        return event in {one["event"] for one in found}

    eventually(lambda: all(sealed(*each) for each in last.items()))
    asked = good(world.post(f"/projects/{project['id']}/dossiers", None, "auditor"))
    path = f"/dossiers/{asked['id']}"
    eventually(lambda: world.get(path, "auditor")["status"] == "ready")
    return world.node.get(f"{world.api}{path}/dossier.zip", "auditor").content
