"""Rules of imports 存量导入: what a row of a table must say so that its organisation is taken over as it stands.

A row tells of an organisation that was registered or filed before this platform. All that is wrong with it is told at
once. What the store has to be asked (is it here already, who owns it) is in `commands/imports.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from statemachine import State, StateMachine

from services.registry.domain import lives
from services.registry.domain import organisations as rules
from shared import areas
from shared.errors import Fault, Refused, Text
from shared.sheets.cells import Cell
from shared.sheets.form import Column, choice, troubles

LONGEST = {"name": 100, "supervising_unit": 100, "category": 50}  # characters, as in schemas/organisations.py
EARLIEST = date(1900, 1, 1)  # anything before is a slip of the pen

TRACKS = {"registered": Text("registered", "登记"), "filed": Text("filed", "备案")}
TYPES = {
    "association": Text("association", "社会团体"),
    "non_enterprise": Text("non-enterprise", "民办非企业单位"),
    "foundation": Text("foundation", "基金会"),
}
WORDS = {str(s.id): Text(*str(s.name).split(" ", 1)) for s in lives.OrganisationLife.states}
# The states in which an organisation may be taken over, and those of one track only. Revocation 吊销 and rescission
# 撤销 rest on a law that a table does not tell: they are recorded here, one by one.
STATES = {state: WORDS[state] for state in ("active", "suspended", "lapsed", "closed", "cancelled")}
TRACK_OF = {"lapsed": "filed", "closed": "filed", "cancelled": "registered"}
ENDED_BY = {"closed": "closed", "cancelled": "cancelled"}
# What has come to its end, or to nothing, does not stand in the way of a new filing of the same name.
ENDED = (*lives.CAME_TO_NOTHING, *lives.ENDS.values())
# Offered, not prescribed: what community organisations are commonly sorted by (民政部《培育发展社区社会组织专项行动方案
# （2021—2023年）》 names service, charity, culture and sports, mediation).
CATEGORIES = ("社区服务", "公益慈善", "文化体育", "邻里互助", "平安建设", "专业调处", "其他")

COLUMNS = (
    Column(
        "area", Text("area code", "区划代码"),
        Text("6, 9 or 12 digits; a name may follow", "6、9 或 12 位代码，其后可写名称"), required=True, width=26,
    ),
    Column("name", Text("name", "名称"), Text("1 to 100 characters", "1 至 100 字"), required=True, width=36),
    Column(
        "track", Text("track", "登记或备案"), Text("registered or filed", "登记、备案"), required=True, choices=TRACKS
    ),
    Column(
        "type", Text("type", "类型"), Text("registered ones only", "仅登记的社会组织填写"), choices=TYPES, width=18
    ),
    Column(
        "credit_code", Text("credit code", "统一社会信用代码"),
        Text("18 characters; registered ones only", "18 位，仅登记的社会组织填写"), width=24,
    ),
    Column("category", Text("category", "类别"), Text("at most 50 characters", "不超过 50 字")),
    Column(
        "supervising_unit", Text("supervising unit", "业务主管单位"),
        Text("empty where registered directly", "直接登记的不填"), width=28,
    ),
    Column(
        "established_on", Text("established on", "成立日期"), Text("like 2018-05-04", "如 2018-05-04"),
        required=True, day=True,
    ),
    Column(
        "status", Text("status", "状态"), Text("active where empty", "不填为正常"), choices=STATES
    ),
    Column(
        "decided_on", Text("decided on", "批准日期"),
        Text("of the present status; established on where empty", "现状态的批准日期，不填为成立日期"), day=True,
    ),
    Column(
        "valid_until", Text("valid until", "备案有效期至"),
        Text("last day of a filing; empty where it has none", "仅备案填写，无期限的不填"), day=True,
    ),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}


class ImportLife(StateMachine):
    """Life cycle of an import 导入."""

    received = State("received 已接收", initial=True)
    checking = State("checking 校验中")
    running = State("running 导入中")
    done = State("done 已完成", final=True)
    failed = State("failed 文件无效", final=True)
    cancelled = State("cancelled 已取消", final=True)

    check = received.to(checking)
    run = checking.to(running)
    finish = running.to(done)
    fail = received.to(failed) | checking.to(failed)
    cancel = received.to(cancelled) | checking.to(cancelled) | running.to(cancelled)


class RowLife(StateMachine):
    """What comes of a row 行."""

    waiting = State("waiting 待导入", initial=True)
    accepted = State("accepted 已导入", final=True)
    present = State("present 已存在", final=True)
    refused = State("refused 未导入", final=True)

    accept = waiting.to(accepted)
    know = waiting.to(present)
    refuse = waiting.to(refused)


class Checked(NamedTuple):
    """A row as it was understood. Where there are `faults`, `values` has what could be read all the same."""

    values: dict[str, Any]
    faults: list[Fault]


def check(cells: Mapping[str, Cell], within: str, today: date) -> Checked:
    """All that can be said of a row by itself: `within` is the area that is imported for."""
    faults = list(troubles(cells))
    spoilt = {fault.field for fault in faults}
    texts = {key: cells[key].text if key in cells and key not in spoilt else "" for key in BY_KEY}
    values: dict[str, Any] = {}
    for key, read in _READ.items():
        if key in spoilt:
            continue
        text = texts[key]
        if not text and BY_KEY[key].required:
            faults.append(_missing(key))
        elif text:
            try:
                values[key] = read(key, text)
            except Refused as refused:
                faults += refused.faults
    faults += _against_each_other(values, spoilt | {fault.field for fault in faults}, within, today)
    order = list(BY_KEY)
    return Checked(values, sorted(faults, key=lambda fault: order.index(fault.field)))


def _against_each_other(values: dict[str, Any], unclear: set[str], within: str, today: date) -> list[Fault]:
    """Faults of fields that are sound by themselves; a field that is `unclear` is not judged by."""
    faults: list[Fault] = []
    if "area" in values and not areas.contains(within, values["area"]):
        faults.append(
            Fault(
                "area",
                Text(f"This import is for {within} and below.", f"本次导入仅限 {within} 及以下区域。"),
                Text("Import it for the area above both, if you may.", "如有权限，请按共同的上级区域导入。"),
            )
        )
    faults += [fault for fault in _identity(values, unclear) if fault.field not in unclear]
    faults += _days(values, today)
    track, status = values.get("track"), values.get("status", "active")
    if track and TRACK_OF.get(status, track) != track:
        possible = [WORDS[state] for state in STATES if TRACK_OF.get(state, track) == track]
        faults.append(
            Fault(
                "status",
                Text(
                    f"A {track} organisation is never {status}.",
                    f"{TRACKS[track].zh}的组织没有“{WORDS[status].zh}”状态。",
                ),
                Text(
                    f"Choose one of: {', '.join(word.en for word in possible)}.",
                    f"请选择：{'、'.join(word.zh for word in possible)}。",
                ),
            )
        )
    return faults


def _days(values: dict[str, Any], today: date) -> list[Fault]:
    """Faults of days that do not fit each other, today, the track or the state."""
    established, decided, until = (values.get(key) for key in ("established_on", "decided_on", "valid_until"))
    faults = [_future(key) for key in ("established_on", "decided_on") if values.get(key, today) > today]
    if established and decided and decided < established:
        faults.append(
            Fault(
                "decided_on",
                Text("It was decided on before it was established.", "批准日期早于成立日期。"),
                Text("Correct one of the two dates.", "请更正其中一个日期。"),
            )
        )
    if until and values.get("track") == "registered":
        faults.append(
            Fault(
                "valid_until",
                Text("Registrations hold without an end.", "登记没有有效期。"),
                Text("Leave it out.", "请不要填写。"),
            )
        )
    elif until and until < today and values.get("status", "active") == "active":
        faults.append(
            Fault(
                "valid_until",
                Text("The filing has lapsed by then.", "备案已过有效期。"),
                Text(
                    "Give the status lapsed, or the end that it was renewed to.",
                    "请将状态改为备案到期，或填写延续后的有效期。",
                ),
            )
        )
    return faults


def _identity(values: dict[str, Any], unclear: set[str]) -> list[Fault]:
    """Faults of track, type and credit code together; where the type is not known, of the code by itself too."""
    track, kind, code = (values.get(key) for key in ("track", "type", "credit_code"))
    if track is None:
        return []
    faults = _unfit(track, kind, code)
    if track == "registered" and kind is None and all(_unfit(track, each, code) for each in rules.TYPES):
        faults.append(
            Fault(
                "credit_code",
                Text("This is not the credit code of a civil organisation.", "统一社会信用代码无效。"),
                Text("Give the 18 characters of the certificate.", "请填写证书上的 18 位代码。"),
            )
        )
    return faults


def _unfit(track: str, kind: str | None, code: str | None) -> list[Fault]:
    try:
        rules.check_identity(track, kind, code)
    except Refused as refused:
        return list(refused.faults)
    return []


def _fault(key: str, reason: Text, remedy: Text) -> Refused:
    return Refused("row", reason, remedy, faults=(Fault(key, reason, remedy),))


def _missing(key: str) -> Fault:
    return Fault(key, Text("This must not be empty.", "此项不能为空。"), _give(key))


def _give(key: str) -> Text:
    column = BY_KEY[key]
    if column.choices:
        words = column.choices.values()
        return Text(
            f"Choose one of: {', '.join(word.en for word in words)}.",
            f"请选择：{'、'.join(word.zh for word in words)}。",
        )
    return Text(f"Give it: {column.hint.en}.", f"请填写：{column.hint.zh}。")


def _future(key: str) -> Fault:
    return Fault(
        key,
        Text("This day is still to come.", "日期晚于今天。"),
        Text("Give the day on which it happened.", "请填写实际发生的日期。"),
    )


def _area(key: str, text: str) -> str:
    code = text.split()[0]
    if not areas.is_area(code):
        raise _fault(
            key,
            Text(f"'{code[:30]}' is not a division code.", f"“{code[:30]}”不是行政区划代码。"),
            Text("Give the official code of 6, 9 or 12 digits.", "请填写 6、9 或 12 位官方代码。"),
        )
    official = areas.divisions(code[:6])
    if official and code not in official:
        raise _fault(
            key,
            Text(f"The official list has no code {code}.", f"官方区划代码表中没有 {code}。"),
            Text("Choose a code of the drop-down in the template.", "请从模板下拉列表中选择。"),
        )
    return code


def _words(key: str, text: str) -> str:
    if len(text) > LONGEST[key]:
        raise _fault(
            key,
            Text(f"It has more than {LONGEST[key]} characters.", f"超过 {LONGEST[key]} 字。"),
            Text("Shorten it.", "请缩短。"),
        )
    if not text.isprintable():
        raise _fault(
            key,
            Text("It holds line breaks or other control characters.", "含有换行或其他控制字符。"),
            Text("Type it again in one line.", "请在一行内重新填写。"),
        )
    return text


def _choice(key: str, text: str) -> str:
    found = choice(BY_KEY[key], text)
    if found is None:
        raise _fault(
            key,
            Text(f"'{text[:30]}' is not one of the values.", f"“{text[:30]}”不在可选范围内。"),
            _give(key),
        )
    return found


def _code(key: str, text: str) -> str:
    return "".join(text.split()).upper()


def _day(key: str, text: str) -> date:
    """2018-05-04, also with the strokes, points or characters that are in use: 2018/5/4, 2018.5.4, 2018年5月4日."""
    parts = text.translate(_STROKES).split("-")
    try:
        day = date(*(int(part) for part in parts)) if len(parts) == 3 and all(map(_number, parts)) else None
    except ValueError:
        day = None
    if day is None or day < EARLIEST:
        raise _fault(
            key,
            Text(f"'{text[:30]}' is not a date since 1900.", f"“{text[:30]}”不是 1900 年以来的日期。"),
            Text("Give a date like 2018-05-04.", "请按 2018-05-04 的格式填写。"),
        )
    return day


_STROKES = str.maketrans({"/": "-", ".": "-", "年": "-", "月": "-", "日": None})


def _number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 4


_READ = {
    "area": _area,
    "name": _words,
    "track": _choice,
    "type": _choice,
    "credit_code": _code,
    "category": _words,
    "supervising_unit": _words,
    "established_on": _day,
    "status": _choice,
    "decided_on": _day,
    "valid_until": _day,
}


class Place(NamedTuple):
    """Where a row stands."""

    sheet: str
    number: int


def twice(rows: Iterable[tuple[Place, Mapping[str, Any]]]) -> dict[Place, Fault]:
    """The rows that tell of an organisation that a row before them tells of: by credit code 统一社会信用代码, and
    without one by name and area."""
    first: dict[tuple[str, ...], Place] = {}
    found: dict[Place, Fault] = {}
    for place, values in rows:
        key, identity = identity_of(values)
        if key is None:
            continue
        before = first.setdefault(identity, place)
        if before != place:
            found[place] = Fault(
                key,
                Text(
                    f"Row {before.number} of sheet '{before.sheet}' tells of the same organisation.",
                    f"与工作表“{before.sheet}”第 {before.number} 行是同一组织。",
                ),
                Text("Keep one of the two rows.", "请仅保留一行。"),
            )
    return found


def identity_of(values: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """What tells an organisation from others, and the column that it stands in; (None, ()) where neither is there."""
    if values.get("credit_code"):
        return "credit_code", (values["credit_code"],)
    if values.get("track") == "filed" and "name" in values and "area" in values:
        return "name", (values["area"], values["name"])
    return None, ()
