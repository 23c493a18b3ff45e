"""Rules of the directory 名录: by which keys an organisation is found, in which order, and by which words.

Each entry carries keys, small strings that an index holds together with the entry's place in the order of names.
A search takes the rarest key that everything it looks for must have, reads the index below that key, and checks the
rest on what it finds:

    a<area> of each tier    t<track>   y<type>   c<category>   s<status>   g<grade>
    n<two characters of the name>      ^<its first two characters>
    i<initials of three characters>    p<three letters of pinyin from the begin of a character on>
    u<first twelve characters of the credit code>
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from marshmallow import fields, validate

from services.registry.domain import spelling
from services.registry.domain.lives import PUBLIC_STATES
from services.registry.domain.spelling import Reading
from shared import areas, clock
from shared.arearules import AreaRule
from shared.errors import Fault, Invalid, Text

FORM = 1  # of keys and orders; raised when they change, so that services work their entries out again
LIVING = ("active", "suspended", "lapsed", "liquidating")  # that are there, whatever they may do at present
FACETS = ("track", "type", "category", "status", "grade")
_PREFIXES = dict(zip(FACETS, "tycsg", strict=True))
GRAM, LETTERS, CODE = 2, 3, 12  # characters of a name, letters of pinyin, characters of a code in one key
MOST_PARTS = 6
_CODE = re.compile(r"\d{8}[0-9A-Z]{4,10}")
_LATIN = re.compile(r"[a-z]+")
SAMPLES = 2**31  # `sample` of an entry is below that, evenly spread
LONGEST = 90  # characters of a place in the order that come from the name
TAIL = 12  # of its id, that tell two of one name apart
UNDATED = 99999999
MOST_COUNTED = 1000  # found by words and counted one by one; more are told as "capped"

# Of an area itself, never of those below it; the day from which it holds is the day of the count. No number comes with
# the platform: whoever sets one names the statistics that it is from.
RESIDENTS = AreaRule(
    "residents",
    fields.Int(strict=True, allow_none=True, validate=validate.Range(1, 100_000_000)),
    None,
    source="not known until the district sets it",
    about=Text("Permanent residents", "常住人口"),
)
RULES = (RESIDENTS,)

TOP = "\U0010ffff"  # behind every place


class Found(NamedTuple):
    """What a search looks at of an entry."""

    name: str
    pinyin: str
    credit_code: str | None


@dataclass(frozen=True)
class Part:
    """One word of a search. Each of `modes` is a way to understand it, with keys of which an entry that is meant so
    has every single one; `meant` checks an entry."""

    text: str
    modes: tuple[tuple[str, ...], ...]
    meant: Callable[[Found], bool]


# --- what an entry is found by


def area_keys(area: str) -> list[str]:
    return [f"a{each}" for each in areas.path(area)]


def facet_key(facet: str, value: str) -> str:
    return _PREFIXES[facet] + value


def facet_keys(area: str, facets: Mapping[str, str | None]) -> list[str]:
    """The keys of everything that is no name or code."""
    own = [facet_key(facet, value) for facet in FACETS if (value := facets.get(facet))]
    return [*area_keys(area), *own]


def name_keys(folded: str, read: Sequence[Reading], credit_code: str | None) -> list[str]:
    """The keys of a name and of a credit code."""
    keys = {f"n{folded[at : at + GRAM]}" for at in range(len(folded) - GRAM + 1)}
    keys |= {f"i{run}" for run in spelling.initials(read, LETTERS)}
    keys |= {f"p{start}" for at in range(len(read)) for start in spelling.starts(read, at, LETTERS)}
    keys.add(f"^{folded[:GRAM]}")
    if credit_code:
        keys.add(f"u{credit_code[:CODE]}")
    return sorted(keys)


# --- the orders, each a string that no two entries share


def by_name(read: Sequence[Reading], identifier: str) -> str:
    """In the order of pinyin, as dictionaries are 按拼音."""
    spelt = " ".join(reading[0] for reading in read)[:LONGEST]
    return f"{spelt}  {identifier.replace('-', '')[-TAIL:]}"


def by_newest(established_on: date | None, identifier: str) -> str:
    """The youngest first; at the end those of which the date is not known."""
    day = UNDATED if established_on is None else UNDATED - int(f"{established_on:%Y%m%d}")
    return f"{day:08d} {identifier.replace('-', '')[-TAIL:]}"


# --- what is searched for


def parts(words: str) -> list[Part]:
    """The words of a search, divided by blanks or `*`. Raises Invalid for what is too short to be found by an index."""
    given = [word for word in re.split(r"[\s*＊]+", words) if spelling.fold(word)]
    if not given or len(given) > MOST_PARTS:
        raise _unfit(
            words,
            Text(f"Give one to {MOST_PARTS} words.", f"请输入一至{MOST_PARTS}个词。"),
            Text(
                "Give parts of the name, initials, pinyin or a credit code.",
                "可输入名称片段、拼音或信用代码。",
            ),
        )
    return [_part(word) for word in given]


def _part(word: str) -> Part:
    code = word.strip().upper()
    if _CODE.fullmatch(code):
        return Part(word, ((f"u{code[:CODE]}",),), lambda one: (one.credit_code or "").startswith(code))
    folded = spelling.fold(word)
    if _LATIN.fullmatch(folded):
        return _letters(word, folded)
    if len(folded) < GRAM:
        raise _unfit(
            word,
            Text(f"'{word}' is too short.", f"“{word}”过短。"),
            Text("Give at least two characters of the name.", "请至少输入名称中连续的两个字。"),
        )
    grams = tuple(f"n{folded[at : at + GRAM]}" for at in range(len(folded) - GRAM + 1))
    return Part(word, (grams,), lambda one: folded in spelling.fold(one.name))


def _letters(word: str, letters: str) -> Part:
    if len(letters) < LETTERS:
        raise _unfit(
            word,
            Text(f"'{word}' is too short.", f"“{word}”过短。"),
            Text("Give at least three letters of initials or pinyin.", "拼音或首字母请至少输入三个字母。"),
        )
    runs = tuple(f"i{letters[at : at + LETTERS]}" for at in range(len(letters) - LETTERS + 1))
    begun = [at for at in spelling.syllable_starts(letters) if at + LETTERS <= len(letters)]
    spelt = tuple(f"p{letters[at : at + LETTERS]}" for at in begun)

    def meant(one: Found) -> bool:
        read = spelling.parsed(one.pinyin)
        return spelling.has_initials(read, letters) or spelling.is_read(read, letters)

    return Part(word, (runs, spelt) if spelt else (runs,), meant)


def _unfit(word: str, reason: Text, remedy: Text) -> Invalid:
    return Invalid("search-too-short", reason, remedy, field="q", faults=(Fault("q", reason, remedy),))


def beginning(words: Sequence[Part]) -> str | None:
    """What a name would begin with that is meant above all others; None where the search is for no part of one."""
    first = spelling.fold(words[0].text) if words else ""
    return first if first and words[0].modes[0][0].startswith("n") else None


def begins(name: str, begun: str) -> bool:
    return spelling.fold(name).startswith(begun)


def edge_key(begun: str) -> str:
    return f"^{begun[:GRAM]}"


# --- what is counted together


class Cell(NamedTuple):
    """Entries of an area that are alike: of `kinds` in every facet, of `founded` and `ended` in track and year."""

    area: str
    family: str
    alike: tuple[str | int | None, ...]

    @property
    def key(self) -> str:
        """What the count's field is called in the store, which wants neither dots nor dollars there."""
        text = json.dumps(self.alike, ensure_ascii=False, separators=(",", ":"))
        return text.replace("%", "%25").replace(".", "%2E").replace("$", "%24")


