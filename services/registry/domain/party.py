"""Rules of party organisations 党组织."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from statemachine import State, StateMachine

from shared.errors import Conflict, Refused, Text

BRANCH_KINDS = ("independent", "joint", "functional")  # 独立、联合、功能型党组织
# A functional branch gathers members whose membership stays elsewhere (不转组织关系): organisations may stand in it
# besides their own.
EXCLUSIVE = ("independent", "joint")


class BranchLife(StateMachine):
    """Life cycle of a party organisation 党组织."""

    active = State("active 正常", initial=True)
    dissolved = State("dissolved 已撤销", final=True)

    change = active.to(active)
    join = active.to(active)
    leave = active.to(active)
    dissolve = active.to(dissolved)


def check_branch(kind: str, organisations: Collection[str]) -> None:
    """Raise Refused unless the number of organisations fits: an independent branch 独立党支部 belongs to one,
    a joint branch 联合党支部 to two at least."""
    if len(set(organisations)) != len(organisations):
        raise Refused(
            "branch-members",
            Text("An organisation is named twice.", "有社会组织被重复填写。"),
            Text("Name each organisation once.", "每个社会组织只填写一次。"),
            field="organisations",
        )
    if kind == "independent" and len(organisations) != 1:
        raise Refused(
            "branch-members",
            Text(
                "An independent branch belongs to exactly one organisation.",
                "独立党组织只能由一个社会组织建立。",
            ),
            Text("Name one organisation, or choose 'joint'.", "请只填写一个社会组织，或选择联合党组织。"),
            field="organisations",
        )
    if kind == "joint" and len(organisations) < 2:
        raise Refused(
            "branch-members",
            Text(
                "A joint branch belongs to two organisations at least.",
                "联合党组织须由两个以上社会组织建立。",
            ),
            Text("Name all organisations of the branch.", "请填写参加的全部社会组织。"),
            field="organisations",
        )
    if not organisations:
        raise Refused(
            "branch-members",
            Text("A branch belongs to one organisation at least.", "党组织至少须有一个社会组织。"),
            Text("Dissolve it instead.", "请改为撤销该党组织。"),
            field="organisations",
        )


def holds(kind: str, organisations: Iterable[str]) -> list[str]:
    """The organisations that a branch has for itself."""
    return list(organisations) if kind in EXCLUSIVE else []


def taken(organisation: str, branch: str) -> Conflict:
    """What to raise of an organisation that stands in an independent or joint branch already."""
    return Conflict(
        "in-another-branch",
        Text(f"{organisation} belongs to {branch} already.", f"{organisation}已属于{branch}。"),
        Text("Have it leave that one first.", "请先退出原党组织。"),
        field="organisations",
    )


def left(organisations: Collection[str], leaving: str) -> list[str]:
    """The organisations without one. Raises Refused where it is none of them."""
    if leaving not in organisations:
        raise Refused(
            "branch-members",
            Text("The organisation does not belong to this branch.", "该社会组织不属于此党组织。"),
            Text("Name one of its organisations.", "请填写其所属的社会组织。"),
            field="organisation",
        )
    return [each for each in organisations if each != leaving]
