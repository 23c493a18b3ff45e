"""Credit codes with right check digits."""

from __future__ import annotations

from itertools import count

from stdnum.cn import uscc

_numbers = count(1)


def credit_code(beginning: str = "52") -> str:
    """A code that nobody had before: registrar and type, the district, a subject code, the check digit."""
    body = f"{beginning}230102{next(_numbers):09d}"
    return body + str(uscc.calc_check_digit(body))
