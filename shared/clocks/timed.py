"""The clock of a record, as fields of the record itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from mongoengine import BooleanField, DateTimeField, Document, IntField, StringField
from statemachine import StateMachine

from shared import clocks as rules
from shared import workdays
from shared.arearules.settings import value
from shared.call import Call
from shared.clocks.days import KnownCalendarDay, overrides
from shared.lifecycle import advance
from shared.store import Aggregate


class Timed(Aggregate):
    """A record whose steps have deadlines. Its clock follows the state by itself, with each write.

    `due_*` are shared with others. `look_at` is when the timer has to do with the record next; it has none once
    that is done.
    """

    meta = {"abstract": True, "indexes": [{"fields": ["look_at"], "sparse": True}]}
    life: ClassVar[type[StateMachine]]
    days: ClassVar[type[Document]] = KnownCalendarDay  # which days areas work differently
    status: str
    due_step = StringField()
    due_at = DateTimeField()
    due_certain = BooleanField()
    due_stage = StringField(choices=rules.STAGES)
    due_area = StringField()  # whose staff have to act
    look_at = DateTimeField()
    clock_since = DateTimeField()
    clock_amount = IntField()  # given at `clock_since`; while suspended: what is left
    clock_unit = StringField()

    def clock_steps(self) -> Sequence[rules.Step]:
        raise NotImplementedError

    def clock_state(self) -> str | None:
        """The state that says which step the record is in; None where it is in none."""
        return self.status

    def acting_area(self) -> str:
        """Whose staff have to act."""
        return self.seated_at

    @property
    def due_warning(self) -> dict[str, str] | None:
        return rules.UNCERTAIN._asdict() if self.due_certain is False else None

    def settle(self, call: Call) -> None:
        """Begin, suspend, resume or end the clock, as the state says."""
        steps, state = self.clock_steps(), self.clock_state()
        now_running, known = rules.running(steps, state), rules.named(steps, self.due_step)
        if known and state in known.paused_in:
            self._suspend(call.now)
        elif now_running is None:
            self._end()
        elif now_running != known:
            self.begin(now_running, call.now)
        elif self.due_stage == "suspended":
            self._wind(now_running, call.now, self.clock_amount, self.clock_unit)

    def begin(self, step: rules.Step, since: datetime) -> None:
        """Start the clock of a step anew, counted from `since` (aware)."""
        self.due_step, self.due_area = step.name, self.acting_area()
        limit = value(step.limit, self.seated_at, since)
        self._wind(step, since, limit.amount, limit.unit)

    def clock(self, step: rules.Step) -> rules.Clock:
        """The running clock as it is counted today: a holiday notice or a changed day may have come in since."""
        remind = value(step.limit, self.seated_at, self.clock_since).remind
        return rules.clock(
            self.clock_since, self.clock_amount, self.clock_unit, remind, overrides(self.days, self.seated_at)
        )

    def take_by_law(self, action: str, since: datetime) -> None:
        """What the law itself does when a period passes without a word, dated to its begin."""
        self.status = advance(self.life, self.status, action)

    def _wind(self, step: rules.Step, since: datetime, amount: int, unit: workdays.Unit) -> None:
        self.clock_since, self.clock_amount, self.clock_unit = since, amount, unit
        made = self.clock(step)
        self.due_at, self.due_certain = made.due_at, made.certain
        self.due_stage, self.look_at = "running", made.near_at

    def _suspend(self, now: datetime) -> None:
        if self.due_stage == "suspended":
            return
        self.clock_amount, self.clock_unit = workdays.left(
            self.clock_since, self.clock_amount, self.clock_unit, now, overrides(self.days, self.seated_at)
        )
        self.due_stage, self.due_at, self.due_certain, self.look_at = "suspended", None, None, None

    def _end(self) -> None:
        self.due_step = self.due_at = self.due_certain = self.due_stage = self.due_area = None
        self.look_at = self.clock_since = self.clock_amount = self.clock_unit = None
