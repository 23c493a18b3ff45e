"""What the registrar's eye falls on in an annual report 年度工作报告: figures that contradict each other are refused,
what only looks odd becomes a remark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.errors import Fault, Refused, Text

Report = Mapping[str, Any]

_INCOME = ("donations_fen", "government_fen", "services_fen", "membership_fees_fen", "other_fen")
_SPENDING = ("programmes_fen", "wages_fen", "administration_fen", "other_spending_fen")

# Each remark with its text; 党章 30 asks for a branch from three party members on, 基金会管理条例 29 limits wages and
# office to a tenth of the year's spending.
REMARKS = {
    "no_council": Text("No council met in the year.", "全年未召开理事会会议。"),
    "no_party_branch": Text(
        "Three or more party members and no party organisation.", "党员三名以上而未建立党组织。"
    ),
    "no_activity": Text("No activity was held.", "全年未开展活动。"),
    "deficit": Text("Liabilities exceed assets.", "资不抵债。"),
    "office_costs": Text(
        "Wages and administration exceed a tenth of the spending.",
        "工资福利和行政办公支出超过当年总支出的 10%。",
    ),
    "changes_unregistered": Text(
        "Registered matters changed without registration.", "登记事项已变更而未办理变更登记。"
    ),
    "unaudited": Text("The accounts were not audited.", "财务会计报告未经审计。"),
}


def check(report: Report) -> None:
    """Raise Refused, naming each field, where a complete report's figures contradict each other."""
    faults = tuple(_contradictions(report))
    if faults:
        raise Refused(
            "report-contradicts-itself",
            Text("Figures of the report contradict each other.", "报告中的数据相互矛盾。"),
            Text(
                "Correct the fields listed in `errors`, then hand in again.",
                "请修改 errors 中列出的各项后重新提交。",
            ),
            field=faults[0].field,
            faults=faults,
        )


def _contradictions(report: Report) -> Iterator[Fault]:
    finance, staff = report.get("finance") or {}, report.get("staff") or {}
    for total, parts in (("income_fen", _INCOME), ("spending_fen", _SPENDING)):
        if total in finance and finance[total] != sum(finance.get(part, 0) for part in parts):
            yield _fault(
                f"finance.{total}", "The total is not the sum of its parts.", "合计与各分项之和不符。"
            )
    if "assets_fen" in finance and finance["assets_fen"] < finance.get("net_assets_fen", 0):
        yield _fault("finance.net_assets_fen", "Net assets exceed assets.", "净资产大于资产总额。")
    for part in ("full_time", "party_members", "social_workers"):
        if staff.get(part, 0) > staff.get("employed", 0) + staff.get("volunteers", 0):
            yield _fault(f"staff.{part}", "There are not so many people.", "人数超过从业人员和志愿者总数。")


def _fault(field: str, en: str, zh: str) -> Fault:
    return Fault(field, Text(en, zh), Text("Check the figures.", "请核对数据。"))


def remarks(form: str, report: Report) -> list[str]:
    """Codes of `REMARKS` for the registrar; they decide nothing."""
    basics, staff, finance = (report.get(part) or {} for part in ("basics", "staff", "finance"))
    party, changes = report.get("party_building") or {}, report.get("changes") or {}
    office = finance.get("wages_fen", 0) + finance.get("administration_fen", 0)
    found = {
        "no_council": basics.get("council_meetings") == 0,
        "no_party_branch": staff.get("party_members", 0) >= 3 and not party.get("has_branch", True),
        "no_activity": report.get("activities") == [],
        "deficit": finance.get("liabilities_fen", 0) > finance.get("assets_fen", 0),
        "office_costs": form == "foundation" and office * 10 > finance.get("spending_fen", 0) > 0,
        "changes_unregistered": bool(changes.get("unregistered")),
        "unaudited": form in ("foundation", "non_enterprise") and finance.get("audited") is False,
    }
    return [code for code, holds in found.items() if holds]
