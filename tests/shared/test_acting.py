import pytest

from shared.acting import BEFORE_ACTIVE, check_acting
from shared.errors import Conflict, Refused

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("status", BEFORE_ACTIVE)
def test_an_organisation_that_may_be_approved_any_moment_is_worth_another_try(status: str):
    with pytest.raises(Conflict, match="organisation-not-yet-active") as raised:
        check_acting(status, "邻里互助队", "operator")
    assert raised.value.extra["retry_after"]
    assert raised.value.field == "operator"


@pytest.mark.parametrize("status", ["suspended", "refused", "cancelled"])
def test_an_organisation_that_may_not_act_is_refused(status: str):
    with pytest.raises(Refused, match="organisation-not-active"):
        check_acting(status, "邻里互助队")


def test_an_active_organisation_may_act():
    check_acting("active", "邻里互助队")
