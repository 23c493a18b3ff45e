from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs.domain import volunteers as rules
from services.needs.domain.volunteers import Demand, Span, Supply, Window
from shared.errors import Conflict, Refused

pytestmark = pytest.mark.unit

WEIGHTS = rules.WEIGHTS.default
HOURS = rules.STARS.default
# Tuesday 10 June 2025, 9 to 11 in China.
BEGINS = datetime(2025, 6, 10, 1, 0, tzinfo=UTC)
DEMAND = Demand(["理发", "陪聊"], "230102001001", BEGINS, BEGINS + timedelta(hours=2))
SKILLS = st.lists(st.sampled_from(["理发", "陪聊", "维修", "驾驶"]), max_size=4)
AREAS = st.lists(st.sampled_from(["230102", "230102001", "230102001001", "230102002", "330203"]), max_size=3)
CLOCKS = st.integers(0, 23).map(lambda hour: f"{hour:02}:30")
WINDOWS = st.lists(st.builds(Window, st.integers(1, 7), CLOCKS, CLOCKS), max_size=6)


def points(supply: Supply, demand: Demand = DEMAND) -> dict[str, int]:
    return {part.part: part.points for part in rules.match(supply, demand, WEIGHTS).parts}


def test_who_has_all_that_is_looked_for_gets_all_points():
    perfect = Supply(["陪聊", "理发"], ["230102001"], [Window(2, "08:00", "12:00")])
    found = rules.match(perfect, DEMAND, WEIGHTS)
    assert found.score == sum(WEIGHTS.values()) == 100
    assert [part.why.en for part in found.parts] == [
        "2 of 2 skills: 理发、陪聊",
        "serves this area",
        "free for 120 of 120 minutes",
    ]


def test_half_of_it_gets_half_of_its_points():
    half = Supply(["理发"], ["230102001002"], [Window(2, "10:00", "18:00")])
    assert points(half) == {"skill": 25, "area": 15, "time": 10}
    assert points(half._replace(areas=["230102002"]))["area"] == 7
    assert points(half._replace(areas=["330203"]))["area"] == 0
    assert points(half, DEMAND._replace(skills=[]))["skill"] == 50


def test_an_activity_over_midnight_meets_the_windows_of_both_days():
    night = Demand([], "230102", BEGINS + timedelta(hours=13), BEGINS + timedelta(hours=17))  # 22:00 to 02:00
    free = Supply([], ["230102"], [Window(2, "22:00", "23:00"), Window(3, "00:00", "01:00")])
    assert points(free, night)["time"] == 10


@given(SKILLS, AREAS, WINDOWS)
def test_a_score_is_the_sum_of_parts_that_stay_within_their_weights(skills, areas, windows):
    found = rules.match(Supply(skills, areas, windows), DEMAND, WEIGHTS)
    assert found.score == sum(part.points for part in found.parts)
    assert all(0 <= part.points <= part.of == WEIGHTS[part.part] for part in found.parts)
    assert [part.part for part in found.parts] == list(rules.PARTS)


@given(SKILLS, AREAS, WINDOWS, SKILLS, AREAS, WINDOWS)
def test_who_offers_more_never_fits_less(skills, areas, windows, more_skills, more_areas, more_windows):
    valid = [window for window in [*windows, *more_windows] if window.begins < window.ends]
    less = Supply(skills, areas, [window for window in windows if window.begins < window.ends])
    more = Supply([*skills, *more_skills], [*areas, *more_areas], valid)
    assert rules.match(more, DEMAND, WEIGHTS).score >= rules.match(less, DEMAND, WEIGHTS).score


@pytest.mark.parametrize(
    ("hours", "stars"),
    [(0, 0), (99, 0), (100, 1), (299, 1), (300, 2), (600, 3), (1000, 4), (1500, 5), (9000, 5)],
)
def test_stars_are_given_from_whole_hours(hours: int, stars: int):
    assert rules.stars(60 * hours, HOURS) == stars
    assert rules.stars(60 * hours - 1, HOURS) <= stars


def test_numbers_of_hours_that_do_not_rise_are_no_rule():
    with pytest.raises(Exception, match="rule-value"):
        rules.STARS.load([100, 100])


@pytest.mark.parametrize(
    ("check", "code", "field"),
    [
        (lambda: rules.check_windows([Window(1, "10:00", "09:00")]), "window-reversed", "windows"),
        (lambda: rules.check_times(BEGINS, BEGINS), "activity-times", "ends_at"),
        (lambda: rules.check_times(BEGINS, BEGINS + timedelta(hours=25)), "activity-times", "ends_at"),
        (lambda: rules.check_place(5, 5), "activity-full", "volunteer"),
        (lambda: rules.check_minutes(121, Span(*DEMAND[2:]), DEMAND.ends_at), "longer-than-activity", "minutes"),
        (lambda: rules.check_minutes(10, Span(*DEMAND[2:]), BEGINS), "activity-not-over", "minutes"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_field(check, code: str, field: str):
    with pytest.raises(Refused) as raised:
        check()
    assert (raised.value.code, raised.value.field) == (code, field)


def test_nobody_serves_two_hours_in_one():
    span = Span(*DEMAND[2:])
    rules.check_free(span, [Span(span.ends_at, span.ends_at + timedelta(hours=1))])
    with pytest.raises(Conflict):
        rules.check_free(span, [Span(BEGINS + timedelta(minutes=119), BEGINS + timedelta(hours=3))])
