"""What everybody may know of organisations."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, ListField, StringField

from shared.store import Aggregate


class Summary(Aggregate):
    """What every node may know of an organisation, announced by its district so that siblings know each other."""

    meta = {"collection": "summaries", "indexes": [("organisation",)]}
    organisation = StringField(required=True)
    name = StringField(required=True)
    track = StringField(required=True)
    type = StringField()
    credit_code = StringField()
    category = StringField()
    established_on = DateField()
    status = StringField(required=True)
    abnormal = BooleanField(default=False)
    serious = BooleanField(default=False)
    seen_epoch = ListField()  # [epoch, sequence] of the organisation's state told here

    def seat_by_rule(self) -> str:
        return str(self.owner)  # whoever announces it, the root
