"""What becomes of vouchers: issued and lapsed by runs, held, spent and released by orders.

A run goes through the clients, or the vouchers, of an area in chunks, each by a command of its own. A voucher's id
derives from its client and month, so that no run, and no two runs at once, issue it twice; what a killed process had
done of a chunk is found done by the next. Orders and the vouchers that pay for them are written together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from mongoengine import QuerySet
from pymongo.errors import PyMongoError

from services.needs.commands.clients import client_here, terms
from services.needs.documents import Client, Order, Voucher, VoucherRun
from services.needs.domain import menu
from services.needs.domain import vouchers as rules
from services.needs.subjects import vouchers as subjects
from shared import background, clock, runtime
from shared.call import Call
from shared.errors import Problem
from shared.events.types import EventType
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, find, load, new, save
from shared.store.queries import below

_log = logging.getLogger(__name__)

Data = dict[str, Any]
WORK = "vouchers"
CHUNK = 100  # records between two writes of the position: a service that stops waits for so many
PATIENCE = 30  # looks at a record that somebody else has in hand; then it counts as failed
FAILURES = 20  # kept of a run; the number of all is among its outcomes
_LABEL = "Voucher"


@dataclass
class Priced:
    """Divides an order's price, and collects the vouchers that this changes, to be saved with the order."""

    order: Order
    changes: list[tuple[Voucher, EventType]] = field(default_factory=list)

    def estimate(self, found: menu.ClientClass, month: str) -> None:
        """Say who would pay what; nothing is held."""
        voucher = find(Voucher, voucher_id(self.order.client, month))
        left = voucher.left_fen if voucher is not None and voucher.status == "valid" else 0
        self._divide(found, left)

    def hold(self, found: menu.ClientClass, month: str) -> None:
        """Let go of what is held, then hold what the voucher of `month` pays."""
        before = self.release()
        identifier = voucher_id(self.order.client, month)
        voucher = before if before is not None and before.id == identifier else find(Voucher, identifier)
        usable = voucher is not None and voucher.status == "valid"
        self._divide(found, voucher.left_fen if voucher is not None and usable else 0)
        self.order.voucher_month = month
        if voucher is not None and self.order.voucher_fen:
            voucher.balance = rules.hold(voucher.balance, self.order.voucher_fen)
            self.order.voucher = voucher.id
            self._change(voucher, subjects.HELD)

    def release(self) -> Voucher | None:
        """Let go of what is held, and return the voucher that held it."""
        voucher = self._voucher()
        if voucher is not None:
            voucher.balance = rules.release(voucher.balance, self.order.voucher_fen)
            self._change(voucher, subjects.RELEASED)
            self.order.voucher, self.order.voucher_fen = None, 0
        return voucher

    def spend(self) -> None:
        """Pay with what is held."""
        voucher = self._voucher()
        if voucher is not None:
            voucher.balance = rules.spend(voucher.balance, self.order.voucher_fen)
            self._change(voucher, subjects.SPENT)

    def _voucher(self) -> Voucher | None:
        return find(Voucher, self.order.voucher) if self.order.voucher else None

    def _change(self, voucher: Voucher, event: EventType) -> None:
        """One write for each voucher, told by the last that became of it."""
        self.changes = [each for each in self.changes if each[0].id != voucher.id] + [(voucher, event)]

    def _divide(self, found: menu.ClientClass, left: int) -> None:
        order, shares = self.order, menu.shares(self.order.total_fen, found, left)
        order.shares = menu.told(shares)
        order.subsidy_fen, order.voucher_fen, order.client_fen = (share.fen for share in shares)


def voucher_id(client: str, month: str) -> str:
    return derived_id(_cause(client, month), _LABEL)


def _cause(client: str, month: str) -> str:
    return f"{client}:voucher-{month}"


@command
def start(call: Call, body: Data) -> VoucherRun:
    """Begin to issue the vouchers of a month, or to let them lapse. Raises Refused for a month that it is not the
    time for, Conflict while the same is under way."""
    run = new(call, VoucherRun, as_of=call.now, **body)
    rules.check_run(run.kind, run.month, call.now)
    return _begin(call, run)


def _begin(call: Call, run: VoucherRun) -> VoucherRun:
    run.under_way = f"{run.kind}/{run.area}/{run.month}"
    run.total = _records(run).count()
    save(call, run, subjects.STARTED)
    background.nudge(WORK)
    return run


def start_monthly(call: Call) -> list[VoucherRun]:
    """Issue this month's vouchers, and let last month's lapse, once a month at each node that has clients."""
    month = rules.month_of(call.now)
    due = (("lapse", rules.month_before(month)), ("issue", month))
    begun = (
        _monthly(replace(call, cause=derived_id(f"{call.node.area} {each}", kind)), kind, each)
        for kind, each in due
    )
    return [run for run in begun if run is not None]


