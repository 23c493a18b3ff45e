"""Surveys 问卷调查 as data: questions, and which answers are needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from statemachine import State, StateMachine

from shared.errors import Refused, Text

KINDS = ("choice", "choices", "rating", "text")  # 单选、多选、评分（1 至 5 分）、填空
WITH_OPTIONS = ("choice", "choices")
RATING = range(1, 6)
LONGEST = 2000  # characters of an answer in words
TITLE = 200  # characters of a need's title

Question = Mapping[str, Any]
Answers = Mapping[str, Any]


class SurveyLife(StateMachine):
    """Life cycle of a survey."""

    open = State("open 征集中", initial=True)
    closed = State("closed 已结束", final=True)

    close = open.to(closed)


class Wish(NamedTuple):
    """A need that an answer says."""

    title: str
    description: str | None
    category: str
    group: str | None
    urgency: str


def check_questions(questions: Sequence[Question]) -> None:
    """Raise Refused for keys that stand twice, options where none belong, and ratings that should become needs."""
    twice = [key for key, times in Counter(q["key"] for q in questions).items() if times > 1]
    if twice:
        raise _wrong("questions", f"the key '{twice[0]}' stands twice", f"题目编号 {twice[0]} 重复")
    for number, question in enumerate(questions):
        field, options = f"questions.{number}", question["options"]
        if question["kind"] in WITH_OPTIONS and len(set(options)) < max(2, len(options)):
            raise _wrong(
                f"{field}.options",
                "a choice needs two different options or more",
                "选择题须有两个以上不同选项",
            )
        if question["kind"] not in WITH_OPTIONS and options:
            raise _wrong(f"{field}.options", "only a choice has options", "只有选择题可有选项")
        if question["kind"] == "rating" and question["need"]:
            raise _wrong(f"{field}.need", "a rating is no need", "评分题不能作为需求")


def check_closing(closes_on: date, today: date) -> None:
    """Raise Refused for a survey that would be over before it begins."""
    if closes_on < today:
        raise _wrong("closes_on", f"{closes_on} has passed", f"{closes_on} 已过")


def check_open(status: str, closes_on: date, today: date) -> None:
    """Raise Refused for an answer to a survey that is closed, or after its last day."""
    if status != "open" or today > closes_on:
        raise Refused(
            "survey-closed",
            Text(f"The survey ended on {closes_on}.", f"问卷已于 {closes_on} 结束。"),
            Text("Record a need instead.", "可另行登记需求。"),
            field="survey",
        )


def check_answers(questions: Sequence[Question], answers: Answers) -> None:
    """Raise Refused for an answer to no question, a missing one, and one that its question does not admit."""
    asked = {question["key"]: question for question in questions}
    for key, answer in answers.items():
        if key not in asked:
            raise _wrong(f"answers.{key}", "there is no such question", "没有此题")
        if not _admits(asked[key], answer):
            raise _wrong(f"answers.{key}", "the question does not admit this answer", "答案不符合题目要求")
    for key, question in asked.items():
        if question["required"] and key not in answers:
            raise _wrong(f"answers.{key}", "an answer is required", "此题必答")


def _admits(question: Question, answer: Any) -> bool:
    match question["kind"]:
        case "choice":
            return answer in question["options"]
        case "choices":
            chosen = (
                answer if isinstance(answer, list) and all(isinstance(one, str) for one in answer) else []
            )
            return 0 < len(chosen) == len(set(chosen)) and set(chosen) <= set(question["options"])
        case "rating":
            return isinstance(answer, int) and not isinstance(answer, bool) and answer in RATING
        case _:
            return isinstance(answer, str) and len(answer.strip()) > 0 and len(answer) <= LONGEST


def wishes(questions: Sequence[Question], answers: Answers) -> list[Wish]:
    """The needs that the answers say: each chosen option, and each text, of the questions that ask for needs."""
    found = []
    for question in questions:
        answer, need = answers.get(question["key"]), question["need"]
        if answer is None or not need:
            continue
        for said in answer if isinstance(answer, list) else [answer]:
            title = said.strip().splitlines()[0][:TITLE]
            more = said if title != said else None
            found.append(Wish(title, more, need["category"], need["group"], need["urgency"]))
    return found


def parted(questions: Sequence[Question], answers: Answers) -> tuple[dict[str, Any], dict[str, str]]:
    """Answers that can be counted, and those in words: these may tell of persons and stay where they were given."""
    in_words = {question["key"] for question in questions if question["kind"] == "text"}
    counted = {key: answer for key, answer in answers.items() if key not in in_words}
    return counted, {key: answer for key, answer in answers.items() if key in in_words}


class Result(NamedTuple):
    """How a question was answered: how often each option, or each number of points; of texts nothing."""

    key: str
    answered: int
    counts: dict[str, int]
    mean_hundredths: int | None  # of a rating, rounded down


def results(questions: Sequence[Question], answers: Iterable[Answers]) -> list[Result]:
    """What was answered, by question, in their order."""
    given = list(answers)
    return [_result(question, [one[question["key"]] for one in given if question["key"] in one])
            for question in questions if question["kind"] != "text"]  # fmt: skip


def _result(question: Question, given: Sequence[Any]) -> Result:
    options = [str(n) for n in RATING] if question["kind"] == "rating" else question["options"]
    counts = Counter(
        str(one) for answer in given for one in (answer if isinstance(answer, list) else [answer])
    )
    mean = 100 * sum(given) // len(given) if question["kind"] == "rating" and given else None
    return Result(question["key"], len(given), {option: counts[option] for option in options}, mean)


def _wrong(field: str, en: str, zh: str) -> Refused:
    return Refused(
        "survey-form",
        Text(f"{en[0].upper()}{en[1:]}.", f"{zh}。"),
        Text("See the survey's questions: GET /surveys/<id>.", "请查阅问卷题目：GET /surveys/<id>。"),
        field=field,
    )
