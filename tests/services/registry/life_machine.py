"""Organisations that live at random: commands in any order on a real store, held against what must always be so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from services.registry import documents
from services.registry.commands import admission, clocks, ends
from services.registry.commands import organisations as commands
from services.registry.documents import Organisation
from services.registry.domain import lives
from services.registry.domain.lives import ONLY, OrganisationLife
from shared import runtime
from shared.call import Call
from shared.errors import Problem
from shared.lifecycle import table
from shared.node import parse
from shared.store import connection, nodes
from tests.services.registry.credit_codes import credit_code

LIFE = table(OrganisationLife)
FINAL = {state for state, possible in LIFE.items() if not possible}
STREET = "230102001"
STEPS_A_LIFE = 50
NODE = parse(
    "{area: '230102', url: 'http://127.0.0.1:1', port: 1, broker: 'amqp://127.0.0.1/', "
    "store: 'mongodb://127.0.0.1/', keys: keys, services: [registry]}",
    Path(),
    {},
)
WHY = "依申请"
BY_LAW = {"reasons": WHY, "legal_basis": "行政许可法 69"}
REPORT = {"concluded_on": "2026-02-20", "assets_fen": 1, "debts_fen": 0, "remaining": "依章程"}

# What a user can ask for, with the steps that it may take.
ACTIONS: dict[str, tuple[Callable[[Call, str], Any], tuple[str, ...]]] = {
    "submit": (commands.submit, ("submit",)),
    "correct": (partial(commands.ask_correction, reasons=WHY), ("ask_correction",)),
    "resubmit": (partial(commands.resubmit, body={}), ("resubmit",)),
    "reject": (partial(commands.reject, reasons=WHY), ("reject",)),
    "withdraw": (partial(commands.withdraw, reasons=WHY), ("withdraw",)),
    "opinion": (
        partial(admission.give_first_opinion, body={"approve": True, "opinion": WHY}), ()
    ),
    "accept": (commands.accept, ("accept",)),
    "approve": (partial(commands.decide, approve=True, reasons=WHY), ("approve",)),
    "refuse": (partial(commands.decide, approve=False, reasons=WHY), ("refuse",)),
    "suspend": (partial(ends.suspend, reasons=WHY), ("suspend",)),
    "resume": (partial(ends.resume, reasons=WHY), ("resume",)),
    "renew": (partial(ends.renew, reasons=WHY), ("renew",)),
    "lapse": (ends.lapse, ("lapse",)),
    "liquidate": (partial(ends.liquidate, reasons=WHY), ("liquidate",)),
    "revoke": (partial(ends.revoke, body=BY_LAW), ("revoke",)),
    "rescind": (partial(ends.rescind, body=BY_LAW), ("rescind",)),
    "end": (partial(ends.end, body={"reasons": WHY, "liquidation": None}), ("cancel", "close")),
    "end liquidated": (partial(ends.end, body={"reasons": WHY, "liquidation": REPORT}), ("cancel", "close")),
}  # fmt: skip
DAYS = (1, 10, 200, 1200)


class Lives(RuleBasedStateMachine):
    """One district's organisations. `steps` and `taken` count over all lives of a run."""

    steps: ClassVar[int] = 0
    taken: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
        self.codes = [credit_code() for _ in range(5)]  # few, so that they clash
        self.seen: dict[str, Any] = {}  # as each was after the step before
        self.refused = False
        # The one that was acted on, with the states that the table gives it.
        self.leads_to: tuple[str, list[str | None]] | None = None

    # One rule only: hypothesis leaves rules out at random, and a life without one of these is none.
    @rule(what=st.sampled_from([*["apply", "wait", "lawful"] * 4, "lawful", *ACTIONS]), which=st.integers(0, 20),
          how=st.integers(0, 20),
          track=st.sampled_from(["registered", "filed"]), draft=st.booleans(), grows=st.booleans(),
          unit=st.booleans())  # fmt: skip
    def step(self, what: str, which: int, how: int, track: str, draft: bool, grows: bool, unit: bool) -> None:
        self.now += timedelta(minutes=1)
        self.refused, self.leads_to = False, None
        ids = sorted(self.seen)
        if what == "wait":  # and the clocks do what the law says
            Lives.steps += 1
            self.now += timedelta(days=DAYS[which % len(DAYS)])
            clocks.run_clocks(Call(NODE, "registry", now=self.now))
        elif what == "apply" or not ids:
            other = ids[which % len(ids)] if grows and ids else None
            form = self.form(track, draft, unit, other, luck=which)
            self.attempt("apply", partial(commands.apply_as_organisation, body=form))
            if not self.refused:  # at random alone hardly anything would ever be active
                self.go_ahead(max(self.seen), how % 5)
        else:
            target = ids[which % len(ids)]
            before = self.seen[target].status
            if what == "lawful":
                what = lawful(before, self.seen[target].track, how)
            steps = ACTIONS[what][1]
            if self.act(what, target) and steps:
                self.leads_to = target, [LIFE[before].get(step) for step in steps]

    def go_ahead(self, target: str, far: int) -> None:
        for what in ("opinion", "accept", "approve")[:far]:
            self.act(what, target)
        self.refused = False

    def form(
        self, track: str, draft: bool, unit: bool, growing_from: str | None, luck: int
    ) -> dict[str, Any]:
        number = len(self.seen)
        legal = track == "registered"
        optional = ("category", "similar_reasons", "members", "unit_members", "funds_fen", "premises_sqm")
        return dict.fromkeys(optional) | {
            "area": STREET, "name": f"第{number}队", "track": track, "draft": draft, "generated": True,
            "established_on": self.now.date(), "growing_from": growing_from,
            "type": "non_enterprise" if legal else None,
            "credit_code": self.codes[(number + luck) % 5] if legal else None,
            "supervising_unit": "区文旅局" if legal and unit else None,
        }  # fmt: skip

    def act(self, what: str, target: str) -> bool:
        does = ACTIONS[what][0]
        return self.attempt(what, lambda call: does(call, target))

    def attempt(self, what: str, does: Callable[[Call], Any]) -> bool:
        """Whether the command was carried out."""
        Lives.steps += 1
        try:
            done = does(Call(NODE, "registry", now=self.now))
        except Problem:
            self.refused = True
            return False
        self.seen.setdefault(done.id, None)
        Lives.taken[what] = Lives.taken.get(what, 0) + 1
        return True

    @invariant()
    def all_is_lawful(self) -> None:
        now: dict[str, Any] = {one.id: one for one in Organisation.objects(id__in=list(self.seen))}
        for one in now.values():
            check_alone(one)
            check_since(self.seen[one.id], one)
            check_growth(one, now)
        codes = [one.credit_code for one in now.values() if one.credit_code]
        assert len(codes) == len(set(codes)), "two organisations with one credit code"
        if self.refused:
            changed = [i for i, one in now.items() if one.version != self.seen[i].version]
            assert changed == [], "a refused command left something behind"
        if self.leads_to:
            target, expected = self.leads_to
            assert now[target].status in expected, "not what the table says"
        self.seen = now

    def teardown(self) -> None:
        """The next life begins with an empty district: the clocks look at everything that is there."""
        Organisation.objects(id__in=list(self.seen)).delete()


