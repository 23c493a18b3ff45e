"""Accounts and what they may: made by administrators, given rights by security officers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.accounts import attempts, credentials, families, security, settings
from services.accounts.documents import Account, Credentials, HeldRole
from services.accounts.domain import accounts, passwords, sessions
from services.accounts.standing import check_standing, managed
from services.accounts.subjects import CLOSED, CORRECTED, DISABLED, ENABLED, GRANTED, OPENED, REVOKED
from shared.call import Call
from shared.errors import Conflict, NotFound, Refused, Text
from shared.events.types import EventType
from shared.lifecycle import advance
from shared.store import command, new, record, save, save_all

Data = dict[str, Any]


def open_account(call: Call, body: Data) -> Account:
    """Open a person's account, without roles and without a password. Raises Conflict for a name that is taken."""
    return _open(call, body | {"kind": "person"})


def open_client(call: Call, body: Data) -> Account:
    """Open a machine's account. Raises Refused for a longer time than the node allows."""
    most = settings.of(call.node).policy.client_days
    days = body.pop("days") or most
    if days > most:
        raise Refused(
            "client-too-long",
            Text(f"A machine's access is good for {most} days at most.", f"接口客户端有效期最长 {most} 天。"),
            Text("Give fewer days; it can be opened anew.", "请缩短有效期。"),
            field="days",
        )
    return _open(call, body | {"kind": "client", "ends_at": call.now + timedelta(days=days)})


@command
def _open(call: Call, body: Data) -> Account:
    check_standing(call)
    login = accounts.check_login(body["login"])
    account = new(call, Account, **body | {"login": login})
    save_all(call, (account, OPENED), record(call, Credentials, "Credentials", account=account.id))
    security.record(call, "opened", account.area, account.id, account.kind)
    return account


@command
def correct(call: Call, account_id: str, body: Data) -> Account:
    """Correct a person's data (个人信息保护法 46)."""
    account = managed(call, account_id)
    _check_not_closed(account)
    account.display_name = body["display_name"]
    return save(call, account, CORRECTED)


@command
def grant(call: Call, account_id: str, body: Data) -> Account:
    """Give a role. Sessions end, so that the next token tells of it."""
    account = managed(call, account_id)
    accounts.check_not_self(call.actor.subject, account.id)
    _check_not_closed(account)
    wanted = accounts.Role(**body)
    accounts.check_grant(account.kind, account.area, account.held, wanted)
    account.roles.append(HeldRole(**body))
    return _rights(call, account, GRANTED, _told(wanted))


@command
def revoke(call: Call, account_id: str, body: Data) -> Account:
    """Take a role back. Raises NotFound for one that is not held."""
    account = managed(call, account_id)
    accounts.check_not_self(call.actor.subject, account.id)
    unwanted = accounts.Role(**body)
    if unwanted not in account.held:
        raise NotFound(
            "role-not-held",
            Text("The account does not hold this role there.", "该账号没有此角色。"),
            Text("See its `roles`.", "请查看其 roles。"),
            field="role",
        )
    account.roles = [role for role in account.roles if role.plain != unwanted]
    return _rights(call, account, REVOKED, _told(unwanted))


def disable(call: Call, account_id: str) -> Account:
    """Nobody signs in by it until it is enabled."""
    return _turn(call, account_id, "disable", DISABLED)


def enable(call: Call, account_id: str) -> Account:
    return _turn(call, account_id, "enable", ENABLED)


@command
def _turn(call: Call, account_id: str, action: str, event: EventType) -> Account:
    account = managed(call, account_id)
    accounts.check_not_self(call.actor.subject, account.id)
    account.status = advance(accounts.AccountLife, account.status, action)
    return _rights(call, account, event)


@command
def close(call: Call, account_id: str) -> Account:
    """Close it for good 注销, and forget whose it was (个人信息保护法 47): names, credentials and roles are gone;
    the id stays, since records name it."""
    account = managed(call, account_id)
    accounts.check_not_self(call.actor.subject, account.id)
    account.status = advance(accounts.AccountLife, account.status, "close")
    credentials.erase(credentials.of(account))
    account.login, account.display_name, account.roles = None, None, []
    return _rights(call, account, CLOSED)


def _rights(call: Call, account: Account, event: EventType, about: str | None = None) -> Account:
    """Save a change of what the account may. Its sessions are over by the same write."""
    account.sessions_from = call.now
    save(call, account, event)
    families.end_all(call.now, account.id, event.verb)
    security.record(call, event.verb, account.area, account.id, about)
    return account


