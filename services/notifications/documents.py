"""What notifications stores, and what it keeps of others' records."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, DictField, IntField, StringField

from services.notifications import domain
from shared.lifecycle import initial
from shared.store import Aggregate, ReadModel


class Message(Aggregate):
    """A message in an inbox 站内消息. It never leaves its node."""

    meta = {"collection": "messages", "indexes": [("recipient", "id"), ("area", "read_at")]}
    recipient = StringField(required=True)
    template = StringField(required=True)
    subject = DictField()  # {"en", "zh"}
    body = DictField()
    about_kind = StringField()  # `<service>.<noun>` of the record that it is about
    about = StringField()
    read_at = DateTimeField()
    generated = BooleanField(default=False)


class Notice(Aggregate):
    """A notice on the public board 公示公告."""

    meta = {"collection": "notices", "indexes": [("area", "published_at")]}
    kind = StringField(required=True, choices=domain.NOTICE_KINDS)
    title = DictField()
    body = DictField()
    about_kind = StringField()
    about = StringField()
    until = DateTimeField()
    published_at = DateTimeField(required=True)
    names_persons = BooleanField(default=False)
    permitted_by = StringField()  # the consent of those persons, or the rule that demands publication
    generated = BooleanField(default=False)


class Reminder(Aggregate):
    """A reminder 催办提醒: becomes a message when due, and goes to the tier above when nobody reads that."""

    meta = {"collection": "reminders", "indexes": [("status", "due_at"), ("status", "escalate_at")]}
    recipient = StringField(required=True)
    recipient_area = StringField(required=True)
    subject = DictField()
    about_kind = StringField()
    about = StringField()
    due_at = DateTimeField(required=True)
    status = StringField(default=initial(domain.ReminderLife))
    escalate_after = IntField()  # working days; None: as the data say
    escalate_at = DateTimeField()
    escalated_to = StringField()
    message = StringField()  # that it became
    fired_at = DateTimeField()
    generated = BooleanField(default=False)

    def seat_by_rule(self) -> str:
        return str(self.recipient_area)


class KnownOrganisation(ReadModel):
    """What notifications needs to know of an organisation: that it exists, and where."""

    meta = {"collection": "known_organisations"}
    name = StringField()


ALL = (Message, Notice, Reminder, KnownOrganisation)
