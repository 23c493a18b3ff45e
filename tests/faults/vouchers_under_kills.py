"""Monthly vouchers under kill -9 of the service of needs, while they are issued, spent and lapse.

    python -m tests.faults.vouchers_under_kills --clients 2000 --spending 60 --orders 8 --kills 2

Starts a broker, a store and a district's node of its own in a temporary folder. Vouchers are issued to all clients by
a run; several clerks at once decide, deliver, confirm and cancel orders that ask for more than the vouchers hold; the
month ends. The service is killed in the middle of each. Ends with 0 only where each entitled client has one voucher,
each voucher paid for its orders to the fen and never more than it had, and the runs' own counts say so. The tests do
the same with a few.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests
from pymongo import MongoClient

from shared.ids import new_id
from shared.node import load
from tests.faults.alone import alone
from tests.harness import RunningNode, eventually
from tests.services.needs.ordering import NEXT_MONTH, NOW, Menu

DISTRICT = "230102"
LONGEST = 1800.0  # seconds
CLERKS = 4  # who work on orders at once
ENTITLED = 4  # of five clients
VOUCHER = 20_000  # fen, of the class low_income


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass
class Trial:
    """One month of `clients` clients, of whom `spending` order `orders` times each."""

    node: RunningNode
    area: str
    clients: int
    spending: int
    orders: int
    kills: Mapping[str, int]  # by what goes on meanwhile: issue, spending, lapse
    seed: int = 1
    faults: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        addresses = self.node.embedded.addresses
        self.client: MongoClient[dict[str, Any]] = MongoClient(addresses.store_uri, tz_aware=True)
        self.store = self.client[load(self.node.folder / "node.yaml").database("needs")]
        self.chance = random.Random(self.seed)

    def run(self) -> None:
        began = time.monotonic()
        self.menu = Menu(self.node, self.area)
        with ThreadPoolExecutor(CLERKS) as clerks:
            self.people = list(clerks.map(self._register, range(self.clients)))
        self._work("issue", NOW, "2025-06")
        again = self.menu.run("issue")
        self._expect("issued again", again["outcomes"].get("issued", 0), 0)
        self._check_issue()
        self._spend()
        self._check_spending()
        self._work("lapse", NEXT_MONTH, "2025-06")
        self._check_lapse()
        self.told.append(f"{time.monotonic() - began:.1f} s in all")
        self.client.close()

    def _register(self, number: int) -> str:
        return self.menu.client("low_income" if number % 5 < ENTITLED else "general")

    def _work(self, kind: str, now: str, month: str) -> None:
        body = {"kind": kind, "area": self.area, "month": month}
        run = self.menu.post("/voucher-runs", body, now=now).json()["id"]
        done = {"month": month} | ({"status": "lapsed"} if kind == "lapse" else {})
        entitled, kills = self._entitled(), self.kills.get(kind, 0)
        for n in range(kills):
            share = entitled * (n + 1) // (kills + 1)
            eventually(partial(self._reached, done, share), within=LONGEST, what="so many vouchers")
            self._kill(kind)
        found = self.menu.ended(run, LONGEST)
        self.told.append(f"{kind}: {found['outcomes']}, {found['fen']} fen, {self.killed[kind]} kills")
        if kind == "issue":
            expected = {"issued": entitled, "not_entitled": self.clients - entitled}
            self._expect("counted by the run", found["outcomes"], {k: v for k, v in expected.items() if v})
            self._expect("fen counted by the run", found["fen"], entitled * VOUCHER)

    def _entitled(self) -> int:
        return sum(number % 5 < ENTITLED for number in range(self.clients))

    def _reached(self, where: dict[str, Any], least: int) -> bool:
        return self.store["vouchers"].count_documents(where | self._within()) >= least

    def _within(self) -> dict[str, Any]:
        return {"area": {"$gte": self.area, "$lt": self.area + ":"}}

    def _kill(self, during: str) -> None:
        self.node.kill("needs")
        self.killed[during] += 1

    def _check_issue(self) -> None:
        owners = Counter(one["client"] for one in self.store["vouchers"].find(self._within(), {"client": 1}))
        entitled = [one for n, one in enumerate(self.people) if n % 5 < ENTITLED]
        self._expect("vouchers issued twice", sum(count > 1 for count in owners.values()), 0)
        self._expect("clients with a voucher", set(owners), set(entitled))

    def _spend(self) -> None:
        """Orders of each spending client are worked on by several clerks at once, each with keys of its own that
        it repeats until there is an answer."""
        spending = [one for n, one in enumerate(self.people) if n % 5 < ENTITLED][: self.spending]
        work = [client for client in spending for _ in range(self.orders)]
        done, kills = threading.Semaphore(0), self.kills.get("spending", 0)

        def follow(client: str) -> None:
            self._follow(client, random.Random(f"{self.seed}/{client}/{new_id()}"))
            done.release()

        with ThreadPoolExecutor(CLERKS) as clerks:
            finished = [clerks.submit(follow, client) for client in work]
            for _ in range(kills):
                for _ in range(max(1, len(work) // (kills + 1))):
                    done.acquire(timeout=LONGEST)
                self._kill("spending")
            for one in finished:
                one.result()
        self.told.append(f"spending: {len(work)} orders, {self.killed['spending']} kills")

    def _follow(self, client: str, chance: random.Random) -> None:
        order = self._until(
            "/orders", {"client": client, "item": self.menu.item, "wished_on": "2025-06-12"}, NOW
        )["id"]
        decision = {
            "approve": True,
            "organisation": self.menu.team,
            "appointed_at": "2025-06-12T09:00:00+08:00",
        }
        self._until(f"/orders/{order}/decision", decision, NOW)
        end = chance.choice(("decided", "cancelled", "confirmed", "confirmed", "confirmed"))
        if end == "cancelled":
            self._until(f"/orders/{order}/cancellation", {"reasons": "改期"}, NOW)
        elif end == "confirmed":
            now = "2025-06-12T18:00:00+08:00"
            self._until(f"/orders/{order}/delivery", {"delivered_at": "2025-06-12T09:30:00+08:00"}, now)
            self._until(f"/orders/{order}/confirmation", {"by": "client"}, now)

    def _until(self, path: str, body: dict[str, Any], now: str) -> dict[str, Any]:
        """What is answered in the end, asked with one key while the service is away or the record is busy."""
        key, answers = new_id(), list[dict[str, Any]]()

        def look() -> bool:
            answer = self._send(path, body, now, key)
            if answer.status_code in (409, 502, 503, 504):
                return False
            assert answer.ok, answer.text
            answers.append(answer.json())
            return True

        eventually(look, within=LONGEST, what=f"{path} answered")
        return answers[0]

    def _send(self, path: str, body: dict[str, Any], now: str, key: str) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.node.token('street_staff')}",
            "Idempotency-Key": key,
            "Hatchery-Now": now,
        }
        return requests.post(f"{self.node.url}/api/needs{path}", json=body, headers=headers, timeout=30)

    def _check_spending(self) -> None:
        """Each voucher against its orders, as the store has both."""
        held, spent = Counter[str](), Counter[str]()
        for order in self.store["orders"].find(self._within()):
            paid = order.get("voucher_fen", 0)
            split = paid + order["subsidy_fen"] + order["client_fen"]
            if order["status"] != "cancelled":
                self._expect(f"parts of order {order['_id']}", split, order["total_fen"])
            if order.get("voucher"):
                (spent if order["status"] == "confirmed" else held)[order["voucher"]] += paid
        for voucher in self.store["vouchers"].find(self._within()):
            found = (voucher["held_fen"], voucher["spent_fen"])
            self._expect(f"voucher {voucher['_id']}", found, (held[voucher["_id"]], spent[voucher["_id"]]))
            if sum(found) > VOUCHER:
                self.faults.append(f"voucher {voucher['_id']} paid {sum(found)} of {VOUCHER} fen")
        used = sum(spent.values()) + sum(held.values())
        self.told.append(f"{len(spent)} vouchers spent {sum(spent.values())} fen, {sum(held.values())} held")
        if not used or max((spent + held).values()) < VOUCHER:
            self.faults.append("no voucher was used up: the race was none")

    def _check_lapse(self) -> None:
        for voucher in self.store["vouchers"].find(self._within()):
            parts = voucher["held_fen"] + voucher["spent_fen"] + voucher["lapsed_fen"]
            self._expect(f"lapsed voucher {voucher['_id']}", (voucher["status"], parts), ("lapsed", VOUCHER))

    def _expect(self, what: str, found: Any, expected: Any) -> None:
        if found != expected:
            self.faults.append(f"{what}: {found}, not {expected}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Monthly vouchers under kill -9.")
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--spending", type=int, default=60, help="clients who order")
    parser.add_argument("--orders", type=int, default=8, help="of each of them")
    parser.add_argument("--kills", type=int, default=2, help="each during issue, spending and lapse")
    given = parser.parse_args()
    kills = dict.fromkeys(("issue", "spending", "lapse"), given.kills)
    with alone(["registry", "needs"], DISTRICT) as node:
        trial = Trial(node, DISTRICT, given.clients, given.spending, given.orders, kills)
        trial.run()
    for line in trial.told:
        say(line)
    for fault in trial.faults[:50]:
        say(f"fault: {fault}")
    killed = sum(trial.killed.values())
    say(f"{given.clients} clients, {killed} kill -9, {len(trial.faults)} faults")
    return 1 if trial.faults or killed < sum(kills.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
