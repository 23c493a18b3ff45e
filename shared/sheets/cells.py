"""What stands in a cell, and texts that no spreadsheet program takes for a formula."""

from __future__ import annotations

import re
from typing import NamedTuple

# What programs take for the beginning of a formula or of an external command (OWASP, CSV Injection), also in the
# full width of Chinese keyboards.
DANGEROUS = frozenset("=+-@\t\r\n＝＋－＠")
MARK = "'"  # as in spreadsheet programs: what follows is text

_EXPONENT = re.compile(r"\d+(\.\d+)?[eE]\+\d+", re.ASCII)


class Cell(NamedTuple):
    """A cell's content as text: dates as 2026-03-01, whole numbers without a point. `trouble` names what is the
    matter with it, one of TROUBLES in `shared.sheets.form`."""

    text: str
    trouble: str = ""


EMPTY = Cell("")


def neutral(text: str) -> str:
    """The text as it is written into a cell: marked where a program could run it or `plain` would not give it back."""
    if text and (text[0] in DANGEROUS or text[0] == MARK or text != text.strip()):
        return MARK + text
    return text


def plain(text: str) -> str:
    """The text that is meant by a cell: what `neutral` was given, else without blanks around it."""
    stripped = text.lstrip()
    return text[text.index(MARK) + 1 :] if stripped.startswith(MARK) else text.strip()


def cell(text: str) -> Cell:
    """A cell that holds text. A program has written a long number short: its digits are lost."""
    meant = plain(text)
    return Cell(meant, "digits" if _EXPONENT.fullmatch(meant) else "")
