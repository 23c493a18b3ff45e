"""Every field that holds personal data says so, with purpose and ground; the document lists exactly these."""

from __future__ import annotations

import re

import pytest
from mongoengine import DictField, ListField, StringField

from tests.contracts.personal_table import DOCUMENT, kinds, with_table
from tests.contracts.published import NAMES, service

pytestmark = pytest.mark.unit

# What fields are called that hold somebody's data; organisations and rules have names, too.
TELLING = re.compile(
    r"(^|_)(contact|contacts|phone|telephone|mobile|email|person|address|id_number|id_card|login|display_name|"
    r"legal_representative|representative|members|birth\w*|gender|findings|scores|objections)$"
)

HOLDING = (StringField, ListField, DictField)


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
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == with_table(text), "bring it up to date: python -m tests.contracts.personal_table"
