"""What is stored of rounds."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain import rounds as domain
from shared.lifecycle import initial
from shared.store import Aggregate


class Round(Aggregate):
    """A round 轮次 of venture funding, purchase or micro grants."""

    meta = {"collection": "rounds"}
    name = StringField(required=True)
    kind = StringField(required=True, choices=domain.KINDS)
    year = IntField(required=True)
    funds = ListField(StringField())
    criteria = ListField(DictField())  # name, weight
    threshold = IntField(default=0)
    cap_fen = LongField()
    notice_working_days = IntField()
    tranches = ListField(DictField())  # share, condition
    tracks = ListField(StringField())
    topics_only = BooleanField(default=False)
    opens_at = DateTimeField()
    closes_at = DateTimeField()
    notice_ends_at = DateTimeField()
    status = StringField(default=initial(domain.RoundLife))
    proposed = ListField(StringField())
    ranking = ListField(DictField())  # domain.Place of each application
    generated = BooleanField(default=False)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("_id", ties.tied(owner, area))
