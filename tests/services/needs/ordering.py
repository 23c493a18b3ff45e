"""A menu, clients and orders for tests, by the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from tests.harness import RunningNode, eventually
from tests.services import organisations

Data = dict[str, Any]

NOW = "2025-06-10T10:00:00+08:00"
AFTER_DELIVERY = "2025-06-12T18:00:00+08:00"
NEXT_MONTH = "2025-07-01T00:00:00+08:00"
CONTACT = {"name": "赵某某", "phone": "13900007777", "address": "友谊路 8 号"}


def good(answer: requests.Response) -> Data:
    assert answer.ok, answer.text
    return dict(answer.json())


@dataclass
class Menu:
    """What is ordered in one area, at a node that hosts registry and needs."""

    node: RunningNode
    area: str

    def __post_init__(self) -> None:
        self.team = organisations.active(self.node, "助餐队", self.area)
        self.item = self.listed(price_fen=12_000)

    def listed(self, **more: Any) -> str:
        """The id of a new item, once its organisation is known to the service."""
        body = {
            "area": self.area, "name": "上门助浴", "item_class": "daily_care", "unit": "次", "price_fen": 100,
            "valid_from": "2025-01-01", "organisations": [self.team],
        }  # fmt: skip
        made: list[Data] = []

        def look() -> bool:
            answer = self.post("/menu", body | more)
            if answer.status_code == 201:
                made.append(answer.json())
            else:
                assert answer.status_code == 409, answer.text
            return bool(made)

        eventually(look, what="the organisation known to needs")
        return str(made[0]["id"])

    def post(
        self, path: str, body: Any = None, role: str | None = "street_staff", **more: Any
    ) -> requests.Response:
        return self.node.post(f"/api/needs{path}", body, role, **({"now": NOW} | more))

    def client(self, client_class: str = "low_income", **more: Any) -> str:
        body = {"area": self.area, "contact": CONTACT, "client_class": client_class} | more
        return str(good(self.post("/clients", body, "community_worker"))["id"])

    def run(self, kind: str, month: str = "2025-06", now: str = NOW) -> Data:
        """A run over the vouchers of a month, at its end."""
        started = good(self.post("/voucher-runs", {"kind": kind, "area": self.area, "month": month}, now=now))
        return self.ended(started["id"])

    def ended(self, run: str, within: float = 40.0) -> Data:
        def look() -> Data | None:
            answer = self.node.get(f"/api/needs/voucher-runs/{run}")
            found = dict(answer.json()) if answer.ok else {}
            return found if found.get("status") == "finished" else None

        return dict(eventually(look, within=within, what="the run at its end"))

    def order(self, client: str, item: str | None = None, **more: Any) -> Data:
        body = {"client": client, "item": item or self.item, "wished_on": "2025-06-12"}
        return good(self.post("/orders", body | more, "community_worker"))

    def decide(self, order: str, at: str = "2025-06-12T09:00:00+08:00", **more: Any) -> requests.Response:
        body = {"approve": True, "organisation": self.team, "appointed_at": at}
        return self.post(f"/orders/{order}/decision", body, **more)

    def deliver(self, order: str, **more: Any) -> requests.Response:
        body = {"delivered_at": "2025-06-12T09:30:00+08:00"}
        return self.post(f"/orders/{order}/delivery", body, **({"now": AFTER_DELIVERY} | more))

    def confirm(self, order: str, by: str = "relative", **more: Any) -> requests.Response:
        return self.post(f"/orders/{order}/confirmation", {"by": by}, **({"now": AFTER_DELIVERY} | more))

    def voucher(self, client: str, month: str = "2025-06") -> Data:
        where = {"client": client, "month": month}
        return dict(self.node.get("/api/needs/vouchers", params=where).json()["items"][0])
