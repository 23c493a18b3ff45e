"""Made-up names and codes that the registry takes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from deploy.replay.names import Names

pytestmark = pytest.mark.unit


@given(
    st.integers(0, 10**6),
    st.sampled_from([("association", "51"), ("non_enterprise", "52"), ("foundation", "53")]),
)
def test_credit_codes_are_valid_and_begin_with_the_digits_of_their_type(
    seed: int, kind: tuple[str, str]
) -> None:
    code = Names().credit_code("230102001", kind[0], random.Random(seed))
    assert uscc.validate(code) == code
    assert code.startswith(f"{kind[1]}230102")


def test_names_and_codes_do_not_repeat() -> None:
    names, rng = Names(), random.Random(1)
    given_names = [names.organisation("230102", "association", "扶老", rng) for _ in range(500)]
    codes = [names.credit_code("230102", "association", rng) for _ in range(500)]
    assert len(set(given_names)) == 500
    assert len(set(codes)) == 500


def test_a_name_that_is_taken_is_numbered_in_chinese() -> None:
    names = Names()
    assert [names.unique("互助社") for _ in range(3)] == ["互助社", "互助社（二）", "互助社（三）"]
    for _ in range(8):
        names.unique("互助社")
    assert names.unique("互助社") == "互助社（十二）"
