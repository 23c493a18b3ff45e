from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.domain import directory as rules
from services.registry.domain import spelling
from services.registry.domain.directory import Cell, Found
from shared.clock import CHINA
from shared.errors import Invalid

pytestmark = pytest.mark.unit

CHARACTERS = "道里区爱心为老服务协会长重行乐参西安天鹅社工志愿队AB12（）· "
NAMES = st.text(CHARACTERS, min_size=1, max_size=14).filter(spelling.fold)


def found(name: str, code: str | None = None) -> Found:
    return Found(name, spelling.written(spelling.readings(spelling.fold(name))), code)


def keys(name: str, code: str | None = None) -> set[str]:
    folded = spelling.fold(name)
    return set(rules.name_keys(folded, spelling.readings(folded), code))


def finds(words: str, name: str, code: str | None = None) -> bool:
    return all(part.meant(found(name, code)) for part in rules.parts(words))


@pytest.mark.parametrize(
    ("words", "name", "meant"),
    [
        ("爱心", "道里区爱心协会", True),
        ("爱心 协会", "道里区爱心协会", True),
        ("协会*爱心", "道里区爱心协会", True),
        ("爱心 基金", "道里区爱心协会", False),
        ("ａｂ互助", "AB互助会", True),
        ("（爱心）", "爱·心协会", True),
        ("axxh", "道里区爱心协会", True),
        ("AIXINXIE", "道里区爱心协会", True),
        ("ixin", "道里区爱心协会", False),
        ("czyl", "长者音乐社", True),
        ("zzyy", "长者音乐社", True),
        ("zhangzhe", "长者音乐社", True),
        ("yinhang", "银行之友", True),
        ("xian", "西安同乡会", True),
        ("ab12", "AB12号楼互助会", True),
        ("51230102MJ12", "道里区爱心协会", True),
        ("51230102mj1234567x", "道里区爱心协会", True),
        ("51230102MJ99", "道里区爱心协会", False),
    ],
)
def test_words_mean_names(words: str, name: str, meant: bool):
    assert finds(words, name, "51230102MJ1234567X") is meant


@given(st.text("道里区爱心为老服务协会长重行乐参西安天鹅社工志愿队", min_size=3, max_size=14), st.data())
@settings(max_examples=80, deadline=None)
def test_a_name_is_found_by_each_of_its_parts_spellings_and_initials(name: str, data: st.DataObject):
    read = spelling.readings(name)
    begin = data.draw(st.integers(0, len(name) - 3))
    end = data.draw(st.integers(begin + 3, len(name)))
    chosen = [data.draw(st.sampled_from(reading)) for reading in read[begin:end]]
    cut = data.draw(st.integers(rules.LETTERS, len("".join(chosen))))
    for words in (name[begin:end], "".join(chosen)[:cut], "".join(one[0] for one in chosen)):
        assert finds(words, name), words


@given(NAMES, st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=8) | NAMES)
@settings(max_examples=150, deadline=None)
def test_whatever_is_meant_has_the_keys_that_it_is_looked_for_by(name: str, words: str):
    """Or a search would miss it: of one way at least to understand the word, it has every key."""
    held = keys(name)
    try:
        parts = rules.parts(words)
    except Invalid:
        return
    for part in parts:
        if part.meant(found(name)):
            assert any(set(mode) <= held for mode in part.modes), (part.text, part.modes)


@given(NAMES)
@settings(max_examples=80, deadline=None)
def test_what_is_read_is_written_and_read_again(name: str):
    read = spelling.readings(spelling.fold(name))
    assert list(spelling.parsed(spelling.written(read))) == read
    assert len(read) == len(spelling.fold(name))


@pytest.mark.parametrize(
    ("letters", "begun"),
    [("aixinxie", [0, 2, 5]), ("xian", [0]), ("daoliqu", [0, 3, 5]), ("axxh", []), ("fangan", [0])],
)
def test_syllables_begin_where_they_must(letters: str, begun: list[int]):
    assert spelling.syllable_starts(letters) == begun


