"""Who may hold which role, where, and who may give it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from statemachine import State, StateMachine

from shared import areas
from shared.call import Grant
from shared.errors import Conflict, Forbidden, Refused, Text
from shared.permissions import ROLES

GRANTABLE = tuple(role for role in ROLES if role != "node")  # nodes show their own keys
# 三权分立 (GB/T 22239-2019 8.1.5): who makes accounts, who says what they may, and who looks on are three people.
POWERS = frozenset({"administrator", "security_officer", "auditor"})
OFFICER = "organisation_officer"  # the role that is held for an organisation
KINDS = ("person", "client")  # 人员、接口客户端

_LOGIN = re.compile(r"[\w.@+-]{2,64}")


class AccountLife(StateMachine):
    """Life cycle of an account 账号."""

    active = State(initial=True)  # 正常
    disabled = State()  # 停用
    closed = State(final=True)  # 注销

    disable = active.to(disabled)
    enable = disabled.to(active)
    close = active.to(closed) | disabled.to(closed)


class Role(NamedTuple):
    """A role at an area; for an organisation's officer, of which organisation."""

    role: str
    area: str
    organisation: str | None = None


def normal(login: str) -> str:
    """A sign-in name as it is compared: width and case of letters make no difference."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def check_login(login: str) -> str:
    """The normal form. Raises Refused for what is no sign-in name."""
    found = normal(login)
    if not _LOGIN.fullmatch(found):
        raise Refused(
            "login-form",
            Text("This is no sign-in name.", "登录名格式不正确。"),
            Text("Give 2 to 64 letters, digits, or . _ - @ +.", "请填写 2 至 64 个文字、数字或 . _ - @ +。"),
            field="login",
        )
    return found


def check_grant(kind: str, home: str, held: Iterable[Role], wanted: Role) -> None:
    """Raise unless an account of the area `home` that holds `held` may be given `wanted` as well.

    Nobody holds two of the three powers, and a machine none (GB/T 22239-2019 8.1.5.1 to 8.1.5.3).
    """
    if not areas.contains(home, wanted.area):
        raise Refused(
            "beyond-the-account",
            Text(f"The account belongs to {home}, and {wanted.area} is not within that.",
                 f"该账号属于 {home}，不能在 {wanted.area} 授权。"),
            Text("Name an area within the account's own.", "请选择账号所属区域以内的区域。"),
            field="area",
        )  # fmt: skip
    if (wanted.role == OFFICER) != (wanted.organisation is not None):
        raise Refused(
            "organisation-of-an-officer",
            Text("An officer, and nobody else, acts for an organisation.", "仅社会组织负责人须指明其组织。"),
            Text("Give `organisation` with the role organisation_officer only.",
                 "仅在角色为 organisation_officer 时填写 organisation。"),
            field="organisation",
        )  # fmt: skip
    if wanted in held:
        raise Conflict(
            "held-already",
            Text("The account holds this role there already.", "该账号已具有此角色。"),
            Text("Nothing is to be done.", "无需操作。"),
            field="role",
        )
    if wanted.role in POWERS:
        _check_separate(kind, {role.role for role in held} & POWERS - {wanted.role})


def _check_separate(kind: str, others: set[str] | frozenset[str]) -> None:
    if kind == "client":
        raise Refused(
            "no-power-for-machines",
            Text("Machines hold none of the three powers.", "接口客户端不得具有三员权限。"),
            Text("Give this role to a person.", "请授予人员账号。"),
            field="role",
        )
    if others:
        held = ", ".join(sorted(others))
        raise Refused(
            "powers-are-separate",
            Text(f"The account is {held} already, and nobody holds two of the three powers.",
                 f"该账号已是 {held}，系统管理员、安全管理员、审计管理员不得兼任。"),
            Text("Give this role to somebody else.", "请授予其他人员。"),
            field="role",
        )  # fmt: skip


def check_not_self(actor: str, account: str) -> None:
    """Raise Forbidden for whoever would change what they themselves may."""
    if actor == account:
        raise Forbidden(
            "not-oneself",
            Text("Nobody changes this of their own account.", "不得对本人账号执行此操作。"),
            Text("Ask another administrator or security officer.", "请由其他管理员操作。"),
        )


def check_resetter(actor_roles: Iterable[str], held: Iterable[Role]) -> None:
    """Raise Forbidden where a new password would let its maker take over one of the three powers: of such an
    account only the command on the node's machine makes one."""
    if {role.role for role in held} & POWERS and "operator" not in set(actor_roles):
        raise Forbidden(
            "power-reset-by-operator",
            Text("The account holds one of the three powers.", "该账号具有三员权限之一。"),
            Text("The node's operator resets it: `hatchery account reset`.",
                 "请由节点运维人员执行 hatchery account reset。"),
        )  # fmt: skip


def acting(held: Sequence[Role], organisation: str | None) -> tuple[tuple[Grant, ...], str | None]:
    """What a token of the account says: its grants, and the organisation that it acts for.

    Who acts for an organisation acts for that one only, so a token holds either the roles of its officer or all
    others. Without a choice: the others; where there are none, the one organisation. Raises Forbidden for an
    organisation that is not the account's.
    """
    theirs = {role.organisation for role in held if role.organisation}
    if organisation is not None and organisation not in theirs:
        raise Forbidden(
            "other-organisation",
            Text("You are no officer of this organisation.", "您不是该组织的负责人。"),
            Text("Leave `organisation` out, or name your own.", "请不填 organisation，或填写您所属的组织。"),
            field="organisation",
        )
    others = [role for role in held if role.organisation is None]
    if organisation is None and not others and len(theirs) == 1:
        (organisation,) = theirs
    chosen = [role for role in held if role.organisation == organisation]
    return tuple(dict.fromkeys(Grant(role.role, role.area) for role in chosen)), organisation


def needs_second_factor(held: Iterable[Role], wanted: Iterable[str]) -> bool:
    return not {role.role for role in held}.isdisjoint(wanted)
