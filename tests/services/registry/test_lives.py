"""The life cycle of organisations and its rules, without a store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.registry.domain import lives
from services.registry.domain.lives import OrganisationLife, Why, take_step
from shared.errors import Refused
from shared.lifecycle import advance, initial, table

pytestmark = pytest.mark.unit

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LIFE = table(OrganisationLife)


def organisation(status: str = "draft", track: str = "registered", **more: Any) -> Any:
    given: dict[str, Any] = {
        "reasons": None,
        "legal_basis": None,
        "decided_at": None,
        "ended_by": None,
        "history": [],
    }
    return SimpleNamespace(id="o", track=track, status=status, credit_code="C", **given | more)


def refusal(step: str, status: str, track: str = "registered") -> str:
    with pytest.raises(Refused) as raised:
        take_step(organisation(status, track), step, MONDAY)
    return raised.value.code


def walked(*steps: str, track: str = "registered") -> Any:
    one = organisation(initial(OrganisationLife), track)
    for step in steps:
        take_step(one, step, MONDAY, Why("依申请"))
    return one


REGISTERED = ("submit", "accept", "approve")


def test_an_application_is_corrected_accepted_approved_and_struck_off():
    one = walked(
        "submit", "ask_correction", "resubmit", "accept", "approve", "suspend", "liquidate", "cancel"
    )
    assert (one.status, one.ended_by) == ("cancelled", "cancelled")
    assert [step["status"] for step in one.history] == [
        "applied", "correcting", "applied", "accepted", "active", "suspended", "liquidating", "cancelled",
    ]  # fmt: skip


def test_a_decision_before_acceptance_names_what_is_possible():
    with pytest.raises(Refused) as raised:
        advance(OrganisationLife, "applied", "approve")
    assert raised.value.remedy is not None
    assert raised.value.remedy.en == "Possible now: accept, ask_correction, reject, withdraw."


@pytest.mark.parametrize("end", ["refused", "not_accepted", "withdrawn", "cancelled", "rescinded", "grown"])
def test_what_has_ended_stays_so(end: str):
    assert LIFE[end] == {}


def test_revoking_and_rescinding_are_different_ends():
    revoked, rescinded = walked(*REGISTERED), walked(*REGISTERED)
    take_step(revoked, "revoke", MONDAY, Why("长期不开展活动", "社会团体登记管理条例 30"))
    take_step(rescinded, "rescind", MONDAY, Why("以欺骗手段取得", "行政许可法 69"))
    assert (revoked.status, rescinded.status) == ("revoked", "rescinded")
    assert LIFE["revoked"] == {"liquidate": "liquidating", "cancel": "cancelled"}
    for step in ("liquidate", "cancel"):
        take_step(revoked, step, MONDAY, Why("清算"))
    assert (revoked.status, revoked.ended_by, revoked.legal_basis) == (
        "cancelled", "revoked", "社会团体登记管理条例 30",
    )  # fmt: skip


@pytest.mark.parametrize("step", ["liquidate", "revoke", "cancel"])
def test_a_filing_is_not_liquidated_nor_revoked(step: str):
    assert refusal(step, "active", "filed") == "not-on-this-track"


@pytest.mark.parametrize("step", ["renew", "lapse", "close", "grow"])
def test_a_legal_person_does_not_lapse_nor_grow(step: str):
    assert refusal(step, "active") == "not-on-this-track"


@pytest.mark.parametrize(
    "steps", [("submit", "withdraw"), ("submit", "reject"), ("submit", "accept", "refuse")]
)
def test_an_application_that_comes_to_nothing_gives_its_credit_code_free(steps: tuple[str, ...]):
    assert walked("submit", "accept").credit_code == "C"
    assert walked(*steps).credit_code is None


def test_a_correction_is_asked_once_and_in_time():
    lives.check_correction([], MONDAY, MONDAY)
    lives.check_correction([], None, MONDAY)
    with pytest.raises(Refused, match="taken-as-accepted"):
        lives.check_correction([], MONDAY, MONDAY + timedelta(seconds=1))
    with pytest.raises(Refused, match="correction-asked-once"):
        lives.check_correction([{"step": "ask_correction"}], MONDAY, MONDAY)


def test_a_filing_holds_for_years_and_is_renewed_from_its_end_or_from_now():
    until = lives.valid_until(datetime(2024, 2, 28, 17, tzinfo=UTC), 3)
    assert until == date(2027, 2, 28), "29 February in China"
    given = {"years": 3, "window": 90}
    assert lives.renewed_until(until, datetime(2026, 12, 1, tzinfo=UTC), **given) == date(2030, 2, 28)
    assert lives.renewed_until(until, datetime(2027, 5, 1, tzinfo=UTC), **given) == date(2030, 5, 1)
    with pytest.raises(Refused, match="too-early-to-renew"):
        lives.renewed_until(until, datetime(2026, 11, 1, tzinfo=UTC), **given)


def test_a_filing_lapses_after_its_last_day_in_china():
    last_hour, next_day = datetime(2027, 2, 28, 15, 59, tzinfo=UTC), datetime(2027, 2, 28, 16, tzinfo=UTC)
    with pytest.raises(Refused, match="still-valid"):
        lives.check_lapsed(date(2027, 2, 28), last_hour)
    lives.check_lapsed(date(2027, 2, 28), next_day)
    with pytest.raises(Refused, match="still-valid"):
        lives.check_lapsed(None, next_day)


def test_what_is_public_is_what_was_approved_once():
    pending_or_nothing = {*lives.PENDING, *lives.CAME_TO_NOTHING}
    assert set(lives.PUBLIC_STATES) == set(LIFE) - pending_or_nothing
