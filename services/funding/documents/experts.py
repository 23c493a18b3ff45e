"""What is stored of experts."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import DictField, ListField, StringField

from services.funding.domain.experts import ExpertLife, Judge, Tie
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate

_DRAWN = Personal(Text("to draw experts and to exclude conflicts of interest", "抽取专家并落实回避"), DUTY)


class Expert(Aggregate):
    """An expert 评审专家 of an area and what lies below it. Who it is stays at the node that owns the record."""

    meta = {"collection": "experts"}
    personal: ClassVar = {
        "name": _DRAWN,
        "contact": Personal(Text("to call the expert to a review", "通知专家参加评审"), DUTY),
        "account": _DRAWN,
        "organisation": _DRAWN,
        "home": _DRAWN,
        "ties": _DRAWN,
    }
    name = StringField()
    contact = DictField()  # phone, email
    account = StringField()  # the subject of the expert's tokens
    organisation = StringField()  # where the expert works
    home = StringField()  # the area of that
    expertise = ListField(StringField())
    ties = ListField(DictField())  # organisation, kind, since, until; days as text
    status = StringField(default=initial(ExpertLife))

    def judge(self) -> Judge:
        return Judge(self.organisation, self.home, [Tie.stored(tie) for tie in self.ties])
