"""PDF from templates, in a process of its own."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from shared import printing
from shared.errors import Refused, Unavailable

pytestmark = pytest.mark.unit


def text(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_what_a_template_says_can_be_read_in_the_pdf() -> None:
    made = printing.pdf("<p>{{ name }}</p><img src='{{ qr(name) }}'>", {"name": "春雨<社工>"})
    assert "春雨<社工>" in text(made)
    assert "weasyprint" not in sys.modules, "what prints stays out of the services' memory"


@pytest.mark.parametrize(
    "template",
    [
        "{{ unknown }}",
        "{% for",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "<img src='file:///etc/passwd'>",
        "<img src='http://127.0.0.1:1/x.png'>",
    ],
)
def test_a_template_that_is_wrong_or_reaches_outside_is_refused(template: str) -> None:
    with pytest.raises(Refused) as raised:
        printing.pdf(template, {})
    assert (raised.value.code, raised.value.field) == ("template-faulty", "template")


def test_without_a_chinese_font_the_remedy_is_told_instead_of_empty_boxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = tmp_path / "fc-list"
    nothing.write_text("#!/bin/sh\n")
    nothing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Unavailable) as raised:
        printing.pdf("<p>x</p>", {})
    assert (raised.value.status, raised.value.code) == (503, "printing-not-installed")
    assert raised.value.remedy is not None
    assert "ensure-printing.sh" in raised.value.remedy.en


def test_a_document_that_takes_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(printing, "PATIENCE", 1.0)
    endless = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}"
    with pytest.raises(Unavailable) as raised:
        printing.pdf(endless, {})
    assert raised.value.code == "printing-failed"
    assert [vars(one)["reason"] for one in caplog.records] == ["no end within 1 s"]


def test_what_broke_off_says_its_kind_and_none_of_what_was_to_be_printed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(Unavailable) as raised:
        printing.pdf("{{ name | round }}", {"name": "赵某"})
    assert raised.value.code == "printing-failed"
    (told,) = (vars(one) for one in caplog.records)
    assert (told["reason"], told["error"]) == ("exit code 1", "TypeError")
