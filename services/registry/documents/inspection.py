"""What is stored of annual inspections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from mongoengine import BooleanField, DateField, DateTimeField, DictField, IntField, ListField, StringField

from services.registry.documents.clocks import Timed
from services.registry.domain import inspection as rules
from shared.audit.personal import DUTY, Personal
from shared.clocks import Step
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import ReadModel


class Inspection(Timed):
    """The annual inspection 年检 of one organisation for one year, written where the organisation is."""

    meta = {
        "collection": "inspections",
        "indexes": [
            {"fields": ["owner", "organisation", "year"], "unique": True},
            ("year", "area", "status"),
            ("year", "owner", "id"),
            ("status", "due_at"),
        ],
    }
    organisation = StringField(required=True)
    name = StringField()  # of the organisation when it was opened
    year = IntField(required=True)  # that is reported on
    form = StringField(required=True, choices=rules.FORMS)
    status = StringField(default=initial(rules.InspectionLife))
    unit_due_at = DateTimeField(required=True)  # the report, at the supervising unit
    report_due_at = DateTimeField(required=True)  # the same, at the registrar
    exempt_grade = StringField()  # the grade that exempts
    report = DictField()  # as handed in, or the draft of it; stays at the node that owns the record
    remarks = ListField(StringField())
    submitted_at = DateTimeField()
    late = BooleanField(default=False)
    opinion = DictField()  # {"unit", "proposes", "text", "at"}
    conclusion = StringField(choices=rules.CONCLUSIONS)
    reasons = StringField()
    concluded_at = DateTimeField()
    rectification = StringField()  # what the organisation says it has put right
    personal: ClassVar = {
        "opinion": Personal(Text("to conclude the inspection", "作出年检结论"), basis=DUTY),
        "rectification": Personal(Text("to follow rectification up", "核查整改"), basis=DUTY),
    }
    life = rules.InspectionLife

    def clock_steps(self) -> Sequence[Step]:
        return rules.STEPS


class KnownGrade(ReadModel):
    """What the registry needs to know of a grade that evaluation tells of."""

    meta = {"collection": "known_grades", "indexes": [("organisation", "valid_until")]}
    organisation = StringField()
    grade = StringField()
    valid_from = DateField()
    valid_until = DateField()
