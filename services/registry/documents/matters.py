"""What is stored of matters."""

from __future__ import annotations

from collections.abc import Sequence

from mongoengine import BooleanField, DateTimeField, DictField, ListField, StringField

from services.registry.documents.clocks import Timed
from services.registry.domain import matters as rules
from shared.audit.personal import DUTY, Personal
from shared.clocks import Step
from shared.errors import Text
from shared.lifecycle import initial

REPRESENTATIVE = Personal(
    Text("the registered legal representative or leader", "登记的法定代表人或负责人"), basis=DUTY
)


class Matter(Timed):
    """A matter 办件: a change of registered matters, new statutes, or a new certificate. It is owned where its
    organisation is, and written together with that when it is approved."""

    meta = {
        "collection": "matters",
        "indexes": [
            ("area", "kind", "status"),
            ("organisation", "id"),
            {
                "fields": ["owner", "underway"],  # one of a kind at a time
                "unique": True,
                "partialFilterExpression": {"underway": {"$type": "string"}},
            },
        ],
    }
    kind = StringField(required=True, choices=rules.KINDS)
    organisation = StringField(required=True)
    name = StringField(required=True)  # of the organisation, when it applied
    track = StringField(required=True)
    status = StringField(default=initial(rules.MatterLife))
    underway = StringField()  # organisation and kind, until it is done
    changes = DictField(default=None)  # what is asked for, without what is personal
    before = DictField(default=None)  # what held before the approval
    changing = ListField(StringField())  # the names of all that is to change
    statutes = DictField(default=None)  # adopted_on, sha256
    legal_representative = StringField()
    legal_representative_before = StringField()
    grounds = StringField(required=True)  # why it is asked for
    reasons = StringField()
    decided_at = DateTimeField()
    generated = BooleanField(default=False)

    personal = {"legal_representative": REPRESENTATIVE, "legal_representative_before": REPRESENTATIVE}
    life = rules.MatterLife

    def clock_steps(self) -> Sequence[Step]:
        return rules.STEPS[self.track]

    @property
    def representative_masked(self) -> str | None:
        return rules.masked(self.legal_representative)

    @property
    def representative_before_masked(self) -> str | None:
        return rules.masked(self.legal_representative_before)
