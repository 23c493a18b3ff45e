"""What the registry stores."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, DateTimeField, DictField, ListField, StringField

from services.registry import domain
from shared.lifecycle import initial
from shared.store import Aggregate


class Organisation(Aggregate):
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
    track = StringField(required=True, choices=domain.TRACKS)
    type = StringField(choices=tuple(domain.TYPES))
    credit_code = StringField()
    category = StringField()
    supervising_unit = StringField()  # 业务主管单位; None where registered directly
    established_on = DateField(required=True)
    status = StringField(default=initial(domain.OrganisationLife))
    reasons = StringField()
    decided_at = DateTimeField()
    generated = BooleanField(default=False)  # made up by a replay from published totals

    def seat_by_rule(self) -> str:
        return domain.deciding_area(self.track, self.area)


class Station(Aggregate):
    """A service station of social organisations 社会组织服务站."""

    meta = {"collection": "stations"}
    name = StringField(required=True)
    five_haves = DictField()
    seven_in_common = DictField()
    complies = BooleanField(default=False)
    generated = BooleanField(default=False)


class PartyBranch(Aggregate):
    """A party organisation 党组织 of one or several social organisations."""

    meta = {"collection": "party_branches"}
    name = StringField(required=True)
    kind = StringField(required=True, choices=domain.BRANCH_KINDS)
    organisations = ListField(StringField())
    generated = BooleanField(default=False)


class Summary(Aggregate):
    """What every node may know of an organisation, announced by its district so that siblings know each other."""

    meta = {"collection": "summaries", "indexes": [("organisation",)]}
    organisation = StringField(required=True)
    name = StringField(required=True)
    track = StringField(required=True)
    type = StringField()
    category = StringField()
    status = StringField(required=True)
    seen_epoch = ListField()  # [epoch, sequence] of the organisation's state told here

    def seat_by_rule(self) -> str:
        return str(self.owner)  # whoever announces it, the root


ALL = (Organisation, Station, PartyBranch, Summary)
