"""Rules of records of service."""

from __future__ import annotations

import pytest

from services.needs.domain import deliveries as rules
from shared.errors import Conflict, Refused

pytestmark = pytest.mark.unit


def test_more_people_than_person_times_is_refused():
    rules.check_delivery(beneficiaries=3, person_times=3)
    with pytest.raises(Refused, match="more-people-than-times"):
        rules.check_delivery(beneficiaries=4, person_times=3)


def test_only_a_chosen_item_is_a_topic():
    rules.check_topic("chosen", "i")
    for may_still_be in ("listed", "noticed"):
        with pytest.raises(Conflict, match="topic-not-yet-chosen"):
            rules.check_topic(may_still_be, "i")
    with pytest.raises(Refused, match="topic-not-chosen"):
        rules.check_topic("set_aside", "i")
