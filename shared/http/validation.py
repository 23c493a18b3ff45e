"""Marshmallow's faults told to people: the dotted path of each field, why, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from marshmallow import ValidationError

from shared.errors import Fault, Invalid, Text
from shared.fields import Said


class _Rule(NamedTuple):
    """How a built-in message reads in both languages; its named groups fill the texts."""

    pattern: re.Pattern[str]
    reason: Text
    remedy: Text


def _rule(pattern: str, reason: tuple[str, str], remedy: tuple[str, str]) -> _Rule:
    return _Rule(re.compile(pattern, re.DOTALL), Text(*reason), Text(*remedy))


_KINDS = {
    "string": "文本", "utf-8 string": "UTF-8 文本", "integer": "整数", "number": "数字",
    "boolean": "布尔值", "list": "列表", "mapping type": "对象", "tuple": "数组",
    "datetime": "时间", "aware datetime": "带时区的时间", "naive datetime": "不带时区的时间",
    "date": "日期", "time": "时刻", "period of time": "时长", "URL": "网址", "UUID": "UUID",
    "email address": "电子邮箱", "IP address": "IP 地址", "IPv4 address": "IPv4 地址",
    "IPv6 address": "IPv6 地址", "IP interface": "IP 接口", "IPv4 interface": "IPv4 接口",
    "IPv6 interface": "IPv6 接口",
}  # fmt: skip
_COMPARISONS = {
    "greater than or equal to": "大于或等于", "greater than": "大于",
    "less than or equal to": "小于或等于", "less than": "小于",
}  # fmt: skip

_COMPARISON = "|".join(_COMPARISONS)
_RULES = [
    _rule(
        r"Missing data for required field\.",
        ("This field is required.", "此项必填。"),
        ("Add it to the request.", "请在请求中补充此项。"),
    ),
    _rule(
        r"Field may not be null\.",
        ("This field may not be null.", "此项不能为 null。"),
        ("Give a value, or leave the field out where it is optional.", "请填写值；如为选填项可省略。"),
    ),
    _rule(
        r"Unknown field\.",
        ("There is no such field here.", "没有此项。"),
        ("Remove it, or check its spelling.", "请删除此项或核对名称。"),
    ),
    _rule(
        r"Not a valid (?P<kind>.+)\.",
        ("This is not a valid {kind}.", "这不是有效的{kind_zh}。"),
        ("Give a valid {kind}.", "请填写有效的{kind_zh}。"),
    ),
    _rule(
        r"Must be one of: (?P<choices>.*)\.",
        ("This is none of the possible values.", "不是可选值之一。"),
        ("Give one of: {choices}.", "请从以下选择：{choices}。"),
    ),
    _rule(
        rf"Must be (?P<one>{_COMPARISON}) (?P<min>\S+) and (?P<two>{_COMPARISON}) (?P<max>\S+)\.",
        ("This is out of range.", "超出允许范围。"),
        ("Give a value {one} {min} and {two} {max}.", "请填写{one_zh} {min} 且{two_zh} {max} 的值。"),
    ),
    _rule(
        rf"Must be (?P<one>{_COMPARISON}) (?P<min>\S+)\.",
        ("This is out of range.", "超出允许范围。"),
        ("Give a value {one} {min}.", "请填写{one_zh} {min} 的值。"),
    ),
    _rule(
        r"Must be equal to (?P<other>.*)\.",
        ("This is not the expected value.", "与要求的值不符。"),
        ("Give {other}.", "请填写 {other}。"),
    ),
    _rule(
        r"Shorter than minimum length (?P<min>\d+)\.",
        ("This is too short.", "内容过短。"),
        ("Give at least {min} characters or items.", "请至少填写 {min} 个字符或项。"),
    ),
    _rule(
        r"Longer than maximum length (?P<max>\d+)\.",
        ("This is too long.", "内容过长。"),
        ("Give at most {max} characters or items.", "请最多填写 {max} 个字符或项。"),
    ),
    _rule(
        r"Length must be between (?P<min>\d+) and (?P<max>\d+)\.",
        ("This has the wrong length.", "长度不符。"),
        ("Give {min} to {max} characters or items.", "请填写 {min} 至 {max} 个字符或项。"),
    ),
    _rule(
        r"Length must be (?P<equal>\d+)\.",
        ("This has the wrong length.", "长度不符。"),
        ("Give exactly {equal} characters or items.", "请填写恰好 {equal} 个字符或项。"),
    ),
    _rule(
        r"String does not match expected pattern\.",
        ("This does not have the expected form.", "格式不符。"),
        ("See the field's description for its form.", "请参照该项说明中的格式。"),
    ),
    _rule(
        r"One or more of the choices you made was not in: (?P<choices>.*)\.",
        ("One of these is not possible.", "所选内容中有不可选的值。"),
        ("Choose from: {choices}.", "请从以下选择：{choices}。"),
    ),
    _rule(
        r"One or more of the choices you made was in: (?P<values>.*)\.",
        ("One of these is not allowed.", "所选内容中有不允许的值。"),
        ("Leave out: {values}.", "请去除：{values}。"),
    ),
    _rule(
        r"Number too large\.",
        ("This number is too large.", "数值过大。"),
        ("Give a smaller number.", "请填写较小的数值。"),
    ),
    _rule(
        r"Special numeric values \(nan or infinity\) are not permitted\.",
        ("This is not a finite number.", "这不是有限数值。"),
        ("Give a finite number.", "请填写有限数值。"),
    ),
    _rule(
        r"Invalid (input )?type\.",
        ("This has the wrong type.", "类型不符。"),
        ("Give a JSON object with the documented fields.", "请填写包含规定项目的 JSON 对象。"),
    ),
    _rule(
        r"Invalid (value|input)\.",
        ("This value is not allowed.", "不允许的值。"),
        ("See the field's description for what is possible.", "请参照该项说明填写。"),
    ),
]


def told(message: object) -> Said:
    """A marshmallow message in both languages; what nobody translated is told as it is."""
    if isinstance(message, Said):
        return message
    text = str(message)
    for rule in _RULES:
        if found := rule.pattern.fullmatch(text):
            values = found.groupdict()
            values |= {"kind_zh": _KINDS.get(values.get("kind", ""), values.get("kind", ""))}
            values |= {f"{name}_zh": _COMPARISONS.get(values.get(name, ""), "") for name in ("one", "two")}
            return Said(rule.reason.format(**values), rule.remedy.format(**values))
    return Said(
        Text(text, f"此项有误：{text}"),
        Text("See the field's description for what is possible.", "请参照该项说明填写。"),
    )


def faults(messages: Any, path: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Every message of a ValidationError's tree with the dotted path of its field."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            yield from faults(below, path if name == "_schema" else (*path, str(name)))
    elif isinstance(messages, list):
        for message in messages:
            if isinstance(message, dict):
                yield from faults(message, path)
            else:
                yield Fault(".".join(path), *told(message))
    else:
        yield Fault(".".join(path), *told(messages))


def invalid(error: ValidationError, place: Text) -> Invalid:
    """The problem that lists every fault; `place` says where the fields stand (body, query)."""
    found = tuple(faults(error.messages))
    return Invalid(
        "invalid-request",
        Text(
            f"{len(found)} field(s) of the {place.en} are wrong.",
            f"{place.zh}中有 {len(found)} 处不正确。",
        ),
        Text("Correct the fields listed in `errors`.", "请修改 errors 中列出的各项。"),
        field=found[0].field if len(found) == 1 else None,
        faults=found,
    )
