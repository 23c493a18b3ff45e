"""Routes of drafts and attachments."""

from __future__ import annotations

from typing import Any

from services.funding.commands import applications, attachments
from services.funding.commands import drafts as commands
from services.funding.domain.attachments import LARGEST, TYPES
from services.funding.queries import drafts as queries
from services.funding.schemas import drafts as schemas
from services.funding.schemas.applications import ApplicationView
from services.funding.schemas.attachments import AttachmentQuery, AttachmentView
from shared.background import Background
from shared.call import Call
from shared.http import Upload, accepts, file_of, get, page_of, post

Data = dict[str, Any]


class DraftRoutes:
    """申报草稿与附件"""

    scanning = Background(attachments.WORK, "services.funding.commands.attachments:work_on")

    @post(
        "/drafts", body=schemas.NewDraft, answer=schemas.DraftView, status=201,
        summary="Begin to write an application 新建草稿",
    )  # fmt: skip
    def begin_draft(self, call: Call, body: Data) -> Any:
        return queries.shown(commands.begin(call, body))

    @get(
        "/drafts", query=schemas.DraftQuery, answer=page_of(schemas.DraftView),
        summary="Drafts 草稿",
    )  # fmt: skip
    def drafts(self, call: Call, query: Data) -> Any:
        return queries.drafts(call, query)

    @get("/drafts/<id>", answer=schemas.DraftView, summary="One draft as it stands 草稿")
    def draft(self, call: Call, id: str) -> Any:
        return queries.shown(queries.draft_for(call, id))

    @post(
        "/drafts/<id>/versions", body=schemas.NewDraftVersion, answer=schemas.DraftView, status=201,
        summary="Keep what was written 保存草稿",
    )  # fmt: skip
    def write_draft(self, call: Call, id: str, body: Data) -> Any:
        return queries.shown(commands.write(call, id, body))

    @get(
        "/drafts/<id>/versions", answer=page_of(schemas.DraftVersionView),
        summary="Who changed what 修改记录",
    )  # fmt: skip
    def draft_versions(self, call: Call, id: str) -> Any:
        return queries.versions(call, id)

    @get(
        "/drafts/<id>/differences", query=schemas.DifferenceQuery, answer=page_of(schemas.DifferenceView),
        summary="What differs between two versions 版本比较",
    )  # fmt: skip
    def draft_differences(self, call: Call, id: str, query: Data) -> Any:
        return queries.differences(call, id, query)

    @post(
        "/drafts/<id>/submission", answer=ApplicationView, status=201,
        summary="Submit what is written 提交申报",
    )  # fmt: skip
    def submit_draft(self, call: Call, id: str) -> Any:
        return applications.submit_draft(call, id)

    @post("/drafts/<id>/disposal", answer=schemas.DraftView, summary="Dispose of a draft 作废草稿")
    def dispose_draft(self, call: Call, id: str) -> Any:
        return queries.shown(commands.dispose(call, id))

    @post(
        "/drafts/<id>/attachments", file=accepts(*TYPES, largest=LARGEST), query=AttachmentQuery,
        answer=AttachmentView, status=201, summary="Attach a file 上传附件",
    )  # fmt: skip
    def attach(self, call: Call, id: str, file: Upload, query: Data) -> Any:
        return attachments.receive(call, id, query["field"], file)

    @get(
        "/drafts/<id>/attachments", answer=page_of(AttachmentView),
        summary="Attachments of a draft 草稿附件",
    )  # fmt: skip
    def draft_attachments(self, call: Call, id: str) -> Any:
        return queries.of_draft(call, id)

    @get(
        "/applications/<id>/attachments", answer=page_of(AttachmentView),
        summary="Attachments of an application 申报附件",
    )  # fmt: skip
    def application_attachments(self, call: Call, id: str) -> Any:
        return queries.of_application(call, id)

    @get("/attachments/<id>/file", answer=file_of(*TYPES), summary="The file 下载附件")
    def attachment_file(self, call: Call, id: str) -> Any:
        return queries.file(call, id)

    @post("/attachments/<id>/removal", answer=AttachmentView, summary="Remove an attachment 移除附件")
    def remove_attachment(self, call: Call, id: str) -> Any:
        return attachments.remove(call, id)
