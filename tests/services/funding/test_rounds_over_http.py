"""Rounds by schemes, drafts, attachments and screening over real HTTP, store, broker and a scanner that really runs."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import deploy.scenarios
from deploy.embedded import Embedded
from tests.faults.rounds_under_kills import Player
from tests.harness import eventually, make_node
from tests.services.funding import world as w
from tests.services.funding.world import Data, World, good

pytestmark = pytest.mark.service

SCHEMES = Path(deploy.scenarios.__path__[0]) / "schemes"
SCANNER = ["sh", "-c", '! grep -q EICAR "$0"']
PDF = "application/pdf"
LAST_SECOND, DEADLINE = "2026-03-31T17:59:59.999+08:00", "2026-03-31T18:00:00+08:00"


@pytest.fixture(scope="module")
def world(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    api = requests.Session()
    api.auth = (embedded.addresses.user, embedded.addresses.password)
    vhost = f"test-{uuid.uuid4().hex[:12]}"
    api.put(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30).raise_for_status()
    node = make_node(
        embedded, tmp_path_factory.mktemp("rounds"), vhost, ["funding"], files={"scan": SCANNER}
    )  # fmt: skip
    node.start()
    yield World(node)
    node.stop()
    api.delete(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30)


def sample(name: str) -> Data:
    """A scheme as it comes along, but without a panel to be drawn: panels have tests of their own."""
    found: Data = json.loads((SCHEMES / f"{name}.json").read_text(encoding="utf-8"))
    found["terms"]["panel"] |= {"experts": None, "missing": "present"}
    return found


def known(world: World, **state: Any) -> str:
    """An organisation of which the registry has told everything; returns when funding knows."""
    identifier = world.organisation(status="applied")
    told = {
        "name": "春雨社工", "track": "registered", "status": "active", "type": "association",
        "established_on": "2020-01-01", "abnormal": False, "serious": False, "charity": False,
    }  # fmt: skip
    event = w.event("registry", "organisation", "approved", identifier, w.STREET, told | state, sequence=2)
    w.publish(world.node, event)
    return identifier


def plan(world: World, scheme: str, fund: str, **changed: Any) -> Data:
    body = {
        "area": w.STREET, "name": "第一轮", "year": 2026, "funds": [fund],
        "opens_at": w.OPENS, "closes_at": w.CLOSES,
    }  # fmt: skip
    return good(world.post(f"/schemes/{scheme}/rounds", body | changed, now=w.OPENS))


def begin(world: World, target: str, organisation: str | None, **changed: Any) -> Data:
    """Tries again while the organisation is on its way."""
    body = {"round": target, "organisation": organisation} | changed

    def attempt() -> list[requests.Response] | None:
        answer = world.post("/drafts", body, now=w.DURING)
        return None if "Retry-After" in answer.headers else [answer]

    return good(eventually(attempt)[0])


def write(world: World, draft: str, based_on: int, role: str = "district_staff", **content: Any) -> Any:
    return world.post(
        f"/drafts/{draft}/versions", {"based_on": based_on, "content": content}, role, now=w.DURING
    )


def attach(world: World, draft: str, data: bytes, kind: str = PDF, field: str = "licence") -> Any:
    headers = {"Content-Type": kind, "Content-Disposition": 'attachment; filename="x.pdf"'}
    return world.node.request(
        "POST", f"{world.api}/drafts/{draft}/attachments?field={field}", "district_staff", data=data,
        headers=headers, now=w.DURING,
    )  # fmt: skip


def test_a_micro_round_of_four_stages_and_no_other_is_only_data(world):
    """The round keeps the version that it began with, whatever is published or retired meanwhile."""
    fund = world.fund(10_000)["id"]
    micro = sample("micro-four-stages")
    scheme = good(world.post("/schemes", {"area": w.DISTRICT} | micro))["id"]
    planned = plan(world, scheme, fund)
    assert (planned["scheme_version"], planned["kind"]) == (1, "micro")
    assert {name: planned[name] for name in micro["terms"]} == micro["terms"]

    stricter = micro["terms"] | {"threshold": 90, "stages": sample("venture")["terms"]["stages"]}
    answer = good(world.post(f"/schemes/{scheme}/versions", {"terms": stricter, "note": "更严"}))
    assert [v["number"] for v in answer["versions"]] == [1, 2]
    assert answer["versions"][0]["terms"] == micro["terms"], "a published version never changes"
    assert plan(world, scheme, fund)["threshold"] == 90
    assert plan(world, scheme, fund, number=1)["threshold"] == 60
    good(world.post(f"/schemes/{scheme}/retirement"))
    refused = world.post(f"/schemes/{scheme}/rounds", {
        "area": w.STREET, "name": "新", "year": 2026, "funds": [fund], "opens_at": w.OPENS})  # fmt: skip
    assert refused.json()["type"].endswith("scheme-retired")

    target = f"/rounds/{planned['id']}"
    good(world.post(f"{target}/next-stage", now=w.OPENS))
    draft = begin(world, planned["id"], known(world))["id"]
    good(
        write(
            world,
            draft,
            0,
            title="邻里互助",
            amount_fen=100_000,
            answers={"aim": "让邻里更近", "activities": 3},
        )
    )
    application = good(world.post(f"/drafts/{draft}/submission", now=LAST_SECOND))
    assert application["status"] == "screened", "without a stage of screening the rules are applied at once"
    assert [c["outcome"] for c in application["checks"]] == ["met"] * len(application["checks"])
    early = world.post(f"{target}/next-stage", now=LAST_SECOND)
    assert early.json()["type"].endswith("before-deadline")
    good(world.post(f"{target}/next-stage"))
    scores = {c["name"]: 80 for c in micro["terms"]["criteria"]}
    good(
        world.post(f"/applications/{application['id']}/scores", {"expert": "甲", "scores": scores}, "expert")
    )
    unranked = world.post(f"{target}/next-stage")
    assert unranked.json()["type"].endswith("not-ranked")
    good(world.post(f"{target}/ranking"))
    good(world.post(f"{target}/next-stage"))
    good(world.award(application["id"]))
    good(world.post(f"{target}/next-stage", now=w.NOTICE_OVER))
    unsigned = world.post(f"{target}/next-stage", now=w.NOTICE_OVER)
    assert unsigned.json()["type"].endswith("contracts-missing"), (
        "a condition that only the scheme's data states"
    )
    world.contract(application["id"])
    ended = good(world.post(f"{target}/next-stage", now=w.NOTICE_OVER))
    assert [step["stage"] for step in ended["course"]] == [
        "projects_call", "review", "notice", "contract", "finished",
    ]  # fmt: skip
    assert world.post(f"{target}/next-stage").json()["type"].endswith("course-over")


def test_a_purchase_of_ten_stages_takes_them_all_and_is_only_data(world):
    """With an external party, attachments that a scanner looks at, and a rule that a person decides."""
    fund = world.fund(100_000)["id"]
    terms = sample("purchase-ten-stages")
    scheme = good(world.post("/schemes", {"area": w.DISTRICT} | terms))["id"]
    planned = plan(world, scheme, fund, area=w.DISTRICT)
    assert [span["stage"] for span in planned["calendar"]] == [s["stage"] for s in terms["terms"]["stages"]]
    assert planned["calendar"][0]["begins_at"] < planned["opens_at"]
    target = f"/rounds/{planned['id']}"

    def move(now: str = w.AFTER) -> Data:
        return good(world.post(f"{target}/next-stage", now=now))

    assert (move()["status"], move()["stage"]) == ("preparing", "needs_sorting")
    topic = world.topic()
    eventually(lambda: world.post(f"{target}/next-stage", now=w.OPENS).ok)
    draft = begin(
        world, planned["id"], None, external={"name": "某物业公司", "credit_code": "91230102MA1CX00A07"}
    )["id"]
    good(
        write(
            world,
            draft,
            0,
            title="助餐",
            amount_fen=5_000_000,
            topic=topic,
            answers={"service_plan": "送餐" * 30},
        )
    )
    missing = world.post(f"/drafts/{draft}/submission", now=w.DURING)
    assert [f["field"] for f in missing.json()["errors"]] == ["answers.licence"]
    assert attach(world, draft, b"MZ\x90").json()["type"].endswith("content-unlike-type")
    assert attach(world, draft, b"MZ\x90", "application/x-msdownload").status_code == 415
    bad = good(attach(world, draft, b"%PDF-1.7 EICAR"))["id"]
    clean = good(attach(world, draft, b"%PDF-1.7 licence"))["id"]
    eventually(lambda: world.get(f"/drafts/{draft}/attachments")["items"][1]["status"] == "clean")
    assert world.node.get(f"{world.api}/attachments/{bad}/file", "district_staff").status_code == 409
    good(world.post(f"/attachments/{bad}/removal"))
    found = world.node.get(f"{world.api}/attachments/{clean}/file", "district_staff")
    assert (found.content, found.headers["Content-Type"]) == (b"%PDF-1.7 licence", PDF)
    application = good(world.post(f"/drafts/{draft}/submission", now=w.DURING))["id"]
    assert world.post(f"/attachments/{clean}/removal").status_code == 422, "what was submitted stays"

    move()
    opened = good(world.post(f"/applications/{application}/screening"))
    outcomes = {check["rule"]: check["outcome"] for check in opened["checks"]}
    assert opened["status"] == "submitted"
    assert (outcomes["external_party"], outcomes["statement"]) == ("met", "open")
    assert world.post(f"{target}/next-stage").json()["type"].endswith("unscreened")
    decision = {"passed": False, "reasons": "证明过期"}
    rejected = good(world.post(f"/applications/{application}/screening/decision", decision))
    assert (rejected["status"], "eligibility-statement" in rejected["reasons"]) == ("rejected", True)
    passed = good(world.post(f"/applications/{application}/screening/reversal", {"reasons": "已补交"}))
    assert passed["status"] == "screened"
    assert [(d["passed"], d["reversal"]) for d in passed["decisions"]] == [(False, False), (True, True)]

    assert move()["stage"] == "review"
    scores = {c["name"]: 80 for c in terms["terms"]["criteria"]}
    good(world.post(f"/applications/{application}/scores", {"expert": "甲", "scores": scores}, "expert"))
    good(world.post(f"{target}/ranking"))
    assert move()["status"] == "noticed"
    good(world.award(application))
    assert move(w.NOTICE_OVER)["stage"] == "optimisation"
    running = world.post(f"{target}/next-stage", now=w.NOTICE_OVER)
    assert running.json()["type"].endswith("period-running")
    later = "2026-06-30T09:00:00+08:00"
    assert move(later)["stage"] == "contract"
    project = world.contract(application)
    assert (move(later)["stage"], move(later)["stage"]) == ("monitoring", "evaluation")
    assert world.post(f"{target}/next-stage", now=later).json()["type"].endswith("projects-running")
    good(world.post(f"/projects/{project['id']}/stop", {"reasons": "到期"}, now=later))
    ended = move(later)
    assert [step["stage"] for step in ended["course"]] == [
        *(each["stage"] for each in terms["terms"]["stages"]), "finished",
    ]  # fmt: skip


def test_several_authors_write_one_draft_and_nothing_is_taken_after_the_deadline(world):
    target = world.round(world.fund(1_000)["id"])
    organisation = known(world)
    draft = begin(world, target, organisation)["id"]

    token = world.node.token("organisation_officer", w.STREET, organisation, "officer")

    def officer(based_on: int, **content: Any) -> requests.Response:
        return world.node.post(
            f"{world.api}/drafts/{draft}/versions", {"based_on": based_on, "content": content}, None,
            headers={"Authorization": f"Bearer {token}"}, now=w.DURING,
        )  # fmt: skip

    good(officer(0, title="旧名", plan="计划"))
    good(write(world, draft, 0, amount_fen=10_000))  # another field: goes together
    clash = write(world, draft, 1, title="新名", amount_fen=20_000)
    assert clash.status_code == 409
    assert clash.json()["fields"] == ["amount_fen"]
    good(write(world, draft, 2, title="新名"))
    versions = world.get(f"/drafts/{draft}/versions")["items"]
    authors = [version["author"] for version in versions]
    assert authors == ["officer", "test", "test"]
    told = world.get(f"/drafts/{draft}/differences?first=1")["items"]
    assert [(d["field"], d["before"], d["after"], d["authors"]) for d in told] == [
        ("amount_fen", None, 10_000, ["test"]), ("title", "旧名", "新名", ["test"]),
    ]  # fmt: skip
    other = world.node.get(
        f"{world.api}/drafts/{draft}", "organisation_officer", area=w.STREET, organisation=known(world)
    )
    assert other.status_code == 403
    assert world.get(f"/applications?round={target}")["items"] == [], "a draft is no application"
    late = world.post(f"/drafts/{draft}/submission", now=DEADLINE)
    assert late.json()["type"].endswith("round-not-open")
    application = good(world.post(f"/drafts/{draft}/submission", now=LAST_SECOND))
    assert (application["title"], application["draft"]) == ("新名", draft)
    assert officer(3, title="太晚").json()["type"].endswith("not-in-this-state")


def test_each_rule_of_eligibility_is_named_with_what_was_found(world):
    rules = [{"rule": "years_established", "value": 5}, {"rule": "not_listed", "value": True},
             {"rule": "grade_from", "value": "3A"}]  # fmt: skip
    target = world.round(world.fund(1_000)["id"], eligibility=rules, organisation_most=1)
    young, listed = known(world, established_on="2024-01-01"), known(world, serious=True)
    graded = known(world)
    grade = {"organisation": graded, "grade": "4A", "announced_on": "2024-06-01", "valid_from": "2024-06-01",
             "valid_until": "2029-05-31"}  # fmt: skip
    w.publish(world.node, w.event("evaluation", "grade", "granted", str(uuid.uuid4()), w.STREET, grade))
    reasons = {}
    for name, organisation in (("young", young), ("listed", listed), ("graded", graded), ("again", graded)):
        application = good(world.submit(target, organisation, 100))["id"]
        if name == "graded":
            eventually(lambda of=application: world.post(f"/applications/{of}/screening").ok)  # type: ignore[misc]
        else:
            good(world.post(f"/applications/{application}/screening"))
        found = world.get(f"/applications/{application}")
        reasons[name] = (found["status"], found["reasons"])
        if name == "young":
            told = {c["rule"]: (c["wanted"], c["found"], c["outcome"]) for c in found["checks"]}
            assert told["years_established"] == ("5", "2024-01-01", "failed")
            assert told["grade_from"] == ("3A", "ungraded", "failed")
            assert told["not_listed"] == ("True", "False", "met")
    assert reasons == {
        "young": ("rejected", ["eligibility-years-established", "eligibility-grade-from"]),
        "listed": ("rejected", ["eligibility-not-listed", "eligibility-grade-from"]),
        "graded": ("screened", []),
        "again": ("rejected", ["too-many-applications"]),
    }


def test_a_submission_that_a_kill_cuts_off_is_submitted_once(world):
    target = world.round(world.fund(1_000)["id"])
    draft = begin(world, target, known(world))["id"]
    good(write(world, draft, 0, title="邻里互助", amount_fen=10_000))
    player = Player(world.node, 1, random.Random(), {"submit": 0.1})
    application = player.step("submit", f"/drafts/{draft}/submission", now=w.DURING)
    assert [a["id"] for a in world.get(f"/applications?round={target}")["items"]] == [application["id"]]
    assert world.get(f"/drafts/{draft}")["application"] == application["id"]
