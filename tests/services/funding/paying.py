"""An area that pays through the bank, and a bank that answers, for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import requests

from shared.http.files import CSV
from tests.harness import RunningNode
from tests.services.funding import world as w
from tests.services.funding.world import World, good

Data = dict[str, Any]
PREPARER, APPROVER = "finance-li", "finance-wang"


def by(node: RunningNode, subject: str) -> dict[str, str]:
    """Somebody of finance, by name."""
    return {"Authorization": f"Bearer {node.token('finance', subject=subject)}", "Accept-Language": "en"}


class Bank:
    """Finance's side of payments in one area."""

    def __init__(self, world: World, area: str) -> None:
        self.world, self.area = world, area

    def through_batches(self) -> None:
        """From now on the area pays through the bank."""
        body = {"area": self.area, "since": "2026-01-01", "value": True, "source": "区财政局通知"}
        good(self.world.post("/rules/payment_batches/values", body))

    def post(self, path: str, body: Any = None, who: str = PREPARER, **more: Any) -> requests.Response:
        return self.world.node.post(
            self.world.api + path, body, None, headers=by(self.world.node, who), now=w.NOTICE_OVER, **more
        )

    def get(self, path: str) -> requests.Response:
        return self.world.node.get(self.world.api + path, "finance")

    def orders(self, **query: str) -> list[Data]:
        listed = "&".join(f"{name}={value}" for name, value in query.items())
        return list(good(self.get(f"/payment-orders?limit=200&area={self.area}&{listed}"))["items"])

    def enter_payee(self, organisation: str, account: str) -> Data:
        body = {
            "area": self.area, "organisation": organisation, "holder": "春雨社工", "bank": "工行道里支行",
            "bank_code": "102261000018", "account": account,
        }  # fmt: skip
        return good(self.post("/payees", body))

    def prepare(self, orders: Sequence[str] | None = None, **more: Any) -> requests.Response:
        body: Data = {"area": self.area} | ({"orders": list(orders)} if orders else {})
        return self.post("/payment-batches", body, **more)

    def exported(self, orders: Sequence[str] | None = None, form: str = "csv") -> Data:
        """A batch that is with the bank."""
        batch = good(self.prepare(orders))
        good(self.post(f"/payment-batches/{batch['id']}/approval", who=APPROVER))
        return good(self.post(f"/payment-batches/{batch['id']}/export", {"format": form}))

    def answer(self, batch: str, rows: Iterable[Mapping[str, str]]) -> requests.Response:
        """Upload what the bank says: reference, amount, outcome, reason of each line."""
        out = io.StringIO()
        writer = csv.DictWriter(out, ["业务参考号", "金额（元）", "处理结果", "失败原因"])
        writer.writeheader()
        writer.writerows(rows)
        headers = by(self.world.node, PREPARER) | {
            "Content-Type": CSV, "Content-Disposition": "attachment; filename=answer.csv",
        }  # fmt: skip
        return self.world.node.request(
            "POST", f"{self.world.api}/payment-batches/{batch}/answers", None,
            data=out.getvalue().encode("gb18030"), headers=headers, now=w.NOTICE_OVER,
        )  # fmt: skip


def row(line: Data, outcome: str = "成功", reason: str = "", **changed: str) -> dict[str, str]:
    amount = f"{line['amount_fen'] / 100:.2f}"
    said = {"业务参考号": line["reference"], "金额（元）": amount, "处理结果": outcome, "失败原因": reason}
    return said | changed
