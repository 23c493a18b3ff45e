"""Whether a caller's rights still stand here, where the accounts are: a token tells those of when it was signed."""

from __future__ import annotations

from services.accounts.documents import Account
from shared.call import Call
from shared.errors import Text, Unauthenticated
from shared.store import find, load


def check_standing(call: Call) -> None:
    """Raises Unauthenticated where the caller's account is not active or has lost a role that the token names.

    Who has no account here (the machine's operator, people of a node above) is taken at the token's word.
    """
    account = find(Account, call.actor.subject)
    if account is None or account.owner != call.node.area:
        return
    held = {(role.role, role.area) for role in account.roles}
    if account.status != "active" or not held.issuperset(tuple(grant) for grant in call.actor.grants):
        raise Unauthenticated(
            "token-outdated",
            Text("Your rights have changed since you signed in.", "您登录后权限已变更。"),
            Text("Sign in again.", "请重新登录。"),
        )


def managed(call: Call, identifier: str) -> Account:
    """An account to be changed by somebody whose rights still stand. Raises as `load` and `check_standing` do."""
    check_standing(call)
    return load(call, Account, identifier)