def lawful(status: str, track: str, which: int) -> str:
    """One of the actions that the table allows; a first opinion where it allows none."""
    open_ = {step for step in LIFE[status] if ONLY.get(step, track) == track}
    possible = [what for what, (_, steps) in ACTIONS.items() if open_ & set(steps)] or ["opinion"]
    return possible[which % len(possible)]


# --- what must always be so


def check_alone(one: Any) -> None:
    taken = [step["step"] for step in one.history]
    state = "draft"
    for step in one.history:
        assert ONLY.get(step["step"], one.track) == one.track, "a step of the other track"
        state = LIFE[state][step["step"]]
        assert step["status"] == state, "the history is no walk through the table"
    assert one.status == state, "the history does not lead to the present state"
    if one.status in lives.PUBLIC_STATES:
        assert taken.index("accept") < taken.index("approve"), "active without acceptance and decision"
        assert one.decided_at
        assert one.accepted_at
        assert not one.supervising_unit or one.track == "filed" or (one.first_opinion or {}).get("approve"), (
            "no opinion"
        )
    assert taken.count("ask_correction") <= 1, "a correction asked twice"
    if one.track == "filed":
        assert (one.type, one.credit_code) == (None, None), "a filing is no legal person"
        assert one.valid_until or "approve" not in taken
    if one.status == "cancelled":
        assert one.liquidation, "struck off without liquidation"
    assert bool(one.ended_by) == any(step in lives.ENDS for step in taken), "an end without its kind"
    if "revoke" in taken or "rescind" in taken:
        assert one.legal_basis
    if one.status in lives.CAME_TO_NOTHING:
        assert one.credit_code is None


def check_since(before: Any, one: Any) -> None:
    """Each change is told with the next sequence; the past stays, and what has ended acts no more."""
    if before is None:
        return
    assert one.sequence - before.sequence == one.version - before.version, "a change that is not told"
    assert list(one.history[: len(before.history)]) == list(before.history), "the past was changed"
    if before.status in FINAL:
        assert one.sequence == before.sequence, "what has ended acts"


def check_growth(one: Any, now: dict[str, Any]) -> None:
    """Links go both ways, and a filing that has grown is no more."""
    if one.grown_from:
        assert (one.track, now[one.grown_from].grown_into) == ("registered", one.id)
    if one.grown_into:
        assert (one.track, now[one.grown_into].grown_from) == ("filed", one.id)
    assert (one.status == "grown") == (one.grown_into is not None)


# --- how it is run


@contextmanager
def store(uri: str, database: str) -> Iterator[None]:
    """The registry's collections in a database of their own, dropped at the end."""
    connection.connect(uri, database)
    runtime.configure(NODE, "registry", {})
    nodes.forget()
    try:
        for kind in documents.ALL:
            kind.ensure_indexes()
        yield
    finally:
        connection.database().client.drop_database(database)
        connection.disconnect()
        nodes.forget()


def run(lives_to_live: int, *, same: bool) -> tuple[int, dict[str, int]]:
    """Live so many lives: the steps taken, and how often each command was carried out. `same`: always the same."""
    Lives.steps, Lives.taken = 0, {}
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=lives_to_live, stateful_step_count=STEPS_A_LIFE, deadline=None, database=None,
            derandomize=same, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    return Lives.steps, Lives.taken