def alike(key: str) -> list[Any]:
    """What `Cell.key` wrote."""
    found: list[Any] = json.loads(key.replace("%24", "$").replace("%2E", ".").replace("%25", "%"))
    return found


def cells(entry: Mapping[str, Any]) -> Iterator[Cell]:
    """Everything that an entry is counted in."""
    for area in areas.path(entry["area"]):
        yield Cell(area, "kinds", tuple(entry.get(name) for name in FACETS))
        if is_public(entry["status"]):
            yield Cell(area, "founded", (entry["track"], _year(entry.get("established_on"))))
            if has_ended(entry["status"]):
                yield Cell(area, "ended", (entry["track"], _year(entry.get("ended_on"))))


def _year(day: date | None) -> int | None:
    return day.year if day else None


# --- grades and ends


class Grading(NamedTuple):
    """The grade that holds today, and the day on which that has to be looked at again."""

    grade: str | None
    turns_on: date | None


def grade_on(day: date, grades: Sequence[tuple[str, date, date]]) -> Grading:
    """Of grades with their first and last days: the one that began last of those that hold on a day."""
    holding = [one for one in grades if one[1] <= day <= one[2]]
    best = max(holding, key=lambda one: one[1]) if holding else None
    turns = [first for _, first, _ in grades if first > day]
    turns += [date.fromordinal(last.toordinal() + 1) for _, first, last in holding]
    return Grading(best[0] if best else None, min(turns, default=None))


def day_of(moment: datetime) -> date:
    """The day in China's time."""
    return moment.astimezone(clock.CHINA).date()


def is_public(status: str) -> bool:
    return status in PUBLIC_STATES


def has_ended(status: str) -> bool:
    return is_public(status) and status not in LIVING


def ended_on(status: str, history: Sequence[Mapping[str, Any]], decided_at: datetime | None) -> date | None:
    """The day from which an organisation was no more; None while it is there, and where that is not known."""
    if not has_ended(status):
        return None
    since = decided_at
    for step in reversed(history):
        if not has_ended(step["status"]):
            break
        since = step["at"]
    return day_of(since) if since else None


def per_ten_thousand(organisations: int, residents: int) -> float:
    """Organisations per 10,000 residents 每万人拥有社会组织数, with two decimals."""
    return round(10_000 * organisations / residents, 2)


def growth(founded: Mapping[int | None, int], ended: Mapping[int | None, int]) -> list[dict[str, Any]]:
    """By year: how many were founded, how many ended, how many were there at its end. Years of which nothing is known
    count as before the first one."""
    years = [year for year in {*founded, *ended} if year is not None]
    there = founded.get(None, 0) - ended.get(None, 0)
    found = []
    for year in range(min(years), max(years) + 1) if years else ():
        there += founded.get(year, 0) - ended.get(year, 0)
        found.append(
            {"year": year, "founded": founded.get(year, 0), "ended": ended.get(year, 0), "at_end": there}
        )
    return found
