"""What can be done in notifications, and what is done when others tell of something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from services.notifications import domain, queries, subjects, templates
from services.notifications.documents import KnownOrganisation, Message, Notice, Reminder
from shared.call import PLATFORM, Call
from shared.errors import NotYetKnown, Text
from shared.lifecycle import advance
from shared.store import command, find, load, new, save, save_all

Data = dict[str, Any]


def tell_organisation(template: str, about_kind: str) -> Callable[[Call, Data], Message]:
    """An effect that writes to the organisation of an event; to the event's subject where that is one."""

    @command
    def tell(call: Call, data: Data) -> Message:
        recipient = domain.Recipient(organisation=data.get("organisation", data["subject"]))
        return _send(call, template, recipient, data["area"], about_kind, data)

    tell.__name__ = f"tell_{template}"  # effects are told apart by their names
    return tell


def tell_staff(
    template: str, about_kind: str, *, above: bool = False
) -> Callable[[Call, Data], Message | None]:
    """An effect that writes of a deadline to the staff who have to act; `above`: to those one tier above them,
    if there are any."""

    @command
    def tell(call: Call, data: Data) -> Message | None:
        area = data["due_area"]
        if area is None:
            return None
        staff = domain.staff_of(area)
        recipient = domain.above(staff, area) if above else staff
        if recipient is None or recipient.area is None:
            return None
        return _send(call, template, recipient, recipient.area, about_kind, data)

    tell.__name__ = f"tell_{'above' if above else 'staff'}_{template}"
    return tell


@command
def tell_rectification(call: Call, data: Data) -> Message | None:
    """Tell an organisation that its project's evaluation asks for rectification 整改."""
    if data["outcome"] != "rectify":
        return None
    recipient = domain.Recipient(organisation=data["organisation"])
    return _send(call, "rectification_ordered", recipient, data["area"], "evaluation.phase_evaluation", data)


@command
def tell_finance(call: Call, data: Data) -> Message:
    """Tell finance 财政 of the node that pays that a tranche was released."""
    recipient = domain.Recipient(role="finance", area=data["node"])
    return _send(call, "tranche_paid_finance", recipient, data["node"], "funding.project", data)


@command
def tell_above(call: Call, data: Data) -> Message | None:
    """Tell the tier above of a reminder that nobody read; the node that serves it does."""
    recipient = domain.parse_recipient(data["escalated_to"] or "")
    if recipient is None or recipient.area is None:
        return None
    told = data | {"subject_en": data["subject_text"]["en"], "subject_zh": data["subject_text"]["zh"]}
    return _send(call, "escalation", recipient, recipient.area, "notifications.reminder", told)


def _send(
    call: Call, template: str, recipient: domain.Recipient, area: str, about_kind: str, data: Data
) -> Message:
    message = new(call, Message, area=area, **_letter(template, data))
    message.recipient, message.template = str(recipient), template
    message.about_kind, message.about = about_kind, data["subject"]
    message.generated = data["generated"]
    return save(call, message, subjects.SENT)


def _letter(template: str, data: Data) -> Data:
    letter = templates.write(template, data)
    return {"subject": letter.subject._asdict(), "body": letter.body._asdict()}


@command
def read_message(call: Call, message_id: str) -> Message:
    """Mark a message as read. Raises Forbidden to others than its recipient."""
    queries.message(call, message_id)
    message = load(call.cleared(), Message, message_id)
    if message.read_at is not None:
        return message
    message.read_at = call.now
    return save(call, message, subjects.READ)


@command
def post_notice(call: Call, body: Data) -> Notice:
    """Post a notice by hand, in the language it is written in."""
    notice = new(call, Notice, area=body["area"], published_at=call.now, until=body["until"])
    notice.kind, notice.generated = "general", body["generated"]
    for name in ("title", "body"):
        setattr(notice, name, {"en": body[name], "zh": body[name]})
    domain.check_until(notice.until, call.now)
    domain.check_publication(f"{body['title']}\n{body['body']}", body["names_persons"], body["permitted_by"])
    notice.names_persons, notice.permitted_by = body["names_persons"], body["permitted_by"]
    return save(call, notice, subjects.POSTED)


@command
def post_public_notice(call: Call, data: Data) -> Notice:
    """Put the projects that a round proposes on public notice 公示 until objections end."""
    return _post(call, "public_notice", "funding.round", data, until=data["notice_ends_at"])


@command
def post_result(call: Call, data: Data) -> Notice:
    """Publish that a round is concluded 结果公告."""
    return _post(call, "result", "funding.round", data, until=None)


@command
def post_topic(call: Call, data: Data) -> Notice:
    """Put a topic on public notice 立项公示 until objections end."""
    return _post(call, "topic", "needs.library_item", data, until=data["notice_ends_at"])


