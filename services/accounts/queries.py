"""What can be asked of accounts."""

from __future__ import annotations

from typing import Any

from services.accounts import credentials, families
from services.accounts.documents import Account, SecurityEvent, Session
from services.accounts.domain import accounts
from services.accounts.standing import check_standing
from shared import keys
from shared.call import Call
from shared.errors import NotFound, Text
from shared.http import Page
from shared.node import Node
from shared.store import find
from shared.store.queries import get, page_for, seen

_account = get(Account)


def account(call: Call, identifier: str) -> Account:
    check_standing(call)
    found = _account(identifier)
    call.authorise(found.area)
    return found


def accounts_of(call: Call, query: dict[str, Any]) -> Page[Account]:
    check_standing(call)
    if query.get("login"):
        query["login"] = accounts.normal(query["login"])
    return page_for(call, Account, query, "kind", "login")


def security_events(call: Call, query: dict[str, Any]) -> Page[SecurityEvent]:
    """Newest first."""
    check_standing(call)
    given = {name: query[name] for name in ("account", "kind") if query.get(name)}
    if query["cursor"]:
        given["id__lt"] = query["cursor"][0]
    found = seen(call, SecurityEvent, query["area"]).filter(**given).order_by("-id").limit(query["limit"] + 1)
    return Page.of(list(found), query["limit"], lambda event: [event.id])


def me(call: Call) -> dict[str, Any]:
    """Who the caller's token speaks for; a name only where this node keeps the account."""
    kept = find(Account, call.actor.subject)
    return {
        "subject": call.actor.subject,
        "organisation": call.actor.organisation,
        "grants": [grant._asdict() for grant in call.actor.grants],
        "display_name": kept.display_name if kept else None,
    }


def sessions_of(call: Call) -> Page[Session]:
    """The caller's own that go on."""
    check_standing(call)
    found = find(Account, call.actor.subject)
    return Page(list(families.going(call.now, found, credentials.of(found))) if found else [])


def own_session(call: Call, identifier: str) -> Session:
    """Raises NotFound for anybody else's, as for none."""
    found: Session | None = Session.objects(id=identifier, account=call.actor.subject).first()
    if found is None:
        raise NotFound(
            "no-such-session",
            Text("You have no such session.", "您没有该会话。"),
            Text("List your sessions.", "请查询您的会话列表。"),
            field="id",
        )
    return found


def key_set(node: Node) -> dict[str, Any]:
    """The node's public keys as a JSON Web Key Set (RFC 7517; Ed25519 by RFC 8037)."""
    about = {"kty": "OKP", "crv": "Ed25519", "alg": keys.ALGORITHM, "use": "sig"}
    return {"keys": [about | dict(keys.published(node.area, key)) for key in keys.accepted(node.keys)]}
