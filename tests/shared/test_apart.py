"""Work in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from shared.apart import TooMuch, apart
from shared.errors import Refused, Text

pytestmark = pytest.mark.unit

HERE = "tests.shared.test_apart"


def backwards(given: bytes) -> bytes:
    return given[::-1]


def refuses(given: bytes) -> bytes:
    raise Refused("no", Text("No.", "不。"), Text("Yes.", "是。"), field="file")


def for_ever(given: bytes) -> bytes:
    while True:
        pass


def takes_memory(given: bytes) -> bytes:
    return b"x" * 2**31


def fails(given: bytes) -> bytes:
    raise ValueError("a defect")


def test_bytes_go_out_and_come_back() -> None:
    assert apart(f"{HERE}:backwards", b"abc" * 100_000) == b"cba" * 100_000


def test_a_refusal_reaches_the_caller() -> None:
    with pytest.raises(Refused) as told:
        apart(f"{HERE}:refuses", b"")
    assert (told.value.code, told.value.field) == ("no", "file")
    assert (told.value.detail, told.value.remedy) == (Text("No.", "不。"), Text("Yes.", "是。"))


def test_time_and_memory_have_bounds() -> None:
    with pytest.raises(TooMuch):
        apart(f"{HERE}:for_ever", b"", seconds=1)
    with pytest.raises(TooMuch):
        apart(f"{HERE}:takes_memory", b"")


def test_a_defect_is_told_as_one() -> None:
    with pytest.raises(RuntimeError, match="a defect"):
        apart(f"{HERE}:fails", b"")


def test_beside_eventlet_everything_else_goes_on_even_if_the_work_ends_without_reading() -> None:
    beside = (
        "import eventlet; eventlet.monkey_patch()\n"
        "from shared.apart import apart\n"
        "ticks = []\n"
        "def tick():\n"
        "    while True: ticks.append(1); eventlet.sleep(0.01)\n"
        "eventlet.spawn(tick)\n"
        f"assert apart('{HERE}:backwards', b'ab' * 1000000)[:2] == b'ba'\n"
        "try: apart('no.such.module:at_all', b'a' * 1000000)\n"
        "except RuntimeError: print(len(ticks))\n"
    )
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", beside], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(told.stdout) > 5
