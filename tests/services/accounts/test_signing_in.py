from __future__ import annotations

import pytest

from tests.harness import RunningNode
from tests.services.accounts.conftest import Person

pytestmark = pytest.mark.service


def test_somebody_signs_in_at_a_node_that_is_cut_off(street: RunningNode, person: Person):
    answer = person.signs_in()
    assert answer.ok, answer.text
