"""Rules of notifications: who a recipient is, who may read for them, and who is told when nobody reads."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml
from statemachine import State, StateMachine

from shared import areas, workdays
from shared.call import Call
from shared.errors import Forbidden, Refused, Text

NOTICE_KINDS = ("public_notice", "result", "topic", "general")  # 公示、结果公告、立项公示、公告
OFFICER = "organisation_officer"
_STAFF = {"district": "district_staff", "street": "street_staff", "community": "community_worker"}

_ROLE = re.compile(r"role:([a-z]+(?:_[a-z]+)*)@(\d{6,12})", re.ASCII)
_ORGANISATION = re.compile(r"organisation:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)


class ReminderLife(StateMachine):
    """Life cycle of a reminder 催办提醒."""

    waiting = State(initial=True)  # 待提醒
    fired = State()  # 已提醒
    escalated = State(final=True)  # 已上报
    closed = State(final=True)  # 已办结

    fire = waiting.to(fired)
    escalate = fired.to(escalated)
    close = fired.to(closed)


class Recipient(NamedTuple):
    """Whom a message is for: an organisation's officers, or whoever holds a role at an area.

    A reference only: the node that knows the people delivers to them.
    """

    organisation: str | None = None
    role: str | None = None
    area: str | None = None  # of the role

    def __str__(self) -> str:
        return f"organisation:{self.organisation}" if self.organisation else f"role:{self.role}@{self.area}"


def parse_recipient(text: str) -> Recipient | None:
    """`organisation:<id>` or `role:<role>@<area>`; None for anything else."""
    if found := _ORGANISATION.fullmatch(text):
        return Recipient(organisation=found[1])
    if (found := _ROLE.fullmatch(text)) and areas.is_area(found[2]):
        return Recipient(role=found[1], area=found[2])
    return None


def staff_of(area: str) -> Recipient:
    """Who works for an area: district or street staff, or its community workers."""
    return Recipient(role=_STAFF[areas.tier(area)], area=area)


def above(recipient: Recipient, area: str) -> Recipient | None:
    """Who is told when `recipient` does not read: the staff one tier above, or None at the top.

    Organisations, and roles that are not the staff of their tier, stand below the staff of their own area.
    """
    if recipient != staff_of(area):
        return staff_of(area)
    higher = areas.parent(area)
    return staff_of(higher) if higher else None


def may_read(call: Call, recipient: Recipient, area: str) -> bool:
    """Whether the caller reads the recipient's messages: an organisation's officer with that role at the
    organisation's `area`, or a holder of the role that they are for, whose own they all are."""
    owner = recipient.organisation or call.actor.subject
    return call.may(recipient.area or area, owner, role=recipient.role or OFFICER)


def not_yours() -> Forbidden:
    return Forbidden(
        "others-messages",
        Text("These messages are for somebody else.", "这些消息不是发给您的。"),
        Text("Ask for a token with that role at that area.", "请申请具有该区域相应角色的令牌。"),
    )


def check_recipient_area(area: str, recipient_area: str) -> None:
    """Raise Refused unless the recipient's area lies within the area that the reminder is set for."""
    if not areas.contains(area, recipient_area):
        raise Refused(
            "recipient-elsewhere",
            Text(
                f"The recipient belongs to {recipient_area}, outside {area}.",
                f"接收方属于 {recipient_area}，不在 {area} 内。",
            ),
            Text("Choose a recipient within the area.", "请选择该区域内的接收方。"),
            field="recipient",
        )


def check_until(until: datetime | None, now: datetime) -> None:
    """Raise Refused for a notice that would be over before it is posted."""
    if until is not None and until <= now:
        raise Refused(
            "until-passed",
            Text("The notice would end before it begins.", "公告的截止时间已过。"),
            Text("Give a later time, or leave it out.", "请填写更晚的时间，或不填。"),
            field="until",
        )


# A mobile number, or the 18 digits of an identity card: nothing that stands in a notice by chance.
_PERSONAL = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


def check_publication(text: str, names_persons: bool, permitted_by: str | None) -> None:
    """Personal data are published only with the persons' own consent to that, or where a rule demands it
    (个人信息保护法 25, 13). Raises Refused naming what is missing."""
    if (names_persons or _PERSONAL.search(text)) and permitted_by is None:
        raise Refused(
            "consent-needed",
            Text("The notice tells of persons.", "公告含有个人信息。"),
            Text(
                "Give the file number of their consent to publication, or the rule that demands it, in "
                "permitted_by; or leave the persons out.",
                "请在 permitted_by 填写单独同意的文号或要求公开的规定，或去除个人信息。",
            ),
            field="permitted_by",
        )


@cache
def _rules() -> dict[str, Any]:
    text = resources.files("services.notifications").joinpath("deadlines.yaml").read_text(encoding="utf-8")
    rules: dict[str, Any] = yaml.safe_load(text)
    return rules


def reminder_due(occasion: str, ends_at: datetime, now: datetime) -> datetime:
    """When to remind of something that ends at `ends_at`: so many days before as the data say, at once where
    that has passed."""
    days = int(_rules()["reminders"][occasion]["days_before"])
    return max(now, ends_at - timedelta(days=days))


def escalation_due(fired_at: datetime, working_days: int | None) -> datetime:
    """When an unread reminder goes to the tier above; `working_days` None takes the number of the data."""
    days = int(_rules()["escalation"]["working_days"]) if working_days is None else working_days
    return workdays.deadline(fired_at, days, "working_days").at
