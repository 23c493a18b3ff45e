"""Every field that holds personal data says so, with purpose and ground; the document lists exactly these."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mongoengine import DictField, ListField, StringField

from shared.audit.personal import Personal
from shared.store.aggregate import Aggregate, Record
from tests.contracts.published import NAMES, service

pytestmark = pytest.mark.unit

DOCUMENT = Path(__file__).parents[2] / "docs" / "personal-data.md"
# What fields are called that hold somebody's data; organisations and rules have names, too.
TELLING = re.compile(
    r"(^|_)(contact|contacts|phone|telephone|mobile|email|person|address|id_number|id_card|login|display_name|"
    r"legal_representative|representative|members|birth\w*|gender|remarks|findings|scores|objections)$"
)

HOLDING = (StringField, ListField, DictField)


def kinds() -> list[tuple[str, type[Aggregate | Record]]]:
    found = [(name, kind) for name in NAMES for kind in service(name).documents]
    return [(name, kind) for name, kind in found if issubclass(kind, Aggregate | Record)]


def declared() -> list[tuple[str, str, str, Personal]]:
    return sorted(
        (name, kind._get_collection_name(), field, about)
        for name, kind in kinds()
        for field, about in kind.personal.items()
    )


def test_whatever_sounds_like_personal_data_is_declared_as_such() -> None:
    silent = [
        f"{name} {kind.__name__}.{field}"
        for name, kind in kinds()
        for field in kind._fields
        if TELLING.search(field) and isinstance(kind._fields[field], HOLDING) and field not in kind.personal
    ]
    assert silent == [], "declare purpose and ground in `personal` (shared/audit/personal.py)"


def test_every_declared_field_exists_and_may_be_blanked() -> None:
    for name, kind in kinds():
        for field in kind.personal:
            assert field in kind._fields, f"{name} {kind.__name__} has no {field}"
            assert not kind._fields[field].required, f"{name} {kind.__name__}.{field} cannot be erased"


def test_no_event_tells_what_is_personal() -> None:
    for name in NAMES:
        for subject, kind in service(name).tells:
            told = set(subject.dumper.fields)
            assert not told & set(kind.personal), f"{name} {subject.noun} tells {told & set(kind.personal)}"


def test_the_document_lists_purpose_and_ground_of_each_field() -> None:
    rows = [
        f"| {name} | `{kind}.{field}` | {about.purpose.en} {about.purpose.zh} | {about.basis.en} {about.basis.zh} | "
        f"{_kept(about)} |"
        for name, kind, field, about in declared()
    ]
    missing = [row for row in rows if row not in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    assert missing == []
    listed = re.findall(r"^\| \w+ \| `\w+\.\w+` \|.*$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(listed) == len(rows), "a field that is listed is no longer declared"


def _kept(about: Personal) -> str:
    if about.kept is None:
        return "on request"
    years = f", {about.years} years" if about.years else ""
    return f"{about.kept.en}{years} {about.kept.zh}"
