"""Lists show what lies where the caller's role holds, and of others their own records only."""

from __future__ import annotations

from typing import Any

import pytest

from shared.call import Actor, Grant
from shared.errors import Forbidden
from shared.permissions import Rule
from shared.store.queries import page_for
from tests.shared.store.permits import COMMUNITY, DISTRICT, STREET, Permit, call, grant

pytestmark = pytest.mark.service

SIBLING = "230102002"
READERS = Rule("registry", "permits", "area", {"street_staff": "x", "officer": "own"})
MADE = {"street": STREET, "community": COMMUNITY, "sibling": SIBLING, "district": DISTRICT}


@pytest.fixture(autouse=True)
def permits() -> None:
    for name, area in MADE.items():
        grant(call(), name, area=area, holder="org-1" if name == "sibling" else "org-2")


def seen(*grants: tuple[str, str], organisation: str | None = None, **query: Any) -> list[str]:
    actor = Actor("li", tuple(Grant(*each) for each in grants), organisation)
    asked = {"area": None, "cursor": None, "limit": 50} | query
    found = page_for(call(actor=actor, rule=READERS), Permit, asked, "name", own=["holder"])
    return sorted(permit.name for permit in found.items)


def test_without_an_area_a_list_shows_what_lies_where_the_role_holds() -> None:
    assert seen(("street_staff", DISTRICT)) == ["community", "district", "sibling", "street"]
    assert seen(("street_staff", STREET)) == ["community", "street"]
    assert seen(("street_staff", COMMUNITY), ("street_staff", SIBLING)) == ["community", "sibling"]


@pytest.mark.parametrize("area", [DISTRICT, SIBLING, "230103"])
def test_an_area_where_the_role_does_not_hold_is_not_listed(area: str) -> None:
    assert seen(("street_staff", STREET), area=COMMUNITY) == ["community"]
    with pytest.raises(Forbidden):
        seen(("street_staff", STREET), area=area)


def test_a_record_that_belongs_to_nobody_is_nobodys_own() -> None:
    grant(call(), "nobody's", area=STREET)
    assert seen(("officer", DISTRICT)) == []
    assert seen(("officer", DISTRICT), organisation="org-1") == ["sibling"]


def test_who_may_see_own_records_only_is_shown_no_others() -> None:
    assert seen(("officer", DISTRICT), organisation="org-1") == ["sibling"]
    assert seen(("officer", STREET), organisation="org-1") == []
    assert seen(("officer", DISTRICT)) == []
    assert seen(("officer", DISTRICT), ("street_staff", STREET), organisation="org-1") == [
        "community", "sibling", "street",
    ]  # fmt: skip
