"""What is stored of organisations."""

from __future__ import annotations

from collections.abc import Sequence

from mongoengine import BooleanField, DateField, DateTimeField, StringField

from services.registry.documents.clocks import Timed
from services.registry.domain import clocks
from services.registry.domain import organisations as rules
from shared.lifecycle import initial


class Organisation(Timed):
    """A social organisation 社会组织 on one of the two tracks."""

    meta = {
        "collection": "organisations",
        "indexes": [
            ("area", "track", "status"),
            {
                "fields": ["owner", "credit_code"],
                "unique": True,
                "partialFilterExpression": {"credit_code": {"$type": "string"}},
            },
        ],
    }
    name = StringField(required=True)
    track = StringField(required=True, choices=rules.TRACKS)
    type = StringField(choices=tuple(rules.TYPES))
    credit_code = StringField()
    category = StringField()
    supervising_unit = StringField()  # 业务主管单位; None where registered directly
    established_on = DateField(required=True)
    status = StringField(default=initial(rules.OrganisationLife))
    reasons = StringField()
    decided_at = DateTimeField()
    generated = BooleanField(default=False)  # made up by a replay from published totals

    life = rules.OrganisationLife

    def clock_steps(self) -> Sequence[clocks.Step]:
        return clocks.ORGANISATION_STEPS[self.track]

    def seat_by_rule(self) -> str:
        return rules.deciding_area(self.track, self.area)
