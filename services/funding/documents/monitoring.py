"""What is stored of monitoring: reports, which are parts of their project."""

from __future__ import annotations

from typing import Any

from mongoengine import DateField, IntField, LongField, StringField

from services.funding.documents.projects import Project
from services.funding.domain.monitoring import KINDS
from shared.store import Record


class ProjectReport(Record):
    """A progress report 进展报告 or an activity record 活动记录; one that was wrong is corrected by another."""

    meta: dict[str, Any] = {"collection": "project_reports", "indexes": [("project", "id"), "corrects"]}
    project = StringField(required=True)
    kind = StringField(required=True, choices=KINDS)
    first_day = DateField(required=True)
    last_day = DateField(required=True)
    title = StringField(required=True)
    text = StringField()
    spent_fen = LongField(default=0)
    beneficiaries_direct = IntField(default=0)
    beneficiaries_indirect = IntField(default=0)
    person_times = IntField(default=0)
    corrects = StringField()
    part_of, part_by = Project, "project"
