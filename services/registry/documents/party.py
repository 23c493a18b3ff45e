"""What is stored of party organisations."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import BooleanField, DateField, IntField, ListField, StringField

from services.registry.domain import party as rules
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class PartyBranch(Aggregate):
    """A party organisation 党组织 of one or several social organisations."""

    meta = {
        "collection": "party_branches",
        "indexes": [
            ("organisations",),
            {
                "fields": ["owner", "holds"],
                "unique": True,
                "partialFilterExpression": {"holds": {"$type": "string"}},
            },
        ],
    }
    name = StringField(required=True)
    kind = StringField(required=True, choices=rules.BRANCH_KINDS)
    organisations = ListField(StringField())
    # Those that it has for itself; none in records of older versions, in functional ones and after the end.
    holds = ListField(StringField())
    members = IntField()  # number of party members 党员人数
    secretary = StringField()  # a reference to the person 书记, never a name; stays at the owner
    status = StringField(default=initial(rules.BranchLife))
    founded_on = DateField()
    dissolved_on = DateField()
    reasons = StringField()
    generated = BooleanField(default=False)
    personal: ClassVar = {"secretary": Personal(Text("to reach the secretary", "联系党组织书记"), basis=DUTY)}
