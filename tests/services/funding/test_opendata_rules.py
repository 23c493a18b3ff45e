"""What a round's events become in open data, held against the standards."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding import packages
from services.funding.domain import ocds
from services.funding.domain.opendata import TAGS, Course, check_teller, release_id
from shared import money
from shared.errors import NotFound
from tests.standards.validating import closed_codelists, grant_faults, ocds_faults, standard

pytestmark = pytest.mark.unit

Data = dict[str, Any]

ROUND, FIRST, SECOND, PROJECT = "round-1", "application-1", "application-2", "project-1"
TEAM, HOST, LOSER, TOPIC, FUND = "team", "host", "loser", "topic", "fund"
BASE = "https://hatchery.example/api/funding/open-data"


class Story:
    """States of a round as events told them, in the order in which they are added."""

    def __init__(self) -> None:
        self.told: list[Data] = []
        self.states: dict[str, Data] = {}

    def tell(self, noun: str, subject: str, day: str, **changed: Any) -> None:
        state = self.states.setdefault(subject, {"id": subject}) | changed
        self.states[subject] = state
        sequence = sum(one["subject"] == subject for one in self.told) + 1
        self.told.append(
            {
                "id": release_id(subject, 1, sequence), "noun": noun, "subject": subject,
                "at": f"{day}T01:00:00.000Z", "epoch": 1, "sequence": sequence, "state": state,
            }
        )  # fmt: skip

    def given(self, **changed: Any) -> bytes:
        known = {
            "parties": {TEAM: ["春雨志愿队", None], HOST: ["春雨社工", "51230102MJ8765432A"], LOSER: ["落选社", None]},
            "topics": {TOPIC: "独居老人助餐"},
            "funds": {FUND: ["2026年福彩金", "welfare_lottery", "230102"]},
            "areas": {},
        }  # fmt: skip
        round_ = {"ocid": f"ocds-a1b2c3-{ROUND}", "releases": f"{BASE}/releases", "record": f"{BASE}/record"}
        package = {
            "publisher": "道里区", "website": "https://hatchery.example", "policy": f"{BASE}/policy",
            "licence": "https://creativecommons.org/licenses/by/4.0/", "grants": f"{BASE}/grants",
            "grant_prefix": "360G-daoli", "area": "230102", "area_name": "道里区", "year": 2026,
            "rounds": [round_ | {"told": self.told}], "known": known,
        }  # fmt: skip
        return json.dumps(package | changed).encode()

    @property
    def releases(self) -> list[Data]:
        package = json.loads(packages.releases(self.given()))
        assert ocds_faults(package) == []
        found: list[Data] = package["releases"]
        return found

    @property
    def compiled(self) -> Data:
        package = json.loads(packages.record(self.given()))
        assert ocds_faults(package) == []
        found: Data = package["records"][0]["compiledRelease"]
        return found

    @property
    def grants(self) -> list[Data]:
        package = json.loads(packages.grants(self.given()))
        assert grant_faults(package) == []
        found: list[Data] = package["grants"]
        return found


def tranches(*states: str, amounts: tuple[int, ...] = (500_001, 300_000, 200_000)) -> list[Data]:
    conditions = ("contract", "mid_term", "final")
    return [
        {"number": n, "condition": c, "amount_fen": a, "status": s}
        for n, (c, a, s) in enumerate(zip(conditions, amounts, states, strict=True), 1)
    ]


@pytest.fixture
def story() -> Story:
    """A round with two applications, up to its public notice."""
    story = Story()
    story.tell(
        "round", ROUND, "2026-02-20", area="230102", name="第一届公益创投", kind="venture", year=2026, status="draft",
        funds=[FUND], criteria=[{"name": "需求", "weight": 60}, {"name": "可行性", "weight": 40}], tracks=["filed"],
        cap_fen=5_000_050, topics_only=True, opens_at="2026-03-02T01:00:00.000Z",
        closes_at="2026-03-31T10:00:00.000Z", proposed=[], generated=False,
    )  # fmt: skip
    story.tell("round", ROUND, "2026-03-02", status="open")
    common = {"area": "230102001", "round": ROUND, "topic": TOPIC, "status": "submitted", "generated": False}
    story.tell(
        "application",
        FIRST,
        "2026-03-03",
        **common,
        organisation=TEAM,
        host=HOST,
        title="助餐",
        amount_fen=1_000_001,
    )
    story.tell(
        "application",
        SECOND,
        "2026-03-04",
        **common,
        organisation=LOSER,
        host=HOST,
        title="败北",
        amount_fen=7,
    )
    story.tell("round", ROUND, "2026-04-01", status="closed")
    story.tell("application", FIRST, "2026-04-03", status="screened")
    story.tell("application", SECOND, "2026-04-03", status="screened")
    story.tell(
        "round",
        ROUND,
        "2026-04-05",
        status="noticed",
        proposed=[FIRST],
        notice_ends_at="2026-04-13T15:59:59.000Z",
    )
    return story


@pytest.fixture
def signed(story: Story) -> Story:
    story.tell("application", FIRST, "2026-04-20", status="awarded")
    story.tell("round", ROUND, "2026-04-21", status="concluded")
    story.tell("application", SECOND, "2026-04-21", status="dropped")
    story.tell("application", FIRST, "2026-05-01", status="contracted")
    story.tell(
        "project", PROJECT, "2026-05-01", area="230102001", round=ROUND, application=FIRST, organisation=TEAM,
        host=HOST, topic=TOPIC, title="助餐", amount_fen=1_000_001, signed_on="2026-05-01", status="running",
        tranches=tranches("paid", "waiting", "waiting"),
    )  # fmt: skip
    return story


def test_each_event_that_changes_something_public_is_one_release(signed: Story):
    assert [(r["date"][:10], r["tag"]) for r in signed.releases] == [
        ("2026-03-02", ["planning", "tender"]),
        ("2026-04-01", ["tenderUpdate"]),
        ("2026-04-05", ["planningUpdate", "tenderUpdate", "award"]),
        ("2026-04-20", ["awardUpdate"]),
        ("2026-04-21", ["tenderUpdate"]),
        ("2026-05-01", ["contract", "implementation"]),
    ]
    ids = [r["id"] for r in signed.releases]
    assert set(ids) < {told["id"] for told in signed.told}
    assert len(set(ids)) == len(ids)


def test_a_round_before_its_opening_has_no_release():
    story = Story()
    story.tell("round", ROUND, "2026-02-20", status="draft")
    course = Course("ocds-a1b2c3-x", ocds.Known())
    assert course.releases(packages._told({"told": story.told})) == []


def test_who_applied_in_vain_is_counted_and_not_named(signed: Story):
    text = json.dumps([signed.releases, signed.compiled, signed.grants], ensure_ascii=False)
    assert signed.compiled["tender"]["numberOfTenderers"] == 2
    assert LOSER not in text
    assert "落选社" not in text
    assert "败北" not in text


def test_topic_call_award_contract_and_payment_are_told_in_their_sections(signed: Story):
    compiled = signed.compiled
    assert "独居老人助餐" in compiled["planning"]["rationale"]
    assert "2026年福彩金" in compiled["planning"]["budget"]["description"]
    tender = compiled["tender"]
    assert (tender["status"], tender["awardPeriod"]["endDate"]) == ("complete", "2026-04-13T15:59:59.000Z")
    assert "50000.5" in tender["eligibilityCriteria"]
    (award,) = compiled["awards"]
    assert (award["status"], award["value"]) == ("active", {"amount": 10000.01, "currency": "CNY"})
    assert award["suppliers"] == [{"id": TEAM, "name": "春雨志愿队"}]
    assert award["items"] == [{"id": TOPIC, "description": "独居老人助餐"}]
    (contract,) = compiled["contracts"]
    assert (contract["awardID"], contract["dateSigned"]) == (award["id"], "2026-05-01T00:00:00+08:00")
    (payment,) = contract["implementation"]["transactions"]
    assert (payment["value"]["amount"], payment["payee"]["id"]) == (5000.01, HOST)
    assert [m["status"] for m in contract["implementation"]["milestones"]] == [
        "met",
        "scheduled",
        "scheduled",
    ]
    roles = {party["id"]: party["roles"] for party in compiled["parties"]}
    assert roles[TEAM] == ["tenderer", "supplier"]
    assert roles[HOST] == ["payee"]
    (host,) = (p for p in compiled["parties"] if p["id"] == HOST)
    assert host["identifier"] == {"scheme": "CN-USCC", "id": "51230102MJ8765432A", "legalName": "春雨社工"}


def test_who_buys_goes_by_the_name_that_the_node_gives_its_own_area(signed: Story):
    given = json.loads(signed.given())
    given["known"]["areas"] = {"230102": "道里区民政局"}
    release = json.loads(packages.releases(json.dumps(given).encode()))["releases"][0]
    assert release["buyer"] == {"id": "area-230102", "name": "道里区民政局"}
    given["known"]["areas"] = {"230102001": "兆麟街道办事处"}
    release = json.loads(packages.releases(json.dumps(given).encode()))["releases"][0]
    assert release["buyer"]["name"] == "道里区"


def test_a_street_leaves_the_districts_round_to_the_district():
    check_teller("230102", "230102001")
    check_teller("230102001", "230102001")
    with pytest.raises(NotFound) as refused:
        check_teller("230102001", "230102")
    assert refused.value.remedy is not None
    assert "230102" in refused.value.remedy.en


def test_what_is_at_notice_is_a_pending_award_and_unsuccessful_where_an_objection_is_upheld(story: Story):
    assert story.compiled["awards"][0]["status"] == "pending"
    story.tell("application", FIRST, "2026-04-10", status="dropped")
    story.tell("round", ROUND, "2026-04-21", status="concluded")
    assert [r["tag"] for r in story.releases][-2:] == [["awardCancellation"], ["tenderUpdate"]]
    assert story.compiled["awards"][0]["status"] == "unsuccessful"
    assert story.compiled["tender"]["status"] == "unsuccessful"
    assert packages.grants(story.given()) == b""


def test_a_decided_complaint_is_a_milestone_of_the_call_and_names_nobody(story: Story):
    story.tell(
        "supplier_query",
        "query",
        "2026-04-06",
        area="230102",
        round=ROUND,
        status="raised",
        organisation=LOSER,
    )
    before = len(story.releases)
    story.tell("supplier_query", "query", "2026-05-06", status="decided", upheld=False)
    assert len(story.releases) == before + 1
    assert story.releases[-1]["tag"] == ["tenderUpdate"]
    (milestone,) = story.compiled["tender"]["milestones"]
    assert "不成立" in milestone["title"]
    assert LOSER not in json.dumps(story.compiled)


def test_an_award_that_is_given_up_is_cancelled(story: Story):
    story.tell("application", FIRST, "2026-04-20", status="awarded")
    story.tell("application", FIRST, "2026-04-25", status="dropped")
    assert story.compiled["awards"][0]["status"] == "cancelled"
    assert packages.grants(story.given()) == b""


def test_an_amended_contract_says_what_was_before_and_in_which_release(signed: Story):
    signed.tell(
        "project", PROJECT, "2026-06-01", amount_fen=900_001,
        tranches=tranches("paid", "waiting", "waiting", amounts=(500_001, 250_000, 150_000)),
    )  # fmt: skip
    signed.tell("project", PROJECT, "2026-07-01", tranches=tranches("paid", "held", "waiting"))
    last, before = signed.releases[-1], signed.releases[-2]
    assert before["tag"] == ["contractAmendment"]
    assert last["tag"] == ["implementationUpdate"]
    (contract,) = last["contracts"]
    (amendment,) = contract["amendments"]
    assert amendment == {
        "id": "1", "date": "2026-06-01T01:00:00.000Z", "description": "value: 10000.01 CNY → 9000.01 CNY",
        "amendsReleaseID": signed.releases[-3]["id"], "releaseID": before["id"],
    }  # fmt: skip
    assert signed.grants[0]["amountAwarded"] == 9000.01
    statuses = [m["status"] for m in contract["implementation"]["milestones"]]
    assert statuses == ["met", "notMet", "scheduled"]


def test_an_amended_award_and_a_longer_call_are_amendments(story: Story):
    story.tell("round", ROUND, "2026-04-06", closes_at="2026-04-01T10:00:00.000Z")
    assert story.releases[-1]["tag"] == ["tenderAmendment"]
    story.tell("application", FIRST, "2026-04-20", status="awarded")
    story.tell("application", FIRST, "2026-04-22", amount_fen=900_000)
    assert story.releases[-1]["tag"] == ["awardUpdate"]
    assert story.compiled["awards"][0]["amendments"][0]["description"] == "value: 10000.01 CNY → 9000 CNY"


def test_a_project_that_ends_closes_its_contract(signed: Story):
    signed.tell(
        "project", PROJECT, "2026-09-01", status="completed", tranches=tranches("paid", "paid", "paid")
    )
    assert signed.releases[-1]["tag"] == ["implementationUpdate", "contractTermination"]
    (contract,) = signed.compiled["contracts"]
    assert contract["status"] == "terminated"
    assert signed.grants[0]["amountDisbursed"] == 10000.01


def test_a_project_that_is_stopped_leaves_its_other_milestones_unmet(signed: Story):
    signed.tell("project", PROJECT, "2026-09-01", status="stopped")
    (contract,) = signed.compiled["contracts"]
    statuses = [m["status"] for m in contract["implementation"]["milestones"]]
    assert statuses == ["met", "notMet", "notMet"]


def test_money_that_comes_back_is_a_payment_the_other_way(signed: Story):
    back = {"number": 1, "amount_fen": 200_001, "due_at": "2026-10-01T15:59:59.000Z", "status": "demanded"}
    signed.tell("project", PROJECT, "2026-09-01", status="stopped", claw_backs=[back | {"repayments": []}])
    signed.tell(
        "project", PROJECT, "2026-09-20",
        claw_backs=[back | {"status": "settled", "repayments": [{"amount_fen": 200_001, "received_on": "2026-09-19"}]}],
    )  # fmt: skip
    assert [r["tag"] for r in signed.releases][-2:] == [
        ["implementationUpdate", "contractTermination"], ["implementationUpdate"],
    ]  # fmt: skip
    work = signed.compiled["contracts"][0]["implementation"]
    payment = work["transactions"][-1]
    assert (payment["payer"]["id"], payment["payee"]["id"]) == (HOST, "area-230102")
    assert (payment["value"]["amount"], payment["date"]) == (2000.01, "2026-09-19T00:00:00+08:00")
    assert (work["milestones"][-1]["type"], work["milestones"][-1]["status"]) == ("financing", "met")
    assert signed.grants[0]["amountDisbursed"] == 3000


def test_states_in_another_order_or_twice_make_the_same_releases(signed: Story):
    before = signed.releases
    signed.told.reverse()
    assert signed.releases == before


def test_generated_data_is_marked_in_each_section(signed: Story):
    assert ocds.GENERATED not in json.dumps([signed.compiled, signed.grants], ensure_ascii=False)
    for told in signed.told:
        told["state"]["generated"] = True
    for section in (signed.compiled["tender"], *signed.compiled["awards"], *signed.compiled["contracts"]):
        assert ocds.GENERATED in section["description"]
    assert ocds.GENERATED in signed.grants[0]["description"]


def test_a_firm_is_named_and_a_sole_trader_has_a_pseudonym():
    firm = ocds.external("one", {"name": "某某公司", "credit_code": "91230102MA1CX00A07"})
    assert (firm.name, firm.credit_code) == ("某某公司", "91230102MA1CX00A07")
    person = ocds.external("two", {"name": "张三修理部", "credit_code": "92230102MA1CX00A07"})
    assert person == ocds.external("two", {"name": "张三", "credit_code": "92230102MA1CX00A07"})
    assert "张三" not in person.name
    assert person.credit_code is None


def test_a_kept_contract_gives_number_and_period_and_a_longer_one_is_an_amendment(signed: Story):
    paper = {"area": "230102001", "round": ROUND, "application": FIRST, "number": "道里创投2026-001"}
    signed.tell("contract", "paper", "2026-05-01", **paper, starts_on="2026-05-01", ends_on="2026-12-31")
    first = signed.releases[-1]["contracts"][0]
    assert "道里创投2026-001" in first["description"]
    assert first["period"]["endDate"] == "2026-12-31T00:00:00+08:00"
    signed.tell("contract", "paper", "2026-11-01", ends_on="2027-03-31")
    assert signed.releases[-1]["tag"] == ["contractAmendment"]
    assert "period" in signed.releases[-1]["contracts"][0]["amendments"][0]["description"]
    assert signed.grants[0]["plannedDates"] == [{"startDate": "2026-05-01", "endDate": "2027-03-31"}]


def test_tranches_that_an_amendment_numbers_anew_keep_their_payments(signed: Story):
    again = tranches("waiting", "waiting", "waiting")[1:]
    again = [each | {"number": n} for n, each in enumerate(again, 1)]
    paid = tranches("paid", "waiting", "waiting")[0] | {"number": 3}
    signed.tell("project", PROJECT, "2026-06-01", tranches=[*again, paid])
    work = signed.compiled["contracts"][0]["implementation"]
    assert [t["value"]["amount"] for t in work["transactions"]] == [5000.01]
    assert [m["status"] for m in work["milestones"]].count("met") == 1


def test_a_grant_is_told_in_the_form_of_360giving(signed: Story):
    (grant,) = signed.grants
    assert grant["id"] == f"360G-daoli-{FIRST}"
    assert (grant["amountAwarded"], grant["currency"], grant["awardDate"]) == (10000.01, "CNY", "2026-04-20")
    assert grant["recipientOrganization"] == [{"id": f"360G-daoli-{TEAM}", "name": "春雨志愿队"}]
    assert grant["fundingOrganization"] == [{"id": "360G-daoli-area-230102", "name": "道里区"}]
    assert grant["beneficiaryLocation"] == [{"name": "兆麟街道", "countryCode": "CN", "geoCode": "230102001"}]
    assert grant["amountDisbursed"] == 5000.01


@given(st.integers(0, money.LARGEST))
def test_an_amount_in_yuan_is_exact_to_the_fen(fen: int):
    assert Decimal(json.dumps(ocds.amount(fen))) * 100 == fen


def test_the_tags_are_those_of_the_standard():
    import zipfile
    from io import BytesIO

    with zipfile.ZipFile(BytesIO(standard())) as archive:
        schema = json.loads(archive.read("standard-1__1__5/schema/release-schema.json"))
    assert [*TAGS, "compiled"] == dict(closed_codelists(schema))["releaseTag.csv"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda release: release.pop("date"),
        lambda release: release["tender"].update(status="finished"),
        lambda release: release["tender"].update(generated=True),
        lambda release: release.update(ocid="230102-1"),
        lambda release: release["tender"].update(title=" "),
        lambda release: release["tender"]["tenderPeriod"].update(startDate="2 March"),
    ],
)
def test_the_validator_finds_faults_in_releases(story: Story, spoil: Any):
    package = json.loads(packages.releases(story.given()))
    spoil(package["releases"][0])
    assert ocds_faults(package)


def test_the_validator_finds_faults_in_records_and_grants(signed: Story):
    package = json.loads(packages.record(signed.given()))
    package["records"][0]["compiledRelease"]["awards"][0]["status"] = "granted"
    assert ocds_faults(package)
    package = json.loads(packages.grants(signed.given()))
    package["grants"][0]["amountAwarded"] = "10000"
    del package["grants"][0]["currency"]
    assert len(grant_faults(package)) == 2
