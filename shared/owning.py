"""Services whose records belong to one node each, and may move to another: the routes of hand-over.

Only nodes call these, by `hatchery node handover` at the home of the lower one of the two, with a token of the
role `node` that this node's key signs. What they do is in `shared.store.handover`.
"""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from marshmallow import fields, validate

from shared import clock
from shared.call import Call
from shared.errors import Problem
from shared.events.consumer import dispatch
from shared.events.envelope import BadEvent, Event
from shared.events.types import EventType
from shared.fields import Area, Id, Schema
from shared.http import post
from shared.persons import executing
from shared.persons.requests import Execution, ExecutionView, NewExecution, recorded
from shared.service import Service
from shared.store import handover, setaside
from shared.store.aggregate import Record
from shared.store.handover import Holdings, Item

_log = logging.getLogger(__name__)

MOST = 200  # records in one request
TAG = ("handover",)


class ForArea(Schema):
    """Hand-over of what is seated within an area."""

    area = Area(required=True, metadata={"description": "of the lower one of the two nodes"})
    rising = fields.Bool(
        load_default=False,
        metadata={"description": "what is seated above the lower node, from there upwards"},
    )


class NounCount(Schema):
    """Records of one noun."""

    noun = fields.Str()
    moving = fields.Int(metadata={"description": "to be handed over"})
    tied = fields.Int(metadata={"description": "stay, since they hang together with others seated elsewhere"})


class Counts(Schema):
    """What a hand-over would move."""

    nouns = fields.List(fields.Nested(NounCount))


class NewRelease(ForArea):
    """How much to release at once."""

    limit = fields.Int(load_default=100, validate=validate.Range(1, MOST))
    skip = fields.List(Id(), load_default=list, validate=validate.Length(max=1000))


class ItemForm(Schema):
    """One whole stored document."""

    collection = fields.Str(required=True)
    document = fields.Dict(required=True, metadata={"description": "MongoDB Extended JSON v2, canonical"})


class RequestForm(Schema):
    """A request with an Idempotency-Key that has acted on one of the records."""

    id = fields.Str(required=True)
    fingerprint = fields.Str(required=True)
    cause = fields.Str(required=True)


class BatchForm(Schema):
    """What is released and not confirmed yet; empty when nothing is left."""

    items = fields.List(fields.Nested(ItemForm), required=True)
    requests = fields.List(fields.Nested(RequestForm), required=True)


class NewReceipt(BatchForm):
    """A batch as it was released."""

    area = Area(required=True)
    rising = fields.Bool(load_default=False)


class RefusedItem(Schema):
    """A record that this node cannot take over as it is."""

    id = Id()
    reason = fields.Str()


class ReceiptView(Schema):
    """What is owned here now."""

    taken = fields.List(Id())
    refused = fields.List(fields.Nested(RefusedItem))


class NewConfirmation(ForArea):
    """What the new owner has."""

    ids = fields.List(Id(), required=True)


class ConfirmationView(Schema):
    """What the old owner has done with."""

    ids = fields.List(Id())


class NewCompletion(ForArea):
    """Where to go on with what was set aside."""

    after = fields.Str(load_default="")


class CompletionView(Schema):
    """Events that were set aside and gone through now; `next` is null at the end."""

    done = fields.Int()
    failed = fields.Int(metadata={"description": "kept, to be gone through again"})
    next = fields.Str(allow_none=True)


def _of_persons(service: type[Service]) -> list[EventType]:
    """What a service tells of requests of persons, beside what it tells anyway."""
    told = [recorded(service.name)] if "name" in vars(service) else []
    for subject, kind in service.tells:
        if kind.personal:
            told += [executing.erased_event(subject), executing.corrected_event(subject)]
    known = {event.type for event in service.publishes}
    return [event for event in told if event.type not in known]


class OwningService(Service):
    """What its subclasses tell of, they can hand over."""

    holdings: ClassVar[Holdings]  # derived from `tells` and `documents`

    def __init_subclass__(cls) -> None:
        parts = [d for d in cls.documents if issubclass(d, Record)]
        cls.holdings = Holdings({kind: subject for subject, kind in cls.tells}, parts)
        verbs = (each for subject, _ in cls.tells for each in (subject.handed_over, subject.taken_over))
        cls.publishes = (*cls.publishes, *verbs, *_of_persons(cls))
        cls.documents = (*cls.documents, Execution)
        super().__init_subclass__()

    @post("/handover/counts", body=ForArea, answer=Counts, tags=TAG,
          summary="Count what a hand-over would move 统计待移交记录")  # fmt: skip
    def handover_counts(self, call: Call, body: dict[str, Any]) -> Any:
        return {"nouns": handover.counts(call, self.holdings, body["area"], rising=body["rising"])}

    @post("/handover/releases", body=NewRelease, answer=BatchForm, tags=TAG,
          summary="Give records to the node that ought to own them 移交记录")  # fmt: skip
    def handover_release(self, call: Call, body: dict[str, Any]) -> Any:
        rising = body["rising"]
        return handover.release(call, self.holdings, body["area"], body["limit"], body["skip"], rising=rising)

    @post("/handover/receipts", body=NewReceipt, answer=ReceiptView, tags=TAG,
          summary="Take released records over 接管记录")  # fmt: skip
    def handover_receive(self, call: Call, body: dict[str, Any]) -> Any:
        items = [Item(**item) for item in body["items"]]
        rising = body["rising"]
        return handover.receive(call, self.holdings, body["area"], items, body["requests"], rising=rising)

    @post("/handover/confirmations", body=NewConfirmation, answer=ConfirmationView, tags=TAG,
          summary="Strip what the new owner has 确认移交")  # fmt: skip
    def handover_confirm(self, call: Call, body: dict[str, Any]) -> Any:
        return {
            "ids": handover.confirm(call, self.holdings, body["area"], body["ids"], rising=body["rising"])
        }

    @post("/handover/completions", body=NewCompletion, answer=CompletionView, tags=TAG,
          summary="Go through events that waited for the records 处理移交期间搁置的事件")  # fmt: skip
    def handover_complete(self, call: Call, body: dict[str, Any]) -> Any:
        call.authorise(body["area"])
        waiting = setaside.waiting(body["after"], MOST)
        done = [self._effect_of(each) for each in waiting]
        following = waiting[-1].id if len(waiting) == MOST else None
        return {"done": done.count(True), "failed": done.count(False), "next": following}

    @post("/data-requests/<id>/execution", body=NewExecution, answer=ExecutionView, tags=("persons",),
          summary="Carry a person's request about their data out 办理个人信息请求")  # fmt: skip
    def execute_data_request(self, call: Call, id: str, body: dict[str, Any]) -> Any:
        return executing.execute(call, self.holdings.kinds, id, body["corrections"])

    def _effect_of(self, waiting: setaside.SetAside) -> bool:
        event = Event(**waiting.event)
        effects = [handler for handler in self.handlers.of(event) if handler.kind == "effect"]
        try:
            with clock.at(event.time):
                dispatch(event, effects)
        except (Problem, BadEvent, RuntimeError) as fault:
            _log.warning("an event set aside cannot be applied yet", extra={"reason": str(fault)[:300]})
            return False
        setaside.forget(waiting)
        return True
