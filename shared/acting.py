"""Whether an organisation may act 开展活动, as far as it is known here: each service asks its own copy, and news of an
approval may still be on its way to it."""

from __future__ import annotations

from shared.errors import Conflict, Refused, Text

# States of an organisation that an event on its way may turn into `active`.
BEFORE_ACTIVE = ("draft", "applied", "correcting", "accepted")


def check_acting(status: str, name: str, field: str = "organisation") -> None:
    """Raise unless an organisation in this state may act: Conflict as `check_decided` does, Refused otherwise."""
    check_decided(status, name, field)
    if status != "active":
        raise Refused(
            "organisation-not-active",
            _detail(status, name),
            Text("Name an active organisation.", "请填写状态正常的社会组织。"),
            field=field,
        )


def check_decided(status: str, name: str, field: str = "organisation") -> None:
    """Raise Conflict, with a moment to wait, where an approval on its way may change the answer."""
    if status in BEFORE_ACTIVE:
        raise Conflict(
            "organisation-not-yet-active",
            _detail(status, name),
            Text("Try again when it has been approved.", "请在准予后重试。"),
            field=field,
            retry_after=1,
        )


def _detail(status: str, name: str) -> Text:
    return Text(f"{name} is {status}.", f"{name}的状态不是正常。")
