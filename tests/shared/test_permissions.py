"""The table of rights: what it may say, and who is found in it."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import areas, permissions
from shared.call import Actor, Grant
from shared.http import get, raw
from shared.http.routes import check_rules

pytestmark = pytest.mark.unit

AREAS = ["230102", "230102001", "230102001001", "230102002", "230103"]
CELLS = ["", "x", "own"]


def table(*rows: str) -> permissions.Table:
    return permissions.parse(
        "\n".join(["service,operation,where,staff,officer", *rows]), ("staff", "officer")
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("things,make,record,x", "line 2: 4 cells, must be 5"),
        ("things,make,somewhere,x,", "line 2: where is 'somewhere'"),
        ("things,make,record,yes,", "line 2: staff has 'yes'"),
        ("things,make,record,,", "line 2: a rule for record names one role at least"),
        ("things,make,public,x,", "line 2: a rule for public names no roles"),
    ],
)
def test_a_faulty_row_is_told_with_its_line(row: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        table(row)


def test_columns_are_the_known_roles_in_their_order() -> None:
    with pytest.raises(ValueError, match="line 1"):
        permissions.parse("service,operation,where,officer,staff\n", ("staff", "officer"))


def test_an_operation_has_one_rule() -> None:
    with pytest.raises(ValueError, match="things make has two rules"):
        table("things,make,record,x,", "things,make,public,,")


def test_a_services_own_row_goes_before_that_of_all_services() -> None:
    found = table("*,make,record,x,", "*,show,public,,", "things,make,node,,x")
    assert found.rule("things", "make").where == "node"
    assert found.rule("others", "make").where == "record"
    assert found.rule("things", "show").where == "public"
    with pytest.raises(LookupError, match=r"things drop has no rule: add its row to shared/permissions\.csv"):
        found.rule("things", "drop")


@given(*[st.sampled_from(choice) for choice in (CELLS, CELLS, AREAS, AREAS, ["o-1", "o-2", None])])
def test_a_role_admits_where_it_holds_and_to_own_records_where_the_table_says_so(
    staff: str, officer: str, granted: str, area: str, owner: str | None
) -> None:
    if not staff and not officer:
        return
    rule = table(f"things,make,record,{staff},{officer}").rule("things", "make")
    for role, cell in (("staff", staff), ("officer", officer)):
        actor = Actor("li", (Grant(role, granted),), "o-1")
        expected = areas.contains(granted, area) and (cell == "x" or (cell == "own" and owner == "o-1"))
        assert rule.admits(actor, [area], [owner]) == expected


class Unruled:
    name: ClassVar = "things"
    permissions = table("things,feed,record,x,")

    @get("/things")
    def things(self, call: object) -> None: ...


class Untold:
    name: ClassVar = "things"
    permissions = table("things,feed,record,x,")

    @raw("/feed")
    def feed(self, request: object) -> None: ...


def test_a_service_whose_route_has_no_rule_is_not_made() -> None:
    with pytest.raises(LookupError, match="things things has no rule"):
        check_rules(Unruled)


def test_a_route_that_checks_no_token_is_public() -> None:
    with pytest.raises(TypeError, match="things feed checks no token"):
        check_rules(Untold)
