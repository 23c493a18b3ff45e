"""What is stored of runs."""

from __future__ import annotations

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from services.registry.domain import runs as rules
from shared.lifecycle import initial
from shared.store import Aggregate


class Run(Aggregate):
    """Work over all organisations of an area: what it is, how far it has come, what came of it so far."""

    meta = {
        "collection": "inspection_runs",
        "indexes": [
            ("status", "owner", "id"),
            {
                "fields": ["owner", "under_way"],
                "unique": True,
                "partialFilterExpression": {"under_way": {"$type": "string"}},
            },
        ],
    }
    kind = StringField(required=True, choices=rules.KINDS)
    year = IntField()
    status = StringField(default=initial(rules.RunLife))
    under_way = StringField()  # kind, area and year until it has ended: there is one at a time
    position = StringField(default="")  # id of the last record that was worked on
    waited = IntField(default=0)  # looks at the next record, which somebody else has in hand
    total = IntField(default=0)  # records when it began
    done = IntField(default=0)
    outcomes = DictField()  # number of records by what came of them
    failures = ListField(DictField())  # the first FAILURES of them: {"id", "code"}
    as_of = DateTimeField(required=True)  # the moment that everything in it is dated to
    finished_at = DateTimeField()

    @property
    def percent(self) -> int:
        return 100 if self.status == "finished" else min(99, 100 * self.done // max(self.total, 1))
