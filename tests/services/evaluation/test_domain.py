from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.evaluation import domain
from shared.errors import Conflict, Forbidden, Refused

pytestmark = pytest.mark.unit


def test_a_grade_holds_from_the_next_year_to_the_end_of_the_fifth():
    holds = domain.validity(date(2026, 11, 22), "230102")
    assert holds == (date(2027, 1, 1), date(2031, 12, 31))


def test_the_day_of_the_announcement_within_its_year_makes_no_difference():
    assert domain.validity(date(2026, 1, 1), "230102") == domain.validity(date(2026, 12, 31), "230102")


def test_grades_are_ordered_from_1a_to_5a():
    assert [domain.at_least(grade, "3A") for grade in domain.GRADES] == [False, False, True, True, True]


@pytest.mark.parametrize("lowered", ["4A", "5A"])
def test_a_lowering_to_the_same_or_a_better_grade_is_refused(lowered: str):
    with pytest.raises(Refused) as refused:
        domain.check_lower("4A", lowered)
    assert refused.value.field == "grade"


def test_a_lowering_may_skip_grades():
    domain.check_lower("5A", "1A")


def test_a_filed_team_is_not_graded():
    with pytest.raises(Refused, match="not-registered"):
        domain.check_registered("filed")
    domain.check_registered("registered")


def test_today_is_told_in_chinas_time():
    late_in_china = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # the 2nd, 01:00 in China
    domain.check_announced(date(2026, 3, 2), late_in_china)
    with pytest.raises(Refused, match="not-announced-yet"):
        domain.check_announced(date(2026, 3, 3), late_in_china)


def test_the_first_evaluation_of_a_phase_has_the_number_one():
    assert domain.next_attempt("mid_term", None) == 1


def test_a_phase_is_evaluated_again_after_rectification():
    assert domain.next_attempt("mid_term", (2, "rectify")) == 3


@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_a_phase_that_was_passed_or_failed_is_not_evaluated_again(outcome: str):
    with pytest.raises(Conflict, match="phase-evaluated-already"):
        domain.next_attempt("final", (1, outcome))


def test_nobody_evaluates_the_project_of_their_own_organisation_or_of_one_that_they_host():
    for parties in (("a", None), ("b", "a")):
        with pytest.raises(Forbidden, match="own-project"):
            domain.check_evaluator("a", parties)
    domain.check_evaluator("a", ("b", None))
    domain.check_evaluator(None, ("b", None))


@pytest.mark.parametrize("outcome", ["rectify", "fail"])
def test_what_is_not_passed_needs_findings(outcome: str):
    with pytest.raises(Refused, match="findings-needed"):
        domain.check_findings(outcome, "  ")
    domain.check_findings("pass", "")


def test_a_stopped_project_is_not_evaluated():
    with pytest.raises(Refused, match="project-stopped"):
        domain.check_project("stopped")
    domain.check_project("running")
