"""What is stored of party organisations."""

from __future__ import annotations

from mongoengine import BooleanField, ListField, StringField

from services.registry.domain import party as rules
from shared.store import Aggregate


class PartyBranch(Aggregate):
    """A party organisation 党组织 of one or several social organisations."""

    meta = {"collection": "party_branches"}
    name = StringField(required=True)
    kind = StringField(required=True, choices=rules.BRANCH_KINDS)
    organisations = ListField(StringField())
    generated = BooleanField(default=False)
