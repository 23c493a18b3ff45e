"""What a call may do, and the ids it gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import areas, clock
from shared.call import NOBODY, Actor, Call, Grant
from shared.errors import Forbidden
from shared.node import parse
from shared.permissions import Rule

pytestmark = pytest.mark.unit

DISTRICT, STREET, COMMUNITY = TREE = ("230102", "230102001", "230102001001")
NODE = parse(
    "{area: '230102', url: u, port: 7000, broker: b, store: s, keys: k, services: [registry]}", Path(), {}
)
STAFF = Rule("registry", "grant", "record", {"street_staff": "x", "district_staff": "x"})
OFFICERS = Rule("registry", "show", "record", {"officer": "own", "street_staff": "x"})


def call(actor: Actor, rule: Rule | None = STAFF) -> Call:
    return Call(node=NODE, service="registry", actor=actor, rule=rule)


def officer(organisation: str | None = "org-1") -> Actor:
    return Actor("officer", (Grant("officer", STREET),), organisation)


@given(st.sampled_from(TREE), st.sampled_from([*TREE, "230102002", "230103"]))
def test_a_grant_holds_at_its_area_and_below_never_above_or_beside(granted: str, area: str) -> None:
    actor = Actor("staff", (Grant("street_staff", granted),))
    assert call(actor).may(area) == areas.contains(granted, area)


def test_a_role_at_one_area_does_not_lend_another_role_at_another() -> None:
    actor = Actor("both", (Grant("street_staff", STREET), Grant("expert", DISTRICT)))
    call(actor).authorise(COMMUNITY)
    with pytest.raises(Forbidden):
        call(actor).authorise("230102002")


def test_who_lacks_the_role_is_told_which_one_and_where() -> None:
    with pytest.raises(Forbidden) as caught:
        call(Actor("expert", (Grant("expert", DISTRICT),))).authorise(STREET)
    assert caught.value.code == "role-needed"
    for told in caught.value.detail:
        assert "district_staff, street_staff" in told
        assert STREET in told


def test_a_public_route_and_the_platforms_own_effects_ask_for_no_role() -> None:
    call(NOBODY, None).authorise(STREET)


def test_an_officer_touches_the_records_of_the_own_organisation_only() -> None:
    acting = call(officer(), OFFICERS)
    acting.authorise(STREET, "org-1")
    with pytest.raises(Forbidden) as caught:
        acting.authorise(STREET, "org-2")
    assert caught.value.code == "other-organisation"
    with pytest.raises(Forbidden):
        acting.authorise("230102002", "org-1")
    with pytest.raises(Forbidden) as caught:
        call(officer(None), OFFICERS).authorise(STREET, "org-1")
    assert "officer (own records)" in caught.value.detail.en


def test_who_has_a_role_for_own_records_only_touches_nothing_that_belongs_to_nobody() -> None:
    assert not call(officer(), OFFICERS).may(STREET)
    assert not call(officer(None), OFFICERS).may(STREET, None)


def test_a_person_touches_the_own_records() -> None:
    assert call(officer(None), OFFICERS).may(STREET, "officer")
    assert not call(officer(None), OFFICERS).may(STREET, "somebody")


def test_either_of_several_areas_will_do() -> None:
    staff = call(Actor("staff", (Grant("street_staff", STREET),)))
    staff.authorise(["230102002", STREET])
    with pytest.raises(Forbidden) as caught:
        staff.authorise(["230102002", "230103"])
    assert "at 230102002 or 230103" in caught.value.detail.en


def test_one_role_may_be_asked_for() -> None:
    both = call(Actor("both", (Grant("street_staff", STREET),)))
    assert both.may(STREET, role="street_staff")
    assert not both.may(STREET, role="district_staff")


def test_a_list_reaches_as_far_as_the_roles_do() -> None:
    grants = (Grant("street_staff", STREET), Grant("officer", "230102002"), Grant("expert", DISTRICT))
    reader = call(Actor("both", grants), OFFICERS)
    assert reader.reach(None) == [(STREET, False), ("230102002", True)]
    assert reader.reach(COMMUNITY) == [(COMMUNITY, False)]
    for area in (DISTRICT, "230102003"):
        with pytest.raises(Forbidden):
            reader.reach(area)
    twice = (Grant("street_staff", DISTRICT), Grant("officer", DISTRICT))
    assert call(Actor("twice", twice), OFFICERS).reach(STREET) == [(STREET, False)]


def test_a_call_tells_whether_its_rule_was_applied() -> None:
    asked = call(Actor("staff", (Grant("street_staff", STREET),)))
    assert not asked.checked
    replace(asked, cause="another").may(STREET)
    assert asked.checked == {"grant"}


def test_staff_act_for_no_organisation_and_touch_the_records_of_all() -> None:
    staff = call(Actor("staff", (Grant("street_staff", DISTRICT),)))
    staff.authorise(STREET, "org-1")
    staff.authorise(STREET, "org-2")


def test_a_repeated_call_gives_the_same_ids_and_another_gives_others() -> None:
    once = call(NOBODY)
    again = Call(node=NODE, service="registry", cause=once.cause)
    assert once.new_id("Need") == again.new_id("Need") != once.new_id("Entry")
    assert call(NOBODY).new_id("Need") != once.new_id("Need")


def test_a_call_takes_place_at_the_domains_time() -> None:
    moment = clock.parse("2024-02-29T00:00:00Z")
    with clock.at(moment):
        made = call(NOBODY)
    assert made.now == moment
    assert replace(made, cause="x").now == moment
