"""Children end within their time, one way or the other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from shared.children import code_of

pytestmark = pytest.mark.unit


def test_a_childs_exit_code_is_told():
    assert code_of(subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"]), within=40) == 7


def test_a_child_that_takes_too_long_is_ended():
    child = subprocess.Popen(["sleep", "60"])
    assert code_of(child, within=0.1) is None
    assert child.poll() is not None


def test_no_child_is_left_behind_by_who_stops_waiting(monkeypatch: pytest.MonkeyPatch):
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shared.children.time.sleep", interrupted)
    child = subprocess.Popen(["sleep", "60"])
    with pytest.raises(KeyboardInterrupt):
        code_of(child, within=40)
    assert child.poll() is not None
