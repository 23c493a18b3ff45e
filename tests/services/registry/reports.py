"""Annual reports for tests, complete and free of contradictions."""

from __future__ import annotations

from typing import Any

FINANCE = {
    "income_fen": 1_000, "donations_fen": 400, "government_fen": 300, "services_fen": 200,
    "membership_fees_fen": 50, "other_fen": 50, "spending_fen": 900, "programmes_fen": 800, "wages_fen": 60,
    "administration_fen": 30, "other_spending_fen": 10, "assets_fen": 5_000, "liabilities_fen": 1_000,
    "net_assets_fen": 4_000, "audited": True,
}  # fmt: skip
_BASICS: dict[str, Any] = {
    "council_meetings": 2,
    "own_premises": False,
    "statutes_amended": False,
    "branches": 0,
}
BASICS: dict[str, dict[str, Any]] = {
    "association": {"general_meetings": 1, "unit_members": 12, "individual_members": 30},
    "non_enterprise": {"licence_valid": True, "fees_published": True},
    "foundation": {"public_fundraising": False, "supervisors": 1},
}
WORK: dict[str, Any] = {
    "summary": "全年开展为老服务。",
    "activities": [{"name": "义诊", "on": "2025-05-04", "beneficiaries": 80, "spent_fen": 300}],
}
FULL: dict[str, Any] = WORK | {
    "staff": {"employed": 6, "full_time": 4, "social_workers": 2, "volunteers": 30, "party_members": 2},
    "finance": FINANCE,
    "party_building": {"has_branch": False, "activities": 0},
    "changes": {"registered": [], "unregistered": []},
}


def report(form: str = "non_enterprise", **changed: Any) -> dict[str, Any]:
    """The body of a draft: a complete report of a form."""
    if form == "work_report":
        return {form: WORK | changed}
    if form == "charity_report":
        return {form: WORK | {"finance": FINANCE, "charitable_spending_fen": 700} | changed}
    more = {"charitable_spending_fen": 700, "net_assets_before_fen": 3_900} if form == "foundation" else {}
    return {form: FULL | {"basics": _BASICS | BASICS[form]} | more | changed}
