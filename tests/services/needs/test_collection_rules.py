"""Rules of collecting needs."""

from __future__ import annotations

from datetime import date

import pytest

from services.needs.domain import collection as rules
from services.needs.domain.days import check_not_future
from shared.errors import Refused

pytestmark = pytest.mark.unit


def test_a_day_still_to_come_is_refused():
    check_not_future(date(2026, 3, 1), date(2026, 3, 1), "received_on")
    with pytest.raises(Refused) as raised:
        check_not_future(date(2026, 3, 2), date(2026, 3, 1), "received_on")
    assert (raised.value.code, raised.value.field) == ("in-the-future", "received_on")


def test_an_answer_is_given_once():
    rules.check_unanswered(False)
    with pytest.raises(Refused, match="answered-already"):
        rules.check_unanswered(True)
