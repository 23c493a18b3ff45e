"""The checker finds what a broken guard does, and nothing where all guards are whole.

All guards one by one, under more faults: `python -m tests.faults.controls`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.embedded import Embedded
from tests.faults.controls import STORIES, Trial, found, line
from tests.faults.storm.workload import need

pytestmark = pytest.mark.faults


def test_a_process_that_dies_before_it_answers_doubles_its_command_only_without_an_inbox(
    embedded: Embedded, tmp_path: Path
) -> None:
    with (
        line(tmp_path / "sound", embedded, ["990801"], None, ["needs"]) as whole,
        line(tmp_path / "broken", embedded, ["990802"], "no-inbox", ["needs"]) as without,
    ):
        sound, broken = Trial(whole, embedded), Trial(without, embedded)
        for trial in (sound, broken):
            trial.die(0, "needs.command-after-commit", need)
        verdict = broken.verdict(lambda verdict: found("no-inbox", verdict))
        assert verdict.doubled == 1, verdict
        verdict = sound.verdict()
        assert verdict.right, verdict
        assert verdict.commands == STORIES
