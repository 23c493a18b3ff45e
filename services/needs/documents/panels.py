"""Appraisal panels and their votes as the service stores them."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BooleanField, DateField, DateTimeField, DictField, ListField, StringField

from services.needs.domain import panels as rules
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate, Record


class Panel(Aggregate):
    """An appraisal panel 论证会 on some items of the library. Who sits in it stays at the node that owns it."""

    meta = {"collection": "panels"}
    personal = {"members": Personal(Text("to give account of an appraisal", "说明论证过程"), DUTY)}
    title = StringField(required=True)
    held_on = DateField(required=True)
    items = ListField(StringField())
    members = ListField(DictField())  # id, part, name, account, organisation
    seats = DictField()  # how many members each part has
    status = StringField(default=initial(rules.PanelLife))
    concluded_at = DateTimeField()
    notice_ends_at = DateTimeField()  # until when all topics that it proposed are on notice
    generated = BooleanField(default=False)


class PanelVote(Record):
    """One member's vote on one item, or that the member stands aside; its id is made of both, so that there is one."""

    meta: dict[str, Any] = {"collection": "panel_votes", "indexes": [("panel", "item")]}
    part_of, part_by = Panel, "panel"
    personal: ClassVar = {"reasons": Personal(Text("to give account of a vote", "说明表决或回避理由"), DUTY)}
    panel = StringField(required=True)
    item = StringField(required=True)
    member = StringField(required=True)
    part = StringField(required=True)
    vote = StringField(required=True, choices=rules.BALLOTS)
    reasons = StringField()
