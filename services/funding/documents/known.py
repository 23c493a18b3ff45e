"""What is kept of what other services tell."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, StringField

from shared.store import ReadModel


class KnownOrganisation(ReadModel):
    """An organisation as the registry tells of it."""

    meta = {"collection": "known_organisations"}
    name = StringField()
    track = StringField()
    status = StringField()
    type = StringField()
    established_on = DateField()
    abnormal = BooleanField()
    serious = BooleanField()
    charity = BooleanField()
    credit_standing = StringField()  # None: nothing was ever entered


class KnownSummary(ReadModel):
    """What everybody may know of an organisation, told by its district: all that a street hears of another's."""

    meta = {"collection": "known_summaries", "indexes": ["organisation"]}
    organisation = StringField()
    name = StringField()
    credit_code = StringField()
    track = StringField()
    status = StringField()
    type = StringField()
    established_on = DateField()
    abnormal = BooleanField()
    serious = BooleanField()


class KnownTopic(ReadModel):
    """An item of the library of needs 需求库, which a round may ask for once it is chosen 立项."""

    meta = {"collection": "known_topics"}
    title = StringField()
    status = StringField()


class KnownGrade(ReadModel):
    """A grade 评估等级 as evaluation tells of it."""

    meta = {"collection": "known_grades", "indexes": [("organisation", "valid_until")]}
    organisation = StringField()
    grade = StringField()
    valid_from = DateField()
    valid_until = DateField()
