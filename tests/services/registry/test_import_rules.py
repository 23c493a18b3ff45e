"""What a row must say, and what is told of one that does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.registry.domain import imports as rules
from services.registry.domain.lives import OrganisationLife
from shared.lifecycle import table
from shared.sheets.cells import Cell, cell
from tests.services.registry.credit_codes import credit_code
from tests.services.registry.stock import ERROR, FAULTS, FORMULA, MERGED, filed, registered

pytestmark = pytest.mark.unit

TODAY = date(2026, 3, 1)
STREET = "230102001"
TROUBLE = {FORMULA: Cell("", "formula"), ERROR: Cell("#N/A", "error"), MERGED: Cell("合并", "merged")}


def check(row: dict[str, Any], within: str = "230102") -> rules.Checked:
    def read(value: Any) -> Cell:
        if isinstance(value, int) and value > 10**15:
            return Cell(str(value), "digits")
        return TROUBLE.get(value) or cell("" if value is None else str(value))

    return rules.check({key: read(value) for key, value in row.items()}, within, TODAY)


def at_fault(row: dict[str, Any], within: str = "230102") -> list[str]:
    found = check(row, within).faults
    assert all(all(fault.reason) and all(fault.remedy) for fault in found)
    return [fault.field for fault in found]


def test_sound_rows_are_understood() -> None:
    row = registered(1, STREET)
    assert check(row) == (
        {
            "area": STREET,
            "name": "助老服务中心00001",
            "track": "registered",
            "type": "non_enterprise",
            "credit_code": row["credit_code"],
            "category": "社区服务",
            "supervising_unit": "区民政局",
            "established_on": date(2015, 3, 9),
            "status": "active",
            "decided_on": date(2016, 2, 1),
        },
        [],
    )
    assert check(filed(1, STREET)).faults == []


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind != "merged cells"])
def test_each_fault_is_told_of_its_column(kind: str) -> None:
    sound, changes, wrong = FAULTS[kind]
    assert at_fault(sound(2, STREET) | changes) == sorted(wrong, key=list(rules.BY_KEY).index)


def test_all_faults_of_a_row_are_told_at_once_in_the_order_of_the_columns() -> None:
    row = {
        "area": "1", "name": "", "track": "登记", "type": "公司", "credit_code": "123", "category": "长" * 51,
        "established_on": "x", "status": "?", "decided_on": "2099-01-01", "valid_until": "0001-01-01",
    }  # fmt: skip
    assert at_fault(row) == [
        "area", "name", "type", "credit_code", "category", "established_on", "status", "decided_on", "valid_until",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2018-05-04", "2018/5/4", "2018.05.4", "2018年5月4日", " 2018-5-4 "])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert check(filed(1, STREET) | {"established_on": text}).values["established_on"] == date(2018, 5, 4)


@pytest.mark.parametrize(
    "text", ["2018-13-01", "04.05.2018.", "18-5-4", "2018-05", "43224", "２０１８-05-04", "1899-12-31"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert at_fault(filed(1, STREET) | {"established_on": text}) == ["established_on"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"status": "lapsed", "valid_until": "2020-01-01"}, []),
        ({"status": "备案终止"}, []),
        ({"valid_until": "2026-03-01"}, []),
        ({"valid_until": "2026-02-28"}, ["valid_until"]),
        ({"status": "注销"}, ["status"]),
        ({"status": "revoked"}, ["status"]),
    ],
)
def test_a_filing_holds_for_a_time_and_has_ends_of_its_own(changes: dict[str, str], wrong: list[str]) -> None:
    assert at_fault(filed(1, STREET) | changes) == wrong


def test_a_registration_has_no_end_of_a_filing() -> None:
    assert at_fault(registered(3, STREET) | {"valid_until": "2030-01-01"}) == ["valid_until"]
    assert at_fault(registered(4, STREET) | {"status": "备案到期"}) == ["status"]
    assert at_fault(registered(5, STREET) | {"status": "注销"}) == []


def test_a_row_lies_within_the_area_that_is_imported_for() -> None:
    assert at_fault(filed(1, STREET), within=STREET) == []
    assert at_fault(filed(1, "230102002"), within=STREET) == ["area"]


def test_an_area_of_a_district_without_a_list_is_taken_by_its_form() -> None:
    assert at_fault(filed(1, "990301001"), within="990301") == []


def test_the_same_organisation_twice_is_told_of_the_later_row() -> None:
    code = credit_code("52")
    rows: list[tuple[rules.Place, dict[str, str]]] = [
        (rules.Place("甲", 3), {"credit_code": code, "name": "a", "track": "registered"}),
        (rules.Place("甲", 4), {"track": "filed", "area": STREET, "name": "b"}),
        (rules.Place("乙", 3), {"credit_code": code, "name": "c", "track": "registered"}),
        (rules.Place("乙", 4), {"track": "filed", "area": STREET, "name": "b"}),
        (rules.Place("乙", 5), {"track": "filed", "area": "230102002", "name": "b"}),
        (rules.Place("乙", 6), {"track": "registered", "name": "b"}),
    ]
    found = rules.twice(rows)
    assert {place: fault.field for place, fault in found.items()} == {
        rules.Place("乙", 3): "credit_code",
        rules.Place("乙", 4): "name",
    }
    assert "Row 3 of sheet '甲'" in found[rules.Place("乙", 3)].reason.en


def test_states_that_are_taken_over_and_their_tracks_are_those_of_the_life_cycle() -> None:
    states = set(table(OrganisationLife))
    assert {*rules.STATES, *rules.TRACK_OF, *rules.ENDED} <= states
    assert set(rules.WORDS) == states
