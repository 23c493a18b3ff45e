"""Rules of organisations that move to another street or community."""

from __future__ import annotations

from typing import Any, Protocol

from shared import areas
from shared.errors import Refused, Text

POSSIBLE = ("active", "suspended", "lapsed")


class Movable(Protocol):
    """What the rules look at of an organisation."""

    name: Any
    area: Any
    status: Any
    moving_to: Any


def check_move(one: Movable, to: str, *, underway: bool) -> None:
    """Raise Refused unless the organisation can move to the area `to`: one of the same district, with nothing of it
    underway that its old registry still has to decide."""
    if areas.path(to)[0] != areas.path(one.area)[0]:
        raise Refused(
            "other-district",
            Text(f"{to} lies in another district.", f"{to} 不在本区。"),
            Text("End it here and apply there.", "请在本区注销后在当地重新办理。"),
            field="to",
        )
    if one.status not in POSSIBLE:
        raise Refused(
            "organisation-state",
            Text(f"{one.name} is {one.status}.", f"{one.name}当前状态为 {one.status}。"),
            Text("Only who is registered or filed can move.", "仅已登记或备案的组织可迁移。"),
            field="id",
        )
    if underway:
        raise Refused(
            "matters-underway",
            Text("Matters of it are underway.", "该组织尚有未办结事项。"),
            Text("Decide on them, or have them withdrawn.", "请先办结或撤回。"),
            field="id",
        )


def check_staying(one: Movable) -> None:
    """Raise Refused for an organisation that asks to move: its new registry decides on what it asks for next."""
    if one.moving_to is not None:
        raise Refused(
            "moving",
            Text(f"{one.name} is moving to {one.moving_to}.", f"{one.name}正在迁往 {one.moving_to}。"),
            Text("Ask for it there, once it has moved.", "请在迁移完成后向迁入地申请。"),
            field="organisation",
        )
