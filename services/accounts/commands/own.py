"""What people do to their own credentials. They show each time who they are: a token that was left lying about must
not be enough."""

from __future__ import annotations

from typing import Any

from services.accounts import credentials, families, security, settings
from services.accounts.commands.signing_in import prove
from services.accounts.domain import accounts, passwords, second_factor
from shared.call import Call
from shared.errors import Conflict, Forbidden, Refused, Text

Data = dict[str, Any]


def change_password(call: Call, body: Data) -> None:
    """Set a new password, and end all sessions. Raises Refused for a weak one or one that was used before."""
    account, kept = prove(call, body)
    policy = settings.of(call.node).policy
    passwords.check(body["new_password"], account.login, policy)
    if credentials.used_before(kept, body["new_password"], policy):
        raise Refused(
            "password-used-before",
            Text("This password was used before.", "该密码近期已使用过。"),
            Text(f"Choose one that is none of the last {policy.password_history + 1}.",
                 f"请使用与最近 {policy.password_history + 1} 个不同的密码。"),
            field="new_password",
        )  # fmt: skip
    credentials.set_password(kept, body["new_password"], call.now, policy, first=False)
    families.end_all(call.now, account.id, "password_changed")
    security.record(call, "password_changed", account.area, account.id)


def propose_second_factor(call: Call, body: Data) -> Data:
    """A secret for an authenticator. It counts once a code of it has come back."""
    account, kept = prove(call, body)
    _check_changed(kept.first)
    secret = second_factor.new_secret()
    credentials.propose_totp(kept, secret)
    return {"secret": secret, "uri": second_factor.uri(secret, account.login, f"Hatchery {call.node.area}")}


def confirm_second_factor(call: Call, body: Data) -> Data:
    """Take the proposed secret for good; returns new recovery codes. All sessions end."""
    account, kept = prove(call, body)
    if kept.totp_pending is None:
        raise Conflict(
            "nothing-proposed",
            Text("No secret waits to be confirmed.", "没有待确认的验证器。"),
            Text("Ask for one first.", "请先申请。"),
        )
    step = second_factor.step(kept.totp_pending, body["new_code"].strip(), call.now, 0)
    codes = second_factor.recovery_codes()
    if step is None or not credentials.confirm_totp(kept, step, codes, call.now):
        raise Refused(
            "code-wrong",
            Text("This is no code of the new secret.", "动态码不正确。"),
            Text("Check the clock of the authenticator, and send the code that it shows now.",
                 "请核对验证器时间后重新输入当前动态码。"),
            field="new_code",
        )  # fmt: skip
    families.end_all(call.now, account.id, "second_factor_set")
    security.record(call, "second_factor_set", account.area, account.id)
    return {"recovery_codes": codes}


def give_up_second_factor(call: Call, body: Data) -> None:
    """Do without, where no role needs one. Raises Forbidden."""
    account, kept = prove(call, body)
    if accounts.needs_second_factor(account.held, settings.of(call.node).policy.second_factor):
        raise Forbidden(
            "second-factor-needed",
            Text("Your roles need a second factor.", "您的角色须启用双因素认证。"),
            Text("Enrol another authenticator instead.", "请改为更换验证器。"),
        )
    credentials.drop_totp(kept)
    security.record(call, "second_factor_removed", account.area, account.id)


def _check_changed(first: bool) -> None:
    """Whoever has told the first password knows it: what is enrolled by it might be theirs."""
    if first:
        raise Forbidden(
            "password-must-change",
            Text("This password must be changed first.", "须先修改密码。"),
            Text(
                "Send it with a new one to /api/accounts/password.",
                "请通过 /api/accounts/password 修改密码。",
            ),
        )
