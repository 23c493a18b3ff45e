"""Attachments: received, looked at by a scanner where the node has one, removed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from services.funding.commands import known, scanner
from services.funding.commands.drafts import open_draft
from services.funding.documents import Attachment
from services.funding.domain import attachments as domain
from services.funding.domain import forms
from services.funding.subjects import drafts as subjects
from shared import background, runtime
from shared.call import Call
from shared.http import Upload
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import Held, command, files, load, new, save, save_all

WORK = "attachments"  # name of the background work that scans


def of(draft_id: str | None) -> Sequence[Attachment]:
    """The attachments of a draft, and of the application that came of it, that are not removed."""
    return list(Attachment.objects(draft=draft_id, status__in=domain.COUNTED)) if draft_id else []


def receive(call: Call, draft_id: str, field: str, file: Upload) -> Attachment:
    """Keep a file for a field of the form. Raises Refused where its content is not what its type says, and where
    there is no room for it."""
    attachment = _receive(call, draft_id, field, file)
    background.nudge(WORK)
    return attachment


@command
def _receive(call: Call, draft_id: str, field: str, file: Upload) -> Attachment:
    stub = known.draft(draft_id)
    attachment = new(
        call.cleared(), Attachment, area=stub.area, beside=stub, draft=stub.id, round=stub.round, field=field,
        host=stub.host, name=file.name, type=file.type, size=len(file.data),
        sha256=hashlib.sha256(file.data).hexdigest(), author=call.actor.subject,
    )  # fmt: skip
    attachment.organisation = stub.organisation
    draft = open_draft(call, draft_id)
    domain.check_content(file.type, file.data)
    form = forms.of(known.round_here(call, draft.round).form)
    there = [(each.field, each.size) for each in of(draft.id)]
    domain.check_room(form, field, len(file.data), there)
    if scanner.command_line():
        attachment.status = advance(domain.AttachmentLife, attachment.status, "quarantine")
        attachment.waiting = True
    # Before the record: cut off in between, the repeated request finds the file and writes the record.
    files.keep(attachment.id, files.Kept(file.name, file.type, file.data))
    # Held, so that it is not submitted, and no other file counted, meanwhile.
    save_all(call, (attachment, subjects.RECEIVED), Held(draft))
    return attachment


@command
def remove(call: Call, attachment_id: str) -> Attachment:
    """Take an attachment out of a draft; of what was submitted nothing is taken away."""
    stub = known.attachment(attachment_id)
    known.authorise_party(call, stub)
    attachment = load(call.cleared(), Attachment, attachment_id)
    draft = open_draft(call, stub.draft)
    attachment.status = advance(domain.AttachmentLife, attachment.status, "remove")
    attachment.waiting = None
    save_all(call, (attachment, subjects.REMOVED), Held(draft))
    files.drop(attachment.id)
    return attachment


@command
def judge(call: Call, attachment_id: str, clean: bool) -> Attachment:
    """What the scanner found. Nothing changes where the attachment was removed meanwhile."""
    attachment = load(call, Attachment, attachment_id)
    if attachment.status != "quarantined":
        return attachment
    action, event = ("clear", subjects.CLEARED) if clean else ("condemn", subjects.CONDEMNED)
    attachment.status = advance(domain.AttachmentLife, attachment.status, action)
    attachment.waiting, attachment.scanned_at = None, call.now
    return save(call, attachment, event)


def work_on(claim: Callable[[], bool]) -> bool:
    """Have the oldest file in quarantine scanned; False where there is none or another process is at it."""
    here = runtime.node()
    waiting = Attachment.objects(waiting=True, owner=here.area).order_by("id").first()
    if waiting is None or not claim():
        return False
    call = Call(node=here, service=runtime.service(), cause=derived_id(waiting.id, "scanned"))
    judge(call, waiting.id, scanner.scan(waiting.id))
    return True
