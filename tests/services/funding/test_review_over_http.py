"""Draw, blind scores, ranking, decision pack, receipts, queries and complaints over real HTTP, store and broker."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.services.funding import world as w
from tests.services.funding.world import World, good

pytestmark = pytest.mark.service

Data = dict[str, Any]
SCRIPT = Path(__file__).parents[3] / "examples" / "verify_review.py"
PANEL = {
    "experts": 3, "same_street_excluded": True, "trim_from": 3, "missing": "wait",
    "ties": ["smaller_amount", "earlier"], "blind": True,
}  # fmt: skip
BEACON = "双色球 2026037 期开奖号码"
OFFICER = "organisation_officer"


@pytest.fixture(scope="module")
def world(node):
    return World(node(["registry", "funding"]))


def problem(answer: requests.Response) -> str:
    assert not answer.ok, answer.text
    return str(answer.json()["type"].rsplit(":", 1)[-1])


def bearer(world: World, subject: str, role: str = "expert") -> Data:
    return {"role": None, "headers": {"Authorization": f"Bearer {world.node.token(role, subject=subject)}"}}


class Review:
    """A round whose panel is drawn of its own experts, as staff and experts see it."""

    def __init__(self, world: World, area: str, **changed: Any) -> None:
        self.world, self.area, self.expertise = world, area, uuid.uuid4().hex[:8]
        self.fund = world.fund(10_000)["id"]
        self.id = world.round(self.fund, panel=PANEL | changed.pop("panel", {}), **changed)
        self.accounts: dict[str, str] = {}  # by the expert's id

    def expert(self, **changed: Any) -> str:
        account = f"expert-{uuid.uuid4()}"
        body = {
            "area": w.DISTRICT,
            "name": "王老师",
            "account": account,
            "expertise": [self.expertise],
        } | changed
        made = good(self.world.post("/experts", body))
        self.accounts[made["id"]] = account
        return str(made["id"])

    def post(self, path: str, body: Any = None, **more: Any) -> requests.Response:
        return self.world.post(f"/rounds/{self.id}/{path}", body, **more)

    def get(self, path: str, role: str | None = "district_staff") -> Data:
        return self.world.get(f"/rounds/{self.id}/{path}", role)

    def prepare(self, **changed: Any) -> Data:
        body = {"expertise": [self.expertise], "beacon": BEACON} | changed
        return good(self.post("draw/preparation", body, now=w.DURING))

    def application(self, organisation: str, yuan: int, **changed: Any) -> str:
        identifier: str = good(self.world.submit(self.id, organisation, yuan, **changed))["id"]
        return identifier

    def drawn(self, applications: list[str]) -> Data:
        good(self.post("closing"))
        for each in applications:
            good(self.world.post(f"/applications/{each}/screening"))
        return good(self.post("draw", {"beacon_value": "03 11 17 20 25 33 + 08"}))

    def as_expert(self, draw: Data, pseudonym: str) -> Data:
        expert = next(each["expert"] for each in draw["roster"] if each["pseudonym"] == pseudonym)
        return bearer(self.world, self.accounts[expert])

    def score(
        self, draw: Data, pseudonym: str, application: str, points: int, **more: Any
    ) -> requests.Response:
        body = {"expert": more.pop("told", pseudonym), "scores": {c["name"]: points for c in w.CRITERIA}}
        return self.world.post(
            f"/applications/{application}/scores", body, **self.as_expert(draw, pseudonym) | more
        )


def panels(draw: Data) -> dict[str, list[str]]:
    return {each["application"]: each["experts"] for each in draw["panels"]}


@pytest.fixture(scope="module")
def record(world: World) -> Data:
    """What was published of a round from its draw to its result; on the way all that nobody may do is tried."""
    review = Review(world, w.DISTRICT)
    mine, near, far = (world.organisation(area=area) for area in (w.STREET, "230102002", "230102003"))
    own = review.expert(organisation=mine)
    neighbour = review.expert(home="230102002007")
    tied = review.expert()
    tie = {"organisation": far, "kind": "kinship"}
    assert good(world.post(f"/experts/{tied}/ties", tie, **bearer(world, review.accounts[tied])))["ties"]
    assert world.post(f"/experts/{tied}/ties", tie, **bearer(world, review.accounts[own])).status_code == 403
    for _ in range(3):
        review.expert()
    chair = review.expert()

    first = review.prepare(chair=chair)
    second = review.prepare(chair=chair)
    published = review.get("review-record", None)
    assert published["draw"]["seed_hash"] == second["seed_hash"] != first["seed_hash"]
    assert published["draw"]["seed"] is None
    assert [each["seed_hash"] for each in published["superseded"]] == [first["seed_hash"]]
    assert published["superseded"][0]["seed"]
    assert len(second["pseudonyms"]) == 6  # without the chair
    assert chair not in [each["expert"] for each in second["roster"]]

    applications = [
        review.application(organisation, yuan)
        for organisation, yuan in ((mine, 4_000), (near, 5_000), (far, 3_000), (far, 2_500))
    ]
    assert problem(review.post("draw", {"beacon_value": "1"})) == "round-not-closed"
    draw = review.drawn(applications)
    assert problem(review.post("draw/preparation", {})) == "not-in-this-state"
    behind = {each["pseudonym"]: each["expert"] for each in draw["roster"]}
    for application, conflicted in zip(applications, (own, neighbour, tied, tied), strict=True):
        seats = panels(draw)[application]
        assert len(seats) == 3
        assert conflicted not in [behind[each] for each in seats]
    reasons = {behind[each["pseudonym"]]: each["reasons"] for each in draw["barred"]}
    assert reasons == {own: ["same-organisation"], neighbour: ["same-street"], tied: ["tie-kinship"]}

    _experts_see_no_names_and_no_other_scores(review, draw, applications)
    draw = _the_next_one_takes_the_seat_of_a_recused_expert(review, draw, applications[0])
    _score_all(review, draw, applications)
    progress = world.get(f"/rounds/{review.id}/progress")["items"]
    assert [(each["due"], each["given"], each["missing"]) for each in progress] == [(3, 3, [])] * 4
    path = f"/api/funding/rounds/{review.id}/progress"
    statuses = [
        world.node.get(path, **bearer(world, review.accounts[each])).status_code for each in (chair, tied)
    ]
    assert statuses == [200, 422]

    good(review.post("ranking"))
    pack = review.get("decision-pack")
    assert [each["name"] for each in pack["choices"]] == ["cut", "skip", "best"]
    assert (pack["budget_fen"], pack["chosen"], pack["missing"]) == (1_000_000, "cut", [])
    cut, _, best = pack["choices"]
    assert (cut["applications"], cut["passed_over"]) == (applications[:2], [])
    assert (best["applications"], best["passed_over"]) == (
        [applications[n] for n in (0, 3, 2)],
        [applications[1]],
    )
    assert (cut["score_hundredths"], best["score_hundredths"]) == (17_000, 23_000)
    proposed = good(review.post("proposal", {"choice": "best", "reasons": "惠及更多居民"}))["proposed"]
    assert proposed == best["applications"]
    good(review.post("proposal", {"choice": "cut", "reasons": "按名次资助"}))
    assert review.get("review-record", None)["ranking"] == []  # nothing of it before the notice
    good(review.post("notice"))
    assert review.get("review-record", None)["draw"]["seed"] is None
    for each in world.get(f"/rounds/{review.id}", None)["proposed"]:
        good(world.award(each))
    good(review.post("conclusion", now=w.NOTICE_OVER))
    return review.get("review-record", None)


def _experts_see_no_names_and_no_other_scores(review: Review, draw: Data, applications: list[str]) -> None:
    world, path = review.world, f"/api/funding/rounds/{review.id}/reviews"
    application = applications[1]
    judge, other = panels(draw)[application][:2]
    good(review.score(draw, other, application, 55))
    tasks = {
        each["application"]: each
        for each in world.node.get(path, **review.as_expert(draw, judge)).json()["items"]
    }
    assert set(tasks) == {each for each, seats in panels(draw).items() if judge in seats}
    assert {(each["organisation"], each["host"], each["scores"]) for each in tasks.values()} == {
        (None, None, None)
    }
    for blocked in (
        f"/api/funding/applications/{application}",
        f"/api/funding/applications/{application}/scores",
    ):
        assert world.node.get(blocked, **review.as_expert(draw, judge)).status_code == 403
    listed = world.node.get("/api/funding/applications", **review.as_expert(draw, judge)).json()["items"]
    assert {each["round"] for each in listed}.isdisjoint({review.id})
    outsider = next(each for each in draw["pseudonyms"] if each not in panels(draw)[application])
    assert problem(review.score(draw, outsider, application, 90)) == "not-on-panel"
    assert problem(review.score(draw, judge, application, 90, told=other)) == "other-expert"
    assert problem(review.post("ranking")) == "unscored"


def _the_next_one_takes_the_seat_of_a_recused_expert(review: Review, draw: Data, application: str) -> Data:
    before = panels(draw)[application]
    body = {"expert": before[0], "application": application, "ground": "other"}
    stranger = review.as_expert(draw, before[1])
    assert problem(review.post("recusals", body, **stranger)) == "other-expert"
    good(review.post("recusals", body, **review.as_expert(draw, before[0])))
    after = review.get("draw")
    assert panels(after)[application][:2] == before[1:]
    assert len(panels(after)[application]) == 3
    assert {k: v for k, v in panels(after).items() if k != application} == {
        k: v for k, v in panels(draw).items() if k != application
    }
    assert problem(review.score(after, before[0], application, 90)) == "not-on-panel"
    return after


def _score_all(review: Review, draw: Data, applications: list[str]) -> None:
    """90, 80, and twice 70 as the middle of three: a tie that the smaller amount decides."""
    for application, middle in zip(applications, (90, 80, 70, 70), strict=True):
        for seat, points in zip(panels(draw)[application], (middle, middle - 20, middle + 5), strict=True):
            answer = review.score(draw, seat, application, points)
            assert answer.ok or problem(answer) == "scored-already"


def verified(tmp_path: Path, published: Data) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "record.json"
    file.write_text(json.dumps(published), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file)], capture_output=True, text=True, timeout=60
    )


def test_an_independent_script_finds_draw_and_ranking_as_published(record, tmp_path):
    found = verified(tmp_path, record)
    assert (found.returncode, found.stdout) == (
        0, "draw and ranking of 4 applications are as published\n",
    )  # fmt: skip
    ranking = [(place["score_hundredths"], place["outcome"], place["tie"]) for place in record["ranking"]]
    assert [each[0] for each in ranking] == sorted((each[0] for each in ranking), reverse=True)
    assert [each[2] for each in ranking] == [None, None, None, "smaller_amount"]


def test_the_script_imports_nothing_of_ours():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported <= {"hashlib", "json", "sys", "fractions", "pathlib"}


def _score(told: Data) -> None:
    scores = told["applications"][2]["scores"][1]["scores"]
    scores["需求"] += 1 if scores["需求"] < 100 else -1


def _seed(told: Data) -> None:
    told["draw"]["seed"] = "0" * 64


def _beacon(told: Data) -> None:
    told["draw"]["beacon_value"] = "01 02 03 04 05 06 + 07"


def _seat(told: Data) -> None:
    panel = told["applications"][0]["panel"]
    panel[0], panel[1] = panel[1], panel[0]


def _place(told: Data) -> None:
    told["ranking"][0], told["ranking"][1] = told["ranking"][1], told["ranking"][0]


def _proposal(told: Data) -> None:
    told["ranking"][-1]["outcome"] = "proposed"


@pytest.mark.parametrize("change", [_score, _seed, _beacon, _seat, _place, _proposal])
def test_the_script_finds_a_single_thing_that_was_changed(record, tmp_path, change: Callable[[Data], None]):
    told = copy.deepcopy(record)
    change(told)
    found = verified(tmp_path, told)
    assert found.returncode == 1
    assert "should be" in found.stdout or "hash" in found.stdout


def test_what_is_published_names_no_expert(record):
    told = json.dumps(record, ensure_ascii=False)
    assert "王老师" not in told
    assert "same-organisation" not in told
    assert "roster" not in told


def test_a_roster_that_is_too_small_is_told_and_can_be_prepared_anew(world):
    review = Review(world, w.DISTRICT)
    review.expert()
    review.prepare(beacon=None)
    application = review.application(world.organisation(area="230102004"), 100)
    good(review.post("closing"))
    good(world.post(f"/applications/{application}/screening"))
    refused = review.post("draw", {})
    assert (problem(refused), refused.json()["applications"]) == ("panel-too-small", [application])
    assert problem(review.post("ranking")) == "panel-not-drawn"
    for _ in range(2):
        review.expert()
    good(review.post("draw/preparation", {"expertise": [review.expertise]}))
    assert len(panels(good(review.post("draw", {})))[application]) == 3


def test_whoever_holds_the_receipt_sees_what_became_of_the_objection_and_only_that_award_is_held(world):
    target = world.round(world.fund()["id"])
    held, free = world.screened(target), world.screened(target)
    world.noticed(target)
    path = f"/applications/{held}/objections"
    receipt = good(world.post(path, {"text": "预算过高"}, "resident"))
    found = world.get(f"{path}/{receipt['id']}", None)
    assert (found["upheld"], found.get("settled_at"), "text" in found) == (None, None, False)
    assert problem(world.award(held)) == "objections-open"
    good(world.award(free))
    good(world.post(f"{path}/{receipt['id']}/settlement", {"upheld": False, "reasons": "依据充分"}))
    found = world.get(f"{path}/{receipt['id']}", None)
    assert (found["upheld"], found["reasons"]) == (False, "依据充分")
    assert world.node.get(f"/api/funding{path}/{uuid.uuid4()}", None).status_code == 404
    assert (
        world.node.get(f"/api/funding/applications/{free}/objections/{receipt['id']}", None).status_code
        == 404
    )


def test_suppliers_query_and_complain_where_procurement_law_rules(world):
    fund = world.fund()["id"]
    target = world.round(fund, kind="purchase", remedy="procurement")
    loser, winner = world.organisation(), world.organisation()
    lost = world.screened(target, organisation=loser, points=(50,))
    won = world.screened(target, organisation=winner, points=(90,))
    queries = f"/rounds/{target}/supplier-queries"
    body = {"organisation": loser, "ground": "result", "application": won, "text": "评分标准不一致"}
    officer: Data = {"role": OFFICER, "organisation": loser}
    assert problem(world.post(queries, body, **officer)) == "query-too-early"
    world.noticed(target)
    assert (
        problem(world.post(f"/applications/{won}/objections", {"text": "高"}, "resident")) == "other-remedy"
    )
    stranger = world.organisation()
    assert world.post(queries, body, OFFICER, organisation=stranger).status_code == 403
    assert problem(world.post(queries, body | {"organisation": stranger})) == "took-no-part"

    raised = good(world.post(queries, body, **officer))
    assert raised["reply_due_at"] == "2026-04-13T15:59:59.000Z"
    path = f"/supplier-queries/{raised['id']}"
    assert problem(world.award(won)) == "queries-open"
    assert problem(world.post(f"{path}/complaint", {"text": "未答复"}, **officer)) == "reply-not-due"
    good(world.post(f"{path}/reply", {"upheld": False, "text": "评分有据"}, "purchaser"))
    good(world.award(won))
    complained = good(world.post(f"{path}/complaint", {"text": "不服"}, now=w.NOTICE_OVER, **officer))
    assert complained["decision_due_at"] == "2026-06-03T15:59:59.000Z"
    staff = world.post(f"{path}/suspension", {"days": 30}, now=w.NOTICE_OVER)
    assert staff.status_code == 403  # the supervising department is another one
    good(world.post(f"{path}/suspension", {"days": 30}, "finance", now=w.NOTICE_OVER))
    signing = world.post(f"/applications/{won}/contract", {"signed_on": "2026-04-21"}, now=w.NOTICE_OVER)
    assert problem(signing) == "queries-open"
    decision = {"upheld": True, "affects_result": True, "text": "评审违反规定"}
    decided = good(world.post(f"{path}/decision", decision, "finance", now=w.NOTICE_OVER))
    assert (decided["status"], decided["upheld"]) == ("decided", True)
    dropped = world.get(f"/applications/{won}")
    assert (dropped["status"], dropped["reasons"], dropped["commitments"]) == (
        "dropped",
        ["complaint-upheld"],
        [],
    )
    assert world.balance(fund) == (1_000_000, 0, 0)
    assert world.get(f"/applications/{lost}")["status"] == "screened"
    late = world.post(queries, body, now="2026-04-23T09:00:00+08:00", **officer)
    assert problem(late) == "query-too-late"
    assert (
        world.post(f"/rounds/{world.round(fund)}/supplier-queries", body)
        .json()["type"]
        .endswith("other-remedy")
    )


def test_nobody_awards_what_a_query_has_just_begun_to_hold(world):
    """The query holds the application that it is about, so that one of the two meets the other."""
    target = world.round(world.fund()["id"], kind="purchase", remedy="procurement")
    organisation = world.organisation()
    won = world.screened(target, organisation=organisation)
    world.noticed(target)
    before = world.get(f"/applications/{won}")["updated_at"]
    body = {"organisation": organisation, "ground": "process", "text": "程序有误"}
    good(world.post(f"/rounds/{target}/supplier-queries", body))
    assert problem(world.award(won)) == "queries-open"
    assert world.get(f"/applications/{won}")["updated_at"] == before