@command
def _monthly(call: Call, kind: str, month: str) -> VoucherRun | None:
    run = new(call, VoucherRun, area=call.node.area, kind=kind, month=month, as_of=call.now)
    under_way = VoucherRun.objects(kind=kind, month=month, area=run.area, status="running").first()
    return _begin(call, run) if under_way is None and _records(run).first() else None


def _records(run: VoucherRun) -> QuerySet:
    """In the order of their ids, those that are done too: after a kill they are met again, and counted."""
    if run.kind == "issue":
        return below(Client, run.area).filter(owner=run.owner, status="active")
    return below(Voucher, run.area).filter(owner=run.owner, month=run.month)


def work_on(claim: Callable[[], bool]) -> bool:
    """Take the next step of this node's oldest run; False where there is none or another process is at it.

    Raises the Problem or PyMongoError that will pass, with everything kept that was done until then.
    """
    here = runtime.node()
    run = VoucherRun.objects(owner=here.area, status="running").order_by("id").first()
    if run is None or not claim():
        return False
    _chunk(Call(node=here, service=runtime.service(), correlation=run.id), run)
    return True


def _chunk(call: Call, run: VoucherRun) -> None:
    after = _records(run).filter(id__gt=run.position).order_by("id").limit(CHUNK).only("id")
    following = [each.id for each in after]
    came: list[tuple[str, str, int]] = []
    passing: Problem | None = None
    for identifier in following:
        try:
            came.append((identifier, *_one(call, run, identifier)))
        except Problem as problem:
            if came or run.waited < PATIENCE:
                passing = problem  # what came before it is kept; the next look begins with it
                break
            came.append((identifier, f"!{problem.code}", 0))
    own = replace(call, cause=f"{run.id}:{run.position}:{run.waited}")
    _move(own, run.id, run.position, came, ended=not following)
    if passing is not None:
        raise passing


def _one(call: Call, run: VoucherRun, identifier: str) -> tuple[str, int]:
    """What came of one record, and fen; `!` and a code where it could not be worked on. Raises the Problem or
    PyMongoError that will pass."""
    own = replace(call, now=run.as_of)
    try:
        return _issued(own, run, identifier) if run.kind == "issue" else _lapsed(own, identifier)
    except PyMongoError:
        raise
    except Problem as problem:
        if problem.status == 503 or "retry_after" in problem.extra:
            raise
        return f"!{problem.code}", 0
    except Exception:  # a defect of ours must not hold up the records behind it
        _log.exception("a record of a run cannot be worked on", extra={"run": run.id, "record": identifier})
        return "!internal", 0


def _issued(call: Call, run: VoucherRun, client: str) -> tuple[str, int]:
    """Told by the voucher, not by who is asking: so what a killed process issued is counted once."""
    voucher = _issue(replace(call, cause=_cause(client, run.month)), client, run)
    if voucher is None:
        return "not_entitled", 0
    return ("issued", voucher.amount_fen) if voucher.run == run.id else ("issued_before", 0)


@command
def _issue(call: Call, client_id: str, run: VoucherRun) -> Voucher | None:
    client = client_here(call, client_id)
    voucher = new(call, Voucher, label=_LABEL, area=client.area, beside=client, month=run.month, run=run.id)
    amount = terms(call, client, rules.first_day(run.month)).voucher
    if client.status != "active" or not amount:
        return None
    voucher.client, voucher.account, voucher.amount_fen = client.id, client.account, amount
    return save(call, voucher, subjects.ISSUED)


def _lapsed(call: Call, voucher_id: str) -> tuple[str, int]:
    voucher = _lapse(replace(call, cause=f"{voucher_id}:lapse"), voucher_id)
    return ("lapsed" if voucher.lapsed_fen else "used_up"), voucher.lapsed_fen


@command
def _lapse(call: Call, voucher_id: str) -> Voucher:
    voucher = load(call, Voucher, voucher_id)
    if voucher.status == "valid":
        voucher.balance = rules.lapse(voucher.balance)
        voucher.status = advance(rules.VoucherLife, voucher.status, "lapse")
        return save(call, voucher, subjects.LAPSED)
    return voucher


@command
def _move(
    call: Call, run_id: str, position: str, came: list[tuple[str, str, int]], *, ended: bool
) -> VoucherRun:
    run = load(call, VoucherRun, run_id)
    if run.status != "running" or run.position != position:
        return run  # another process was here
    if ended:
        run.status = advance(rules.VoucherRunLife, run.status, "finish")
        run.under_way, run.finished_at = None, clock.wall()
        return save(call, run, subjects.FINISHED)
    run.waited = 0 if came else run.waited + 1
    run.position = came[-1][0] if came else position
    run.done += len(came)
    for identifier, outcome, fen in came:
        told = "failed" if outcome.startswith("!") else outcome
        run.outcomes[told] = run.outcomes.get(told, 0) + 1
        run.fen += fen
        if told == "failed" and len(run.failures) < FAILURES:
            run.failures.append({"id": identifier, "code": outcome[1:]})
    return save(call, run, subjects.PROGRESSED)
