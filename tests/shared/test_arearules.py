from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields, validate

from shared.arearules import AreaRule, Setting, in_force, table
from shared.errors import Invalid, Text

pytestmark = pytest.mark.unit

PATH = ("230102", "230102001", "230102001003")
DAYS = AreaRule(
    "days", fields.Int(strict=True, validate=validate.Range(1, 90)), 60, "条例 12", Text("Days", "期限")
)
MONDAY = date(2026, 3, 2)


def setting(area: str, value: int, days: int = 0) -> Setting:
    return Setting(area, MONDAY + timedelta(days=days), value, "本区规定")


def held(*settings: Setting, path: tuple[str, ...] = PATH, on: date = MONDAY) -> int | None:
    found = in_force(settings, path, on)
    return found.raw if found else None


def test_the_default_holds_where_nobody_has_set_anything():
    assert held() is None


def test_the_nearest_area_that_has_set_a_rule_counts():
    assert held(setting(PATH[0], 1), setting(PATH[1], 2)) == 2
    assert held(setting(PATH[0], 1), setting(PATH[1], 2), path=PATH[:1]) == 1


def test_a_setting_holds_from_its_day_on():
    assert held(setting(PATH[0], 1), setting(PATH[0], 2, days=1)) == 1
    assert held(setting(PATH[0], 1), setting(PATH[0], 2, days=1), on=MONDAY + timedelta(days=1)) == 2


def test_what_is_no_value_of_the_rule_is_refused():
    for raw in (0, 91, "60", None, 1.5):
        with pytest.raises(Invalid) as refused:
            DAYS.load(raw)
        assert refused.value.field == "value"


def test_rules_have_names_of_their_own_and_defaults_that_are_values_of_them():
    assert list(table([DAYS])) == ["days"]
    with pytest.raises(ValueError, match="two rules"):
        table([DAYS, DAYS])
    with pytest.raises(Invalid):
        table([AreaRule("days", DAYS.field, 0, "", Text("", ""))])


@given(
    st.lists(st.tuples(st.sampled_from(PATH), st.integers(1, 90), st.integers(-5, 5)), max_size=8),
    st.integers(-5, 5),
)
def test_what_holds_has_begun_and_nothing_nearer_or_newer_has(said, today):
    settings = [setting(area, value, days) for area, value, days in said]
    on = MONDAY + timedelta(days=today)
    found = in_force(settings, PATH, on)
    begun = [each for each in settings if each.since <= on]
    if found is None:
        assert not begun
        return
    assert found.since <= on
    for each in begun:
        assert (len(each.area), each.since) <= (len(found.area), found.since)
