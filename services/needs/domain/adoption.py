"""Rules of adoption 公益认领: party units, firms, organisations and neighbours take up a need or a wish 微心愿."""

from __future__ import annotations

from statemachine import State, StateMachine

from shared.errors import Refused, Text

ADOPTERS = ("party_unit", "firm", "organisation", "neighbour")  # 党组织、企业、社会组织、邻里


class WishLife(StateMachine):
    """Life cycle of a wish 微心愿, or a need, that is offered for adoption."""

    open = State("open 待认领", initial=True)
    adopted = State("adopted 已认领")
    fulfilled = State("fulfilled 已实现", final=True)
    withdrawn = State("withdrawn 已撤回", final=True)

    adopt = open.to(adopted)
    give_back = adopted.to(open)
    fulfil = adopted.to(fulfilled)
    withdraw = open.to(withdrawn)


def check_adopter(kind: str, unit: str | None) -> None:
    """Raise Refused for a unit without a name, and for a neighbour with one: the name of a person is told to
    nobody."""
    if (kind == "neighbour") is (unit is None):
        return
    raise Refused(
        "adopter-unit",
        Text(
            "A neighbour is not named; party units, firms and organisations are.",
            "邻里认领不公开姓名；党组织、企业和社会组织须填写名称。",
        ),
        Text("Give `unit` for all but neighbours.", "除邻里外请填写单位名称。"),
        field="unit",
    )
