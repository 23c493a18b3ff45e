"""Statutory deadlines 法定期限: how long the registry may take over each step of a record's life."""

from __future__ import annotations

from shared.arearules import AreaRule
from shared.clocks import Limit, Step, limit
from shared.errors import Text

ACCEPTANCE = limit(
    "limit_acceptance", Limit(5, "working_days", 1), "行政许可法 32, 82",
    Text("Time in which a correction can be asked for", "受理审查期限"),
)  # fmt: skip
REGISTRATION = limit(
    "limit_registration", Limit(60, "days", 5), "社会团体登记管理条例 12; 民办非企业单位登记管理暂行条例 11",
    Text("Time for a decision on a registration", "作出登记决定的期限"),
)  # fmt: skip
FILING = limit(
    "limit_filing", Limit(7, "days", 2), "湘潭市社区社会组织备案管理办法",
    Text("Time for a decision on a filing", "作出备案决定的期限"),
)  # fmt: skip
RULES = (ACCEPTANCE, REGISTRATION, FILING)


def acceptance(status: str, paused_in: str) -> Step:
    """What is missing is named once and in full within this time, else the application counts as accepted 视为受理.
    It stands still while the applicant corrects 补正."""
    return Step(
        "acceptance", status, ACCEPTANCE, Text("acceptance", "受理审查"), (paused_in,), lapse="accept"
    )


def decision(status: str, rule: AreaRule[Limit]) -> Step:
    return Step("decision", status, rule, Text("decision", "作出决定"))


ORGANISATION_STEPS = {
    "registered": (acceptance("applied", "correcting"), decision("accepted", REGISTRATION)),
    "filed": (acceptance("applied", "correcting"), decision("accepted", FILING)),
}
