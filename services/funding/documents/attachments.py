"""What is stored of attachments; their bytes are kept by `shared.store.files` under the same id."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateTimeField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain.attachments import AttachmentLife
from shared.audit.personal import DUTY, PAPER_YEARS, PAPERS, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Attachment(Aggregate):
    """A file 附件 that was given with an application, to one field of the round's form."""

    meta = {
        "collection": "attachments",
        "indexes": [("draft", "id"), {"fields": ["waiting"], "sparse": True}],
    }
    personal = {
        "name": Personal(
            Text("to decide on an application", "审核申报材料"), DUTY, kept=PAPERS, years=PAPER_YEARS
        ),
        "author": Personal(Text("to tell who changed what", "记录填写人与修改内容"), DUTY),
    }
    draft = StringField(required=True)
    round = StringField(required=True)
    organisation = StringField(required=True)
    host = StringField()
    field = StringField(required=True)  # the key of the form's field
    name = StringField()
    type = StringField(required=True)  # its media type, checked against its content
    size = LongField(required=True)  # bytes
    sha256 = StringField(required=True)
    author = StringField()
    status = StringField(default=initial(AttachmentLife))
    waiting = BooleanField()  # to be scanned; None where nothing is to be done
    scanned_at = DateTimeField()

    def seat_by_rule(self) -> str:
        return ties.seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("round", ties.tied(owner, area))
