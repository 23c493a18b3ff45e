"""What the incubator stores."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, IntField, ListField, StringField

from services.incubator import domain
from shared.lifecycle import initial
from shared.store import Aggregate, ReadModel


class Centre(Aggregate):
    """An incubation centre 孵化中心. `capacity` and `occupied` are desks 工位."""

    meta = {"collection": "centres"}
    name = StringField(required=True)
    capacity = IntField(required=True)
    occupied = IntField(default=0)
    operator = StringField()  # the organisation that runs it by mandate; None where the unit in charge does
    functional_areas = ListField(StringField())
    generated = BooleanField(default=False)


class Residency(Aggregate):
    """An organisation in a centre 入驻. It belongs to the centre's area, whoever enters."""

    meta = {
        "collection": "residencies",
        "indexes": [
            ("area", "status"),
            {
                "fields": ["current"],
                "unique": True,
                "partialFilterExpression": {"current": {"$type": "string"}},
            },
        ],
    }
    centre = StringField(required=True)
    organisation = StringField(required=True)
    track = StringField(required=True)
    # "<centre>/<organisation>" until it ends: an organisation has one residency in a centre at a time.
    current = StringField()
    status = StringField(default=initial(domain.ResidencyLife))
    stage = StringField()
    desks = IntField(default=0)
    agreement_months = IntField()
    entered_on = DateField()
    term_ends_on = DateField()
    ended_on = DateField()
    reasons = StringField()
    generated = BooleanField(default=False)


class KnownOrganisation(ReadModel):
    """An organisation of this area, as the registry tells it."""

    meta = {"collection": "known_organisations"}
    name = StringField()
    track = StringField()
    status = StringField()


class KnownSummary(ReadModel):
    """What everybody may know of an organisation, also of another area's."""

    meta = {"collection": "known_summaries", "indexes": [("organisation",)]}
    organisation = StringField()
    name = StringField()
    track = StringField()
    status = StringField()


ALL = (Centre, Residency, KnownOrganisation, KnownSummary)
