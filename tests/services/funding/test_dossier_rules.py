"""Dossiers, pure: equal bytes for equal contents, and nobody named where scores were given blind."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.archives import MANIFEST, Member, framed, pack
from services.funding.domain import dossiers

pytestmark = pytest.mark.unit

files = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}\.(json|pdf)", fullmatch=True), st.binary(max_size=300), max_size=6
)


@given(files, st.randoms())
def test_a_zip_is_the_same_to_the_byte_whatever_order_its_files_come_in(contents, random):
    members = [Member(*each) for each in contents.items()]
    first = pack(framed(members))
    random.shuffle(members)
    assert pack(framed(members)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in contents} == contents
        listed = json.loads(archive.read(MANIFEST))["files"]
        assert {each["name"]: each["sha256"] for each in listed} == {
            name: hashlib.sha256(data).hexdigest() for name, data in contents.items()
        }
        assert archive.namelist() == [MANIFEST, *sorted(contents)]


GIVEN: list[dict[str, Any]] = [
    {"expert": "张三", "affiliation": "x", "scores": {"需求": 90}, "remarks": "好", "scored_at": "2"},
    {"expert": "李四", "affiliation": None, "scores": {"需求": 70}, "remarks": "一般", "scored_at": "1"},
]


def test_scores_of_a_blind_review_name_nobody_and_do_not_tell_by_their_order():
    assert dossiers.scores(GIVEN, blind=False) == GIVEN
    shown = dossiers.scores(GIVEN, blind=True)
    assert shown == [
        {"expert": "专家 1", "scores": {"需求": 70}, "remarks": "一般"},
        {"expert": "专家 2", "scores": {"需求": 90}, "remarks": "好"},
    ]
    assert dossiers.scores(GIVEN[::-1], blind=True) == shown


def test_the_audit_of_a_blind_review_does_not_tell_who_gave_a_score():
    scored = {"event": "funding.application.scored", "actor": "zhang", "origin": "10.0.0.1", "organisation": "x",
              "grants": [["expert", "230102"]], "hash": "ab"}  # fmt: skip
    shown = dossiers.entry(scored, blind=True)
    assert "zhang" not in str(shown)
    assert "10.0.0.1" not in str(shown)
    assert (shown["hash"], shown["grants"]) == ("ab", [])
    awarded = scored | {"event": "funding.application.awarded"}
    assert dossiers.entry(awarded, blind=True) == awarded
    assert dossiers.entry(scored, blind=False) == scored


def test_only_the_own_place_in_the_ranking_is_shown_and_attachments_have_names_that_nobody_chose():
    own: dict[str, Any] = {
        "application": "b",
        "scores": [{"expert": "张三", "treatment": "counted", "weighted_hundredths": 7000}],
    }
    own["missing"] = ["李四"]
    assert dossiers.places([{"application": "a"}, own], "b", blind=False) == [own]
    (shown,) = dossiers.places([own], "b", blind=True)
    assert "李四" not in str(shown)
    assert shown["scores"] == [{"expert": "专家 1", "treatment": "counted", "weighted_hundredths": 7000}]
    assert dossiers.attachment("budget", "f" * 64, "application/pdf") == f"attachments/budget-{'f' * 16}.pdf"
    assert dossiers.attachment("budget", "f" * 64, "x/unheard-of").endswith(".bin")
