"""Which processes die where, as the test build of a node is told; that all do is shown by
`python -m tests.faults.crash_points`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.crashing import labels
from tests.faults.crashing.labels import Crashes, dies_at

pytestmark = pytest.mark.unit


@pytest.fixture
def crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crashes:
    made = Crashes(tmp_path / "crashes")
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


def test_nobody_dies_before_the_places_are_armed_nor_after(crashes: Crashes) -> None:
    assert not dies_at("needs.relay-marked")
    crashes.arm()
    crashes.disarm()
    assert not dies_at("needs.relay-marked")
    assert crashes.reached() == set()


def test_one_process_of_a_service_dies_at_a_place_and_the_next_goes_on(crashes: Crashes) -> None:
    crashes.arm()
    assert [dies_at("needs.relay-marked") for _ in range(3)] == [True, False, False]
    assert dies_at("registry.relay-marked"), "the place of another service is another place"
    assert crashes.reached() == {"needs.relay-marked", "registry.relay-marked"}


def test_where_places_are_named_nobody_dies_elsewhere(crashes: Crashes) -> None:
    crashes.arm("needs.relay-marked")
    assert not dies_at("needs.relay-before-publish")
    assert dies_at("needs.relay-marked")


def test_a_place_that_is_forgotten_is_died_at_again(crashes: Crashes) -> None:
    crashes.arm()
    dies_at("needs.relay-marked")
    crashes.forget("needs.relay-marked")
    assert dies_at("needs.relay-marked")


def test_a_process_without_a_folder_never_dies(crashes: Crashes, monkeypatch: pytest.MonkeyPatch) -> None:
    crashes.arm()
    monkeypatch.delenv(labels.VARIABLE)
    assert not dies_at("needs.relay-marked")


def test_what_was_not_reached_is_told_and_shown() -> None:
    reached = labels.wanted(["needs"]) - {"needs.relay-marked"}
    assert labels.missing(reached, ["needs"]) == ["needs.relay-marked"]
    (line,) = [one for one in labels.table(reached, ["needs"]).splitlines() if one.startswith("relay-marked")]
    assert line.split() == ["relay-marked", "x", "MISSED"]


def test_a_service_without_effects_has_no_places_in_them() -> None:
    assert "accounts.effect-after-commit" not in labels.wanted(["accounts"])
    assert "funding.effect-after-commit" in labels.wanted(["funding"])
