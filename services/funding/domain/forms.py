"""Forms of applications 申报书 as data of the round: their fields, and answers held against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from shared import money
from shared.errors import Fault, Invalid, Text

KINDS = ("text", "number", "money", "date", "choice", "choices", "yes_no", "attachment")
LONGEST = 20_000  # characters of one answer


class Field(NamedTuple):
    """A field of a form. `least` and `most` bound the characters of a text, the value of a number, the fen of an
    amount and how many choices or attachments are given."""

    key: str
    kind: str
    label: str
    required: bool = False
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()


def of(stored: Sequence[Mapping[str, Any]]) -> list[Field]:
    return [
        Field(
            each["key"], each["kind"], each["label"], bool(each.get("required")), each.get("least"),
            each.get("most"), tuple(each.get("choices") or ()),
        )
        for each in stored
    ]  # fmt: skip


def check(form: Sequence[Field]) -> None:
    """Raise Invalid unless keys are unique, choices given where there is a choice, and bounds in order."""
    faults = []
    keys = [each.key for each in form]
    for index, each in enumerate(form):
        if keys.count(each.key) > 1:
            faults.append(_fault(f"form.{index}.key", "This key stands twice.", "字段编码重复。"))
        if (each.kind in ("choice", "choices")) is not bool(each.choices):
            faults.append(
                _fault(
                    f"form.{index}.choices",
                    "Choices belong to fields of kind choice or choices, and only to them.",
                    "仅选择类字段须列出选项。",
                )
            )
        if each.least is not None and each.most is not None and each.least > each.most:
            faults.append(
                _fault(f"form.{index}.most", "The upper bound is below the lower one.", "上限低于下限。")
            )
    _raise(faults, "form-unfit", Text("The form does not hold together.", "申报书格式有误。"))


def check_answers(
    form: Sequence[Field], answers: Mapping[str, Any], attached: Sequence[str] = (), *, partial: bool = False
) -> None:
    """Raise Invalid, with every fault, unless the answers are those that the form asks for.

    `attached` are the keys of the fields that attachments were given for, one for each attachment. With `partial`,
    what is missing is still to be written.
    """
    faults = [
        _fault(f"answers.{key}", "The form has no such field.", "申报书没有该字段。")
        for key in answers
        if key not in {each.key for each in form if each.kind != "attachment"}
    ]
    for each in form:
        value = attached.count(each.key) if each.kind == "attachment" else answers.get(each.key)
        if value in (None, "", [], 0) and value is not False and each.kind not in ("number", "money"):
            value = None
        if value is None:
            if each.required and not partial:
                faults.append(
                    _fault(f"answers.{each.key}", f"{each.label}: missing.", f"{each.label}：必填。")
                )
        elif said := _wrong(each, value):
            faults.append(
                _fault(f"answers.{each.key}", f"{each.label}: {said.en}", f"{each.label}：{said.zh}")
            )
    _raise(
        faults,
        "answers-unfit",
        Text("The answers do not fit the round's form.", "填写内容不符合申报书要求。"),
    )


def _wrong(field: Field, value: Any) -> Text | None:
    """What is wrong with an answer; None where nothing is."""
    if not _is_of(field, value):
        return Text(f"not an answer of kind {field.kind}.", f"不是“{field.kind}”类型的填写内容。")
    if field.choices and not set(value if isinstance(value, list) else [value]) <= set(field.choices):
        return Text(
            f"choose from {', '.join(field.choices)}.", f"请从以下选项中选择：{'、'.join(field.choices)}。"
        )
    size = len(value) if isinstance(value, str | list) else value
    if field.kind in ("date", "choice", "yes_no"):
        return None
    if field.least is not None and size < field.least:
        return Text(f"{field.least} at least.", f"不得少于 {field.least}。")
    if field.most is not None and size > field.most:
        return Text(f"{field.most} at most.", f"不得超过 {field.most}。")
    return None


def _is_of(field: Field, value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    match field.kind:
        case "text" | "choice":
            return isinstance(value, str) and len(value) <= LONGEST
        case "date":
            return isinstance(value, str) and _is_date(value)
        case "money":
            return whole and 0 <= value <= money.LARGEST
        case "choices":
            return (
                isinstance(value, list)
                and all(isinstance(each, str) for each in value)
                and len(set(value)) == len(value)
            )
        case "yes_no":
            return isinstance(value, bool)
        case _:
            return whole and abs(value) <= 10**12


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _fault(field: str, en: str, zh: str) -> Fault:
    return Fault(field, Text(en, zh), Text("Correct this field.", "请更正该字段。"))


def _raise(faults: Sequence[Fault], code: str, what: Text) -> None:
    if faults:
        remedy = Text("Correct the fields that are named.", "请更正所列字段。")
        raise Invalid(code, what, remedy, field=faults[0].field, faults=tuple(faults))
