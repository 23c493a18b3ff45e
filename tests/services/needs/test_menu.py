"""The menu over HTTP: ordered, decided, delivered, confirmed, paid for by vouchers, called back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from shared.ids import new_id
from tests.faults.vouchers_under_kills import Trial
from tests.harness import RunningNode
from tests.services.needs.ordering import AFTER_DELIVERY, CONTACT, NEXT_MONTH, Menu, good

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def here(office: RunningNode) -> RunningNode:
    return office


@pytest.fixture(scope="module")
def menu(here: RunningNode) -> Menu:
    return Menu(here, "230102001001")


def test_an_order_goes_from_the_client_to_the_record_of_service(menu: Menu):
    account = new_id()
    client = menu.client(account=account)
    own = {"headers": {"Authorization": f"Bearer {menu.node.token('resident', subject=account)}"}}
    menu.run("issue")
    body = {"client": client, "item": menu.item, "quantity": 2, "wished_on": "2025-06-12"}
    order = good(menu.post("/orders", body, None, **own))
    parts = {share["payer"]: share["fen"] for share in order["shares"]}
    assert parts == {"subsidy": 12_000, "voucher": 12_000, "client": 0}
    assert menu.voucher(client)["held_fen"] == 0, "nothing is held for what is only ordered"
    decided = good(menu.decide(order["id"]))
    assert menu.voucher(client)["held_fen"] == decided["voucher_fen"] == 12_000
    delivering = {"organisation": menu.team, "role": "organisation_officer"}
    whom = partial(menu.node.get, f"/api/needs/orders/{order['id']}/contact", "organisation_officer")
    assert whom(organisation=menu.team).json()["contact"] == CONTACT
    assert whom(organisation=new_id()).status_code == 403
    assert menu.deliver(order["id"], organisation=new_id(), role="organisation_officer").status_code == 403
    good(menu.deliver(order["id"], **delivering))
    assert menu.confirm(order["id"], role="organisation_officer", organisation=menu.team).status_code == 403
    as_worker = menu.post(f"/orders/{order['id']}/confirmation", {"by": "call_back"}, None, **own)
    assert (as_worker.status_code, as_worker.json()["field"]) == (422, "by")
    confirmed = menu.post(
        f"/orders/{order['id']}/confirmation", {"by": "client"}, None, now=AFTER_DELIVERY, **own
    )
    assert good(confirmed)["confirmed_by"] == "client"
    over = whom(organisation=menu.team)
    assert (over.status_code, over.json()["field"]) == (422, "status")
    voucher = menu.voucher(client)
    assert (voucher["held_fen"], voucher["spent_fen"], voucher["left_fen"]) == (0, 12_000, 8_000)
    told = {"reached": True, "rating": 5, "remark": "很细心"}
    assert good(menu.post(f"/orders/{order['id']}/call-backs", told, "evaluator"))["calls"] == 1
    seen = partial(menu.node.get, f"/api/needs/orders/{order['id']}")
    assert seen("street_staff").json()["remark"] == "很细心"
    assert seen("organisation_officer", organisation=menu.team).json()["remark"] is None
    listed = menu.node.get("/api/needs/orders", "organisation_officer", organisation=menu.team).json()[
        "items"
    ]
    assert [(one["id"], one["remark"]) for one in listed] == [(order["id"], None)]
    delivery = menu.node.get(f"/api/needs/deliveries/{confirmed.json()['delivery']}").json()
    assert (delivery["beneficiaries"], delivery["person_times"]) == (1, 1)
    assert (delivery["confirmed_by"], delivery["organisation"]) == ("client", menu.team)
    figures = menu.node.get("/api/needs/orders/figures", None, params={"area": menu.area}).json()
    assert (figures["voucher_fen"], figures["satisfied_percent"]) == (12_000, 100)


def test_who_a_client_is_is_shown_to_staff_and_themselves_only(menu: Menu):
    account = new_id()
    client = menu.client(account=account)
    path = f"/api/needs/clients/{client}"
    assert menu.node.get(path, "community_worker").json()["contact"] == CONTACT
    own = {"Authorization": f"Bearer {menu.node.token('resident', subject=account)}"}
    assert menu.node.get(path, None, headers=own).json()["contact"] == CONTACT
    assert [one["id"] for one in menu.node.get("/api/needs/clients", None, headers=own).json()["items"]] == [
        client
    ]
    assert menu.node.get(path, "resident").status_code == 403
    assert menu.node.get(path, "organisation_officer").status_code == 403


def test_a_delivery_that_nobody_confirms_is_to_be_made_again(menu: Menu):
    order = menu.order(menu.client("general"))["id"]
    good(menu.decide(order))
    good(menu.deliver(order))
    denied = menu.post(
        f"/orders/{order}/confirmation",
        {"by": "call_back", "delivered": False, "reasons": "未上门"},
        now=AFTER_DELIVERY,
    )
    assert (good(denied)["status"], denied.json()["delivery"]) == ("decided", None)


def test_of_many_clerks_at_once_none_spends_a_fen_twice(menu: Menu):
    """Eight orders of 60 yuan each, after the subsidy, race for a voucher of 200."""
    client = menu.client()
    menu.run("issue")
    orders = [menu.order(client)["id"] for _ in range(8)]
    keys = {order: new_id() for order in orders}

    def decide(order: str) -> Any:
        while True:
            answer = menu.decide(order, key=keys[order])
            if answer.status_code != 409:
                return good(answer)

    with ThreadPoolExecutor(4) as clerks:
        decided = list(clerks.map(decide, orders))
    assert sorted(each["voucher_fen"] for each in decided) == [0, 0, 0, 0, 2_000, 6_000, 6_000, 6_000]
    assert all(each["voucher_fen"] + each["client_fen"] == 6_000 for each in decided)
    first = next(each["id"] for each in decided if each["voucher_fen"] == 6_000)
    good(menu.post(f"/orders/{first}/cancellation", {"reasons": "住院"}))
    assert menu.voucher(client)["left_fen"] == 6_000


def test_what_is_left_lapses_and_what_is_held_is_paid_still(menu: Menu):
    client = menu.client()
    menu.run("issue")
    order = menu.order(client)["id"]
    good(menu.decide(order))
    menu.run("lapse", now=NEXT_MONTH)
    voucher = menu.voucher(client)
    assert (voucher["status"], voucher["held_fen"], voucher["lapsed_fen"]) == ("lapsed", 6_000, 14_000)
    good(menu.deliver(order, now=NEXT_MONTH))
    good(menu.confirm(order, "community_worker", now=NEXT_MONTH))
    voucher = menu.voucher(client)
    assert (voucher["held_fen"], voucher["spent_fen"], voucher["left_fen"]) == (0, 6_000, 0)
    early = menu.post("/voucher-runs", {"kind": "issue", "area": menu.area, "month": "2025-07"})
    assert (early.status_code, early.json()["field"]) == (422, "month")


def test_the_numbers_are_the_areas(here: RunningNode):
    district = {"area": "230102", "since": "2025-01-01", "source": "本区办法"}
    classes = {"pilot": {"name": "试点", "kind": "low_price", "subsidy_percent": 10, "voucher": 500}}
    set_rule = partial(here.post, "/api/needs/rules/client_classes/values")
    good(set_rule(district | {"area": "230102003", "value": classes}))
    pilot = Menu(here, "230102003001")
    refused = pilot.post("/clients", {"area": pilot.area, "contact": CONTACT, "client_class": "low_income"})
    assert (refused.status_code, refused.json()["field"]) == (422, "client_class")
    order = pilot.order(pilot.client("pilot"))
    assert (order["client_kind"], order["subsidy_fen"], order["client_fen"]) == ("low_price", 1_200, 10_800)
    wrong = set_rule(district | {"value": {"pilot": {"name": "试点"}}})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "value")


@pytest.mark.faults
def test_vouchers_are_issued_once_and_spent_once_though_the_service_is_killed(here: RunningNode):
    """The small form of `python -m tests.faults.vouchers_under_kills`."""
    kills = {"issue": 1, "spending": 1}
    trial = Trial(here, "230102009001", clients=10, spending=2, orders=6, kills=kills)
    trial.run()
    assert trial.faults == []
    assert dict(trial.killed) == kills
