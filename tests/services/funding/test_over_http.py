"""Funding over real HTTP, store and broker."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.bus import declare_ingress
from tests.harness import eventually
from tests.services.funding import world as w
from tests.services.funding.world import World, good

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def world(node):
    return World(node(["registry", "funding"]))


def test_a_round_runs_from_fund_to_the_last_tranche(world):
    fund = world.fund(10_000)["id"]
    target = world.round(fund)
    best = world.screened(target, yuan=4_000, points=(90, 91, 92, 10, 100))
    second = world.screened(target, yuan=5_000, points=(70, 80))
    third = world.screened(target, yuan=2_000, points=(65,))
    low = world.screened(target, yuan=100, points=(59,))
    noticed = world.noticed(target)
    assert noticed["proposed"] == [best, second]
    assert noticed["notice_ends_at"] == "2026-04-13T15:59:59.000Z"  # 7 working days over 清明
    places = {p["application"]: p for p in world.get(f"/rounds/{target}/ranking")["items"]}
    assert places[best] | {"application": ""} == {
        "application": "", "rank": 1, "score_hundredths": 9100, "counted": [9000, 9100, 9200],
        "left_out": [1000, 10000], "amount_fen": 400_000, "needed_fen": 400_000, "outcome": "proposed",
        "missing": [], "tie": None, "scores": [
            {"expert": f"专家{number}", "weighted_hundredths": points, "treatment": treatment}
            for number, points, treatment in (
                (3, 1000, "lowest"), (0, 9000, "counted"), (1, 9100, "counted"), (2, 9200, "counted"),
                (4, 10000, "highest"),
            )
        ],
    }  # fmt: skip
    assert [places[third]["outcome"], places[low]["outcome"]] == ["beyond_budget", "below_threshold"]
    assert world.award(best, now=w.AFTER).json()["type"].endswith("notice-running")
    for each in (best, second):
        assert good(world.award(each))["status"] == "awarded"
    assert good(world.post(f"/rounds/{target}/conclusion", now=w.NOTICE_OVER))["status"] == "concluded"
    assert world.get(f"/applications/{third}")["reasons"] == ["beyond-budget"]
    project = world.contract(best)
    assert [(t["amount_fen"], t["status"]) for t in project["tranches"]] == [
        (200_000, "paid"), (120_000, "waiting"), (80_000, "waiting"),
    ]  # fmt: skip
    assert world.balance(fund) == (1_000_000, 900_000, 200_000)
    w.publish(
        world.node, world.evaluated(project, "mid_term", "pass"), world.evaluated(project, "final", "pass")
    )
    eventually(lambda: world.get(f"/projects/{project['id']}")["status"] == "completed")
    assert world.balance(fund) == (1_000_000, 900_000, 400_000)
    figures = world.get(f"/figures?area=230102&round={target}", None)
    assert figures == {
        "fund_budget_fen": 1_000_000, "rounds": 1, "applications": 4, "screened": 4, "funded": 2,
        "awarded_fen": 900_000, "committed_fen": 900_000, "paid_fen": 400_000, "projects": 1,
        "beneficiaries_direct": 20, "beneficiaries_indirect": 80,
        "repaid_fen": 0, "spent_fen": 0, "reached_direct": 0, "reached_indirect": 0, "person_times": 0,
    }  # fmt: skip


def test_sixteen_awards_at_once_commit_the_last_yuan_once(world):
    fund = world.fund(1_000)["id"]
    target = world.round(fund)
    # Ranked against a budget that reaches for all of them, which another round then takes all but one yuan of.
    other = world.round(fund)
    many = [world.screened(target, yuan=1, organisation=o) for o in [world.organisation()] * 16]
    large = world.screened(other, yuan=999)
    world.noticed(target)
    world.noticed(other)
    good(world.award(large))
    answers = _award_at_once(world, many)
    assert sorted(a.status_code for a in answers) == [200] + [422] * 15
    assert {a.json()["type"].rsplit(":", 1)[-1] for a in answers if not a.ok} == {"fund-exhausted"}
    assert world.balance(fund) == (100_000, 100_000, 0)
    entries = world.get(f"/funds/{fund}/ledger")["items"]
    assert [e["movement"] for e in entries] == ["budget", "commitment", "commitment"]


@pytest.mark.parametrize("status", ["listed", "noticed"])
def test_a_topic_that_may_still_be_chosen_is_worth_another_try(world, status):
    target, topic = world.round(world.fund()["id"]), world.topic(status)
    body = {
        "round": target, "organisation": world.organisation(), "title": "邻里互助", "amount_fen": 100,
        "beneficiaries_direct": 1, "beneficiaries_indirect": 0, "topic": topic,
    }  # fmt: skip
    good(world.submit(target, body["organisation"]))  # what was told before has been heard by now
    answer = world.post("/applications", body, now=w.DURING)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["field"]) == (409, "1", "topic")
    world.topic("chosen", subject=topic, sequence=2)
    application = good(world.submit(target, world.organisation(), topic=topic))
    assert good(world.post(f"/applications/{application['id']}/screening"))["status"] == "screened"


def _until_told(world: World, path: str, body: dict[str, object], key: str) -> requests.Response:
    """As clients are told to: the same key again while the record is busy. Sessions are not shared by threads."""
    headers = {
        "Authorization": f"Bearer {world.node.token('district_staff')}",
        "Idempotency-Key": key,
        "Hatchery-Now": w.NOTICE_OVER,
    }
    url = f"{world.node.url}/api/funding{path}"

    def attempt() -> list[requests.Response]:
        answer = requests.post(url, json=body, headers=headers, timeout=30)
        return [] if "Retry-After" in answer.headers else [answer]

    found: requests.Response = eventually(attempt)[0]
    return found


def _award_at_once(world: World, applications: list[str]) -> list[requests.Response]:
    def award(application: str) -> requests.Response:
        return _until_told(world, f"/applications/{application}/award", {}, str(uuid.uuid4()))

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(award, applications))


def test_sixteen_awards_at_once_that_all_fit_are_all_made(world):
    fund = world.fund(16)["id"]
    target = world.round(fund)
    many = [world.screened(target, yuan=1, organisation=o) for o in [world.organisation()] * 16]
    world.noticed(target)
    answers = _award_at_once(world, many)
    assert {a.status_code for a in answers} == {200}
    assert world.balance(fund) == (1_600, 1_600, 0)


def test_the_same_key_awards_and_contracts_once(world):
    fund = world.fund(5_000)["id"]
    target = world.round(fund)
    application = world.screened(target)
    world.noticed(target)
    awards = [good(world.award(application, key="award-1" + application)) for _ in range(3)]
    assert awards[0] == awards[1] == awards[2]
    assert world.balance(fund) == (500_000, 100_000, 0)
    path, body = f"/applications/{application}/contract", {"signed_on": "2026-04-21"}
    made = [good(world.post(path, body, now=w.NOTICE_OVER, key="sign-" + application)) for _ in range(3)]
    assert len({m["id"] for m in made}) == 1
    assert world.balance(fund) == (500_000, 100_000, 50_000)
    assert world.award(application).status_code == 422  # without the key it is another request
    assert world.balance(fund) == (500_000, 100_000, 50_000)


def test_the_same_request_sent_eight_times_at_once_acts_once(world):
    fund = world.fund(5_000)["id"]
    target = world.round(fund)
    application = world.screened(target)
    world.noticed(target)

    def at_once(path: str, body: dict[str, object]) -> set[str]:
        """The ids answered."""
        key = str(uuid.uuid4())
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: _until_told(world, path, body, key), range(8)))
        return {good(answer)["id"] for answer in answers}

    assert at_once(f"/applications/{application}/award", {}) == {application}
    assert world.balance(fund) == (500_000, 100_000, 0)
    assert len(at_once(f"/applications/{application}/contract", {"signed_on": "2026-04-21"})) == 1
    assert world.balance(fund) == (500_000, 100_000, 50_000)
    body = {"area": w.DISTRICT, "name": "社工", "source": "social_work", "year": 2032, "budget_fen": 1}
    assert len(at_once("/funds", body)) == 1
    assert world.get("/figures?area=230102&year=2032", None)["fund_budget_fen"] == 1


def test_an_evaluation_told_twice_pays_once(world):
    fund = world.fund(5_000)["id"]
    project = world.project(fund)
    told = world.evaluated(project, "mid_term", "pass")
    w.publish(world.node, told, told)
    eventually(lambda: world.tranches(project["id"]) == ["paid", "paid", "waiting"])
    again = world.evaluated(project, "mid_term", "pass")  # another evaluation with the same outcome
    last = world.evaluated(project, "final", "pass")
    w.publish(world.node, told, again, last)
    eventually(lambda: world.tranches(project["id"]) == ["paid", "paid", "paid"])
    assert world.balance(fund) == (500_000, 100_000, 100_000)
    paid = [e for e in world.get(f"/funds/{fund}/ledger")["items"] if e["movement"] == "payment"]
    assert [e["amount_fen"] for e in paid] == [50_000, 30_000, 20_000]


def test_an_evaluation_that_comes_after_a_later_one_still_acts_once(world):
    fund = world.fund(5_000)["id"]
    project = world.project(fund)
    earlier = world.evaluated(project, "mid_term", "pass", sequence=1)
    later = world.evaluated(project, "final", "pass", sequence=2)
    later["subject"] = earlier["subject"]
    w.publish(world.node, later)
    eventually(lambda: world.tranches(project["id"]) == ["paid", "waiting", "paid"])
    assert world.get(f"/projects/{project['id']}")["status"] == "running"
    w.publish(world.node, earlier, later, earlier)
    eventually(lambda: world.get(f"/projects/{project['id']}")["status"] == "completed")
    assert world.balance(fund) == (500_000, 100_000, 100_000)


def test_a_phase_that_was_not_passed_holds_its_tranche_until_it_is(world):
    project = world.project(world.fund(5_000)["id"])
    w.publish(world.node, world.evaluated(project, "mid_term", "rectify"))
    eventually(lambda: world.tranches(project["id"]) == ["paid", "held", "waiting"])
    w.publish(world.node, world.evaluated(project, "mid_term", "pass"))
    eventually(lambda: world.tranches(project["id"]) == ["paid", "paid", "waiting"])
    late = world.evaluated(project, "mid_term", "fail")
    w.publish(world.node, late, world.evaluated(project, "final", "rectify"))
    eventually(lambda: world.tranches(project["id"]) == ["paid", "paid", "held"])


def test_a_project_that_is_stopped_gives_back_what_was_not_paid(world):
    fund, other = world.fund(700)["id"], world.fund(700)["id"]
    target = world.round(fund, other)
    application = world.screened(target, yuan=1_000)
    world.noticed(target)
    assert [c["amount_fen"] for c in good(world.award(application))["commitments"]] == [70_000, 30_000]
    project = world.contract(application)
    good(world.post(f"/projects/{project['id']}/stop", {"reasons": "机构撤场"}))
    assert world.balance(fund) == (70_000, 50_000, 50_000)
    assert world.balance(other) == (70_000, 0, 0)
    figures = world.get(f"/figures?area=230102&round={target}", None)
    assert (figures["awarded_fen"], figures["committed_fen"], figures["paid_fen"]) == (
        100_000,
        50_000,
        50_000,
    )
    w.publish(
        world.node, world.evaluated(project, "final", "pass"), world.evaluated(project, "mid_term", "pass")
    )
    marker = world.project(world.fund()["id"])
    w.publish(world.node, world.evaluated(marker, "final", "pass"))
    eventually(lambda: world.tranches(marker["id"])[2] == "paid")  # so the earlier ones were handled too
    assert world.balance(fund) == (70_000, 50_000, 50_000)


def test_an_award_that_is_withdrawn_frees_its_money(world):
    fund = world.fund(5_000)["id"]
    target = world.round(fund)
    organisation = world.organisation()
    application = world.screened(target, organisation=organisation)
    world.noticed(target)
    good(world.award(application, funds=[{"fund": fund, "amount_fen": 100_000}]))
    answer = world.post(
        f"/applications/{application}/withdrawal", role="organisation_officer", organisation=organisation
    )
    assert good(answer)["status"] == "dropped"
    assert world.balance(fund) == (500_000, 0, 0)


def test_an_open_objection_stops_the_award_until_it_is_settled(world):
    target = world.round(world.fund()["id"])
    kept, lost = world.screened(target), world.screened(target)
    world.noticed(target)
    path = f"/applications/{kept}/objections"
    receipt = good(world.post(path, {"text": "预算过高"}, "resident"))
    assert world.get(path)["items"][0]["id"] == receipt["id"]
    assert world.award(kept).json()["type"].endswith("objections-open")
    assert world.post(f"/rounds/{target}/conclusion", now=w.NOTICE_OVER).json()["type"].endswith("undecided")
    settlement = {"upheld": False, "reasons": "依据充分"}
    good(world.post(f"{path}/{receipt['id']}/settlement", settlement))
    assert world.post(f"{path}/{receipt['id']}/settlement", settlement).status_code == 409
    good(world.award(kept))
    other = f"/applications/{lost}/objections"
    receipt = good(world.post(other, {"text": "弄虚作假"}, "resident"))
    good(world.post(f"{other}/{receipt['id']}/settlement", {"upheld": True, "reasons": "属实"}))
    assert world.get(f"/applications/{lost}")["status"] == "dropped"
    good(world.post(f"/rounds/{target}/conclusion", now=w.NOTICE_OVER))


def test_anybody_may_object_without_a_token_and_gets_the_same_receipt_for_the_same_key(world):
    target = world.round(world.fund()["id"])
    application = world.screened(target)
    for step in ("closing", "ranking"):
        good(world.post(f"/rounds/{target}/{step}"))
    good(world.post(f"/rounds/{target}/notice", now=None))  # strangers cannot date their requests
    path, key = f"/applications/{application}/objections", str(uuid.uuid4())
    receipts = [good(world.post(path, {"text": "预算过高"}, None, now=None, key=key)) for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert [o["id"] for o in world.get(path)["items"]] == [receipts[0]["id"]]
    assert world.node.get(f"/api/funding{path}", None).status_code == 401  # what it says is for staff


def test_objections_are_taken_during_the_notice_only(world):
    target = world.round(world.fund()["id"])
    application = world.screened(target)
    path = f"/applications/{application}/objections"
    assert world.post(path, {"text": "早"}, "resident").status_code == 422
    world.noticed(target)
    assert world.post(path, {"text": "晚"}, "resident", now=w.NOTICE_OVER).status_code == 422


def test_screening_names_every_reason_at_once(world):
    target = world.round(world.fund()["id"], cap_fen=50_000, topics_only=True, tracks=["registered"])
    host = world.organisation(status="suspended")
    team = world.organisation(track="filed")
    application = good(world.submit(target, team, host=host))["id"]
    rejected = good(world.post(f"/applications/{application}/screening"))
    assert rejected["status"] == "rejected"
    assert rejected["reasons"] == ["track-not-admitted", "host-not-active", "topic-needed", "above-cap"]
    assert world.post(f"/applications/{application}/screening").status_code == 422
    chosen = good(world.submit(target, world.organisation(), 500, topic=world.topic()))["id"]
    assert good(world.post(f"/applications/{chosen}/screening"))["status"] == "screened"


def test_nothing_is_accepted_after_the_deadline_or_from_unknown_organisations(world):
    target = world.round(world.fund()["id"])
    organisation = world.organisation()
    good(world.submit(target, organisation))
    for late in (w.CLOSES, w.AFTER, "2026-03-01T00:00:00+08:00"):
        assert world.submit(target, organisation, now=late).json()["type"].endswith("round-not-open")
    body = {"round": target, "organisation": str(uuid.uuid4()), "title": "助老", "amount_fen": 100}
    unknown = world.post("/applications", body, now=w.DURING)
    assert (unknown.status_code, unknown.headers["Retry-After"]) == (409, "1")
    assert world.post(f"/rounds/{target}/closing", now=w.DURING).json()["type"].endswith("before-deadline")


def test_a_filed_team_applies_through_its_host_whose_officer_may_act(world):
    target = world.round(world.fund()["id"])
    team, host, stranger = (world.organisation(track=t) for t in ("filed", "registered", "registered"))
    assert world.submit(target, team).json()["type"].endswith("host-needed")
    officer = "organisation_officer"
    body = {
        "round": target, "organisation": team, "host": host, "title": "助老", "amount_fen": 100,
    }  # fmt: skip
    refused = world.post("/applications", body, officer, organisation=stranger, now=w.DURING)
    assert refused.status_code == 403
    made = good(world.post("/applications", body, officer, organisation=host, now=w.DURING))
    assert (made["track"], made["host"]) == ("filed", host)
    seen = world.node.get("/api/funding/applications", officer, organisation=host).json()["items"]
    assert [a["id"] for a in seen] == [made["id"]]
    assert (
        world.node.get(f"/api/funding/applications/{made['id']}", officer, organisation=stranger).status_code
        == 403
    )


def test_experts_score_once_and_never_their_own(world):
    target = world.round(world.fund()["id"])
    organisation = world.organisation()
    application = world.screened(target, organisation=organisation, points=(80,))
    assert world.score(application, "专家0", 70).status_code == 409
    tied = world.score(application, "专家1", 99, affiliation=organisation)
    assert tied.json()["type"].endswith("conflict-of-interest")
    assert (
        world.score(application, "专家1", 99, scores={"需求": 99}).json()["type"].endswith("criteria-unfit")
    )
    assert world.score(application, "专家1", 101).status_code == 400
    world.noticed(target)
    assert world.score(application, "专家2", 70).json()["type"].endswith("review-over")


def test_a_street_cannot_spend_the_districts_money(world):
    target = world.round(world.fund()["id"])
    application = world.screened(target)
    world.noticed(target)
    token = world.node.token("street_staff", w.STREET)
    answer = world.post(
        f"/applications/{application}/award", {}, None, now=w.NOTICE_OVER,
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code == 403
    fund = world.fund(area=w.STREET)["id"]
    body = {"area": "230102002", "name": "他街", "kind": "micro", "year": 2026, "funds": [fund],
            "criteria": w.CRITERIA, "notice_working_days": 5, "tranches": w.TRANCHES,
            "opens_at": w.OPENS, "closes_at": w.CLOSES}  # fmt: skip
    assert world.post("/rounds", body).json()["type"].endswith("fund-of-others")


def test_figures_of_a_source_count_what_its_funds_bear(world):
    lottery = world.fund(600, year=2031)["id"]
    special = world.fund(1_000, year=2031, source="social_work")["id"]
    target = world.round(lottery, special, year=2031)
    application = world.screened(target, yuan=1_000)
    world.noticed(target)
    good(world.award(application))
    world.contract(application)
    at = "/figures?area=230102&year=2031"
    borne = {
        source: (f["fund_budget_fen"], f["applications"], f["awarded_fen"], f["paid_fen"])
        for source in ("", "&source=welfare_lottery", "&source=social_work", "&source=donation")
        for f in [world.get(at + source, None)]
    }
    assert list(borne.values()) == [
        (160_000, 1, 100_000, 50_000), (60_000, 1, 60_000, 50_000), (100_000, 1, 40_000, 0), (0, 0, 0, 0),
    ]  # fmt: skip
    assert world.get(f"/figures?area={w.STREET}&year=2031", None)["applications"] == 1
    assert world.get("/figures?area=230102002&year=2031", None)["applications"] == 0


def test_applications_of_organisations_from_elsewhere_stand_in_the_rounds_own_area(world):
    fund = world.fund(area=w.STREET)["id"]
    target = world.round(fund, area=w.STREET)
    inside = good(world.submit(target, world.organisation(area="230102001005")))
    outside = good(world.submit(target, world.organisation(area="230102002")))
    assert (inside["area"], outside["area"]) == ("230102001005", w.STREET)


def test_an_officer_from_another_street_applies_and_withdraws_though_only_the_public_summary_is_known(world):
    target = world.round(world.fund(area=w.STREET)["id"], area=w.STREET)
    organisation, elsewhere = str(uuid.uuid4()), "230102002"
    state = {"organisation": organisation, "name": "邻里", "track": "registered", "status": "active"}
    told = w.event("registry", "summary", "announced", str(uuid.uuid4()), elsewhere, state, audience="public")
    w.publish(world.node, told)
    token = world.node.token("organisation_officer", elsewhere, organisation)
    officer = {"role": None, "headers": {"Authorization": f"Bearer {token}"}}
    made = good(world.submit(target, organisation, **officer))
    assert (made["area"], made["organisation"]) == (w.STREET, organisation)
    stranger = world.node.token("organisation_officer", elsewhere, str(uuid.uuid4()))
    withdrawal = f"/applications/{made['id']}/withdrawal"
    refused = world.post(withdrawal, None, None, headers={"Authorization": f"Bearer {stranger}"})
    assert refused.status_code == 403
    assert good(world.post(withdrawal, None, **officer))["reasons"] == ["withdrawn"]


def test_an_evaluation_told_by_a_node_below_moves_no_money(world):
    fund = world.fund(5_000)["id"]
    project = world.project(fund)
    exchange = declare_ingress(world.node, w.STREET)
    forged = world.evaluated(project, "final", "pass", source=f"/{w.STREET}/evaluation")
    w.publish(world.node, forged, exchange=exchange)
    letters = eventually(lambda: world.node.letters("svc.funding.dead"))
    assert "evaluation-from-below" in str(letters[-1][0])
    assert world.balance(fund) == (500_000, 100_000, 50_000)


def test_a_round_that_is_not_opened_yet_is_shown_to_those_only_who_plan_it(world):
    area = w.DISTRICT
    draft = world.round(world.fund()["id"], opened=False)
    path = f"/api/funding/rounds/{draft}"
    token = world.node.token("street_staff", w.STREET)
    for who in (
        {"role": None},
        {"role": "resident"},
        {"role": None, "headers": {"Authorization": f"Bearer {token}"}},
    ):
        assert world.node.get(path, **who).status_code == 404
        listed = world.node.get("/api/funding/rounds", params={"area": area, "status": "draft"}, **who)
        assert listed.json()["items"] == []
    assert world.get(f"/rounds/{draft}", "district_staff")["status"] == "draft"
    assert draft in [each["id"] for each in world.get(f"/rounds?area={area}&status=draft&limit=200")["items"]]
