"""Rules of appraisal panels, and of the public notice of topics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs.domain import notices
from services.needs.domain import panels as rules
from services.needs.domain.appraisal import PANEL
from services.needs.domain.library import ItemLife
from services.needs.domain.panels import Ballot, Quorum
from shared.errors import Conflict, Refused
from shared.lifecycle import advance

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MEMBERS = {f"{part}-{number}": part for part in PANEL for number in (1, 2)}


def members(**more: Any) -> list[dict[str, Any]]:
    return [{"id": one, "part": part, "name": one, "account": None} | more for one, part in MEMBERS.items()]


def cast(**votes: str) -> list[Ballot]:
    """Votes of those named, `residents_1="for"`."""
    return [Ballot(name.replace("_", "-"), name[:-2], vote) for name, vote in votes.items()]


def all_vote(vote: str) -> dict[str, str]:
    return {one.replace("-", "_"): vote for one in MEMBERS}


def test_every_part_sits_in_the_panel_and_nobody_twice() -> None:
    rules.check_members(members(), 2)
    with pytest.raises(Refused, match="part-missing"):
        rules.check_members(members(), 3)
    with pytest.raises(Refused, match="member-twice"):
        rules.check_members(members(account="a"), 2)


def test_a_panel_decides_on_its_items_each_once() -> None:
    rules.check_items(["b", "a"], ["a", "b"], "decisions")
    for named in (["a"], ["a", "b", "b"], ["a", "c"]):
        with pytest.raises(Refused, match="items-differ"):
            rules.check_items(named, ["a", "b"], "decisions")


def test_a_vote_is_not_given_twice() -> None:
    rules.check_fresh("m", [])
    with pytest.raises(Conflict, match="voted-already"):
        rules.check_fresh("m", ["item"])


def test_abstentions_and_recusals_count_neither_for_nor_against() -> None:
    found = rules.tally(
        cast(residents_1="for", residents_2="abstain", experts_1="against", experts_2="recused")
    )
    assert found["residents"] == (1, 0)
    assert found["experts"] == (0, 1)
    assert found["cadres"] == (0, 0)


def test_who_stands_aside_is_not_needed_for_the_quorum_and_who_abstains_is_counted() -> None:
    some = all_vote("for") | {"residents_2": "recused", "experts_2": "recused", "cadres_2": "abstain"}
    rules.check_quorum("i", MEMBERS, cast(**some), Quorum(1, 100))
    with pytest.raises(Refused, match="no-quorum"):
        rules.check_quorum("i", MEMBERS, cast(**some), Quorum(2, 50))
    some.pop("organisations_1")
    with pytest.raises(Refused, match="no-quorum"):
        rules.check_quorum("i", MEMBERS, cast(**some), Quorum(1, 100))


@given(st.dictionaries(st.sampled_from(sorted(MEMBERS)), st.sampled_from(rules.BALLOTS)), st.integers(1, 100))
def test_a_quorum_never_holds_with_a_part_absent_and_never_less_for_one_vote_more(
    votes: dict[str, str], percent: int
) -> None:
    quorum = Quorum(1, percent)

    def holds(given: dict[str, str]) -> bool:
        try:
            rules.check_quorum("i", MEMBERS, [Ballot(m, MEMBERS[m], v) for m, v in given.items()], quorum)
        except Refused:
            return False
        return True

    voted = {MEMBERS[member] for member, vote in votes.items() if vote != "recused"}
    if voted != set(PANEL):
        assert not holds(votes)
    absent = MEMBERS.keys() - votes.keys()
    if holds(votes) and absent:
        assert holds(votes | {min(absent): "for"})


def test_the_quorum_is_told_and_read_in_the_same_form() -> None:
    assert rules.QUORUM.load({"least": 2, "percent": 50}) == Quorum(2, 50)
    assert rules.QUORUM.dump(Quorum(2, 50)) == {"least": 2, "percent": 50}


def test_objections_are_taken_until_the_last_moment_of_the_notice_and_a_topic_is_final_after_it() -> None:
    ends, later = NOW, NOW + timedelta(milliseconds=1)
    notices.check_on_notice("noticed", ends, ends)
    with pytest.raises(Refused, match="notice-running"):
        notices.check_over(ends, ends, 0)
    with pytest.raises(Refused, match="no-notice"):
        notices.check_on_notice("noticed", ends, later)
    with pytest.raises(Refused, match="objections-open"):
        notices.check_over(ends, later, 1)
    notices.check_over(ends, later, 0)
    with pytest.raises(Refused, match="no-notice"):
        notices.check_on_notice("listed", None, NOW)


def test_an_upheld_objection_says_what_follows_and_no_topic_is_chosen_without_a_notice() -> None:
    notices.check_settlement(upheld=True, outcome="end")
    notices.check_settlement(upheld=False, outcome=None)
    for upheld, outcome in ((True, None), (False, "return")):
        with pytest.raises(Refused, match="outcome-unclear"):
            notices.check_settlement(upheld, outcome)
    assert advance(ItemLife, "noticed", "give_back") == "listed"
    with pytest.raises(Refused):
        advance(ItemLife, "listed", "choose")
