"""What a service does with events: read models take the newest state, effects act once for each event.

The table of a service stands in its `events.py`:

    HANDLERS = Handlers(
        replica(ORGANISATION, documents.Organisation),
        read_model("evaluation.grade", schemas.SeenGrade, documents.KnownGrade),
        effect("needs.topic.chosen", schemas.SeenTopic, commands.offer_topic),
    )

The schemas here are this service's own view of an event: they name only the fields it needs and ignore the
rest, so that publishers may add fields. A contract test holds them against what the publishers declare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from mongoengine import Document

from shared import areas, runtime
from shared.call import Call
from shared.errors import Misdirected, NotFound
from shared.events.directed import EVERY, is_target
from shared.events.envelope import BadEvent, Event
from shared.events.types import LOST, RESTATED, Subject
from shared.fields import Moment
from shared.persons.requests import NOUN, KnownDataRequest, SeenDataRequest
from shared.store import lost, migrations, nodes, readmodel, restatements, setaside
from shared.store.aggregate import Aggregate, AlreadyApplied, repeated
from shared.store.lost import Told
from shared.store.readmodel import News, ReadModel, Verdict

Outcome = Literal["applied", "duplicate", "stale", "elsewhere"]
Work = Sequence[tuple[Event, dict[str, Any]]]  # events with their data as the handler sees it


@dataclass(frozen=True)
class Handler:
    """One entry of the table. `verb` is "*" for read models, which take the state whatever happened; `service`
    is "*" for what every service may direct to this one."""

    service: str
    noun: str
    verb: str
    version: int
    schema: type[Schema]
    run: Callable[[Event, dict[str, Any]], Outcome]
    kind: Literal["read model", "effect"]
    name: str
    keep: Callable[[Work], list[Verdict]] | None = None  # what `run` does, for many events in one write
    kept: type[Document] | None = None  # where a read model or replica keeps it

    def handles(self, event: Event) -> bool:
        return (
            self.service in ("*", event.service)
            and self.noun == event.noun
            and self.verb in ("*", event.verb)
        )

    def parse(self, event: Event) -> dict[str, Any]:
        """The event's data as this handler sees it. Raises BadEvent `invalid` naming the fields."""
        if event.verb == LOST[0]:
            return {}  # of a record that is gone nothing is left to look at
        try:
            loaded: dict[str, Any] = self.schema(unknown=EXCLUDE).load(event.data)
        except ValidationError as error:
            raise BadEvent("invalid", f"data for {self.name}: {error.messages}") from error
        return loaded


class Handlers:
    """The table of a service. Every service also keeps the read model of known nodes, and tells its state
    again to nodes that ask for it."""

    def __init__(self, *entries: Handler) -> None:
        self.entries = (*entries, KNOWN_NODES, ASKED, RECEIPTS, RESTORES, MEMORIES, REQUESTS)

    def __iter__(self) -> Iterator[Handler]:
        return iter(self.entries)

    def of(self, event: Event) -> list[Handler]:
        """The handlers of an event, read models first: an effect may look at what they keep."""
        found = [h for h in self.entries if h.handles(event)]
        return sorted(found, key=lambda h: h.kind == "effect")

    def patterns(self) -> list[str]:
        """The routing patterns that the service's queue is bound with.

        Of nouns that only effects look at, nothing but their verbs: others would be parked as unknown.
        """
        bound = [h for h in self.entries if h.service != "*"]  # what is directed has a key of its own
        whole = {(h.service, h.noun) for h in bound if h.verb == "*"}
        verbs = (h.verb + "." if (h.service, h.noun) not in whole else "" for h in bound)
        return sorted({f"{h.service}.{h.noun}.{v}#" for h, v in zip(bound, verbs, strict=True)})


def read_model(of: str, schema: type[Schema], kind: type[ReadModel], *, version: int = 1) -> Handler:
    """Keep the newest state of another service's subject, named `<service>.<noun>`, in `kind`."""
    service, noun = of.split(".")
    return _keeping((service, noun, version, schema), kind, f"keep {kind.__name__}", partial(_news, kind))


def replica(subject: Subject, kind: type[Aggregate]) -> Handler:
    """Keep copies of this service's own records that other nodes own, beside the records owned here."""

    def told(event: Event, data: dict[str, Any]) -> News | None:
        here = runtime.node().area
        if event.node == here:
            return None  # the echo of what was written here
        if event.owner == here:
            return None  # it comes whole, by hand-over: an event does not carry all that an owner needs
        news = _news(kind, event, data)
        return replace(news, state=migrations.raised(kind, news.state, reading=False), spare=here)

    form = (subject.service, subject.noun, subject.version, subject.state)
    return _keeping(form, kind, f"copy {subject.noun}", told)


