"""Forms of notifications' requests, answers and events."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, fields, validate

from services.notifications import domain
from shared.errors import Text
from shared.fields import Area, Day, Fen, Id, Moment, Schema, wrong
from shared.http import PageQuery

_LINE = validate.Length(1, 200)


class RecipientField(fields.String):
    """A recipient's reference: `organisation:<id>` or `role:<role>@<area>`."""

    def __init__(self, **kwargs: Any) -> None:
        examples = {"examples": ["role:district_staff@230102"]}
        super().__init__(metadata=examples, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or domain.parse_recipient(value) is None:
            raise wrong(
                Text("This is not a recipient.", "这不是有效的接收方。"),
                Text(
                    "Give organisation:<id> or role:<role>@<area>.",
                    "请填写 organisation:<编号> 或 role:<角色>@<区划代码>。",
                ),
            )
        return value


class Bilingual(Schema):
    """A text in both languages."""

    en = fields.Str(required=True)
    zh = fields.Str(required=True)


class MessageState(Schema):
    """The state of a message, told within its node only."""

    id = Id(required=True)
    area = Area(required=True)
    recipient = RecipientField(required=True)
    template = fields.Str(required=True)
    subject = fields.Nested(Bilingual, required=True)
    about_kind = fields.Str(load_default=None, allow_none=True)
    about = Id(load_default=None, allow_none=True)
    read_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class MessageView(MessageState):
    """A message as its recipient reads it."""

    body = fields.Nested(Bilingual)
    created_at = Moment()


class MessageQuery(PageQuery):
    """Whose messages, newest first."""

    recipient = RecipientField(required=True)
    unread = fields.Bool(
        load_default=None, metadata={"description": "only those not read yet, or only those read"}
    )


class NewNotice(Schema):
    """A notice 公告 by staff, in the language it is written in."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=_LINE)
    body = fields.Str(required=True, validate=validate.Length(1, 20_000))
    until = Moment(load_default=None, allow_none=True)
    names_persons = fields.Bool(
        load_default=False, metadata={"description": "whether it tells of persons 含个人信息"}
    )
    permitted_by = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 200),
        metadata={"description": "file number of their consent, or the rule that demands publication"},
    )
    generated = fields.Bool(load_default=False)


class NoticeState(Schema):
    """A notice as everybody may know it."""

    id = Id(required=True)
    area = Area(required=True)
    kind = fields.Str(required=True)
    title = fields.Nested(Bilingual, required=True)
    body = fields.Nested(Bilingual, required=True)
    about_kind = fields.Str(load_default=None, allow_none=True)
    about = Id(load_default=None, allow_none=True)
    until = Moment(load_default=None, allow_none=True)
    published_at = Moment(required=True)
    generated = fields.Bool(load_default=False)


class NoticeView(NoticeState):
    """A notice as the API answers it."""

    owner = Area()


class NoticeQuery(PageQuery):
    """Which notices, newest first."""

    area = Area(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(domain.NOTICE_KINDS))
    about = Id(load_default=None, metadata={"description": "the record that it is about"})


class FeedQuery(Schema):
    """Whose notices, in which language."""

    area = Area(required=True)
    lang = fields.Str(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class NewReminder(Schema):
    """A reminder 催办提醒 of something that is due."""

    area = Area(required=True)
    recipient = RecipientField(required=True)
    due_at = Moment(required=True)
    subject = fields.Str(required=True, validate=_LINE)
    escalate_after = fields.Int(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 366),
        metadata={"description": "working days that it may stay unread; null: as the node's data say"},
    )
    generated = fields.Bool(load_default=False)


class ReminderState(Schema):
    """The state of a reminder that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    recipient = RecipientField(required=True)
    subject = fields.Nested(Bilingual, required=True)
    about_kind = fields.Str(load_default=None, allow_none=True)
    about = Id(load_default=None, allow_none=True)
    due_at = Moment(required=True)
    status = fields.Str(required=True)
    fired_at = Moment(load_default=None, allow_none=True)
    escalated_to = RecipientField(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class ReminderView(ReminderState):
    """A reminder as the API answers it."""

    escalate_at = Moment(allow_none=True)
    message = Id(allow_none=True)
    owner = Area()


class ReminderQuery(PageQuery):
    """Which reminders; without an area, those of the node's own and below."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None)


class Run(Schema):
    """What a look at the reminders that are due did."""

    fired = fields.Int()
    escalated = fields.Int()
    closed = fields.Int()


class SeenOrganisation(Schema):
    """What notifications reads of `registry.organisation`."""

    name = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class SeenInspection(Schema):
    """What notifications reads of `registry.inspection`."""

    organisation = Id(required=True)
    name = fields.Str(required=True)
    year = fields.Int(required=True)
    report_due_at = Moment(required=True)
    conclusion = fields.Str(load_default=None, allow_none=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    due_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class SeenListing(Schema):
    """What notifications reads of `registry.listing`."""

    organisation = Id(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    due_at = Moment(load_default=None, allow_none=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    removal_reasons = fields.Str(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class SeenApplication(Schema):
    """What notifications reads of `funding.application`."""

    organisation = Id(required=True)
    title = fields.Str(required=True)
    reasons = fields.List(fields.Str(), load_default=list)
    generated = fields.Bool(load_default=False)


class SeenDeadline(Schema):
    """What notifications reads of any record whose step has a deadline."""

    name = fields.Str(load_default="-")
    title = fields.Str(load_default=None, allow_none=True, metadata={"description": "of what has no name"})
    due_step = fields.Str(load_default=None, allow_none=True)
    due_at = Moment(load_default=None, allow_none=True)
    due_certain = fields.Bool(load_default=None, allow_none=True)
    due_area = Area(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class SeenMatter(Schema):
    """What notifications reads of `registry.matter`."""

    organisation = Id(required=True)
    kind = fields.Str(required=True)
    name = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class SeenTranche(Schema):
    """What notifications reads of a project's tranche."""

    amount_fen = Fen(required=True)
    status = fields.Str(required=True)


class SeenProject(Schema):
    """What notifications reads of `funding.project`."""

    organisation = Id(required=True)
    title = fields.Str(required=True)
    amount_fen = Fen(required=True)
    tranches = fields.List(fields.Nested(SeenTranche, unknown=EXCLUDE), load_default=list)
    generated = fields.Bool(load_default=False)


class SeenPhaseEvaluation(Schema):
    """What notifications reads of `evaluation.phase_evaluation`."""

    organisation = Id(required=True)
    phase = fields.Str(required=True)
    outcome = fields.Str(required=True)
    score = fields.Int(required=True)
    generated = fields.Bool(load_default=False)


class SeenGrade(Schema):
    """What notifications reads of `evaluation.grade`."""

    organisation = Id(required=True)
    grade = fields.Str(required=True)
    valid_from = Day(required=True)
    valid_until = Day(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class SeenRound(Schema):
    """What notifications reads of `funding.round`."""

    name = fields.Str(required=True)
    closes_at = Moment(load_default=None, allow_none=True)
    notice_ends_at = Moment(load_default=None, allow_none=True)
    proposed = fields.List(Id(), load_default=list)
    generated = fields.Bool(load_default=False)


class SeenLibraryItem(Schema):
    """What notifications reads of `needs.library_item`."""

    title = fields.Str(required=True)
    notice_ends_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class SeenEscalation(Schema):
    """What notifications reads of its own reminders that other nodes escalate."""

    recipient = fields.Str(required=True)
    escalated_to = RecipientField(load_default=None, allow_none=True)
    # An effect's `subject` is the record's id.
    subject_text = fields.Nested(Bilingual, required=True, unknown=EXCLUDE, data_key="subject")
    generated = fields.Bool(load_default=False)


class FiguresQuery(Schema):
    """Whose figures."""

    area = Area(required=True)


class Figures(Schema):
    """Counts of an area and below: notices of all nodes, messages and reminders of this one."""

    messages = fields.Int()
    unread = fields.Int()
    notices = fields.Int()
    reminders = fields.Int()
    reminders_fired = fields.Int()
