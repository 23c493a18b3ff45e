"""Rules of monitoring, pure: reports that add up, and early warnings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.funding.domain import early_warnings, monitoring
from services.funding.domain.early_warnings import Seen, Thresholds
from services.funding.domain.monitoring import Counts
from shared.errors import Refused

pytestmark = pytest.mark.unit

LIMITS = Thresholds(3, 10, 30, 50, 50, 50)
SEEN = Seen(
    starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), amount_fen=100_000, spent_fen=0, reported_until=None,
    final_passed=False, planned={"direct": 100, "indirect": 0}, reached={"direct": 0, "indirect": 0},
)  # fmt: skip
FINE = replace(SEEN, spent_fen=100_000, reported_until=SEEN.ends_on, reached={"direct": 100, "indirect": 0})


def kinds(seen: Seen, day: date, limits: Thresholds = LIMITS) -> list[str]:
    return [one.kind for one in early_warnings.holding(seen, limits, day)]


@pytest.mark.parametrize(
    ("reported_until", "day", "late"),
    [
        (None, date(2026, 4, 10), False),  # the tenth day of grace
        (None, date(2026, 4, 11), True),
        (date(2026, 3, 30), date(2026, 4, 11), True),  # a day is missing
        (date(2026, 3, 31), date(2026, 4, 11), False),
        (date(2026, 3, 31), date(2026, 7, 11), True),
    ],
)
def test_a_report_is_late_after_its_period_and_the_days_of_grace(reported_until, day, late):
    seen = replace(FINE, reported_until=reported_until)
    assert ("report_late" in kinds(seen, day)) is late
    assert kinds(seen, day, LIMITS._replace(report_months=None)) == []


def test_every_missing_period_is_counted_and_the_last_is_cut_at_the_end_of_the_term():
    (late, *_) = early_warnings.holding(replace(SEEN, ends_on=date(2026, 8, 15)), LIMITS, date(2026, 8, 26))
    assert late.figures == {"missing": 3, "since": "2026-03-31", "until": None}


def test_spending_and_reach_are_asked_for_once_half_of_the_term_has_passed():
    assert SEEN.elapsed(date(2026, 7, 2)) == 49
    assert SEEN.elapsed(date(2026, 7, 3)) == 50
    quiet = replace(SEEN, reported_until=SEEN.ends_on)
    assert kinds(quiet, date(2026, 7, 2)) == []
    assert kinds(quiet, date(2026, 7, 3)) == ["underspent", "off_target"]
    enough = replace(quiet, spent_fen=25_000, reached={"direct": 25, "indirect": 0})
    assert kinds(enough, date(2026, 7, 3)) == []
    short = replace(enough, spent_fen=24_999, reached={"direct": 24, "indirect": 0})
    spent, reached = early_warnings.holding(short, LIMITS, date(2026, 7, 3))
    assert spent.figures == {"spent_fen": 24_999, "amount_fen": 100_000, "elapsed_percent": 50}
    assert reached.figures == {"direct": {"planned": 100, "reached": 24}, "elapsed_percent": 50}
    off = LIMITS._replace(spent_percent=None, reached_percent=None)
    assert kinds(short, date(2026, 7, 3), off) == []


def test_a_term_that_is_over_without_a_final_evaluation_is_warned_of():
    assert kinds(FINE, date(2027, 1, 30)) == []
    assert kinds(FINE, date(2027, 1, 31)) == ["end_late"]
    assert kinds(replace(FINE, final_passed=True), date(2027, 1, 31)) == []


def test_a_warning_is_recorded_once_while_it_holds_and_anew_when_it_comes_again():
    found = early_warnings.holding(replace(SEEN, reported_until=SEEN.ends_on), LIMITS, date(2026, 7, 3))
    assert [one.kind for one in early_warnings.changed([], found).begun] == ["underspent", "off_target"]
    recorded = [{"kind": "underspent", "over_at": None}, {"kind": "report_late", "over_at": None}]
    change = early_warnings.changed(recorded, found)
    assert [one.kind for one in change.begun] == ["off_target"]
    assert change.over == [recorded[1]]
    assert "underspent" in [
        one.kind for one in early_warnings.changed([recorded[0] | {"over_at": 1}], found).begun
    ]


def test_reports_add_up_and_a_correction_takes_the_place_of_what_it_corrects():
    first, second = Counts(100, 10, 40, 30), Counts(50, 5, 0, 20)
    both = Counts().plus(first).plus(second)
    assert both == Counts(150, 15, 40, 50)
    assert both.plus(Counts(60, 4, 1, 2), second) == Counts(160, 14, 41, 32)


def test_reports_are_about_days_of_the_project_that_have_passed_and_are_not_reported_yet():
    today, begin = date(2026, 6, 1), date(2026, 5, 1)
    monitoring.check_days(begin, today, begin, today)
    for first, last in ((today, begin), (date(2026, 4, 30), begin), (begin, date(2026, 6, 2))):
        with pytest.raises(Refused, match="report-days"):
            monitoring.check_days(first, last, begin, today)
    monitoring.check_progress("progress", begin, begin, correcting=True)
    monitoring.check_progress("activity", begin, begin, correcting=False)
    with pytest.raises(Refused, match="reported-already"):
        monitoring.check_progress("progress", begin, begin, correcting=False)
    for spent in (101, -1):
        with pytest.raises(Refused, match="spent-beyond-amount"):
            monitoring.check_spent(spent, 100)