def replicas(tells: Iterable[tuple[Subject, type[Aggregate]]]) -> list[Handler]:
    """Copies of all records that other nodes of this service tell of."""
    return [replica(subject, kind) for subject, kind in tells if subject.audience != "node"]


def derived(
    of: str, schema: type[Schema], refresh: Callable[[Work], object], name: str, *, version: int = 1
) -> Handler:
    """Work out again what this service derives from what it stores, whenever a subject's state becomes new.

    `refresh` takes events of the subject with their data, which is empty for a record that is gone, and looks at what
    is stored: by then the entries that stand above this one in the table have kept it. It must be harmless twice.
    """
    service, noun = of.split(".")

    def keep(work: Work) -> list[Verdict]:
        refresh(work)
        return ["applied"] * len(work)

    def run(event: Event, data: dict[str, Any]) -> Outcome:
        keep([(event, data)])
        return "applied"

    return Handler(service, noun, "*", version, schema, run, "read model", name, keep)


def effect(
    of: str, schema: type[Schema], command: Callable[[Call, dict[str, Any]], Any], *, version: int = 1
) -> Handler:
    """Run `command(call, data)` once for each event of the type `<service>.<noun>.<verb>`.

    `data` also has `subject`, `area` and `node` of the event. The call's cause derives from the event's id
    and is written with the change, so the effect happens once whatever the order and however often the event
    comes; its time is the event's, so that deadlines do not move when a tier was cut off. A record that
    another node owns is left to that node; where this node is still to take it over, the event is set aside
    until then.
    """
    service, noun, verb = of.split(".")
    name = command.__name__

    def run(event: Event, data: dict[str, Any]) -> Outcome:
        call = Call(
            node=runtime.node(),
            service=runtime.service(),
            cause=f"{event.id}:{name}",
            correlation=event.correlation,
            origin=f"/{event.node}/{event.service}",
            operation=name,
            now=event.time,
        )
        repeated.set(False)
        try:
            command(call, data | {"subject": event.subject, "area": event.area, "node": event.node})
        except AlreadyApplied:
            return "duplicate"
        except (Misdirected, NotFound) as elsewhere:
            # What is not known here may be a record that is yet to come from a node above.
            coming = elsewhere.due if isinstance(elsewhere, Misdirected) else call.node.parent is not None
            if coming:
                setaside.keep(event)
            return "elsewhere"
        return "duplicate" if repeated.get() else "applied"

    return Handler(service, noun, verb, version, schema, run, "effect", name)


def check_verdict(event: Event, verdict: Verdict) -> None:
    """Raise BadEvent `forged` for what its node may not tell; `passing` where it may as soon as the word of a
    hand-over has arrived."""
    if verdict in ("forged", "early"):
        told = f"node {event.node} tells of a record that another node owns"
        raise BadEvent("forged", told, passing=verdict == "early")


def _keeping(
    subject: tuple[str, str, int, type[Schema]],
    kind: type[Document],
    name: str,
    told: Callable[[Event, dict[str, Any]], News | None],
) -> Handler:
    """The entry of a read model or replica. `told` is what an event tells of it; None for nothing."""

    def keep(work: Work) -> list[Verdict]:
        news = [told(event, data) for event, data in work]
        verdicts = iter(readmodel.put(kind, [one for one in news if one]))
        return [next(verdicts) if one else "stale" for one in news]

    def run(event: Event, data: dict[str, Any]) -> Outcome:
        (verdict,) = keep([(event, data)])
        check_verdict(event, verdict)
        return "applied" if verdict == "applied" else "stale"

    service, noun, version, schema = subject
    return Handler(service, noun, "*", version, schema, run, "read model", name, keep, kind)


def _news(kind: type[Document], event: Event, data: dict[str, Any]) -> News:
    """A node may tell of records that are new here, of its own, and of those of nodes below it. What is told
    again may hold a field that this version of the service reads and an earlier one did not."""
    told = event.data.get("area")
    # What has left an area is told there, of the area where it belongs now.
    moved = isinstance(told, str) and areas.contains(event.node, told)
    about = {
        "area": told if moved else event.area,
        "owner": event.owner,
        "seat": event.seat,
        "updated_at": event.time,
    }
    return News(
        event.subject,
        event.epoch,
        event.sequence,
        stored(kind, data | about),
        teller=event.node,
        of=f"{event.service}.{event.noun}",
        gone=event.verb == LOST[0],
        again=event.verb == RESTATED,
    )