@command
def post_topic_result(call: Call, data: Data) -> Notice:
    """Publish that a topic was chosen for good 立项公告."""
    return _post(call, "result", "needs.library_item", data, until=None, template="topic_result")


def _post(
    call: Call, kind: str, about_kind: str, data: Data, until: Any, template: str | None = None
) -> Notice:
    letter = templates.write(template or kind, data)
    notice = new(call, Notice, area=data["area"], published_at=call.now, until=until)
    notice.kind, notice.title, notice.body = kind, letter.subject._asdict(), letter.body._asdict()
    notice.about_kind, notice.about = about_kind, data["subject"]
    notice.generated = data["generated"]
    return save(call, notice, subjects.POSTED)


@command
def set_reminder(call: Call, body: Data) -> Reminder:
    """Set a reminder, at the node that serves its recipient. Raises NotYetKnown for an unknown organisation."""
    recipient = domain.parse_recipient(body["recipient"])
    assert recipient is not None  # the schema says so
    where = recipient.area
    if recipient.organisation:
        organisation = KnownOrganisation.objects(id=recipient.organisation).first()
        if organisation is None:
            raise NotYetKnown(Text("Organisation", "社会组织"), recipient.organisation, "recipient")
        where = organisation.area
    given = body | {"subject": {"en": body["subject"], "zh": body["subject"]}, "recipient_area": where}
    reminder = new(call, Reminder, at=where, **given)
    domain.check_recipient_area(body["area"], reminder.recipient_area)
    return save(call, reminder, subjects.SET)


@command
def remind_of_closing(call: Call, data: Data) -> Reminder | None:
    """Remind staff before the applications of a round close."""
    return _remind(call, "round_closing", data, data["closes_at"])


@command
def remind_of_notice(call: Call, data: Data) -> Reminder | None:
    """Remind staff before the public notice of a round ends."""
    return _remind(call, "notice_ending", data, data["notice_ends_at"])


def _remind(call: Call, occasion: str, data: Data, ends_at: Any) -> Reminder | None:
    if ends_at is None:
        return None
    reminder = new(call, Reminder, area=data["area"], recipient_area=data["area"])
    reminder.recipient = str(domain.staff_of(data["area"]))
    reminder.subject = templates.write(occasion, data).subject._asdict()
    reminder.about_kind, reminder.about = "funding.round", data["subject"]
    reminder.due_at = domain.reminder_due(occasion, ends_at, call.now)
    reminder.generated = data["generated"]
    return save(call, reminder, subjects.SET)


def run_reminders(call: Call) -> dict[str, int]:
    """Turn what is due into messages, and take what nobody read to the tier above.

    Each reminder is a command of its own whose cause is the reminder itself: several processes at once, or a
    second run, do nothing twice.
    """
    call.authorise(call.node.area)
    done = {"fired": 0, "escalated": 0, "closed": 0}
    for identifier in queries.due(call):
        done[_fire(_step(call, identifier, "fire"), identifier).status] += 1
    for identifier in queries.overdue(call):
        done[_follow_up(_step(call, identifier, "follow-up"), identifier).status] += 1
    return done


def _step(call: Call, identifier: str, step: str) -> Call:
    return replace(call, cause=f"{identifier}:{step}", actor=PLATFORM, rule=None)


@command
def _fire(call: Call, reminder_id: str) -> Reminder:
    reminder = load(call, Reminder, reminder_id)
    reminder.status = advance(domain.ReminderLife, reminder.status, "fire")
    reminder.fired_at = call.now
    reminder.escalate_at = domain.escalation_due(call.now, reminder.escalate_after)
    told = {f"subject_{language}": text for language, text in reminder.subject.items()}
    message = new(call, Message, area=reminder.recipient_area, beside=reminder, **_letter("reminder", told))
    message.recipient, message.template = reminder.recipient, "reminder"
    message.about_kind, message.about = "notifications.reminder", reminder.id
    message.generated = reminder.generated
    reminder.message = message.id
    save_all(call, (reminder, subjects.FIRED), (message, subjects.SENT))
    return reminder


@command
def _follow_up(call: Call, reminder_id: str) -> Reminder:
    """Close a reminder whose message was read, or that nobody stands above; else take it upwards."""
    reminder = load(call, Reminder, reminder_id)
    message = find(Message, reminder.message)
    recipient = domain.parse_recipient(reminder.recipient)
    assert recipient is not None  # as it was set
    higher = domain.above(recipient, reminder.recipient_area)
    if higher is None or (message is not None and message.read_at is not None):
        reminder.status = advance(domain.ReminderLife, reminder.status, "close")
        return save(call, reminder, subjects.CLOSED)
    reminder.status = advance(domain.ReminderLife, reminder.status, "escalate")
    reminder.escalated_to = str(higher)
    return save(call, reminder, subjects.ESCALATED)
