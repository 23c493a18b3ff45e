"""A link that is down while events pile up on both sides and the broker is in alarm; on one broker and store.

With 50,000 events on each side and servers of their own: `python -m tests.faults.days_cut_off --events 50000`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.embedded import Embedded
from tests.faults import days_cut_off
from tests.faults.days_cut_off import DISTRICT, STREET, Result

pytestmark = pytest.mark.faults

EVENTS = 300


@pytest.fixture(scope="module")
def result(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    folder = tmp_path_factory.mktemp("cut-off")
    with days_cut_off.joined(folder, embedded, embedded) as (district, street, cable):
        yield days_cut_off.run(
            district, street, cable, EVENTS, cut_off=[["memory", "disk"]], mended=[], patience=60
        )


def test_nothing_is_lost_doubled_or_out_of_order_after_a_link_was_down_and_the_broker_in_alarm(
    result: Result,
) -> None:
    assert (result.lost, result.doubled, result.out_of_order) == (0, 0, 0)
    assert result.read >= 2 * EVENTS
    assert result.effects == EVENTS - EVENTS * 96 // 500 * 5 + EVENTS // 50
    assert result.most["link.up"] >= EVENTS, "they had to wait"
    assert result.most[f"link.down.{STREET}"] >= EVENTS


def test_the_operator_is_told_of_the_link_and_of_both_alarms(result: Result) -> None:
    told = "\n".join(result.warnings)
    assert f"{STREET}: link to {DISTRICT}: rise is" in told
    for area in (DISTRICT, STREET):
        assert f"{area}: memory alarm" in told
        assert f"{area}: disk alarm" in told
