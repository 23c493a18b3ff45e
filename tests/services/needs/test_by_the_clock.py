"""What needs does by itself when a month or a deadline has come: on the store alone, without a node."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import Embedded
from services.needs.commands import clients, crowdfunding, vouchers
from services.needs.documents import ALL, Campaign, KnownOrganisation, Pledge, Voucher, VoucherRun
from shared import runtime
from shared.call import Call
from shared.ids import new_id
from shared.node import parse
from shared.store import connection, nodes

pytestmark = pytest.mark.service

AREA = "230102"
HERE = parse(
    json.dumps({
        "area": AREA, "parent": None, "services": ["needs"], "url": "http://needs.example", "port": 1,
        "broker": "amqp://127.0.0.1/", "store": "mongodb://127.0.0.1/", "keys": "keys", "clock": "request",
    }),
    Path(), {},
)  # fmt: skip
CONTACT = {"name": "赵某某", "phone": "13900007777", "address": "友谊路 8 号"}
NEIGHBOUR = {"kind": "neighbour", "unit": None, "contact": CONTACT, "account": None}


@pytest.fixture(scope="module", autouse=True)
def store(embedded: Embedded) -> Iterator[None]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    connection.connect(embedded.addresses.store_uri, name)
    nodes.forget()
    runtime.configure(HERE, "needs", {})
    for document in ALL:
        document.ensure_indexes()
    yield
    nodes.forget()
    connection.database().client.drop_database(name)
    connection.disconnect()


def at(moment: str) -> Call:
    return Call(node=HERE, service="needs", now=datetime.fromisoformat(moment).astimezone(UTC))


def client(client_class: str, **days: Any) -> str:
    standing = {"client_class": client_class, "entitled_from": None, "entitled_until": None} | days
    body = {"area": f"{AREA}001001", "contact": CONTACT, "account": None, "generated": False} | standing
    return str(clients.register_client(at("2025-05-20T09:00:00+08:00"), body).id)


def work_off() -> None:
    while vouchers.work_on(lambda: True):
        pass


def test_vouchers_are_issued_and_lapse_once_a_month_however_often_the_timer_looks():
    entitled, general = client("low_income"), client("general")
    until_june = client("aged", entitled_until=datetime(2025, 6, 30, tzinfo=UTC).date())
    for hour in (0, 1):  # the first hours of June, and again once the runs are over
        vouchers.start_monthly(at(f"2025-06-01T0{hour}:30:00+08:00"))
        work_off()
    assert {each.client for each in Voucher.objects(month="2025-06")} == {entitled, until_june}
    assert VoucherRun.objects(kind="issue").count() == 1
    assert VoucherRun.objects(kind="issue").get().outcomes == {"issued": 2, "not_entitled": 1}
    vouchers.start_monthly(at("2025-07-01T00:30:00+08:00"))
    work_off()
    assert {each.client for each in Voucher.objects(month="2025-07")} == {entitled}
    assert {each.status for each in Voucher.objects(month="2025-06")} == {"lapsed"}
    assert general not in {each.client for each in Voucher.objects}
    lapsed = VoucherRun.objects(kind="lapse").get()
    assert (lapsed.month, lapsed.fen, lapsed.outcomes) == ("2025-06", 30_000, {"lapsed": 2})


def test_a_campaign_is_closed_when_payments_that_came_in_time_could_be_recorded():
    organisation = new_id()
    KnownOrganisation(id=organisation, name="助老基金", status="active").save()
    body = {
        "area": AREA, "title": "长椅", "purpose": "院内添置长椅", "receiver": organisation, "filing": "备案 1 号",
        "goal_fen": 1_000, "deadline": datetime(2025, 6, 13, 4, 0, tzinfo=UTC),
    }  # fmt: skip
    before = "2025-06-09T09:00:00+08:00"
    campaign = crowdfunding.open_campaign(at(before), body)
    pledge = crowdfunding.make_pledge(at(before), campaign.id, NEIGHBOUR | {"fen": 400})
    crowdfunding.close_due(at("2025-06-18T12:00:00+08:00"))  # the third working day after it
    assert Campaign.objects(id=campaign.id).get().status == "open"
    for _ in range(2):
        crowdfunding.close_due(at("2025-06-19T00:00:00+08:00"))
    closed = Campaign.objects(id=campaign.id).get()
    assert (closed.status, closed.pledged_fen, closed.sequence) == ("settled", 0, 3)
    assert Pledge.objects(id=pledge.id).get().status == "released"
