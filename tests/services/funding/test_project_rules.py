"""Rules of contracted projects, pure: tranches, amendments, optimisation, rectification, claw-back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain import amendments, clawback, optimisation, rectification, tranches
from services.funding.domain.amendments import Planned
from services.funding.domain.periods import Period
from services.funding.domain.rounds import CONDITIONS
from services.funding.domain.sharing import Part, draw
from shared import clock
from shared.errors import NotFound, Refused
from shared.lifecycle import advance

pytestmark = pytest.mark.unit

NOW = datetime(2026, 4, 1, 9, tzinfo=clock.CHINA)
Data = dict[str, Any]

amounts = st.lists(st.integers(1, 10_000), min_size=1, max_size=3)


def planned(fen: list[int], statuses: list[str]) -> list[Data]:
    return [
        {"number": n, "condition": CONDITIONS[n - 1], "amount_fen": amount, "status": status}
        for n, (amount, status) in enumerate(zip(fen, statuses, strict=False), 1)
    ]


@st.composite
def projects(make: st.DrawFn) -> tuple[list[Part], list[Data]]:
    """Sources and tranches that come to the same amount."""
    fen = make(amounts)
    whole = sum(fen)
    cut = make(st.integers(0, whole))
    sources = [Part(fund, part) for fund, part in (("a", cut), ("b", whole - cut)) if part]
    statuses = [make(st.sampled_from(["waiting", "held", "paid"])) for _ in fen]
    return sources, planned(fen, statuses)


@given(projects())
def test_tranches_draw_on_funds_as_before_until_a_contract_is_amended(project):
    sources, plan = project
    fen = [t["amount_fen"] for t in plan]
    assert tranches.borne(sources, plan) == [draw(sources, fen, n) for n in range(len(plan))]
    frozen = [dict(t) for t in plan]
    for tranche, parts in zip(frozen, tranches.borne(sources, plan), strict=True):
        if tranche["status"] == "paid":
            tranche["parts"] = [{"fund": fund, "amount_fen": amount} for fund, amount in parts]
    assert tranches.borne(sources, frozen) == tranches.borne(sources, plan), (
        "whatever is kept of what was paid"
    )


def test_a_tranche_is_due_once_its_condition_is_met_and_nothing_holds_the_project_back():
    plan = planned([50, 30, 20], ["paid", "held", "waiting"])
    plan[0]["met"] = plan[1]["met"] = True
    assert tranches.due(plan, held_back=False) == [1]
    assert tranches.due(plan, held_back=True) == []


# --- amendment 变更


@given(projects(), st.integers(1, 40_000))
def test_an_amendment_leaves_alone_what_is_paid_and_adds_up_to_the_new_amount(project, amount):
    sources, plan = project
    signed = sum(t["amount_fen"] for t in plan)
    settled = amendments.settled(plan)
    try:
        amendments.check_amount(amount, signed, 10, settled)
        made = amendments.replanned(plan, amount, [])
    except Refused:
        assert (
            amount > signed + signed // 10
            or amount <= settled
            or len(plan) == sum(t["status"] == "paid" for t in plan)
        )
        return
    assert sum(t["amount_fen"] for t in made) == amount
    assert {t["condition"]: t["amount_fen"] for t in plan if t["status"] == "paid"}.items() <= {
        t["condition"]: t["amount_fen"] for t in made
    }.items()
    if amount < signed:
        back = amendments.less(tranches.unsettled(sources, plan), signed - amount)
        after = amendments.moved(sources, less=back)
        assert sum(after_.amount for after_ in after) == amount
        assert all(part.amount > 0 for part in after)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ([Planned("mid_term", 10), Planned("final", 40)], True),
        ([Planned("final", 50)], True),
        ([Planned("mid_term", 10), Planned("final", 41)], False),
        ([Planned("mid_term", 25), Planned("mid_term", 25)], False),
        ([Planned("contract", 50)], False),  # paid already
        ([Planned("mid_term", 0), Planned("final", 50)], False),
    ],
)
def test_tranches_that_are_not_paid_may_be_planned_anew(wanted, fits):
    plan = planned([50, 30, 20], ["paid", "held", "waiting"])
    if not fits:
        with pytest.raises(Refused, match="tranches-unfit"):
            amendments.replanned(plan, 100, wanted)
        return
    made = amendments.replanned(plan, 100, wanted)
    assert [(t["condition"], t["amount_fen"]) for t in made] == [
        ("contract", 50), *((each.condition, each.amount_fen) for each in wanted)
    ]  # fmt: skip
    numbers = {t["condition"]: t["number"] for t in plan}
    assert [t["number"] for t in made] == [numbers[t["condition"]] for t in made], "orders name them by these"


def test_a_purchase_grows_by_a_tenth_at_most_and_a_venture_not_at_all():
    amendments.check_amount(1_100, 1_000, 10, 500)
    amendments.check_amount(500, 1_000, 10, 500)  # nothing more is to be paid
    for amount, percent in ((1_101, 10), (1_001, 0), (499, 10), (0, 10)):
        with pytest.raises(Refused, match="amendment-amount"):
            amendments.check_amount(amount, 1_000, percent, 500)


# --- optimisation 优化

BEFORE = {"title": "邻里互助", "plan": "每周一次", "amount_fen": 1_000, "beneficiaries_direct": 10,
          "beneficiaries_indirect": 40}  # fmt: skip


def test_a_new_version_may_cost_less_and_never_more():
    assert optimisation.changed(BEFORE, {"amount_fen": 900, "title": "邻里互助", "plan": None}) == {
        "amount_fen": 900
    }
    with pytest.raises(Refused, match="amount-raised"):
        optimisation.changed(BEFORE, {"amount_fen": 1_001})
    with pytest.raises(Refused, match="nothing-changed"):
        optimisation.changed(BEFORE, {"title": "邻里互助", "status": "contracted"})


def test_changes_are_asked_for_one_at_a_time_and_before_the_contract():
    optimisation.check_askable("awarded", [{"status": "returned"}])
    with pytest.raises(Refused, match="not-awarded"):
        optimisation.check_askable("contracted", [])
    with pytest.raises(Refused, match="optimisation-open"):
        optimisation.check_askable("awarded", [{"status": "answered"}])
    with pytest.raises(NotFound):
        optimisation.current([{"status": "accepted"}])


# --- rectification 整改


def test_a_rectification_has_a_deadline_in_its_unit_and_is_told_as_overdue_once():
    one = rectification.order(1, "账目不清", "mid_term", Period(5, "working_days"), NOW)
    assert clock.text(one["due_at"]) == "2026-04-09T15:59:59.000Z", "清明 on 6 April is not worked"
    late = datetime(2026, 4, 10, tzinfo=clock.CHINA)
    assert rectification.overdue([one], NOW) == []
    assert rectification.overdue([one], late) == [one]
    one["status"] = advance(rectification.RectificationLife, one["status"], "lapse")
    assert rectification.overdue([one], late) == []
    assert rectification.is_open([one])
    assert rectification.of_phase([one], "mid_term") == [one]
    assert rectification.of_phase([one], "final") == []
    one["status"] = advance(rectification.RectificationLife, one["status"], "accept")
    assert not rectification.is_open([one])


# --- claw-back 追回


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 10_000), min_size=1),
    st.lists(st.integers(1, 5_000), max_size=8),
    st.integers(1, 40_000),
)
def test_what_comes_back_goes_to_the_funds_it_came_from_in_proportion(paid, repayments, amount):
    whole = sum(paid.values())
    if amount > whole:
        with pytest.raises(Refused, match="claw-back-beyond-paid"):
            clawback.demand(amount, paid, {})
        return
    demanded = clawback.demand(amount, paid, {})
    assert sum(part.amount for part in demanded) == amount
    for part in demanded:
        assert abs(part.amount - amount * paid[part.fund] / whole) < 1, "in proportion, to the fen"
    back: dict[str, int] = {}
    for each in [*repayments, amount]:
        fen = min(each, amount - sum(back.values()))
        if fen:
            for part in clawback.repay(fen, demanded, back):
                back[part.fund] = back.get(part.fund, 0) + part.amount
    assert back == dict(demanded), "in however many parts it comes"


def test_nothing_is_demanded_twice():
    paid = {"a": 600, "b": 400}
    first = clawback.demand(500, paid, {})
    assert first == [Part("a", 300), Part("b", 200)]
    assert clawback.demand(500, paid, dict(first)) == [Part("a", 300), Part("b", 200)]
    with pytest.raises(Refused, match="claw-back-beyond-paid"):
        clawback.demand(501, paid, dict(first))
    with pytest.raises(Refused, match="repaid-beyond-demand"):
        clawback.repay(501, first, {})
