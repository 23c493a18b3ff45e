"""Payments through the bank, over real HTTP, store and broker."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager

import openpyxl
import pymongo
import pytest
from pymongo.database import Database

from tests.harness import eventually
from tests.services.funding import world as w
from tests.services.funding.paying import APPROVER, PREPARER, Bank, row
from tests.services.funding.world import World, good

pytestmark = pytest.mark.service

PAYER = "230102005"
ACCOUNTS = ["6222020200112233001", "6222020200112233002"]


@pytest.fixture(scope="module")
def bank(world):
    made = Bank(world, PAYER)
    made.through_batches()
    return made


@pytest.fixture(scope="module")
def contracted(bank: Bank, world: World):
    """Two projects of one round, the first of which draws on both of its funds."""
    small, large = (world.fund(yuan, area=PAYER)["id"] for yuan in (30, 100))
    target = world.round(small, large, area=PAYER)
    ids = [
        world.screened(target, yuan=40, points=(p,), organisation=world.organisation(area=PAYER))
        for p in (90, 80)
    ]
    world.noticed(target)
    for each in ids:
        good(world.award(each))
    return (small, large), [world.contract(each) for each in ids]


@contextmanager
def funding_store(world: World) -> Iterator[Database[w.Data]]:
    client: pymongo.MongoClient[w.Data] = pymongo.MongoClient(world.node.embedded.addresses.store_uri)
    with client:
        yield client[f"{world.node.vhost}_".replace("-", "_") + f"{world.node.area}_funding"]


def figures(world: World, *funds: str) -> list[tuple[int, int, int]]:
    found = [world.get(f"/funds/{fund}") for fund in funds]
    assert all(world.get(f"/funds/{fund}/verification")["sound"] for fund in funds)
    return [(one["committed_fen"], one["ordered_fen"], one["paid_fen"]) for one in found]


def test_tranches_are_paid_through_the_bank_once_whatever_it_answers(bank, world, contracted):
    funds, (first, second) = contracted
    assert [(t["status"], t.get("ordered", False)) for t in first["tranches"]] == [
        ("waiting", n == 0) for n in range(3)
    ]
    assert figures(world, *funds) == [(3_000, 2_000, 0), (5_000, 2_000, 0)]
    stopped = world.post(f"/projects/{first['id']}/stop", {"reasons": "x"})
    assert stopped.json()["type"].endswith("payments-under-way")

    refused = bank.prepare().json()
    assert refused["type"].endswith("payee-unknown")
    assert set(refused["organisations"]) == {first["organisation"], second["organisation"]}
    for project, account in zip((first, second), ACCOUNTS, strict=True):
        bank.enter_payee(project["organisation"], account)
    with funding_store(world) as store:
        where = {"organisation": first["organisation"]}
        store.payees.update_one(where, {"$set": {"account": None}})  # as an erasure leaves it
    assert bank.prepare().json()["organisations"] == [first["organisation"]]
    bank.enter_payee(first["organisation"], ACCOUNTS[0])
    batch = good(bank.prepare())
    path = f"/payment-batches/{batch['id']}"
    assert [line["account"] for line in batch["lines"]] == ACCOUNTS
    assert bank.prepare().json()["type"].endswith("no-orders")
    assert bank.post(f"{path}/approval", who=PREPARER).status_code == 403
    assert bank.post(f"{path}/export", {}, who=APPROVER).status_code == 422
    good(bank.post(f"{path}/approval", who=APPROVER))
    one, again = (good(bank.post(f"{path}/export", {"format": "xlsx"})) for _ in range(2))
    files = [bank.get(f"{path}/file").content for _ in range(2)]
    assert files[0] == files[1]
    assert one["sha256"] == again["sha256"] == hashlib.sha256(files[0]).hexdigest()
    assert bank.post(f"{path}/export", {"format": "csv"}).json()["type"].endswith("exported-already")
    sheet = openpyxl.load_workbook(io.BytesIO(files[0])).worksheets[0]
    table = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert [line[:4] for line in table[1:]] == [
        [line["reference"], "20.00", "春雨社工", account]
        for line, account in zip(batch["lines"], ACCOUNTS, strict=True)
    ]

    paid, returned = batch["lines"]
    told = [
        row(paid), row(returned, "退汇", "账号户名不符"), row(paid, 业务参考号="0000000000000000"),
        row(paid, "失败", "超时"),
    ]  # fmt: skip
    wrong = good(bank.answer(batch["id"], [row(returned, **{"金额（元）": "20.01"})]))
    assert (wrong["status"], wrong["answers"][0]["rows"][0]["what"]) == ("exported", "amount_differs")
    settled = good(bank.answer(batch["id"], told))
    assert settled["status"] == "settled"
    assert [r["what"] for r in settled["answers"][1]["rows"]] == [
        "paid",
        "returned",
        "unknown",
        "contradiction",
    ]
    assert good(bank.answer(batch["id"], told))["answers"] == settled["answers"]
    assert world.tranches(first["id"])[0] == "paid"
    assert world.tranches(second["id"])[0] == "waiting"
    assert figures(world, *funds) == [(3_000, 0, 2_000), (5_000, 0, 0)]

    (back,) = bank.orders(status="returned", project=second["id"])
    assert back["reasons"] == "账号户名不符"
    bank.enter_payee(second["organisation"], "6222020200112233009")
    good(bank.post(f"/payment-orders/{back['id']}/renewal"))
    assert bank.post(f"/payment-orders/{back['id']}/renewal").status_code == 422
    renewed = bank.exported()
    assert [line["account"] for line in renewed["lines"]] == ["6222020200112233009"]
    good(bank.answer(renewed["id"], [row(renewed["lines"][0])]))
    assert figures(world, *funds) == [(3_000, 0, 2_000), (5_000, 0, 2_000)]


def test_a_project_is_completed_by_the_banks_answer_to_its_last_payment(bank, world, contracted):
    (first, _) = contracted[1]
    w.publish(world.node, world.evaluated(first, "mid_term", "pass"), world.evaluated(first, "final", "pass"))
    due = eventually(lambda: o if len(o := bank.orders(status="due", project=first["id"])) == 2 else None)
    assert world.get(f"/projects/{first['id']}")["status"] == "running"
    # The second tranche is borne by what is left of the small fund and by the large one.
    assert sorted(len(order["parts"]) for order in due) == [1, 2]
    batch = bank.exported([order["id"] for order in due])
    good(bank.answer(batch["id"], [row(line) for line in batch["lines"]]))
    assert world.get(f"/projects/{first['id']}")["status"] == "completed"


def test_an_order_is_put_back_and_cancelled_while_the_bank_does_not_have_it(bank, world):
    fund = world.fund(50, area=PAYER)["id"]
    target = world.round(fund, area=PAYER)
    application = world.screened(target, yuan=50, organisation=world.organisation(area=PAYER))
    world.noticed(target)
    good(world.award(application))
    project = world.contract(application)
    (order,) = bank.orders(status="due", project=project["id"])
    bank.enter_payee(project["organisation"], "6222020200112233007")
    batch = good(bank.prepare([order["id"]]))
    assert bank.post(f"/payment-orders/{order['id']}/cancellation", {"reasons": "x"}).status_code == 422
    good(bank.post(f"/payment-batches/{batch['id']}/dissolution", {"reasons": "户名有误"}, who=APPROVER))
    assert bank.answer(batch["id"], []).json()["type"].endswith("not-exported")
    good(bank.post(f"/payment-orders/{order['id']}/cancellation", {"reasons": "项目终止"}))
    assert figures(world, fund) == [(5_000, 0, 0)]
    good(world.post(f"/projects/{project['id']}/stop", {"reasons": "项目终止"}))
    assert figures(world, fund) == [(0, 0, 0)]


def test_no_account_is_told_to_anybody(bank, world, contracted):
    eventually(lambda: not world.node.depth("svc.funding"))
    with funding_store(world) as store:
        told = list(store["sent_events"].find({"envelope.type": {"$regex": "payment_|payee"}}))
        assert {one["envelope"]["type"].split(".")[1] for one in told} >= {"payment_batch", "payment_order"}
        text = str(told)
        assert "62220202" not in text
        assert "春雨社工" not in text
        assert "62220202" not in str(list(store["audit_entries"].find({})))
    assert world.node.get(f"{world.api}/payees?area={PAYER}", "district_staff").status_code == 403
