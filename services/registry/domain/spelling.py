"""How names are spelt for search: folded, and read in pinyin 拼音, with both readings of doubtful characters."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import cast

# The whole dictionary of phrases takes 45 MiB in each process; a few phrases do for names.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import lazy_pinyin, load_phrases_dict
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

# Characters of organisations' names (多音字) that people read, and so look up, in more than one way. Where
# no phrase says which is meant, the first reading is the dictionary's; by the others they are found as well.
_DOUBTFUL = {
    "长": ("chang", "zhang"), "重": ("chong", "zhong"), "行": ("xing", "hang"), "乐": ("le", "yue"),
    "朝": ("chao", "zhao"), "调": ("diao", "tiao"), "传": ("chuan", "zhuan"), "弹": ("dan", "tan"),
    "单": ("dan", "shan"), "曾": ("zeng", "ceng"), "厦": ("sha", "xia"), "校": ("xiao", "jiao"),
    "藏": ("cang", "zang"), "盛": ("sheng", "cheng"), "都": ("du", "dou"), "解": ("jie", "xie"),
    "率": ("lv", "shuai"), "便": ("bian", "pian"), "种": ("zhong", "chong"), "参": ("can", "shen"),
    "觉": ("jue", "jiao"), "阿": ("a", "e"), "堡": ("bao", "pu"), "车": ("che", "ju"),
}  # fmt: skip

# Phrases in which such characters are read otherwise than alone; they decide the place in the order of names.
load_phrases_dict(
    {
        "长春": [["cháng"], ["chūn"]], "长江": [["cháng"], ["jiāng"]], "长城": [["cháng"], ["chéng"]],
        "长青": [["cháng"], ["qīng"]], "长寿": [["cháng"], ["shòu"]], "长安": [["cháng"], ["ān"]],
        "重阳": [["chóng"], ["yáng"]], "重庆": [["chóng"], ["qìng"]], "银行": [["yín"], ["háng"]],
        "行业": [["háng"], ["yè"]], "音乐": [["yīn"], ["yuè"]], "乐器": [["yuè"], ["qì"]],
        "乐队": [["yuè"], ["duì"]], "乐团": [["yuè"], ["tuán"]],
    }
)  # fmt: skip

# Its types say that it gives a string; a list stands for one syllable each.
_as_they_are = cast(Callable[[str], str], list)

Reading = tuple[str, ...]  # of one character, the usual one first


def fold(text: str) -> str:
    """Text as names are compared: one width and case, without blanks and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def readings(folded: str) -> list[Reading]:
    """How each character of a folded text is read; what is no Chinese character is read as itself."""
    first = lazy_pinyin(folded, errors=_as_they_are)
    if len(first) != len(folded):  # a phrase of the dictionary that is not read character by character
        first = [lazy_pinyin(character, errors=_as_they_are)[0] for character in folded]
    found = []
    for character, syllable in zip(folded, first, strict=True):
        others = [other for other in _DOUBTFUL.get(character, ()) if other != syllable]
        found.append((syllable, *others))
    return found


def written(read: Sequence[Reading]) -> str:
    """Readings as one line: `dao li qu chang/zhang chun`."""
    return " ".join("/".join(reading) for reading in read)


@lru_cache(maxsize=4096)
def parsed(line: str) -> tuple[Reading, ...]:
    """What `written` wrote."""
    return tuple(tuple(part.split("/")) for part in line.split(" ")) if line else ()


@cache
def syllables() -> frozenset[str]:
    """Every syllable that a Chinese character may be read as, without tone; ü is typed v."""
    return frozenset(to_normal(one) for several in PINYIN_DICT.values() for one in several.split(","))


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(syllable[:length] for syllable in syllables() for length in range(1, len(syllable) + 1))


def starts(read: Sequence[Reading], at: int, letters: int) -> set[str]:
    """The first `letters` letters of what is read from character `at` on, in all ways; what is shorter is left
    out, and it ends at the first character that has no pinyin."""
    if letters <= 0:
        return {""}
    if at >= len(read):
        return set()
    found = set()
    for syllable in read[at]:
        if syllable in syllables():
            head = syllable[:letters]
            found |= {head + rest for rest in starts(read, at + 1, letters - len(head))}
    return found


def initials(read: Sequence[Reading], letters: int) -> Iterator[str]:
    """Every run of so many initials, in all ways of reading."""
    for at in range(len(read) - letters + 1):
        for run in product(*({reading[0] for reading in several} for several in read[at : at + letters])):
            yield "".join(run)


def has_initials(read: Sequence[Reading], letters: str) -> bool:
    """Whether the letters are the initials of characters in a row."""
    return any(
        all(any(r[0] == letter for r in several) for several, letter in zip(read[at:], letters, strict=False))
        for at in range(len(read) - len(letters) + 1)
    )


def is_read(read: Sequence[Reading], letters: str) -> bool:
    """Whether the letters are how some characters in a row are read; the last syllable may be cut short."""
    return any(_read_from(read, at, letters) for at in range(len(read)))


def _read_from(read: Sequence[Reading], at: int, letters: str) -> bool:
    if not letters:
        return True
    if at >= len(read):
        return False
    return any(
        syllable in syllables()
        and (
            syllable.startswith(letters)
            or (letters.startswith(syllable) and _read_from(read, at + 1, letters[len(syllable) :]))
        )
        for syllable in read[at]
    )


def syllable_starts(letters: str) -> list[int]:
    """Where a syllable begins however the letters are divided into syllables, the last one perhaps cut short;
    nothing for what cannot be divided so. `aixinxie`: 0, 2, 5; of `xian` only 0, as it may be `xi an`."""
    if not _divides(letters, None):
        return []
    return [0, *(at for at in range(1, len(letters)) if not _divides(letters, at))]


def _divides(letters: str, without: int | None) -> bool:
    """Whether letters can be divided into syllables, none of which begins at `without`."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if end != without and any(
            letters[begin:end] in (_beginnings() if end == len(letters) else syllables())
            for begin in range(max(0, end - 6), end)
            if begin in reached
        ):
            reached.add(end)
    return len(letters) in reached
