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

pytestmark = pytest.mark.unit

DISTRICT, STREET, COMMUNITY = TREE = ("230102", "230102001", "230102001001")
NODE = parse(
    "{area: '230102', url: u, port: 7000, broker: b, store: s, keys: k, services: [registry]}", Path(), {}
)
STAFF = frozenset({"street_staff", "district_staff"})


def call(actor: Actor, allowed: frozenset[str] | None = STAFF) -> Call:
    return Call(node=NODE, service="registry", actor=actor, allowed=allowed)


def officer(organisation: str | None = "org-1") -> Actor:
    return Actor("officer", (Grant("officer", STREET),), organisation)


@given(st.sampled_from(TREE), st.sampled_from([*TREE, "230102002", "230103"]))
def test_a_grant_holds_at_its_area_and_below_never_above_or_beside(granted: str, area: str) -> None:
    actor = Actor("staff", (Grant("street_staff", granted),))
    assert actor.may(STAFF, area) == areas.contains(granted, area)


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
    call(NOBODY, allowed=None).authorise(STREET)


def test_a_route_that_admits_no_role_admits_nobody() -> None:
    with pytest.raises(Forbidden):
        call(Actor("staff", (Grant("street_staff", DISTRICT),)), allowed=frozenset()).authorise(STREET)


def test_an_officer_touches_the_records_of_the_own_organisation_only() -> None:
    acting = call(officer(), frozenset({"officer"}))
    acting.authorise(STREET, "org-1")
    with pytest.raises(Forbidden) as caught:
        acting.authorise(STREET, "org-2")
    assert caught.value.code == "other-organisation"
    with pytest.raises(Forbidden):
        acting.authorise("230102002", "org-1")


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
