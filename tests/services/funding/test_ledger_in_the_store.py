"""The ledger's commands on a real store, in any order: what the pure rules promise holds of what is stored."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from deploy.embedded import Embedded
from services.funding import documents
from services.funding.commands import closings, delegations, funds
from services.funding.documents import Delegation, Fund, LedgerEntry
from services.funding.domain.sharing import Part
from services.funding.queries import closings as queries
from services.funding.schemas.delegations import DelegationState
from shared import runtime
from shared.call import Call
from shared.errors import Refused
from shared.node import parse
from shared.store import command, connection, nodes, save_all

pytestmark = pytest.mark.service

NODE = parse(
    "{area: '230102', url: 'http://127.0.0.1:1', port: 1, broker: 'amqp://127.0.0.1/', "
    "store: 'mongodb://127.0.0.1/', keys: keys, services: [funding]}",
    Path(),
    {},
)
BODY = {"area": "230102", "name": "福彩公益金", "source": "welfare_lottery", "year": 2026, "matches": None}
MOVES = {"commit": funds.commit, "release": funds.release, "pay": funds.pay, "claw_back": funds.claw_back}
AMOUNTS = st.integers(1, 600)


@command
def move(call: Call, how: str, parts: list[Part]) -> Fund:
    """As an award or a payment does over several funds at once."""
    loaded = funds.load_funds(call, [part.fund for part in parts])
    save_all(call, *MOVES[how](call, loaded, parts, "award"))
    return loaded[parts[0].fund]


class StoreMachine(RuleBasedStateMachine):
    """A district's fund and a part of it that a street has. Every command is given twice, as by a client that got no
    answer; every refusal leaves everything as it was."""

    @initialize(budget=st.integers(100, 1000))
    def begin(self, budget: int) -> None:
        self.now = datetime(2026, 3, 2, 4, tzinfo=UTC)
        self.fund = self.twice(funds.open_fund, BODY | {"budget_fen": budget}).id
        given = self.twice(delegations.delegate, self.fund, {
            "to": "230102001", "amount_fen": budget // 2, "name": None, "purpose": None,
        })  # fmt: skip
        self.delegation, self.part = given.id, given.fund
        self.told(delegations.follow_delegation)

    def twice(self, run: Any, *arguments: Any) -> Any:
        call = Call(NODE, "funding", now=self.now)
        made = run(call, *arguments)
        assert run(replace(call), *arguments).id == made.id
        return made

    def attempt(self, run: Any, *arguments: Any) -> None:
        before = LedgerEntry.objects.count()
        try:
            self.twice(run, *arguments)
        except Refused:
            assert LedgerEntry.objects.count() == before

    def told(self, follow: Any) -> None:
        """What the street's node hears of the delegation, and the district's of the fund."""
        delegation = Delegation.objects.get(id=self.delegation)
        data = DelegationState().dump(delegation) | {"subject": delegation.id, "node": "230102"}
        self.twice(follow, data)

    @rule(how=st.sampled_from(sorted(MOVES)), above=st.integers(0, 400), below=st.integers(0, 400))
    def move(self, how: str, above: int, below: int) -> None:
        parts = [Part(f, amount) for f, amount in ((self.fund, above), (self.part, below)) if amount]
        if parts:
            self.attempt(move, how, parts)

    @rule(change=st.integers(-400, 400).filter(bool))
    def amend(self, change: int) -> None:
        self.attempt(funds.amend_fund, self.fund, change, "调整")

    @rule(amount=AMOUNTS)
    def recall(self, amount: int) -> None:
        self.attempt(delegations.recall, self.delegation, amount, "收回")

    @rule()
    def the_street_hears(self) -> None:
        self.told(delegations.follow_delegation)

    @rule()
    def the_district_hears(self) -> None:
        part = Fund.objects.get(id=self.part)
        told = {"delegation": self.delegation, "returned_fen": part.returned_fen, "node": "230102"}
        self.twice(delegations.take_back, told)

    @rule(days=st.integers(1, 2))
    def close(self, days: int) -> None:
        self.now += timedelta(days=days)
        with suppress(Refused):
            closings.close_days(
                Call(NODE, "funding", now=self.now), "230102", (self.now - timedelta(days=1)).date()
            )

    @invariant()
    def sound(self) -> None:
        for fund in Fund.objects(id__in=[self.fund, self.part]):
            assert queries.verified(fund)["sound"], queries.verified(fund)
            assert fund.committed_fen + fund.delegated_fen <= fund.budget_fen
        above, below = Fund.objects.get(id=self.fund), Fund.objects.get(id=self.part)
        assert below.budget_fen <= above.delegated_fen


@pytest.fixture
def store(embedded: Embedded) -> Iterator[None]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    connection.connect(embedded.addresses.store_uri, name)
    for document in documents.ALL:
        document.ensure_indexes()
    nodes.forget()
    runtime.configure(NODE, "funding", {})
    yield
    connection.database().client.drop_database(name)
    connection.disconnect()
    nodes.forget()


def test_the_ledger_in_the_store_is_sound_whatever_is_done_to_it(store: None) -> None:
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=4, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
