"""What is stored of volunteers, of the activities that look for them, and of their service."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from services.needs.documents.clients import ACCOUNT
from services.needs.domain import volunteers as rules
from shared.audit.personal import CONSENT, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Volunteer(Aggregate):
    """A volunteer 志愿者. It is told within its node only: 志愿服务条例 20."""

    meta = {"collection": "volunteers"}
    contact = DictField()  # {"name", "phone"}
    account = StringField()
    skills = ListField(StringField())
    areas = ListField(StringField())  # where they serve, each with what lies below it
    windows = ListField(DictField())  # of each week: {"weekday", "begins", "ends"}
    minutes = IntField(default=0)  # of service that is confirmed
    stars = IntField(default=0)
    status = StringField(default=initial(rules.VolunteerLife))
    generated = BooleanField(default=False)
    personal: ClassVar = {
        "contact": Personal(
            Text("to arrange service with the volunteer", "与志愿者联系服务事宜"), basis=CONSENT
        ),
        "account": ACCOUNT,
    }

    @property
    def supply(self) -> rules.Supply:
        windows = [rules.Window(each["weekday"], each["begins"], each["ends"]) for each in self.windows]
        return rules.Supply(self.skills, self.areas, windows)

    @property
    def whom_to_ask(self) -> dict[str, str] | None:
        return self.contact or None  # the store keeps "nobody" as an empty mapping


class Activity(Aggregate):
    """An activity that looks for volunteers 志愿服务活动: the demand."""

    meta = {"collection": "activities"}
    title = StringField(required=True)
    skills = ListField(StringField())
    organisation = StringField()  # that arranges it; None: the community
    need = StringField()  # that it serves
    places = IntField(required=True)
    taken = IntField(default=0)
    begins_at = DateTimeField(required=True)
    ends_at = DateTimeField(required=True)
    status = StringField(default=initial(rules.ActivityLife))
    generated = BooleanField(default=False)

    @property
    def demand(self) -> rules.Demand:
        return rules.Demand(self.skills, self.area, self.begins_at, self.ends_at)

    @property
    def span(self) -> rules.Span:
        return rules.Span(self.begins_at, self.ends_at)


class Engagement(Aggregate):
    """A volunteer's part in an activity 志愿服务记录, written where the activity is."""

    meta = {
        "collection": "engagements",
        "indexes": [{"fields": ["activity", "volunteer"], "unique": True}, ("volunteer", "status")],
    }
    volunteer = StringField(required=True)
    account = StringField()  # the volunteer's
    activity = StringField(required=True)
    title = StringField(required=True)  # of the activity
    organisation = StringField()  # that arranges it
    begins_at = DateTimeField(required=True)
    ends_at = DateTimeField(required=True)
    minutes = IntField()  # actually served
    confirmed_at = DateTimeField()
    status = StringField(default=initial(rules.EngagementLife))
    personal: ClassVar = {"account": ACCOUNT}

    @property
    def span(self) -> rules.Span:
        return rules.Span(self.begins_at, self.ends_at)
