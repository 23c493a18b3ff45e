"""Bad messages on the bus, valid ones between them: the small form of `tests.faults.bus_fuzzing`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from shared.node import SERVICES
from tests.faults.bad_messages import shots
from tests.faults.bus_fuzzing import Fuzzing
from tests.faults.messages import DISTRICT, HERE, Maker
from tests.harness import RunningNode

pytestmark = pytest.mark.faults
MESSAGES = 600


def test_each_message_meets_its_fate_at_every_service_and_none_falls(
    node: Callable[..., RunningNode],
) -> None:
    fuzzing = Fuzzing(node(SERVICES, HERE, parent=DISTRICT), seed=1)
    found = fuzzing.run(MESSAGES)
    assert found.wrong == []
    assert found.sent.total() == MESSAGES
    met = Counter(fate for _, fate in found.met.elements())
    assert all(
        met[fate] for fate in ("undecodable", "invalid", "forged", "refused", "unknown-type", "newer-schema")
    )
    assert found.letters
    assert found.looked_up


@pytest.mark.unit
def test_the_same_seed_makes_the_same_kinds() -> None:
    one, other = ([shot.kind for shot in shots(Maker(7), 300)] for _ in range(2))
    assert one == other
