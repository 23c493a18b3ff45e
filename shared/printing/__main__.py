"""The child that prints: {"template", "values"} as JSON in, a PDF out."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

import segno
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from shared.printing import BAD_TEMPLATE, NOTHING_TO_PRINT_WITH


def qr(text: str) -> str:
    """The address of a picture of a QR code."""
    return segno.make(text, error="m").svg_data_uri(border=1)


def html(template: str, values: dict[str, Any]) -> str:
    inside = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    return inside.from_string(template).render(values, qr=qr)


def without_font() -> bool:
    """Whether no font has Chinese characters: the text would be printed as empty boxes."""
    try:
        told = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, timeout=20, check=False)
    except OSError:
        return True
    return not told.stdout.strip()


def main() -> int:
    logging.disable(logging.CRITICAL)
    asked = json.load(sys.stdin)
    try:
        page = html(asked["template"], asked["values"])
    except TemplateError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return BAD_TEMPLATE
    try:
        from weasyprint import HTML
        from weasyprint.urls import FatalURLFetchingError, URLFetcher
    except OSError as error:  # a library that it loads is missing
        print(f"Pango ({str(error).splitlines()[0][:120]})", file=sys.stderr)  # noqa: T201
        return NOTHING_TO_PRINT_WITH
    if without_font():
        print("a font with Chinese characters", file=sys.stderr)  # noqa: T201
        return NOTHING_TO_PRINT_WITH
    only_within = URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
    try:
        printed = HTML(string=page, url_fetcher=only_within).write_pdf()
    except FatalURLFetchingError as error:  # the template reaches for something outside
        print(error, file=sys.stderr)  # noqa: T201
        return BAD_TEMPLATE
    sys.stdout.buffer.write(printed)
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except Exception as error:  # its words and its trace may hold somebody's data
        print(type(error).__name__, file=sys.stderr)  # noqa: T201
        code = 1
    sys.exit(code)