def _told(role: accounts.Role) -> str:
    return f"{role.role}@{role.area}" + (f" of {role.organisation}" if role.organisation else "")


def _check_not_closed(account: Account) -> None:
    if account.status == "closed":
        raise Refused(
            "account-closed",
            Text("The account is closed.", "该账号已注销。"),
            Text("Open another one.", "请另开账号。"),
            field="status",
        )


def reset_password(call: Call, account_id: str) -> Data:
    """A password for one use, told to whoever asks for it; the second factor stays unless it was lost too."""
    account = _person(managed(call, account_id))
    accounts.check_not_self(call.actor.subject, account.id)
    _check_resetter(call, account)
    policy = settings.of(call.node).policy
    password = passwords.made_up(policy)
    kept = credentials.of(account)
    until = credentials.set_password(kept, password, call.now, policy, first=True)
    families.end_all(call.now, account.id, "password_reset")
    security.record(call, "password_reset", account.area, account.id)
    return {"account": account.id, "login": account.login, "password": password, "good_until": until}


def drop_second_factor(call: Call, account_id: str) -> None:
    """For somebody who has lost the authenticator and the recovery codes. They enrol anew at the next sign-in where
    their roles need a second factor."""
    account = _person(managed(call, account_id))
    accounts.check_not_self(call.actor.subject, account.id)
    _check_resetter(call, account)
    credentials.drop_totp(credentials.of(account))
    families.end_all(call.now, account.id, "second_factor_removed")
    security.record(call, "second_factor_removed", account.area, account.id)


def _check_resetter(call: Call, account: Account) -> None:
    roles = {grant.role for grant in call.actor.grants}
    accounts.check_resetter(roles, account.held)


def unlock(call: Call, account_id: str) -> None:
    """Forget failed attempts."""
    account = managed(call, account_id)
    accounts.check_not_self(call.actor.subject, account.id)
    if account.login:
        attempts.forget(account.login)
    security.record(call, "unlocked", account.area, account.id)


def end_sessions(call: Call, account_id: str) -> None:
    """Sign somebody out everywhere."""
    account = managed(call, account_id)
    families.end_all(call.now, account.id, "ended_by_officer")
    security.record(call, "sessions_ended", account.area, account.id)


def make_secret(call: Call, account_id: str, overlap_hours: int) -> Data:
    """A machine's new secret, told this once; those before it go on for the overlap."""
    account = managed(call, account_id)
    if account.kind != "client":
        raise Refused(
            "no-client",
            Text("People have passwords, machines have secrets.", "人员账号使用密码，接口客户端使用密钥。"),
            Text("Name a machine's account.", "请选择接口客户端账号。"),
            field="id",
        )
    _check_not_closed(account)
    secret = sessions.new_secret()
    overlap = timedelta(hours=overlap_hours)
    credentials.add_secret(credentials.of(account), secret, call.now, account.ends_at, overlap)
    security.record(call, "secret_made", account.area, account.id)
    return {"client_id": account.id, "client_secret": secret, "good_until": account.ends_at}


def set_identity(call: Call, account_id: str, subject: str | None) -> None:
    """Say who it is at the identity provider. Raises Conflict where that is somebody else's account already."""
    account = _person(managed(call, account_id))
    accounts.check_not_self(call.actor.subject, account.id)
    _check_resetter(call, account)
    provider = settings.of(call.node).oidc
    if provider is None:
        raise Refused(
            "no-identity-provider",
            Text("This node has no identity provider.", "本节点未配置统一身份认证。"),
            Text("Write `accounts.oidc` into the node's description.", "请在节点描述中配置 accounts.oidc。"),
        )
    try:
        told = credentials.identity(provider.issuer, subject) if subject else None
        credentials.set_identity(credentials.of(account), told)
    except DuplicateKeyError:
        raise Conflict(
            "identity-taken",
            Text("Another account has this identity.", "该身份已关联其他账号。"),
            Text("Take it from the other account first.", "请先解除其他账号的关联。"),
            field="subject",
        ) from None
    families.end_all(call.now, account.id, "identity_set")
    security.record(call, "identity_set" if subject else "identity_removed", account.area, account.id)


def _person(account: Account) -> Account:
    if account.kind != "person" or account.status == "closed":
        raise Refused(
            "no-person",
            Text("This is no person's account that is open.", "该账号不是有效的人员账号。"),
            Text("Name a person's account.", "请选择人员账号。"),
            field="id",
        )
    return account
