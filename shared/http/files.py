"""Files in and out: routes whose body or answer is a file instead of JSON.

    @post("/imports", file=accepts(CSV, XLSX, largest=4 * MIB), answer=ImportView, status=202, ...)
    def import_organisations(self, call, file):
        return commands.receive(call, file)

    @get("/imports/<id>/result.xlsx", answer=file_of(XLSX), ...)
    def result(self, call, id):
        return Download("result.xlsx", XLSX, queries.result(id))

The file is the whole body, its media type the Content-Type, its name that of Content-Disposition. Everything else
is as with JSON: who may, the key of a repeat, problem details.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request, Response

from shared.errors import Text
from shared.http.problems import WrongForm

MIB = 1024 * 1024
LARGEST_FILE = 8 * MIB  # bytes, of any route: the gateway passes no more on
LONGEST_NAME = 200  # characters
UNNAMED = "file"

CSV = "text/csv"
JSON = "application/json"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Accepts:
    """What a route takes: media types, and bytes at most."""

    types: tuple[str, ...]
    largest: int


@dataclass(frozen=True)
class Upload:
    """A file that was sent. `type` is one of those that the route takes; what is inside is not checked yet."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True)
class FileOf:
    """What a route answers: a file of one of these media types."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class Download:
    """A file to answer, offered for saving under its name."""

    name: str
    type: str
    data: bytes


def accepts(*types: str, largest: int = LARGEST_FILE) -> Accepts:
    """Files that a route takes. Raises ValueError beyond what the gateway passes on."""
    if not types or largest > LARGEST_FILE:
        raise ValueError(f"name media types, and at most {LARGEST_FILE} bytes")
    return Accepts(types, largest)


def file_of(*types: str) -> FileOf:
    return FileOf(types)


def upload(request: Request, raw: bytes, accepted: Accepts) -> Upload:
    """The file in a request. Raises WrongForm for another type (415) and for an empty body (400)."""
    if request.mimetype not in accepted.types:
        told = ", ".join(accepted.types)
        raise WrongForm(
            415,
            "wrong-file-type",
            Text(f"The body is not declared as one of {told}.", f"请求体未声明为以下类型之一：{told}。"),
            Text(
                "Send the file as the body, with its Content-Type.", "请以文件作为请求体并声明 Content-Type。"
            ),
        )
    if not raw:
        raise WrongForm(
            400,
            "empty-file",
            Text("The file is empty.", "文件为空。"),
            Text("Send the file as the request's body.", "请将文件作为请求体发送。"),
            field="file",
        )
    return Upload(_name(request), request.mimetype, raw)


def _name(request: Request) -> str:
    """The name that the sender gave, without folders."""
    _, options = parse_options_header(request.headers.get("Content-Disposition"))
    given = options.get("filename", "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(character for character in given if character.isprintable())
    return shown.strip(" .")[:LONGEST_NAME] or UNNAMED


def download(file: Download, headers: dict[str, str]) -> Response:
    """The answer that carries a file; browsers save it and never show it (RFC 6266)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in file.name)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.data, headers=headers | {"Content-Type": file.type, "Content-Disposition": named})
