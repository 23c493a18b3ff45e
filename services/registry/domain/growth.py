"""Rules of growth: a filed team 备案 becomes a legal person 登记."""

from __future__ import annotations

from typing import Any, Protocol

from services.registry.domain import lives
from shared import areas
from shared.errors import Refused, Text


class Filing(Protocol):
    """What is looked at of a filing."""

    name: Any
    track: Any
    status: Any
    grown_into: Any

    @property
    def seated_at(self) -> str: ...


def check_growth(track: str, area: str, filing: Filing) -> None:
    """Raise Refused unless a registration in `area` may grow out of the filing: it is one, is not ended otherwise
    and did not grow before, and the street that keeps it will hear of the registration."""
    if track != "registered" or filing.track != "filed":
        raise _refused("Only a filing grows, into a registration.", "只有备案团队可转为登记。")
    if filing.grown_into is not None:
        raise _refused(f"{filing.name} has grown already.", f"{filing.name}已转为登记。")
    if not lives.can(filing.status, "grow"):
        raise _refused(f"{filing.name} is {filing.status}.", f"{filing.name}当前状态不能转为登记。")
    if not areas.contains(filing.seated_at, area):
        raise _refused(
            f"The filing is kept by {filing.seated_at}, the application is for {area}.",
            f"该备案由 {filing.seated_at} 管理，申请区域为 {area}。",
        )


def check_teller(node: str, registry: str) -> None:
    """Raise Refused for a registration that another node than its registry tells of: it would end a filing."""
    if node != registry:
        raise Refused(
            "told-by-another",
            Text(f"Node {node} does not register here.", f"节点 {node} 不是登记管理机关。"),
            Text(f"Only {registry} ends filings by registering.", f"只有 {registry} 的登记可终止备案。"),
            field="node",
        )


def _refused(en: str, zh: str) -> Refused:
    return Refused(
        "cannot-grow",
        Text(en, zh),
        Text(
            "Name an active, suspended, lapsed or closed filing within the area of its street, or leave it out.",
            "请填写同一街道内正常、暂停、到期或已终止的备案团队，或不填此项。",
        ),
        field="growing_from",
    )
