"""Attachments 附件: which files are taken, what is really in them, and their way through the scanner."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from statemachine import State, StateMachine

from services.funding.domain.forms import Field
from shared.errors import Refused, Text

MIB = 1024 * 1024
LARGEST = 8 * MIB  # bytes of one file: as much as the gateway passes on
MOST = 20  # files of one application
WHOLE = 40 * MIB  # bytes of all of them

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BEGINNINGS = {PDF: b"%PDF-", PNG: b"\x89PNG\r\n\x1a\n", JPEG: b"\xff\xd8\xff"}
_MAIN_PARTS = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}  # ECMA-376: Office Open XML
_MACROS = "vbaProject.bin"
TYPES = (PDF, PNG, JPEG, DOCX, XLSX)


class AttachmentLife(StateMachine):
    """Life cycle of an attachment: with a scanner it is in quarantine until that has looked at it."""

    kept = State(initial=True)  # 已收存: nothing scans here
    quarantined = State()  # 隔离待查
    clean = State()  # 已查无毒
    infected = State()  # 有害
    removed = State(final=True)  # 已移除

    quarantine = kept.to(quarantined)
    clear = quarantined.to(clean)
    condemn = quarantined.to(infected)
    remove = kept.to(removed) | quarantined.to(removed) | clean.to(removed) | infected.to(removed)


SHOWN = ("kept", "clean")  # those that can be fetched
COUNTED = ("kept", "quarantined", "clean", "infected")


def check_content(declared: str, data: bytes) -> None:
    """Raise Refused unless the file is what its media type says, without macros."""
    if not _is(declared, data):
        raise Refused(
            "content-unlike-type",
            Text(f"The content of the file is not {declared}.", f"文件内容与声明的类型 {declared} 不符。"),
            Text(
                "Send a PDF, a PNG or JPEG picture, or a DOCX or XLSX file without macros.",
                "请上传 PDF、PNG、JPEG 图片，或不含宏的 DOCX、XLSX 文件。",
            ),
            field="file",
        )


def _is(declared: str, data: bytes) -> bool:
    if declared in _BEGINNINGS:
        return data.startswith(_BEGINNINGS[declared])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    return _MAIN_PARTS[declared] in names and not any(name.endswith(_MACROS) for name in names)


def check_room(form: Sequence[Field], field: str, size: int, there: Sequence[tuple[str, int]]) -> None:
    """Raise Refused unless the form has such a field, and the application room for one more file of so many bytes.

    `there`: field and bytes of each attachment that it has.
    """
    asked = next((each for each in form if each.key == field and each.kind == "attachment"), None)
    if asked is None:
        names = ", ".join(each.key for each in form if each.kind == "attachment") or "-"
        raise Refused(
            "no-such-attachment-field",
            Text(f"The form takes no attachment as {field}.", f"申报书没有附件项 {field}。"),
            Text(f"It takes: {names}.", f"可上传的附件项：{names}。"),
            field="field",
        )
    most = MOST if asked.most is None else min(asked.most, MOST)
    of_field = sum(each == field for each, _ in there)
    if of_field >= most or len(there) >= MOST or size + sum(bytes_ for _, bytes_ in there) > WHOLE:
        raise Refused(
            "attachments-full",
            Text(
                f"{asked.label} takes {most} files; an application {MOST} with {WHOLE // MIB} MiB in all.",
                f"“{asked.label}”最多 {most} 个文件；每份申报最多 {MOST} 个附件，合计不超过 {WHOLE // MIB} MiB。",
            ),
            Text("Remove one first.", "请先移除已有附件。"),
            field="file",
        )
