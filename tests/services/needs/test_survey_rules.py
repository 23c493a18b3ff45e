"""Rules of surveys."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.needs.domain import surveys as rules
from shared.errors import Refused

pytestmark = pytest.mark.unit

NEED = {"category": "care", "group": "elderly", "urgency": "normal"}


def question(
    key: str, kind: str, options: tuple[str, ...] = (), *, required: bool = False, need: Any = None
) -> Any:
    return {
        "key": key,
        "text": key,
        "kind": kind,
        "options": list(options),
        "required": required,
        "need": need,
    }


QUESTIONS = [
    question("wanted", "choices", ("助餐", "理发", "陪诊"), required=True, need=NEED),
    question("age", "choice", ("60-69", "70+")),
    question("content", "rating"),
    question("else", "text", need=NEED | {"urgency": "high"}),
]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ([question("a", "text"), question("a", "rating")], "questions"),
        ([question("a", "choice", ("one",))], "questions.0.options"),
        ([question("a", "choice", ("one", "one"))], "questions.0.options"),
        ([question("a", "text", ("one", "two"))], "questions.0.options"),
        ([question("a", "rating", need=NEED)], "questions.0.need"),
    ],
)
def test_a_survey_that_cannot_be_asked_is_refused(wrong: list[Any], field: str) -> None:
    rules.check_questions(QUESTIONS)
    with pytest.raises(Refused) as raised:
        rules.check_questions(wrong)
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "answers.wanted"),
        ({"wanted": []}, "answers.wanted"),
        ({"wanted": ["助餐", "助餐"]}, "answers.wanted"),
        ({"wanted": ["购物"]}, "answers.wanted"),
        ({"wanted": "助餐"}, "answers.wanted"),
        ({"wanted": [["助餐"]]}, "answers.wanted"),
        ({"wanted": ["助餐"], "age": ["70+"]}, "answers.age"),
        ({"wanted": ["助餐"], "content": 6}, "answers.content"),
        ({"wanted": ["助餐"], "content": True}, "answers.content"),
        ({"wanted": ["助餐"], "else": " \n"}, "answers.else"),
        ({"wanted": ["助餐"], "other": 1}, "answers.other"),
    ],
)
def test_answers_that_the_questions_do_not_admit_are_refused(answers: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as raised:
        rules.check_answers(QUESTIONS, answers)
    assert raised.value.field == field


def test_chosen_options_and_words_become_needs_where_the_question_asks_for_them() -> None:
    answers = {"wanted": ["助餐", "陪诊"], "age": "70+", "content": 4, "else": "电梯常坏\n三单元"}
    rules.check_answers(QUESTIONS, answers)
    found = rules.wishes(QUESTIONS, answers)
    assert [(wish.title, wish.urgency) for wish in found] == [
        ("助餐", "normal"),
        ("陪诊", "normal"),
        ("电梯常坏", "high"),
    ]
    assert found[2].description == "电梯常坏\n三单元"
    assert rules.parted(QUESTIONS, answers)[1] == {"else": "电梯常坏\n三单元"}


def test_results_count_options_and_points_and_tell_no_words() -> None:
    given = [{"wanted": ["助餐"], "content": 5}, {"wanted": ["助餐", "理发"], "content": 4, "age": "70+"}]
    told = {one.key: one for one in rules.results(QUESTIONS, given)}
    assert told["wanted"].counts == {"助餐": 2, "理发": 1, "陪诊": 0}
    assert told["age"].answered == 1
    assert told["content"].mean_hundredths == 450
    assert "else" not in told


def test_a_survey_takes_answers_until_the_end_of_its_last_day() -> None:
    last = date(2026, 3, 31)
    rules.check_open("open", last, last)
    for status, today in (("closed", last), ("open", date(2026, 4, 1))):
        with pytest.raises(Refused, match="survey-closed"):
            rules.check_open(status, last, today)
