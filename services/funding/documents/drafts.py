"""What is stored of drafts."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DictField, ListField, StringField

from services.funding.documents import ties
from services.funding.domain.drafts import DraftLife
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Draft(Aggregate):
    """An application as far as it is written 申报草稿; nobody but those who write it hears of it."""

    meta = {"collection": "drafts", "indexes": [("organisation", "id")]}
    personal = {
        "versions": Personal(Text("to tell who changed what", "记录填写人与修改内容"), DUTY),
    }
    round = StringField(required=True)
    organisation = StringField(required=True)
    host = StringField()
    external = DictField()
    status = StringField(default=initial(DraftLife))
    versions = ListField(DictField())  # number, author, at, changed: see domain.drafts.Version
    application = StringField()  # what came of it
    generated = BooleanField(default=False)

    def seat_by_rule(self) -> str:
        return ties.seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("round", ties.tied(owner, area))
