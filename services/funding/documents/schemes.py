"""What is stored of schemes."""

from __future__ import annotations

from mongoengine import DictField, ListField, StringField

from services.funding.domain.rounds import KINDS
from services.funding.domain.schemes import SchemeLife
from shared.lifecycle import initial
from shared.store import Aggregate


class Scheme(Aggregate):
    """The terms of rounds of one kind 轮次方案, in versions that never change once they are published."""

    meta = {"collection": "schemes"}
    name = StringField(required=True)
    kind = StringField(required=True, choices=KINDS)
    status = StringField(default=initial(SchemeLife))
    versions = ListField(DictField())  # number, published_at, note, terms: see domain.schemes.TERMS
