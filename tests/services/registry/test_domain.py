from __future__ import annotations

import pytest

from services.registry.domain import organisations as rules
from services.registry.domain import party, stations
from shared.errors import Forbidden, Refused
from tests.services.registry.credit_codes import credit_code

pytestmark = pytest.mark.unit

STREET, COMMUNITY = "230102001", "230102001003"


def fault(track: str, kind: str | None, code: str | None) -> str | None:
    with pytest.raises(Refused) as raised:
        rules.check_identity(track, kind, code)
    return raised.value.field


@pytest.mark.parametrize(("kind", "beginning"), rules.TYPES.items())
def test_a_registered_organisation_has_a_type_and_the_credit_code_of_that_type(kind: str, beginning: str):
    rules.check_identity("registered", kind, credit_code(beginning))


def test_a_credit_code_of_another_type_is_refused():
    assert fault("registered", "foundation", credit_code("52")) == "credit_code"


def test_a_credit_code_with_a_wrong_check_digit_is_refused():
    code = credit_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert fault("registered", "non_enterprise", wrong) == "credit_code"


@pytest.mark.parametrize("code", [None, "", "5223010200000000", "52230102000000００1X"])
def test_what_is_no_credit_code_is_refused(code: str | None):
    assert fault("registered", "non_enterprise", code) == "credit_code"


def test_a_registered_organisation_without_a_type_is_refused():
    assert fault("registered", None, credit_code()) == "type"


def test_a_filed_team_has_neither_type_nor_credit_code():
    rules.check_identity("filed", None, None)
    assert fault("filed", "association", None) == "type"
    assert fault("filed", None, credit_code()) == "credit_code"


@pytest.mark.parametrize("area", ["230102", STREET, COMMUNITY])
def test_registrations_are_decided_by_the_district(area: str):
    assert rules.deciding_area("registered", area) == "230102"


def test_filings_are_decided_by_the_street_and_by_the_district_for_its_own():
    told = [rules.deciding_area("filed", area) for area in ("230102", STREET, COMMUNITY)]
    assert told == ["230102", STREET, STREET]


def test_streets_decide_on_filings_only_and_hub_bodies_on_nothing():
    rules.check_decider("filed", ["street_staff"])
    rules.check_decider("registered", ["auditor", "district_staff"])
    for track, role in (
        ("registered", "street_staff"),
        ("registered", "hub_operator"),
        ("filed", "hub_operator"),
    ):
        with pytest.raises(Forbidden, match="not-the-registrar"):
            rules.check_decider(track, [role])


def lists(*missing: str) -> tuple[dict[str, bool], dict[str, bool]]:
    return (
        {item: item not in missing for item in stations.FIVE_HAVES},
        {item: item not in missing for item in stations.SEVEN_IN_COMMON},
    )


def test_a_station_complies_when_both_lists_are_complete():
    assert stations.complies(*lists())
    for item in (*stations.FIVE_HAVES, *stations.SEVEN_IN_COMMON):
        assert not stations.complies(*lists(item)), item
    assert not stations.complies({}, {})


def refused(kind: str, number: int) -> bool:
    try:
        party.check_branch(kind, [str(n) for n in range(number)])
    except Refused:
        return True
    return False


def test_independent_branches_have_one_organisation_and_joint_ones_two_at_least():
    assert [refused("independent", number) for number in (0, 1, 2)] == [True, False, True]
    assert [refused("joint", number) for number in (0, 1, 2, 3)] == [True, True, False, False]
    assert [refused("functional", number) for number in (1, 3)] == [False, False]


def test_an_organisation_named_twice_does_not_make_a_joint_branch():
    with pytest.raises(Refused, match="branch-members"):
        party.check_branch("joint", ["a", "a"])
