"""Rules of the inspection, the lists and the credit record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.registry.domain import credit, inspection, listings, reports, runs
from services.registry.domain.inspection import InspectionLife
from services.registry.domain.listings import GROUNDS, ListingLife, Terms
from services.registry.schemas.reports import FORMS, complete
from shared.errors import Invalid, Refused
from shared.lifecycle import table
from tests.services.registry.reports import FINANCE, report

pytestmark = pytest.mark.unit

TERMS = Terms(serious=24, clean=24, penalty=6)
DAY = date(2026, 3, 2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_the_window_lies_in_the_year_after_in_chinas_time():
    window = inspection.window(2025, "01-01", "03-31", "05-31")
    assert window.opens_at.astimezone(UTC) == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert window.closes_at == at("2026-05-31T23:59:59")
    inspection.check_open(window, at("2026-01-01T00:00:00"))
    with pytest.raises(Refused):
        inspection.check_open(window, at("2025-12-31T23:59:59"))
    with pytest.raises(Refused):
        inspection.check_closed(window, at("2026-05-31T23:59:59"))
    inspection.check_closed(window, at("2026-06-01T00:00:00"))


def test_a_day_that_not_every_year_has_is_no_day_of_a_window():
    for text in ("02-29", "13-01", "1-1", "0101"):
        with pytest.raises((Invalid, ValidationError)):
            inspection.CLOSES.load(text)


@pytest.mark.parametrize(
    ("registered_on", "takes_part"),
    [(date(2025, 6, 30), True), (date(2025, 7, 1), False), (date(2026, 1, 1), False), (None, False)],
)
def test_who_was_registered_for_six_months_by_the_end_of_the_year_takes_part(
    registered_on: date | None, takes_part: bool
):
    assert inspection.takes_part("registered", "active", registered_on, 2025, 6) is takes_part
    assert not inspection.takes_part("filed", "active", registered_on, 2025, 6)
    assert not inspection.takes_part("registered", "cancelled", registered_on, 2025, 6)


@pytest.mark.parametrize(
    ("charity", "grade", "exempt", "form"),
    [
        (False, None, "3A", "foundation"),
        (False, "2A", "3A", "foundation"),
        (False, "3A", "3A", "work_report"),
        (False, "5A", None, "foundation"),
        (True, "5A", "3A", "charity_report"),
    ],
)
def test_grades_exempt_only_where_the_area_says_so(
    charity: bool, grade: str | None, exempt: str | None, form: str
):
    found = inspection.form_of("foundation", charity=charity, grade=grade, exempt_grade=exempt)
    assert found == form


def test_every_way_of_handing_in_leads_on_from_an_open_and_from_a_missed_inspection():
    for state in inspection.REPORTING:
        for form in inspection.FORMS:
            for supervised in (True, False):
                assert inspection.submission(form, supervised) in table(InspectionLife)[state]
    for result in inspection.CONCLUSIONS:
        assert inspection.conclusion(result) in table(InspectionLife)["reviewed"]


def test_every_inspection_that_has_not_ended_ends_with_its_organisation():
    for state, actions in table(InspectionLife).items():
        assert bool(actions) == ("lapse" in actions), state


@pytest.mark.parametrize("form", FORMS)
def test_a_complete_report_of_each_form_is_taken_and_without_a_part_is_not(form: str):
    body = report(form)[form]
    reports.check(complete(form, body))
    assert reports.remarks(form, body) == []
    for part in body:
        with pytest.raises(Invalid) as refused:
            complete(form, {name: value for name, value in body.items() if name != part})
        assert refused.value.faults[0].field == part


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"income_fen": 1_001}, "finance.income_fen"),
        ({"spending_fen": 899}, "finance.spending_fen"),
        ({"net_assets_fen": 5_001}, "finance.net_assets_fen"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(changed: dict[str, int], field: str):
    with pytest.raises(Refused) as refused:
        reports.check({"finance": FINANCE | changed})
    assert [fault.field for fault in refused.value.faults] == [field]


def test_what_looks_odd_is_remarked_and_decides_nothing():
    odd = report(
        "foundation",
        activities=[],
        finance=FINANCE | {"audited": False, "wages_fen": 100, "liabilities_fen": 6_000},
        changes={"registered": [], "unregistered": ["address"]},
    )["foundation"]
    expected = ["no_activity", "deficit", "office_costs", "changes_unregistered", "unaudited"]
    assert reports.remarks("foundation", odd) == expected
    assert set(expected) <= set(reports.REMARKS)


def test_nobody_is_listed_before_being_heard_or_letting_the_deadline_pass():
    due = at("2026-06-15T23:59:59")
    with pytest.raises(Refused):
        listings.check_heard("notified", due, at("2026-06-15T23:59:59"))
    listings.check_heard("notified", due, at("2026-06-16T00:00:00"))
    listings.check_heard("heard", due, at("2026-06-02T09:00:00"))
    assert "enter" not in table(ListingLife)["proposed"]


@pytest.mark.parametrize("ground", GROUNDS)
def test_time_and_mending_take_a_listing_off_as_its_ground_says(ground: str):
    listed = at("2024-01-02T09:00:00")

    def verdict(now: str, mended: bool | None = None) -> bool | None:
        return listings.may_go(ground, listed, listed, mended, at(now), TERMS)

    early, late = "2024-02-01T00:00:00", "2030-01-01T00:00:00"
    if ground == "licence_revoked":
        assert verdict(late, mended=True) is False
    elif GROUNDS[ground] == "serious" or ground == "minor_penalty":
        assert (verdict(early, mended=True), verdict(late, mended=False)) == (False, True)
    else:
        assert (verdict(early, mended=True), verdict(late, mended=False)) == (True, False)
        assert verdict(late) is None


def test_a_new_listing_starts_the_two_years_anew():
    assert not listings.becomes_serious(at("2024-01-02T09:00:00"), at("2026-01-04T23:59:59"), TERMS)
    assert listings.becomes_serious(at("2024-01-02T09:00:00"), at("2026-01-05T00:00:00"), TERMS)


days = st.integers(-400, 400).map(lambda n: DAY + timedelta(days=n))
entries = st.builds(credit.Entry, st.integers(-60, 20), days, st.none() | days, st.none() | days)


@given(st.lists(entries, max_size=6), days)
def test_points_stay_as_they_are_until_the_day_that_is_named(found: list[credit.Entry], on: date):
    """But for entries that end by a decision, which sets the standing anew."""
    by_time = [entry._replace(ended_on=None) for entry in found]
    following = credit.changes_on(by_time, on)
    last = following - timedelta(days=1) if following else on + timedelta(days=1000)
    assert credit.points(by_time, on) == credit.points(by_time, last)


@given(st.lists(entries, max_size=6), days)
def test_an_entry_counts_from_its_day_to_its_last(found: list[credit.Entry], on: date):
    counting = [
        entry
        for entry in found
        if entry.since <= on and on <= (entry.valid_until or date.max) and on < (entry.ended_on or date.max)
    ]
    assert credit.points(found, on) == credit.START + sum(entry.points for entry in counting)


@given(st.integers(-500, 500), st.booleans())
def test_no_points_outweigh_a_list(total: int, abnormal: bool):
    least = credit.LEAST_POINTS.default
    assert credit.standing(total, abnormal=abnormal, serious=True, least=least) == "untrusted"
    listed = credit.standing(total, abnormal=True, serious=False, least=least)
    assert listed == "watched"


def test_what_became_known_is_recorded_within_five_working_days():
    assert credit.record_due(date(2026, 3, 6), 5) == at("2026-03-13T23:59:59")


def test_runs_have_a_year_just_where_they_need_one():
    for kind in runs.KINDS:
        needs = kind in runs.YEARLY
        runs.check_year(kind, 2025 if needs else None)
        with pytest.raises(Refused):
            runs.check_year(kind, None if needs else 2025)
