"""Drafts and attachments, as those who write them can ask for them."""

from __future__ import annotations

from typing import Any

from services.funding.commands import attachments as commands
from services.funding.commands import known
from services.funding.documents import Attachment, Draft
from services.funding.domain import attachments as rules
from services.funding.domain import drafts as domain
from services.funding.queries import blind, parties
from services.funding.queries.applications import application_for
from shared.call import Call
from shared.errors import Conflict, Text
from shared.http import Download
from shared.http.pages import Page
from shared.store import files

Data = dict[str, Any]


def shown(draft: Draft) -> Data:
    """A draft with its content as it stands."""
    names = ("id", "area", "round", "organisation", "host", "status", "application", "generated",
             "owner", "created_at", "updated_at")  # fmt: skip
    content = domain.folded(domain.content(draft.versions))
    found = {name: getattr(draft, name) for name in names}
    return found | {"external": draft.external or None, "version": len(draft.versions), "content": content}


def drafts(call: Call, query: Data) -> Page[Data]:
    found = parties.listed(call, Draft, query)
    return Page([shown(each) for each in found.items], found.next)


def draft_for(call: Call, identifier: str) -> Draft:
    """Raises NotFound, and Forbidden to whoever does not write it."""
    return parties.visible(call, known.draft(identifier))


def versions(call: Call, identifier: str) -> Page[Data]:
    return Page(draft_for(call, identifier).versions)


def differences(call: Call, identifier: str, query: Data) -> Page[Data]:
    """What changed between two versions of a draft, and who changed it."""
    found = draft_for(call, identifier).versions
    last = len(found) if query["last"] is None else query["last"]
    return Page([each._asdict() for each in domain.differences(found, query["first"], last)])


def of_draft(call: Call, identifier: str) -> Page[Attachment]:
    return Page(commands.of(draft_for(call, identifier).id))


def of_application(call: Call, identifier: str) -> Page[Attachment]:
    return Page(commands.of(application_for(call, identifier).draft))


def file(call: Call, identifier: str) -> Download:
    """An attachment's file. Raises Conflict while it is in quarantine, or was found harmful or removed."""
    found = parties.visible(call, known.attachment(identifier))
    blind.check(call, found)
    if found.status not in rules.SHOWN:
        raise Conflict(
            f"attachment-{found.status}",
            Text(
                f"The attachment is {found.status} and is not handed out.",
                f"附件处于“{found.status}”状态，不能下载。",
            ),
            Text("Wait for the scanner, or ask for another file.", "请等待查验，或要求重新上传。"),
            status=found.status,
        )
    kept = files.fetch(found.id)
    return Download(kept.name, kept.type, kept.data)
