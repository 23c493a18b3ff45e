"""Event types: what a service publishes of its subjects, each event with the subject's full shared state.

ORGANISATION = Subject("registry", "organisation", schemas.OrganisationState, Text("organisation", "社会组织"))
REGISTERED = ORGANISATION.event("registered", Text("registered", "登记"))
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from marshmallow import Schema, fields

from shared import areas, clock
from shared.errors import Text
from shared.events.directed import Direction
from shared.ids import derived_id
from shared.telemetry import tracing

if TYPE_CHECKING:
    from shared.call import Call
    from shared.node import Node
    from shared.store.aggregate import Aggregate

Audience = Literal["public", "area", "node"]
Form = type[Schema]

# A verb that every subject has: its current state is told again, epoch and sequence unchanged. Read models
# take it, and no effect is ever bound to it.
RESTATED = "restated"

# Verbs, with their terms, that every subject has besides: after a restore from a backup, that a record goes on
# from an older state in a new epoch, and that one is gone.
RESTORED = ("restored", Text("restored from a backup", "由备份恢复"))
LOST = ("lost", Text("lost in a restore", "恢复时丢失"))


@dataclass(frozen=True)
class Subject:
    """A noun of a service whose state others may know.

    `state` dumps the shared state from the aggregate; it must not hold personal data. `version` is the major
    version of that form: additive changes keep it.
    """

    service: str
    noun: str
    state: type[Schema]
    term: Text
    audience: Audience = "area"
    version: int = 1

    def event(self, verb: str, term: Text, *, audience: Audience | None = None) -> EventType:
        return EventType(self, verb, term, audience or self.audience)

    def restored(self) -> EventType:
        return EventType(self, *RESTORED, self.audience)

    def lost(self) -> EventType:
        return Lost(self, *LOST, self.audience)

    @cached_property
    def handed_over(self) -> EventType:
        """Told by the node that gives a record away; the event's `owner` is who takes it."""
        return self.event("handed_over", Text("handed over", "移交"))

    @cached_property
    def taken_over(self) -> EventType:
        """Told by the node that has taken a record over and writes it from now on."""
        return self.event("taken_over", Text("taken over", "接管"))

    @property
    def dataschema(self) -> str:
        return f"urn:hatchery:{self.service}.{self.noun}:{self.version}"

    @cached_property
    def dumper(self) -> Schema:
        return self.state()

    def restate(self, node: Node, aggregate: Aggregate, asked: str, to: Direction) -> dict[str, Any]:
        """The envelope that tells of `aggregate` as it stands, for the request `asked`; same state, same id."""
        kind = f"{self.service}.{self.noun}.{RESTATED}"
        label = f"{kind}/{aggregate.id}/{aggregate.epoch}/{aggregate.sequence}"
        return {
            "specversion": "1.0",
            "id": derived_id(asked, label),
            "source": node.source(self.service),
            "type": kind,
            "subject": aggregate.id,
            "time": clock.text(aggregate.updated_at),
            "datacontenttype": "application/json",
            "dataschema": self.dataschema,
            "sequence": aggregate.sequence,
            "epoch": aggregate.epoch,
            "area": aggregate.area,
            "owner": aggregate.owner,
            "seat": aggregate.seated_at,
            "audience": self.audience,
            "causationid": asked,
            "correlationid": asked,
            "directedto": to.text,
            "data": self.dumper.dump(aggregate),
        }


@dataclass(frozen=True)
class EventType:
    """Something that happens to a subject, named by a verb in the past tense."""

    subject: Subject
    verb: str
    term: Text
    audience: Audience = field(default="area")

    @property
    def type(self) -> str:
        return f"{self.subject.service}.{self.subject.noun}.{self.verb}"

    @property
    def state(self) -> Form:
        """The form of `data`."""
        return self.subject.state

    def data(self, aggregate: Aggregate) -> dict[str, Any]:
        """The subject's shared state."""
        return dict(self.subject.dumper.dump(aggregate))

    def tell(self, call: Call, aggregate: Aggregate) -> dict[str, Any]:
        """The CloudEvents 1.0 envelope of this event about `aggregate` as it stands now."""
        envelope = {
            "specversion": "1.0",
            "id": derived_id(call.cause, f"{self.type}/{aggregate.id}/{aggregate.sequence}"),
            "source": call.node.source(call.service),
            "type": self.type,
            "subject": aggregate.id,
            "time": clock.text(call.now),
            "datacontenttype": "application/json",
            "dataschema": self.subject.dataschema,
            "sequence": aggregate.sequence,
            "epoch": aggregate.epoch,
            "area": aggregate.area,
            "owner": aggregate.owner,
            "seat": aggregate.seated_at,
            "audience": self.audience,
            "causationid": call.cause,
            "correlationid": call.correlation or call.cause,
            "data": self.data(aggregate),
        }
        parent = tracing.traceparent()
        if parent:
            envelope["traceparent"] = parent
        return envelope


class Left(EventType):
    """That a record has left an area: told where it was, of where it is now. Told besides what tells the new area."""

    def tell(self, call: Call, aggregate: Aggregate) -> dict[str, Any]:
        return super().tell(call, aggregate) | {"area": str(aggregate.as_stored["area"])}


class GoneState(Schema):
    """What is left of a record that is gone."""

    id = fields.Str()


class Lost(EventType):
    """That a record is gone."""

    @property
    def state(self) -> Form:
        return GoneState

    def data(self, aggregate: Aggregate) -> dict[str, Any]:
        return {"id": aggregate.id}


def routing_key(envelope: dict[str, Any]) -> str:
    """`<service>.<noun>.<verb>.<audience>.<district>[.<street>[.<community>]]` of an envelope; directed events
    have a form of their own. Raises ValueError for a direction that is none."""
    if to := envelope.get("directedto"):
        return Direction.parse(to).key(envelope["type"].split(".", 1)[0])
    return ".".join((envelope["type"], envelope["audience"], *areas.path(envelope["area"])))
