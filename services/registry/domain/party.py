"""Rules of party organisations 党组织."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Refused, Text

BRANCH_KINDS = ("independent", "joint", "functional")  # 独立、联合、功能型党组织


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
