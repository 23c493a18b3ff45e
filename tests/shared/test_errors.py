"""Refusals: a stable code, two languages, and the status that the caller gets."""

from __future__ import annotations

import pytest

from shared import errors
from shared.errors import Misdirected, NotYetKnown, Problem, Text

pytestmark = pytest.mark.unit

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Problem)]


def test_a_text_is_told_in_the_readers_language_and_in_english_to_everybody_else() -> None:
    text = Text("Area {area} is closed.", "{area} 已关闭。").format(area="230102")
    assert text.within("zh") == "230102 已关闭。"
    assert text.within("en") == text.within("fr") == "Area 230102 is closed."


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_every_kind_of_refusal_has_its_own_title_in_both_languages(kind: type[Problem]) -> None:
    assert kind.title.en.isascii()
    assert not kind.title.zh.isascii()
    assert [other.title for other in KINDS].count(kind.title) == (
        2 if kind in (Problem, errors.Refused) else 1
    )


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Invalid, 400),
        (errors.Unauthenticated, 401),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.Misdirected, 421),
        (errors.Refused, 422),
        (errors.Unavailable, 503),
    ],
)
def test_kinds_of_refusal_answer_their_http_status(kind: type[Problem], status: int) -> None:
    assert kind.status == status


def test_a_refusal_carries_code_field_and_what_to_do_instead() -> None:
    problem = errors.Refused(
        "too-late", Text("It is over.", "已截止。"), Text("Wait.", "请等待。"), field="x", n=1
    )
    assert str(problem) == "too-late: It is over."
    assert (problem.code, problem.field, problem.remedy, problem.extra) == (
        "too-late",
        "x",
        Text("Wait.", "请等待。"),
        {"n": 1},
    )


def test_what_may_be_on_its_way_says_when_to_ask_again() -> None:
    problem = NotYetKnown(Text("organisation", "社会组织"), "42", "organisation")
    assert (problem.status, problem.extra["retry_after"], problem.field) == (409, 1, "organisation")
    assert "organisation 42" in problem.detail.en
    assert "社会组织 42" in problem.detail.zh


def test_a_misdirected_request_is_told_the_owner_and_the_address_where_it_is_known() -> None:
    known = Misdirected("230102", "http://district")
    assert known.extra == {"owner": "230102", "address": "http://district"}
    assert known.remedy is not None
    assert "http://district" in known.remedy.zh
    unknown = Misdirected("230102", None)
    assert unknown.remedy is not None
    assert unknown.remedy.en == "Send the request to 230102."
