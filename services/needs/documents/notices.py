"""Objections to topics as the service stores them."""

from __future__ import annotations

from collections.abc import Sequence

from mongoengine import DateTimeField, DictField, StringField

from services.needs.domain import notices as rules
from shared.audit.personal import DUTY, Personal
from shared.clocks import Step
from shared.clocks.timed import Timed
from shared.errors import Text
from shared.lifecycle import initial


class TopicObjection(Timed):
    """An objection 异议 to a topic on public notice, by anybody. What it says, and who says it, stays at this node."""

    meta = {"collection": "topic_objections", "indexes": [("item", "status")]}
    personal = {
        "text": Personal(Text("to settle an objection", "处理公示异议"), DUTY),
        "contact": Personal(Text("to answer who objected", "答复异议人"), DUTY),
    }
    item = StringField(required=True)
    title = StringField()  # of the item
    text = StringField()
    contact = DictField()
    number = StringField(required=True)
    received_at = DateTimeField(required=True)
    status = StringField(default=initial(rules.ObjectionLife))
    outcome = StringField()
    reasons = StringField()
    settled_at = DateTimeField()
    life = rules.ObjectionLife

    def clock_steps(self) -> Sequence[Step]:
        return rules.STEPS

    @property
    def whom_to_answer(self) -> dict[str, str] | None:
        return self.contact or None
