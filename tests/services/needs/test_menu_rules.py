from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs.domain import clients, menu, orders
from services.needs.domain.menu import ClientClass
from shared.errors import Refused

pytestmark = pytest.mark.unit

FEN = st.integers(0, 10**9)
JUNE = date(2025, 6, 1)
NOW = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)


@given(FEN, st.integers(0, 100), FEN)
def test_what_subsidy_voucher_and_client_pay_sums_up_to_the_price(total: int, percent: int, left: int):
    found = menu.shares(total, ClientClass("类", "subsidised", percent, 0), left)
    assert [share.payer for share in found] == list(menu.PAYERS)
    subsidy, voucher, client = (share.fen for share in found)
    assert subsidy + voucher + client == total
    assert min(subsidy, voucher, client) >= 0
    assert subsidy * 100 <= total * percent
    assert voucher <= left
    assert client == 0 or voucher == left  # the client pays only once the voucher is used up


def test_a_price_is_explained_to_the_fen():
    low_income = menu.CLIENT_CLASSES.default["low_income"]
    found = menu.shares(3_333, low_income, 1_000)
    assert [share.fen for share in found] == [1_666, 1_000, 667]
    assert found[0].why.en == "50 % of the price for subsidised clients"
    assert found[1].why.zh == "服务券余额10.00元"


@pytest.mark.parametrize(
    ("check", "code", "field"),
    [
        (lambda: menu.check_class("spa", ["health"], "item_class"), "no-such-class", "item_class"),
        (lambda: menu.check_period(JUNE, date(2025, 5, 31)), "period-reversed", "valid_to"),
        (lambda: menu.check_valid("助餐", JUNE, None, date(2025, 5, 31), "wished_on"), "item-not-valid", "wished_on"),
        (lambda: menu.check_valid("助餐", JUNE, JUNE, date(2025, 6, 2), "wished_on"), "item-not-valid", "wished_on"),
        (lambda: menu.check_offered("助餐", "a", ["b"]), "not-offered-by", "organisation"),
        (lambda: menu.check_within("230102002001", "230102001", "助餐"), "item-elsewhere", "item"),
        (lambda: orders.check_ahead(JUNE, date(2025, 6, 2), "wished_on"), "in-the-past", "wished_on"),
        (lambda: orders.check_delivered(NOW + timedelta(hours=1), NOW, NOW), "delivery-date", "delivered_at"),
        (lambda: orders.check_delivered(NOW - timedelta(hours=1), NOW, NOW), "delivery-date", "delivered_at"),
        (lambda: orders.check_placer("community_worker", staff=False), "order-as-client", "placed_by"),
        (lambda: orders.check_confirmer("call_back", staff=False), "confirm-as-client", "by"),
        (lambda: orders.check_to_deliver("confirmed"), "not-to-be-delivered", "status"),
        (lambda: orders.check_call("delivered", True, 5), "not-confirmed-yet", "status"),
        (lambda: orders.check_call("confirmed", True, None), "rating-does-not-fit", "rating"),
        (lambda: orders.check_call("confirmed", False, 5), "rating-does-not-fit", "rating"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_field(check, code: str, field: str):
    with pytest.raises(Refused) as raised:
        check()
    assert (raised.value.code, raised.value.field) == (code, field)


def test_what_fits_is_not_refused():
    menu.check_valid("助餐", JUNE, None, date(2030, 1, 1), "wished_on")
    menu.check_valid("助餐", JUNE, JUNE, JUNE, "wished_on")
    menu.check_within("230102001001", "230102", "助餐")
    orders.check_ahead(JUNE, JUNE, "wished_on")
    orders.check_confirmer("relative", staff=True)
    orders.check_confirmer("client", staff=False)
    orders.check_call("confirmed", False, None)


def test_rights_of_a_class_hold_between_their_days():
    assert clients.entitled(None, None, JUNE)
    assert clients.entitled(JUNE, JUNE, JUNE)
    assert not clients.entitled(date(2025, 6, 2), None, JUNE)
    assert not clients.entitled(None, date(2025, 5, 31), JUNE)


def test_satisfaction_is_of_those_reached():
    found = orders.satisfaction(5, [5, 4, 3, None, None])
    assert (found.called, found.reached, found.satisfied, found.percent) == (5, 3, 2, 66)
    assert orders.satisfaction(1, [None]).percent is None
