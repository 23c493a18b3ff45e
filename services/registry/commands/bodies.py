"""What can be done with bodies that are known here without being registered here."""

from __future__ import annotations

from typing import Any

from services.registry.documents.bodies import KnownBody
from services.registry.domain import bodies as rules
from services.registry.subjects import bodies as subjects
from shared.call import Call
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def record_body(call: Call, body: Data) -> KnownBody:
    """Record a hub body or an external party. Raises Refused for a wrong credit code, Conflict for a known one."""
    rules.check_credit_code(body["credit_code"])
    return save(call, new(call, KnownBody, **body), subjects.BODY_RECORDED)


@command
def change_body(call: Call, body_id: str, body: Data) -> KnownBody:
    """Keep what is known of a body up to date."""
    known = load(call, KnownBody, body_id)
    for name, changed in body.items():
        setattr(known, name, changed)
    return save(call, known, subjects.BODY_CHANGED)
