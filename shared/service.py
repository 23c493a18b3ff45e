"""The base of every service: relay, consumer, probes, figures and documents are the same everywhere.

A service's folder has the same parts under the same names:

    domain.py     rules and life cycles, pure: no Nameko, no Mongo, no HTTP
    commands.py   use cases that change something: plain functions named by verbs
    queries.py    use cases that read
    documents.py  what is stored
    schemas.py    forms of requests, answers and events
    events.py     what it publishes, and the table of what it handles
    service.py    the Nameko class: thin entrypoints only

Where a part has grown, it is a folder of that name with one module a subject (the registry).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import fields
from mongoengine import Document
from nameko.timer import timer
from werkzeug.wrappers import Request, Response

from shared import clock, runtime
from shared.audit import anchors
from shared.audit import queries as audit_queries
from shared.audit.queries import AuditQuery, AuditView
from shared.audit.sealer import Sealer
from shared.audit.sealing import SealedEntry
from shared.audit.values import PersonalValue
from shared.call import Call
from shared.errors import NotFound, Text
from shared.events import asyncapi
from shared.events.consumer import consume, dispatch
from shared.events.envelope import Event
from shared.events.handlers import Handler, Handlers
from shared.events.relay import Relay
from shared.events.restate import Restater, Tells
from shared.events.types import EventType
from shared.fields import Area, Moment, Schema
from shared.http import Page, get, idempotency, openapi, page_of, post, raw
from shared.http.routes import check_rules
from shared.persons.requests import KnownDataRequest
from shared.store import connection, lost, memories, outbox, restatements, setaside
from shared.store.aggregate import Aggregate
from shared.store.lost import GoneRecord, LostChange
from shared.store.memories import Memory
from shared.store.nodes import KnownNode
from shared.store.restatements import Receipt, Restatement
from shared.telemetry import metrics
from shared.version import VERSION

HOUR = 3600


class ResyncAnswer(Schema):
    """What one service of one node told again."""

    node = Area()
    service = fields.Str()
    sent = fields.Int(metadata={"description": "records told"})
    at = Moment()


class ResyncAnswers(Schema):
    """The answers that one of this node's services has received in full to a request for state."""

    id = fields.Str()
    answers = fields.List(fields.Nested(ResyncAnswer))


class LostChangeView(Schema):
    """A record of which another node has seen more than the backup held."""

    id = fields.Str(attribute="record")
    of = fields.Str(metadata={"description": "<service>.<noun>"})
    area = Area()
    gone = fields.Bool(metadata={"description": "the backup held no such record"})
    ours = fields.List(fields.Int(), metadata={"description": "epoch and sequence in the backup"})
    theirs = fields.List(fields.Int(), metadata={"description": "the newest that anybody has seen"})
    state = fields.Dict(metadata={"description": "as the teller keeps it"})
    told_by = fields.Str(metadata={"description": "<node>/<service>"})


class Service:
    """Subclasses set `name`, `documents`, `publishes` and `handlers`, and add their entrypoints."""

    name: ClassVar[str]
    documents: ClassVar[Sequence[type[Document]]] = ()
    publishes: ClassVar[Sequence[EventType]] = ()
    handlers: ClassVar[Handlers] = Handlers()
    tells: ClassVar[Tells] = ()  # its subjects, each with the records that it is about
    aggregates: ClassVar[Sequence[type[Aggregate]]] = ()  # derived from `documents`

    relay = Relay()
    sealer = Sealer()
    restater = Restater()

    def __init_subclass__(cls) -> None:
        if hasattr(cls, "name"):
            check_rules(cls)
        machinery = (KnownNode, outbox.SentEvent, setaside.SetAside, Restatement, Receipt, Memory)
        audit = (SealedEntry, PersonalValue, anchors.AuditHead, KnownDataRequest)
        cls.documents = (*cls.documents, *machinery, LostChange, GoneRecord, *audit)
        if "name" in vars(cls):
            cls.publishes = (*cls.publishes, anchors.anchored(cls.name))
        cls.aggregates = tuple(d for d in cls.documents if issubclass(d, Aggregate))
        lost.OWNED.update(
            {f"{subject.service}.{subject.noun}": (subject, kind) for subject, kind in cls.tells}
        )

    @consume
    def on_event(self, event: Event, handlers: list[Handler]) -> None:
        dispatch(event, handlers)

    @timer(interval=HOUR)
    def tidy(self) -> None:
        """Forget what is kept for a time only: sent events, those set aside, answers to requests and resyncs."""
        outbox.purge()
        setaside.purge()
        restatements.purge()
        memories.purge()
        idempotency.purge(clock.wall())

    @get(
        "/resyncs/<id>", answer=ResyncAnswers,
        summary="Who has told this service its state again 重新同步的答复",
    )  # fmt: skip
    def resync_answers(self, call: Call, id: str) -> Any:
        call.authorise(call.node.area)
        return {"id": id, "answers": restatements.receipts(id)}

    @get(
        "/lost", answer=page_of(LostChangeView),
        summary="Changes that a restore of this node lost 恢复时丢失的变更",
    )  # fmt: skip
    def lost_changes(self, call: Call) -> Any:
        call.authorise(call.node.area)
        return Page(list(lost.listed()))

    @get(
        "/audit", query=AuditQuery, answer=page_of(AuditView),
        summary="Entries of the audit chain 审计记录",
    )  # fmt: skip
    def audit_entries(self, call: Call, query: dict[str, Any]) -> Any:
        call.authorise(call.node.area)
        return audit_queries.entries(query)

    @post(
        "/audit/heads", answer=anchors.Anchored,
        summary="Tell the head of the audit chain now 立即锚定审计链",
    )  # fmt: skip
    def anchor_audit(self, call: Call) -> Any:
        call.authorise(call.node.area)
        return {"head": anchors.anchor(call)}

    @raw("/livez")
    def livez(self, request: Request) -> Response:
        return _json({"service": self.name, "node": runtime.node().area, "version": VERSION})

    @raw("/readyz")
    def readyz(self, request: Request) -> Response:
        """Ready means that commands can be answered: the store is there. The outbox absorbs a broker that is not."""
        try:
            connection.database().client.admin.command("ping")
        except Exception as error:  # whatever the driver says, the answer is the same
            return _json({"ready": False, "store": type(error).__name__}, 503)
        return _json({"ready": True})

    @raw("/metrics")
    def figures_for_operators(self, request: Request) -> Response:
        body, content_type = metrics.exposition()
        return Response(body, content_type=content_type)

    @raw("/api/<service>/openapi.json")
    def openapi_document(self, request: Request, service: str) -> Response:
        if service != self.name:
            return self.elsewhere(request, service)
        return _json(openapi.document(type(self), VERSION, runtime.node().url))

    @raw("/api/<service>/asyncapi.json")
    def asyncapi_document(self, request: Request, service: str) -> Response:
        if service != self.name:
            return self.elsewhere(request, service)
        return _json(asyncapi.document(type(self), VERSION))

    def elsewhere(self, request: Request, service: str) -> Response:
        """Asked for another service's document; only the gateway knows where that is."""
        raise NotFound(
            "no-such-service",
            Text(f"This is {self.name}, not {service}.", f"此处是 {self.name}，不是 {service}。"),
            Text("Ask the node's own address.", "请访问节点地址。"),
        )


def _json(content: Mapping[str, Any], status: int = 200) -> Response:
    body = json.dumps(content, ensure_ascii=False)
    return Response(body, status=status, content_type="application/json")
