"""Rules of the appraisal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs.domain import appraisal as rules
from services.needs.domain.appraisal import Votes
from shared.errors import Refused

pytestmark = pytest.mark.unit

UNANIMOUS = {part: Votes(1, 0) for part in rules.PANEL}
COUNTS = st.integers(0, 20)


def test_every_part_of_the_panel_votes():
    rules.check_appraisal(True, UNANIMOUS)
    for part in rules.PANEL:
        with pytest.raises(Refused, match="panel-incomplete"):
            rules.check_appraisal(False, UNANIMOUS | {part: Votes(0, 0)})


def test_a_tie_chooses_nothing_but_may_set_aside():
    tied = UNANIMOUS | {"experts": Votes(0, 1), "cadres": Votes(0, 1)}
    rules.check_appraisal(False, tied)
    with pytest.raises(Refused, match="no-majority"):
        rules.check_appraisal(True, tied)


@given(st.fixed_dictionaries({part: st.builds(Votes, COUNTS, COUNTS) for part in rules.PANEL}))
def test_what_is_chosen_has_a_full_panel_and_more_votes_for_it_than_against(votes: dict[str, Votes]):
    full = all(sum(v) for v in votes.values())
    majority = sum(v.in_favour for v in votes.values()) > sum(v.against for v in votes.values())
    if full and majority:
        rules.check_appraisal(True, votes)
    else:
        with pytest.raises(Refused):
            rules.check_appraisal(True, votes)
