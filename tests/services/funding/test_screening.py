"""What applications are held against: the round's limits, its rules of eligibility, its form, its attachments."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain import attachments, drafts, eligibility, forms, screening
from services.funding.domain.eligibility import FAILED, MET, OPEN, Applicant
from services.funding.domain.forms import Field
from services.funding.domain.screening import Facts, Limits
from shared.errors import Conflict, Invalid, Refused

pytestmark = pytest.mark.unit

DAY = date(2026, 3, 2)
KNOWN = Applicant("association", date(2020, 3, 3), "3A", "normal", False, True, True)
UNKNOWN = Applicant(None, None, None, None, None, None, None)


# --- limits of every round


@pytest.mark.parametrize(
    ("facts", "limits", "reason"),
    [
        ({"organisation_status": "suspended"}, {}, "organisation-not-active"),
        ({"track": "filed", "host_status": "active"}, {"tracks": ["registered"]}, "track-not-admitted"),
        ({"track": "filed", "host_status": "cancelled"}, {}, "host-not-active"),
        ({"track": "filed"}, {}, "host-not-active"),
        ({}, {"topics_only": True}, "topic-needed"),
        ({"topic_status": "set_aside"}, {}, "topic-not-chosen"),
        ({"amount": 101}, {}, "above-cap"),
        ({"before_fen": 150}, {"organisation_cap": 249}, "above-organisation-cap"),
        ({"before": 2}, {"organisation_most": 2}, "too-many-applications"),
        ({"external": "某公司"}, {}, "external-not-admitted"),
        ({"attachments": ["clean", "infected"]}, {}, "attachment-infected"),
    ],
)
def test_screening_rejects_by_each_limit(facts: dict[str, Any], limits: dict[str, Any], reason: str):
    good = Facts("active", "registered", None, None, 100)
    admits = Limits(["registered", "filed"], topics_only=False, cap=100)
    assert screening.verdict(screening.checks(good, admits)) == MET
    found = screening.checks(good._replace(**facts), admits._replace(**limits))
    assert screening.verdict(found) == FAILED
    assert screening.reasons(found) == [reason]


def test_what_just_keeps_within_the_limits_passes():
    facts = Facts("active", "registered", None, "chosen", 100, before_fen=150, before=1)
    limits = Limits(["registered"], True, 100, organisation_cap=250, organisation_most=2)
    found = screening.checks(facts, limits)
    assert screening.verdict(found) == MET
    assert [(c.rule, c.wanted, c.found) for c in found if c.rule == "organisation_cap_fen"] == [
        ("organisation_cap_fen", "250", "250")
    ]


def test_an_external_party_is_measured_by_whether_the_round_admits_such():
    facts = Facts("unknown", "external", None, None, 100, external="某公司")
    assert screening.verdict(screening.checks(facts, Limits([], False, None, external=True))) == MET


def test_a_file_in_quarantine_leaves_the_screening_to_a_person():
    facts = Facts("active", "registered", None, None, 1, attachments=["quarantined"])
    assert screening.verdict(screening.checks(facts, Limits(["registered"], False, None))) == OPEN


# --- rules of eligibility


@pytest.mark.parametrize(
    ("rule", "value", "other"),
    [
        ("types", ["association", "foundation"], {"type": "non_enterprise"}),
        ("years_established", 5, {"established_on": date(2021, 3, 3)}),
        ("grade_from", "3A", {"grade": "2A"}),
        ("grade_from", "3A", {"grade": eligibility.UNGRADED}),
        ("standing_from", "normal", {"standing": "watched"}),
        ("not_listed", True, {"listed": True}),
        ("charity", True, {"charity": False}),
        ("within_area", True, {"within_area": False}),
    ],
)
def test_each_rule_of_eligibility_is_decided_by_what_is_known(rule: str, value: Any, other: dict[str, Any]):
    stated = [{"rule": rule, "value": value}]
    eligibility.check(stated)
    (met,) = eligibility.examine(stated, KNOWN, DAY)
    (failed,) = eligibility.examine(stated, KNOWN._replace(**other), DAY)
    (unknown,) = eligibility.examine(stated, UNKNOWN, DAY)
    assert (met.outcome, failed.outcome) == (MET, FAILED)
    assert failed.reason == f"eligibility-{rule.replace('_', '-')}"
    assert unknown.outcome == OPEN


@pytest.mark.parametrize(("since", "outcome"), [(date(2024, 3, 2), MET), (date(2024, 3, 3), FAILED)])
def test_years_are_full_on_the_day_itself(since: date, outcome: str):
    (check,) = eligibility.examine(
        [{"rule": "years_established", "value": 2}], KNOWN._replace(established_on=since), DAY
    )
    assert check.outcome == outcome


def test_a_sentence_is_for_a_person_and_may_stand_more_than_once():
    rules = [{"rule": "statement", "value": "甲"}, {"rule": "statement", "value": "乙"}]
    eligibility.check(rules)
    assert [(c.wanted, c.outcome) for c in eligibility.examine(rules, KNOWN, DAY)] == [
        ("甲", OPEN),
        ("乙", OPEN),
    ]


def test_every_rule_that_can_be_stated_is_examined():
    values = {"types": ["association"], "years_established": 1, "grade_from": "1A", "standing_from": "watched",
              "statement": "甲"}  # fmt: skip
    rules = [{"rule": name, "value": values.get(name, True)} for name in eligibility.RULES]
    eligibility.check(rules)
    assert {c.rule: c.outcome for c in eligibility.examine(rules, KNOWN, DAY)} == {
        name: OPEN if name == "statement" else MET for name in eligibility.RULES
    }


# --- answers to the form


FORM = [
    Field("aim", "text", "目标", True, 2, 5), Field("times", "number", "场次", True, 1, 10),
    Field("own", "money", "自筹", False, None, 500), Field("start", "date", "开始"),
    Field("group", "choices", "对象", True, 1, 2, ("老年人", "儿童", "其他")),
    Field("kind", "choice", "类型", choices=("甲",)),
    Field("agree", "yes_no", "承诺", True), Field("budget", "attachment", "预算", True, 1, 2),
]  # fmt: skip
GOOD: dict[str, Any] = {
    "aim": "邻里互助", "times": 10, "own": 0, "start": "2026-02-28", "group": ["儿童"], "kind": "甲", "agree": False,
}  # fmt: skip


def test_good_answers_pass_and_what_is_not_asked_may_be_left_out():
    forms.check_answers(FORM, GOOD, ["budget"])
    forms.check_answers(
        FORM, {k: v for k, v in GOOD.items() if k not in ("own", "start", "kind")}, ["budget"]
    )
    forms.check_answers(FORM, {}, [], partial=True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aim", None), ("aim", ""), ("aim", "邻"), ("aim", "邻里互助互助"), ("aim", 5), ("times", 0), ("times", 11),
        ("times", True), ("times", 1.5), ("own", -1), ("own", 501), ("start", "2026-02-30"), ("start", "20260228"),
        ("group", []), ("group", ["儿童", "其他", "老年人"]), ("group", ["谁"]), ("group", ["儿童", "儿童"]),
        ("kind", "乙"), ("agree", None), ("agree", "yes"), ("unknown", 1), ("budget", "x"),
    ],
)  # fmt: skip
def test_a_faulty_answer_is_named(key: str, value: Any):
    with pytest.raises(Invalid) as refused:
        forms.check_answers(FORM, GOOD | {key: value}, ["budget"])
    assert [fault.field for fault in refused.value.faults] == [f"answers.{key}"]


@pytest.mark.parametrize("attached", [[], ["budget"] * 3])
def test_attachments_that_are_asked_for_are_counted(attached: list[str]):
    with pytest.raises(Invalid) as refused:
        forms.check_answers(FORM, GOOD, attached)
    assert refused.value.field == "answers.budget"


# --- attachments


def office(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return made.getvalue()


CONTENT = {
    attachments.PDF: b"%PDF-1.7\n", attachments.PNG: b"\x89PNG\r\n\x1a\n....", attachments.JPEG: b"\xff\xd8\xff\xe0..",
    attachments.DOCX: office("word/document.xml"), attachments.XLSX: office("xl/workbook.xml"),
}  # fmt: skip


def test_a_files_content_is_what_its_type_says():
    for declared in attachments.TYPES:
        for real, data in CONTENT.items():
            if real == declared:
                attachments.check_content(declared, data)
            else:
                with pytest.raises(Refused, match="content-unlike-type"):
                    attachments.check_content(declared, data)


def test_a_file_with_macros_is_refused_whatever_it_is_called():
    with pytest.raises(Refused, match="content-unlike-type"):
        attachments.check_content(attachments.DOCX, office("word/document.xml", "word/vbaProject.bin"))


@pytest.mark.parametrize(
    ("field", "size", "there"),
    [
        ("aim", 1, []),  # a field of another kind
        ("budget", 1, [("budget", 1)] * 2),  # as many as the form takes
        ("budget", 1, [("other", 1)] * attachments.MOST),
        ("budget", attachments.MIB + 1, [("other", attachments.WHOLE - attachments.MIB)]),
    ],
)
def test_there_is_room_for_so_many_files_and_bytes(field: str, size: int, there: list[tuple[str, int]]):
    attachments.check_room(FORM, "budget", attachments.MIB, [("budget", attachments.MIB)])
    with pytest.raises(Refused):
        attachments.check_room(FORM, field, size, there)


# --- drafts of several authors


def version(number: int, author: str, **changed: Any) -> dict[str, Any]:
    return {
        "number": number,
        "author": author,
        "changed": [{"field": k, "value": v} for k, v in changed.items()],
    }


WRITTEN = [
    version(1, "甲", title="旧", plan="计划"),
    version(2, "乙", title="新", amount_fen=5),
    version(3, "丙", plan=None),
]


def test_a_draft_is_what_its_versions_add_up_to():
    assert drafts.content(WRITTEN) == {"title": "新", "amount_fen": 5}
    assert drafts.content(WRITTEN, 1) == {"title": "旧", "plan": "计划"}
    assert drafts.folded({"title": "新", "answers.aim": "好"}) == {"title": "新", "answers": {"aim": "好"}}


def test_differences_name_the_fields_and_who_changed_them():
    assert drafts.differences(WRITTEN, 1, 3) == [
        ("amount_fen", None, 5, ["乙"]), ("plan", "计划", None, ["丙"]), ("title", "旧", "新", ["乙"]),
    ]  # fmt: skip
    assert drafts.differences(WRITTEN, 3, 3) == []


def test_two_authors_of_different_fields_go_together_and_of_the_same_field_do_not():
    assert drafts.changed(WRITTEN, {"answers.aim": "好"}, 1) == [{"field": "answers.aim", "value": "好"}]
    assert drafts.changed(WRITTEN, {"title": "新"}, 1) == [], "who wrote the same has not changed it"
    with pytest.raises(Conflict) as refused:
        drafts.changed(WRITTEN, {"title": "第三", "plan": "别的"}, 1)
    assert refused.value.extra["fields"] == ["plan", "title"]
    assert drafts.changed(WRITTEN, {"title": "第三"}, 2) == [{"field": "title", "value": "第三"}]


FLAT = st.dictionaries(
    st.sampled_from([*drafts.FIELDS, "answers.aim", "answers.times"]),
    st.none() | st.integers(0, 3),
    max_size=4,
)


@given(st.lists(FLAT, max_size=8))
def test_whatever_is_written_in_turn_adds_up_to_the_last_word_on_each_field(saves: list[dict[str, Any]]):
    versions: list[dict[str, Any]] = []
    wanted: dict[str, Any] = {}
    for number, saved in enumerate(saves):
        if changed := drafts.changed(versions, saved, len(versions)):
            versions.append({"number": len(versions) + 1, "author": str(number), "changed": changed})
        wanted |= saved
    assert drafts.content(versions) == {k: v for k, v in wanted.items() if v is not None}
    told = drafts.differences(versions, 0, len(versions))
    assert {d.field: d.after for d in told} == drafts.content(versions)