def stored(kind: type[Document], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the store keeps them, only of fields that `kind` has; None removes nothing but is kept."""
    known = {name: value for name, value in values.items() if name in kind._fields and name != "id"}
    document = kind(**known).to_mongo().to_dict()
    return {kind._fields[name].db_field: document.get(kind._fields[name].db_field) for name in known}


def _keep_node(event: Event, data: dict[str, Any]) -> Outcome:
    """A node speaks for itself only: the announcement of another's keys would be a way to forge tokens."""
    if not event.subject == event.area == event.node:
        raise BadEvent("forged", f"node {event.node} announces {event.subject}")
    state = stored(nodes.KnownNode, data | {"area": event.area})
    (verdict,) = readmodel.put(nodes.KnownNode, [News(event.subject, event.epoch, event.sequence, state)])
    nodes.forget()
    return "applied" if verdict == "applied" else "stale"


KNOWN_NODES = Handler(
    "gateway", "node", "*", 1, nodes.NodeAnnouncement, _keep_node, "read model", "keep KnownNode"
)


class ResyncAsked(Schema):
    """A node's request for state: the data of `gateway.resync.asked`."""

    id = fields.Str(required=True)
    target = fields.Str(required=True, metadata={"description": "the asker's service, or all"})
    nouns = fields.List(fields.Str(), required=True, metadata={"description": "<service>.<noun>"})


class RestatementFinished(Schema):
    """The end of an answer: the data of `<service>.restatement.finished`."""

    request = fields.Str(required=True, validate=validate.Length(1, 64))
    sent = fields.Int(required=True, metadata={"description": "records told"})


def _note_request(event: Event, data: dict[str, Any]) -> Outcome:
    if event.node != event.area:
        raise BadEvent("forged", f"node {event.node} asks for {event.area}")
    # It becomes a word of the answers' routing keys: one that is none would end whoever answers, at each start.
    if not is_target(data["target"]):
        raise BadEvent("invalid", "target must be the name of a service, or all")
    noted = restatements.note(event.subject, event.node, data["target"], data["nouns"])
    return "applied" if noted else "duplicate"


def _keep_receipt(event: Event, data: dict[str, Any]) -> Outcome:
    if event.directed is None:
        return "elsewhere"  # one word too much in a queue's binding does no harm
    restatements.receive(data["request"], event.node, event.service, data["sent"])
    return "applied"


ASKED = Handler("gateway", "resync", "asked", 1, ResyncAsked, _note_request, "effect", "note a request")
RECEIPTS = Handler(
    "*", "restatement", "finished", 1, RestatementFinished, _keep_receipt, "effect", "keep a receipt"
)


class RestoreAnnounced(Schema):
    """That a node was restored: the data of `gateway.restore.announced`."""

    id = fields.Str(required=True)
    epoch = fields.Int(required=True, metadata={"description": "that its records go on in"})
    since = Moment(required=True, metadata={"description": "it may lack what others sent since then"})


class RememberedRecord(Schema):
    """A record of another node as it is remembered."""

    id = fields.Str(required=True)
    area = fields.Str(required=True)
    epoch = fields.Int(required=True)
    sequence = fields.Int(required=True)
    state = fields.Dict(required=True, metadata={"description": "the fields that the teller keeps"})


class MemoryTold(Schema):
    """What a service remembers of a restored node's records: the data of `<service>.memory.told`."""

    of = fields.Str(required=True, metadata={"description": "<service>.<noun>"})
    records = fields.List(fields.Nested(RememberedRecord(unknown=EXCLUDE)), required=True)


def _note_restore(event: Event, data: dict[str, Any]) -> Outcome:
    if event.node != event.area:
        raise BadEvent("forged", f"node {event.node} tells of a restore of {event.area}")
    about = {"kind": "restore", "epoch": data["epoch"], "since": data["since"]}
    noted = restatements.note(event.subject, event.node, EVERY, [], **about)
    return "applied" if noted else "duplicate"


def _learn(event: Event, data: dict[str, Any]) -> Outcome:
    learned = []
    for one in data["records"]:
        position = (one["epoch"], one["sequence"])
        told_by = f"{event.node}/{event.service}"
        told = Told(data["of"], one["id"], one["area"], position, one["state"], told_by)
        cause, source = f"{event.id}:{one['id']}", f"/{event.node}/{event.service}"
        call = Call(runtime.node(), runtime.service(), cause=cause, origin=source)
        learned.append(lost.learn(call, told))
    return "applied" if any(learned) else "stale"


REQUESTS = read_model(NOUN, SeenDataRequest, KnownDataRequest)
RESTORES = Handler(
    "gateway", "restore", "announced", 1, RestoreAnnounced, _note_restore, "effect", "note a restore"
)
MEMORIES = Handler("*", "memory", "told", 1, MemoryTold, _learn, "effect", "learn what was lost")
