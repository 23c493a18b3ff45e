"""Names of organisations that are similar to others' in the area."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from marshmallow import fields, validate
from rapidfuzz import fuzz

from shared import areas
from shared.arearules import AreaRule
from shared.errors import Fault, Refused, Text

SIMILAR_SCORE = AreaRule(
    "similar_name_percent",
    fields.Int(strict=True, validate=validate.Range(50, 100)),
    80,
    source="platform default; no general rule",
    about=Text("From how many percent on names are similar", "名称相似度阈值（%）"),
)
SIMILAR_NAMES = AreaRule(
    "similar_names",
    fields.Str(validate=validate.OneOf(["tell", "refuse"])),
    "tell",
    source="platform default; no general rule",
    about=Text("Whether a similar name is told of or refused", "名称相似时提示或拒绝"),
)
RULES = (SIMILAR_SCORE, SIMILAR_NAMES)


class Similar(NamedTuple):
    """An organisation whose name is similar, and how similar in percent."""

    id: str
    name: str
    percent: int


def plain(name: str, area: str) -> str:
    """A name without what tells nothing: width and case of letters, spaces, punctuation, the area's own names."""
    text = whole = unicodedata.normalize("NFKC", name).casefold()
    for place in areas.path(area):
        text = text.replace(areas.name(place).casefold(), "")
    told = "".join(c for c in text if unicodedata.category(c)[0] in "LN")
    return told or whole


def similar(name: str, area: str, others: Iterable[tuple[str, str]], percent: int) -> list[Similar]:
    """Of `others` (id, name), those whose names are similar, the most similar first."""
    own = plain(name, area)
    scored = (Similar(i, other, int(fuzz.ratio(own, plain(other, area)))) for i, other in others)
    return sorted((one for one in scored if one.percent >= percent), key=lambda one: -one.percent)[:10]


def check_name(found: Sequence[Similar], overriding: str | None) -> None:
    """Raise Refused for a name that is similar to others', naming them, unless staff gave reasons to override."""
    if not found or overriding:
        return
    names = "、".join(f"{one.name}（{one.percent}%）" for one in found)
    reason = Text(f"Similar names are in use: {names}.", f"已有相似名称：{names}。")
    remedy = Text(
        "Choose another name; staff may go on with `similar_reasons`.",
        "请更换名称；工作人员可填写 similar_reasons 说明理由后继续。",
    )
    raise Refused(
        "similar-name", reason, remedy, field="name", faults=(Fault("name", reason, remedy),),
        similar=[one._asdict() for one in found],
    )  # fmt: skip
