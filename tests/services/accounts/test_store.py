"""What becomes of accounts in the store without anybody asking: hand-over, and forgetting."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from deploy.embedded import Embedded
from services.accounts import credentials, families, hashing, security, settings
from services.accounts.commands import managing
from services.accounts.documents import ALL, Account, Credentials, SecurityEvent, Session
from services.accounts.service import AccountsService
from shared import runtime
from shared.audit.trail import TRAIL
from shared.call import Call
from shared.node import Node, parse
from shared.store import connection, handover, nodes
from tests.services.accounts.people import CHEAP

pytestmark = pytest.mark.service

DISTRICT, STREET = (
    parse(
        json.dumps({
            "area": area, "parent": parent, "services": ["accounts"], "url": f"http://{area}.example", "port": 1,
            "broker": "amqp://127.0.0.1/", "store": "mongodb://127.0.0.1/", "keys": "keys",
            "clock": "request", "accounts": CHEAP,
        }),
        Path(), {},
    )
    for area, parent in (("230102", None), ("230102778", "230102"))
)  # fmt: skip
NEW = "春眠不觉晓-Spring-1"


@pytest.fixture(scope="module")
def prefix(embedded: Embedded) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield name
    connection.connect(embedded.addresses.store_uri, name)
    for area in (DISTRICT.area, STREET.area):
        connection.database().client.drop_database(f"{name}_{area}")
    connection.disconnect()


@contextmanager
def at(embedded: Embedded, prefix: str, node: Node, *known: Node) -> Iterator[Call]:
    """Within the process of a node's service, which knows these nodes."""
    try:
        connection.connect(embedded.addresses.store_uri, f"{prefix}_{node.area}")
        runtime.configure(node, "accounts", {})
        nodes.forget()
        for document in ALL:
            document.ensure_indexes()
        for one in known:
            nodes.KnownNode(
                id=one.area, area=one.area, parent=one.parent, services=list(one.services), url=one.url
            ).save()
        yield Call(node=node, service="accounts")
    finally:
        connection.disconnect()
        nodes.forget()


def test_an_account_moves_with_its_password_and_leaves_no_name_behind(embedded: Embedded, prefix: str):
    holdings, policy = AccountsService.holdings, settings.of(DISTRICT).policy
    with at(embedded, prefix, DISTRICT, DISTRICT) as call:
        body = {"area": STREET.area, "login": "wang.fang", "display_name": "王芳"}
        account = managing.open_account(call, body)
        credentials.set_password(credentials.of(account), NEW, call.now, policy, first=False)
        families.begin(call, account, None, policy)
    moved_at_once = []
    for _ in range(3):
        with at(embedded, prefix, DISTRICT, STREET) as call:
            batch = handover.release(call, holdings, STREET.area, 10)
        moved_at_once.append([item.collection for item in batch.items])
        with at(embedded, prefix, STREET, DISTRICT, STREET) as call:
            taken = handover.receive(call, holdings, STREET.area, batch.items, batch.requests)
            assert taken.refused == []
        with at(embedded, prefix, DISTRICT) as call:
            # As the relay and the sealer leave it.
            Account._get_collection().update_many({}, {"$set": {"outbox": [], TRAIL: []}})
            handover.confirm(call, holdings, STREET.area, taken.taken)
    assert moved_at_once == [["credentials"], ["accounts"], []]
    with at(embedded, prefix, STREET):
        moved = Account.objects.get(login="wang.fang")
        assert (moved.id, moved.owner) == (account.id, STREET.area)
        assert hashing.verified(credentials.of(moved).password, NEW, policy)
        assert Session.objects.count() == 0
    with at(embedded, prefix, DISTRICT):
        assert Credentials.objects.count() == Account.objects.count() == 0


def test_security_events_are_kept_as_long_as_the_node_says(embedded: Embedded, prefix: str):
    with at(embedded, prefix, STREET) as call:
        for days in (0, 365, 367):
            dated = replace(call, cause=str(uuid.uuid4()), now=call.now - timedelta(days=days))
            security.record(dated, "signed_in", STREET.area, about=str(days))
            security.record(dated, "signed_in", STREET.area, about=str(days))
        security.purge(call.now, settings.of(STREET).policy.event_days)
        assert {event.about for event in SecurityEvent.objects} == {"0", "365"}
        assert SecurityEvent.objects.count() == 2


def test_somebody_who_is_unknown_costs_as_much_as_somebody_who_is_wrong(monkeypatch: pytest.MonkeyPatch):
    """The same work is done for both: a password is compared with a hash of the same parameters."""
    policy, seen = settings.of(STREET).policy, list[str]()
    real = hashing._verified

    def counted(hasher: PasswordHasher, kept: str, given: str) -> bool:
        seen.append(kept)
        return real(hasher, kept, given)

    monkeypatch.setattr(hashing, "_verified", counted)
    kept = hashing.hashed(NEW, policy)
    assert hashing.verified(kept, NEW, policy)
    assert not hashing.verified(kept, "wrong", policy)
    assert not hashing.verified(None, NEW, policy)
    assert len(seen) == 3
    assert {one.rsplit("$", 2)[0] for one in seen} == {kept.rsplit("$", 2)[0]}
