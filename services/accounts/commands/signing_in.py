"""Signing in by password and second factor, and going on by refresh tokens."""

from __future__ import annotations

from typing import Any, NoReturn

from services.accounts import attempts, credentials, families, hashing, security, settings
from services.accounts.attempts import Counted
from services.accounts.documents import Account, Credentials, Session
from services.accounts.domain import accounts
from services.accounts.domain import sessions as rules
from services.accounts.domain.policy import Policy
from shared import keys
from shared.call import Call
from shared.errors import Forbidden, Text, Unauthenticated

Data = dict[str, Any]


def sign_in(call: Call, body: Data) -> Data:
    """A session. Raises Unauthenticated without saying what was wrong, TooMany, and to whoever has shown who they are
    Forbidden where they have something to do first."""
    account, kept = prove(call, body)
    if kept.first or (kept.good_until and kept.good_until <= call.now):
        raise Forbidden(
            "password-must-change",
            Text("This password must be changed first.", "须先修改密码。"),
            Text(
                "Send it with a new one to /api/accounts/password.",
                "请通过 /api/accounts/password 修改密码。",
            ),
        )
    if accounts.needs_second_factor(account.held, _policy(call).second_factor) and not kept.totp:
        raise Forbidden(
            "second-factor-needed",
            Text("Your roles need a second factor.", "您的角色须启用双因素认证。"),
            Text("Enrol at /api/accounts/second-factor.", "请通过 /api/accounts/second-factor 启用。"),
        )
    return begin(call, account, body["organisation"], "signed_in")


def begin(call: Call, account: Account, organisation: str | None, how: str) -> Data:
    """A session for somebody who has shown who they are."""
    _, organisation = accounts.acting(account.held, organisation)
    session, token = families.begin(call, account, organisation, _policy(call))
    security.record(call, how, account.area, account.id, session.id)
    return _tokens(call, account, session, token)


def prove(call: Call, body: Data) -> tuple[Account, Credentials]:
    """Whose name, password and second factor these are. Raises Unauthenticated, the same and after the same time
    whether there is such an account or not; and TooMany."""
    policy, login = _policy(call), accounts.normal(body["login"])
    counted = attempts.begin(login, call.origin, call.now, policy)
    account = _person(call, login)
    kept = credentials.of(account) if account else None
    if not hashing.verified(kept.password if kept else None, body["password"], policy):
        _refuse(call, account, counted)
    assert account is not None
    assert kept is not None
    if kept.first and kept.good_until <= call.now:
        _refuse(call, account, counted)  # told to somebody, and not used in time
    if kept.totp:
        _prove_second(call, account, kept, body["code"], counted)
    attempts.succeeded(counted, policy)
    credentials.keep_up(kept, body["password"], policy)
    return account, kept


def _prove_second(
    call: Call, account: Account, kept: Credentials, code: str | None, counted: Counted
) -> None:
    if code is None:
        raise Unauthenticated(
            "code-needed",
            Text("This needs a code of your authenticator.", "需要验证器动态码。"),
            Text("Send it as `code`, or one of your recovery codes.", "请在 code 中填写动态码或恢复码。"),
        )
    how = credentials.use_code(kept, code, call.now)
    if how is None:
        _refuse(call, account, counted)
    if how == "recovery":
        security.record(call, "recovery_code_used", account.area, account.id)


def _person(call: Call, login: str) -> Account | None:
    found: Account | None = Account.objects(
        login=login, owner=call.node.area, kind="person", status="active"
    ).first()
    return found


def _refuse(call: Call, account: Account | None, counted: Counted) -> NoReturn:
    area, identifier = (account.area, account.id) if account else (call.node.area, None)
    security.record(call, "sign_in_failed", area, identifier)
    if counted.locks:
        security.record(call, "locked", area, identifier)
        if account:
            families.end_all(call.now, account.id, "locked")
    raise _refusal()


def _refusal() -> Unauthenticated:
    return Unauthenticated(
        "sign-in-refused",
        Text("Name, password or code are wrong.", "登录名、密码或动态码错误。"),
        Text(
            "Check them, and that you ask the node that keeps your account.",
            "请核对后重试，并确认您的账号属于本节点。",
        ),
    )


def refresh(call: Call, token: str) -> Data:
    """New tokens for the session's newest refresh token. A token that was used before ends the session: of two who
    have it one has stolen it. Raises Unauthenticated."""
    identifier, secret = rules.split(token)
    session: Session | None = Session.objects(id=identifier).first()
    account: Account | None = session and Account.objects(id=session.account, owner=call.node.area).first()
    if session is None or account is None or account.status != "active":
        raise _session_over()
    policy, since = _policy(call), families.not_before(account, credentials.of(account))
    verdict = rules.presented(families.family(session), secret, call.now, policy, since)
    following = families.renew(call, session, policy) if verdict == "good" else None
    if verdict == "reused" or (verdict == "good" and following is None):
        families.end(call.now, session.id, "reused")
        security.record(call, "token_reused", account.area, account.id, session.id)
    if following is None:
        raise _session_over()
    return _tokens(call, account, session, following)


def _session_over() -> Unauthenticated:
    return Unauthenticated(
        "session-over",
        Text("The session is over.", "会话已结束。"),
        Text("Sign in again.", "请重新登录。"),
    )


def sign_out(call: Call, token: str) -> None:
    """End the session. Nothing is said of a token that is none."""
    identifier, secret = rules.split(token)
    session: Session | None = Session.objects(id=identifier).first()
    if session is None or not rules.same(secret, session.digest):
        return
    families.end(call.now, session.id, "signed_out")
    account = Account.objects(id=session.account).first()
    security.record(
        call, "signed_out", account.area if account else call.node.area, session.account, session.id
    )


def end_own(call: Call, session: Session) -> None:
    families.end(call.now, session.id, "signed_out")
    security.record(call, "signed_out", call.node.area, session.account, session.id)


def access_token(call: Call, account: Account, organisation: str | None) -> tuple[str, str | None]:
    """Signed by this node's key, with what the account may at this moment; and the organisation it acts for."""
    grants, organisation = accounts.acting(account.held, organisation)
    private = keys.load_private(call.node.keys)
    return keys.issue(private, call.node.area, account.id, grants, organisation), organisation


def _tokens(call: Call, account: Account, session: Session, refresh_token: str) -> Data:
    token, organisation = access_token(call, account, session.organisation)
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": keys.LIFETIME,
        "refresh_token": refresh_token,
        "session_ends_at": session.ends_at,
        "account": account.id,
        "organisation": organisation,
    }


def _policy(call: Call) -> Policy:
    return settings.of(call.node).policy
