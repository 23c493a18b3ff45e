"""What the service knows of organisations, which the registry tells it."""

from __future__ import annotations

from mongoengine import StringField

from shared.store import ReadModel


class KnownOrganisation(ReadModel):
    """An organisation of this area, as the registry tells it."""

    meta = {"collection": "known_organisations"}
    name = StringField()
    status = StringField()


class KnownSummary(ReadModel):
    """What everybody may know of an organisation, also of another area's."""

    meta = {"collection": "known_summaries", "indexes": [("organisation",)]}
    organisation = StringField()
    name = StringField()
    status = StringField()