def test_too_short_a_word_is_refused_with_what_would_do():
    for words in ("爱", "ax", "爱心 会", "  ", "一二 三四 五六 七八 九十 百千 万亿"):
        with pytest.raises(Invalid) as refused:
            rules.parts(words)
        assert refused.value.field == "q"


def test_places_follow_pinyin_and_tell_two_of_one_name_apart():
    names = ["长春社", "安心社", "爱心社", "爱心", "安心社"]
    places = sorted(
        (rules.by_name(spelling.readings(name), f"0000-{number:012d}"), name)
        for number, name in enumerate(names)
    )
    assert [name for _, name in places] == ["爱心", "爱心社", "安心社", "安心社", "长春社"]
    assert len({place for place, _ in places}) == len(names)


def test_the_newest_comes_first_and_the_undated_last():
    days = [date(2020, 5, 1), None, date(2024, 1, 31), date(2020, 4, 30)]
    ordered = sorted(days, key=lambda day: rules.by_newest(day, "0000-000000000001"))
    assert ordered == [date(2024, 1, 31), date(2020, 5, 1), date(2020, 4, 30), None]


GRADES = [
    ("3A", date(2020, 1, 1), date(2024, 12, 31)),
    ("4A", date(2023, 1, 1), date(2027, 12, 31)),
    ("5A", date(2029, 1, 1), date(2033, 12, 31)),
]


@pytest.mark.parametrize(
    ("day", "grade", "turns"),
    [
        (date(2019, 6, 1), None, date(2020, 1, 1)),
        (date(2020, 1, 1), "3A", date(2023, 1, 1)),
        (date(2024, 6, 1), "4A", date(2025, 1, 1)),
        (date(2027, 12, 31), "4A", date(2028, 1, 1)),
        (date(2028, 1, 1), None, date(2029, 1, 1)),
        (date(2034, 1, 1), None, None),
    ],
)
def test_the_grade_that_began_last_holds_until_its_last_day(day: date, grade: str | None, turns: date | None):
    assert rules.grade_on(day, GRADES) == (grade, turns)


def at(year: int) -> datetime:
    return datetime(year, 3, 1, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("status", "steps", "decided", "year"),
    [
        ("active", [("active", 2015)], 2015, None),
        ("cancelled", [("active", 2015), ("cancelled", 2020)], 2020, 2020),
        ("cancelled", [("active", 2015), ("revoked", 2019), ("cancelled", 2020)], 2020, 2019),
        ("cancelled", [("revoked", 2018), ("liquidating", 2019), ("cancelled", 2020)], 2020, 2020),
        ("cancelled", [], 2020, 2020),
        ("cancelled", [], None, None),
    ],
)
def test_an_end_is_dated_by_the_step_that_brought_it(
    status: str, steps: list[tuple[str, int]], decided: int | None, year: int | None
):
    history = [{"status": each, "at": at(when)} for each, when in steps]
    found = rules.ended_on(status, history, at(decided) if decided else None)
    assert (found.year if found else None) == year


@given(st.dictionaries(st.none() | st.integers(1990, 2030), st.integers(0, 9)),
       st.dictionaries(st.none() | st.integers(1990, 2030), st.integers(0, 9)))  # fmt: skip
def test_growth_ends_with_all_that_are_there(founded: dict[int | None, int], ended: dict[int | None, int]):
    years = rules.growth(founded, ended)
    there = sum(founded.values()) - sum(ended.values())
    assert not years or years[-1]["at_end"] == there
    assert [one["year"] for one in years] == list(
        range(years[0]["year"], years[-1]["year"] + 1) if years else ()
    )


@given(st.lists(st.none() | st.integers() | st.text(".$%2E ab爱\"'/"), max_size=5))
def test_the_name_of_a_count_is_one_that_the_store_takes_and_leads_back(alike: list[Any]):
    key = Cell("230102", "kinds", tuple(alike)).key
    assert not set(key) & {".", "$"}
    assert rules.alike(key) == alike


def test_density_is_told_per_ten_thousand_residents():
    assert rules.per_ten_thousand(1234, 567_890) == 21.73
