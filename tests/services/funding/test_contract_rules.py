"""Rules of contracts, pure, and seals put on a PDF."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime

import pytest
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from services.funding import seals
from services.funding.documents import Contract
from services.funding.domain import contracts
from services.funding.domain.contracts import Years
from services.funding.domain.periods import Period
from shared import clock
from shared.errors import Refused
from tests.services.funding.seals import PASSWORD, certificate, scan

pytestmark = pytest.mark.unit

BEGINS = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("kind", "ends_on", "stable", "fits"),
    [
        ("purchase", date(2027, 4, 30), False, True),
        ("purchase", date(2027, 5, 1), False, False),  # a year and a day
        ("purchase", date(2029, 4, 30), True, True),
        ("purchase", date(2029, 5, 1), True, False),
        ("venture", date(2029, 5, 1), False, True),  # not governed by that rule
        ("venture", date(2026, 4, 30), False, False),
    ],
)
def test_a_purchase_lasts_a_year_or_three_where_it_is_budgeted_and_stable(kind, ends_on, stable, fits):
    def check() -> None:
        contracts.check_term(kind, BEGINS, ends_on, Years(1, 3), stable=stable)

    if fits:
        check()
    else:
        with pytest.raises(Refused, match="term-"):
            check()


def test_a_year_from_a_leap_day_ends_on_the_day_before_the_next_ends_of_february():
    assert contracts.years_later(date(2028, 2, 29), 1) == date(2029, 2, 27)
    assert contracts.years_later(BEGINS, 1) == date(2027, 4, 30)


def test_a_purchase_is_contracted_within_thirty_days_of_its_award():
    awarded = datetime(2026, 4, 20, 9, tzinfo=clock.CHINA)
    due = contracts.sign_by("purchase", awarded, Period(30, "days"))
    assert due is not None
    assert clock.text(due.at) == "2026-05-20T15:59:59.000Z"
    assert contracts.sign_by("venture", awarded, Period(30, "days")) is None
    after = datetime(2026, 5, 21, tzinfo=clock.CHINA)
    assert contracts.overdue(due.at, "awarded", after)
    assert not contracts.overdue(due.at, "contracted", after)
    assert not contracts.overdue(due.at, "awarded", awarded)


def test_the_default_template_shows_parties_term_money_and_tranches():
    contract = Contract(
        kind="purchase", number="230102-2026-X", title="助老 <b>", starts_on=BEGINS, ends_on=date(2027, 4, 30),
        amount_fen=123_456_789,
    )  # fmt: skip
    plan = [{"number": 1, "condition": "contract", "amount_fen": 123_456_789}]
    parties = {"round": "采购一", "grantor": contracts.grantor("230102"), "grantee": "春雨社工", "on_behalf": None,
               "direct": 10, "indirect": 40}  # fmt: skip
    inside = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    page = inside.from_string(contracts.TEMPLATE.default).render(contracts.values(contract, parties, plan))
    for told in ("政府购买服务合同", "道里区民政局", "春雨社工", "1,234,567.89", "2027-04-30", "签约"):
        assert told in page
    assert "助老 &lt;b&gt;" in page


def asked(password: str = PASSWORD) -> bytes:
    made = base64.b64encode(certificate()).decode()
    about = {"certificate": made, "password": password, "name": "道里区民政局", "reason": "X"}
    return json.dumps(about).encode() + b"\n"


def test_a_seal_is_found_intact_and_a_change_after_it_is_not():
    sealed = seals.seal(asked() + scan())
    assert json.loads(seals.examine(sealed)) == {"pages": 1, "signatures": 1}
    forged = sealed.replace(b"595", b"596", 1)
    assert forged != sealed
    for broken in (forged, sealed + b"\n% more"):
        with pytest.raises(Refused, match="signature-broken"):
            seals.examine(broken)
    assert json.loads(seals.examine(scan())) == {"pages": 1, "signatures": 0}
    with pytest.raises(Refused, match="seal-unusable"):
        seals.seal(asked("another") + scan())


@pytest.mark.parametrize("data", [b"no pdf", b"%PDF-1.7\n%%EOF", scan()[:200]])
def test_what_is_no_pdf_is_refused(data):
    with pytest.raises(Refused, match="no-pdf"):
        seals.examine(data)
