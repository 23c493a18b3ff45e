"""Needs as the service stores them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mongoengine import BooleanField, DateField, DateTimeField, DictField, IntField, StringField

from services.needs.domain import collection as rules
from services.needs.domain import hotline
from shared.audit.personal import DUTY, Personal
from shared.call import Call
from shared.clocks import Step
from shared.clocks.timed import Timed
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import migrations


def _loop(kind: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {"loop": hotline.loop_of(stored.get("source", ""), stored.get("answered_at") is not None)}


class Need(Timed):
    """A need 需求 as it was raised. `contact`, `answer` and `call_back_reasons` are personal: they never leave this
    node. Of the hotline's requests `loop` says how far they have come, and the clock follows that."""

    meta = {"collection": "needs", "indexes": [("area", "received_on")]}
    personal = {
        "contact": Personal(Text("to answer the resident", "答复居民"), DUTY),
        "answer": Personal(Text("to show that the resident was answered", "证明已答复居民"), DUTY),
        "call_back_reasons": Personal(
            Text("to do what the resident still waits for", "处理居民仍不满意的事项"), DUTY
        ),
    }
    title = StringField(required=True)
    description = StringField()
    category = StringField(required=True)
    group = StringField()  # 服务对象
    source = StringField(required=True, choices=rules.SOURCES)
    raised_by = StringField()  # 提出单位, where an authority did
    survey = StringField()  # the survey that it was an answer to
    urgency = StringField(required=True, choices=rules.URGENCIES)
    contact = DictField()
    received_on = DateField(required=True)
    status = StringField(default=initial(rules.NeedLife))
    item = StringField()  # the library item that it was merged into
    answer = StringField()
    answered_at = DateTimeField()
    loop = StringField()
    routed_to = StringField()  # the area whose staff are to answer it
    late = BooleanField()  # whether a step before its answer took longer than it may
    call_backs = IntField(default=0)
    call_back_reasons = StringField()
    called_back_at = DateTimeField()
    satisfied = BooleanField()  # None: nobody was reached yet
    generated = BooleanField(default=False)
    life = rules.NeedLife
    steps = (*Timed.steps, migrations.Step("loop", _loop))

    def clock_steps(self) -> Sequence[Step]:
        return hotline.steps(self.urgency)

    def clock_state(self) -> str | None:
        return self.loop

    def acting_area(self) -> str:
        return str(self.routed_to or self.area)

    def settle(self, call: Call) -> None:
        super().settle(call)
        if self.due_step:
            self.due_area = self.acting_area()  # routed on, the clock goes on for others

    @property
    def handled_at(self) -> list[str]:
        """The areas whose staff may deal with it: its own, and that which it was routed to."""
        return [self.area, self.routed_to] if self.routed_to else [self.area]

    @property
    def whom_to_answer(self) -> dict[str, str] | None:
        return self.contact or None  # the store keeps "nobody" as an empty mapping
