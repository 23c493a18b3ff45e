from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs import domain
from services.needs.domain import Source, Votes
from shared.errors import Conflict, Refused

pytestmark = pytest.mark.unit

UNANIMOUS = {part: Votes(1, 0) for part in domain.PANEL}
TITLES = st.text(alphabet="老人助餐送上门服务儿童课后托管社区 abc,。", max_size=20)
COUNTS = st.integers(0, 20)


def refusal(raised: pytest.ExceptionInfo[Refused | Conflict]) -> tuple[str, str | None]:
    return raised.value.code, raised.value.field


def test_a_day_still_to_come_is_refused():
    domain.check_not_future(date(2026, 3, 1), date(2026, 3, 1), "received_on")
    with pytest.raises(Refused) as raised:
        domain.check_not_future(date(2026, 3, 2), date(2026, 3, 1), "received_on")
    assert refusal(raised) == ("in-the-future", "received_on")


def test_an_answer_is_given_once():
    domain.check_unanswered(False)
    with pytest.raises(Refused, match="answered-already"):
        domain.check_unanswered(True)


def test_sources_lie_within_the_items_area():
    domain.check_sources("230102", "i", ["a"], [Source("a", "230102001001", None)])
    with pytest.raises(Refused, match="source-elsewhere"):
        domain.check_sources("230102001", "i", ["a"], [Source("a", "230102002001", None)])


def test_a_source_is_named_once():
    with pytest.raises(Refused, match="source-twice"):
        domain.check_sources("230102", "i", ["a", "a"], [Source("a", "230102", None)] * 2)


@given(st.lists(st.sets(st.integers(0, 9), min_size=1), max_size=12))
def test_a_need_is_in_one_item_at_most_whatever_is_consolidated_in_which_order(wishes: list[set[int]]):
    items: dict[str, set[int]] = {}
    belongs: dict[int, str] = {}
    for number, wish in enumerate(wishes):
        item = f"item-{number}"
        sources = [Source(str(n), "230102", belongs.get(n)) for n in wish]
        try:
            domain.check_sources("230102", item, [s.id for s in sources], sources)
        except Conflict:
            assert wish & belongs.keys()
        else:
            items[item] = wish
            belongs |= dict.fromkeys(wish, item)
    assert sum(len(sources) for sources in items.values()) == len(belongs)


def test_every_part_of_the_panel_votes():
    domain.check_appraisal(True, UNANIMOUS)
    for part in domain.PANEL:
        with pytest.raises(Refused, match="panel-incomplete"):
            domain.check_appraisal(False, UNANIMOUS | {part: Votes(0, 0)})


def test_a_tie_chooses_nothing_but_may_set_aside():
    tied = UNANIMOUS | {"experts": Votes(0, 1), "cadres": Votes(0, 1)}
    domain.check_appraisal(False, tied)
    with pytest.raises(Refused, match="no-majority"):
        domain.check_appraisal(True, tied)


@given(st.fixed_dictionaries({part: st.builds(Votes, COUNTS, COUNTS) for part in domain.PANEL}))
def test_what_is_chosen_has_a_full_panel_and_more_votes_for_it_than_against(votes: dict[str, Votes]):
    full = all(sum(v) for v in votes.values())
    majority = sum(v.in_favour for v in votes.values()) > sum(v.against for v in votes.values())
    if full and majority:
        domain.check_appraisal(True, votes)
    else:
        with pytest.raises(Refused):
            domain.check_appraisal(True, votes)


def test_more_people_than_person_times_is_refused():
    domain.check_delivery(beneficiaries=3, person_times=3)
    with pytest.raises(Refused, match="more-people-than-times"):
        domain.check_delivery(beneficiaries=4, person_times=3)


@pytest.mark.parametrize("status", domain.BEFORE_ACTIVE)
def test_an_organisation_that_may_be_approved_any_moment_is_worth_another_try(status: str):
    with pytest.raises(Conflict) as raised:
        domain.check_acting(status, "邻里互助队")
    assert raised.value.extra["retry_after"]


@pytest.mark.parametrize("status", ["suspended", "refused", "cancelled"])
def test_an_organisation_that_may_not_act_is_refused(status: str):
    with pytest.raises(Refused, match="organisation-not-active"):
        domain.check_acting(status, "邻里互助队")


def test_only_a_chosen_item_is_a_topic():
    domain.check_topic("chosen", "i")
    with pytest.raises(Conflict, match="topic-not-yet-chosen"):
        domain.check_topic("listed", "i")
    with pytest.raises(Refused, match="topic-not-chosen"):
        domain.check_topic("set_aside", "i")


@given(TITLES, TITLES)
def test_similarity_is_symmetric_and_between_0_and_100(one: str, other: str):
    score = domain.similarity(one, other)
    assert score == domain.similarity(other, one)
    assert 0 <= score <= 100


@given(TITLES)
def test_a_title_is_wholly_like_itself_if_it_has_words(title: str):
    assert domain.similarity(title, title) == (100 if domain.words(title) else 0)


def test_alike_are_titles_with_the_same_words_in_another_order():
    alike = domain.similarity("为独居老人提供助餐服务", "助餐服务:独居老人")
    unlike = domain.similarity("为独居老人提供助餐服务", "小区电梯加装与停车位改造")
    assert alike >= domain.SIMILAR_FROM > unlike


def test_a_percentage_is_rounded_down_so_that_100_means_all():
    assert domain.percent(999, 1000) == 99
    assert domain.percent(5, 5) == 100
    assert domain.percent(0, 0) is None


def test_streets_and_communities_are_counted_once():
    raised_in = ["230102", "230102001", "230102001001", "230102001002", "230102002001"]
    assert domain.streets(raised_in) == {"230102001", "230102002"}
    assert len(domain.communities(raised_in)) == 3
