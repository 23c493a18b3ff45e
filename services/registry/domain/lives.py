"""Lives of organisations 社会组织, from the first draft of an application to one of their ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, NamedTuple, Protocol

from marshmallow import fields, validate
from statemachine import State, StateMachine

from shared import clock
from shared.acting import BEFORE_ACTIVE
from shared.arearules import AreaRule
from shared.errors import Refused, Text
from shared.lifecycle import advance, table

FILING_YEARS = AreaRule(
    "filing_years",
    fields.Int(strict=True, validate=validate.Range(1, 10)),
    3,
    source="湘潭市社区社会组织备案管理办法",
    about=Text("Years for which a filing holds", "备案有效期（年）"),
)
RENEWAL_DAYS = AreaRule(
    "renewal_days",
    fields.Int(strict=True, validate=validate.Range(1, 366)),
    90,
    source="platform default; no general rule",
    about=Text("Days before its end from which a filing may be renewed", "备案到期前可申请延续的天数"),
)
RULES = (FILING_YEARS, RENEWAL_DAYS)


class OrganisationLife(StateMachine):
    """Life cycle of an organisation 社会组织. Some steps belong to one track only: `ONLY`."""

    draft = State("draft 草稿", initial=True)
    applied = State("applied 已申请")
    correcting = State("correcting 补正")
    accepted = State("accepted 已受理")
    active = State("active 正常")
    suspended = State("suspended 暂停活动")
    lapsed = State("lapsed 备案到期")
    liquidating = State("liquidating 清算")
    revoked = State("revoked 吊销")
    closed = State("closed 备案终止")
    withdrawn = State("withdrawn 撤回", final=True)
    not_accepted = State("not_accepted 不予受理", final=True)
    refused = State("refused 不予登记", final=True)
    rescinded = State("rescinded 撤销", final=True)
    cancelled = State("cancelled 注销", final=True)
    grown = State("grown 转为登记", final=True)

    submit = draft.to(applied)
    ask_correction = applied.to(correcting)
    resubmit = correcting.to(applied)
    reject = applied.to(not_accepted) | correcting.to(not_accepted)
    accept = applied.to(accepted)
    withdraw = draft.to(withdrawn) | applied.to(withdrawn) | correcting.to(withdrawn) | accepted.to(withdrawn)
    approve = accepted.to(active)
    refuse = accepted.to(refused)
    suspend = active.to(suspended)
    resume = suspended.to(active)
    renew = active.to(active) | lapsed.to(active)
    lapse = active.to(lapsed)
    liquidate = active.to(liquidating) | suspended.to(liquidating) | revoked.to(liquidating)
    revoke = active.to(revoked) | suspended.to(revoked)
    rescind = active.to(rescinded) | suspended.to(rescinded) | lapsed.to(rescinded)
    cancel = (
        active.to(cancelled) | suspended.to(cancelled) | liquidating.to(cancelled) | revoked.to(cancelled)
    )
    close = active.to(closed) | suspended.to(closed) | lapsed.to(closed)
    grow = active.to(grown) | suspended.to(grown) | lapsed.to(grown) | closed.to(grown)


# Legal persons are liquidated, lose a licence and are struck off; filings hold for a time, are closed, or grow.
ONLY = {
    **dict.fromkeys(("liquidate", "revoke", "cancel"), "registered"),
    **dict.fromkeys(("renew", "lapse", "close", "grow"), "filed"),
}
# From the approval on, an organisation is public.
PUBLIC_STATES = (
    "active", "suspended", "lapsed", "liquidating", "revoked", "closed", "rescinded", "cancelled", "grown",
)  # fmt: skip
PENDING = BEFORE_ACTIVE
ENDED = ("closed", "rescinded", "cancelled", "grown")
CAME_TO_NOTHING = ("withdrawn", "not_accepted", "refused")
# The step that begins an end; what follows it (liquidation after revocation) does not hide how the end came about.
ENDS = {
    "cancel": "cancelled", "liquidate": "cancelled", "revoke": "revoked", "rescind": "rescinded",
    "close": "closed", "grow": "grown",
}  # fmt: skip
DECISIONS = (
    "approve",
    "refuse",
    "reject",
    "suspend",
    "resume",
    "revoke",
    "rescind",
    "cancel",
    "close",
    "renew",
)


class Living(Protocol):
    """What a step reads and changes; the stored record has it."""

    id: Any
    track: Any
    status: Any
    reasons: Any
    legal_basis: Any
    decided_at: Any
    ended_by: Any
    credit_code: Any
    history: Any


class Why(NamedTuple):
    """Why a step is taken. `basis` is the law and article on which it rests, where one has to be named."""

    reasons: str | None = None
    basis: str | None = None


UNSAID = Why()


def take_step(one: Living, step: str, at: datetime, why: Why = UNSAID) -> None:
    """Take a step of the life cycle, and write it into the history. Raises Refused where the state or the track
    does not allow it, naming what is possible."""
    check_track(step, one.track)
    one.status = advance(OrganisationLife, one.status, step)
    one.reasons = why.reasons
    if step in DECISIONS:
        one.decided_at = at
    if step in ENDS:
        one.ended_by = one.ended_by or ENDS[step]
        one.legal_basis = why.basis or one.legal_basis
    if one.status in CAME_TO_NOTHING:
        one.credit_code = None  # free for whoever applies next
    told = {"step": step, "status": one.status, "at": at, "reasons": why.reasons, "legal_basis": why.basis}
    one.history = [*(one.history or []), told]


def check_track(step: str, track: str) -> None:
    """Raise Refused for a step that belongs to the other track."""
    if ONLY.get(step, track) != track:
        raise Refused(
            "not-on-this-track",
            Text(f"'{step}' is not for organisations that are {track}.", f"“{step}”不适用于该类组织。"),
            Text(
                "Legal persons are liquidated and struck off or lose their licence; filings lapse, are renewed, "
                "closed, or grow into a registration.",
                "法人适用清算、注销、吊销；备案团队适用到期、延续、终止或转为登记。",
            ),
            field="track",
        )


def can(status: str, step: str) -> bool:
    """Whether the table allows a step in this state."""
    return step in table(OrganisationLife)[status]


def check_awaited(status: str, unit: str | None) -> None:
    """Raise Refused unless a supervising unit is named whose first opinion 初审 still counts: before the decision."""
    if unit is None or status not in PENDING:
        raise Refused(
            "no-opinion-awaited",
            Text("No first opinion is awaited.", "该申请不待业务主管单位初审。"),
            Text(
                "It is given before the decision, by the supervising unit that is named.",
                "初审应在作出决定前由所列业务主管单位出具。",
            ),
            field="supervising_unit",
        )


def check_draft(status: str) -> None:
    """Raise Refused unless an application is still a draft 草稿."""
    if status != "draft":
        raise Refused(
            "not-a-draft",
            Text(f"The application is {status}, not a draft.", "该申请已不是草稿。"),
            Text(
                "Withdraw it and apply again, or wait for a correction to be asked.",
                "请撤回后重新申请，或待要求补正。",
            ),
            field="status",
        )


def check_correction(history: Iterable[dict[str, Any]], due_at: datetime | None, at: datetime) -> None:
    """Raise Refused unless what is missing is told once and in full, and by `due_at` (行政许可法 32)."""
    if any(past["step"] == "ask_correction" for past in history):
        raise Refused(
            "correction-asked-once",
            Text("A correction was asked for already.", "已一次性告知补正内容。"),
            Text("Accept the application, or do not with reasons.", "请受理，或说明理由不予受理。"),
            field="reasons",
        )
    if is_late(due_at, at):
        raise Refused(
            "taken-as-accepted",
            Text(
                "The time for asking a correction has passed: the application counts as accepted.",
                "补正告知期限已过，视为自收到申请之日起受理。",
            ),
            Text("Record the acceptance and decide.", "请登记受理并作出决定。"),
            field="status",
        )


def is_late(due_at: datetime | None, at: datetime) -> bool:
    """Whether nothing was said in time, so that an application counts as accepted since it came in."""
    return due_at is not None and at > due_at


def valid_until(since: datetime, years: int) -> date:
    """The last day on which a filing holds: `years` years after the day on which it was approved."""
    day = since.astimezone(clock.CHINA).date()
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def renewed_until(holds_until: date | None, at: datetime, *, years: int, window: int) -> date:
    """The last day of a filing that is renewed `at`: counted on from its end, or from now once that has passed.
    Raises Refused for a renewal more than `window` days before the end."""
    today = at.astimezone(clock.CHINA).date()
    if holds_until is None or holds_until < today:
        return valid_until(at, years)
    if (holds_until - today).days > window:
        raise Refused(
            "too-early-to-renew",
            Text(f"The filing holds until {holds_until}.", f"备案有效期至 {holds_until}。"),
            Text(f"Renew it in its last {window} days.", f"请在到期前 {window} 天内申请延续。"),
            field="valid_until",
        )
    return valid_until(datetime.combine(holds_until, time(12), clock.CHINA), years)


def check_lapsed(holds_until: date | None, at: datetime) -> None:
    """Raise Refused while a filing holds. One without an end was filed by an older version and does not lapse."""
    if holds_until is None or at.astimezone(clock.CHINA).date() <= holds_until:
        raise Refused(
            "still-valid",
            Text(f"The filing holds until {holds_until or '-'}.", f"备案有效期至 {holds_until or '-'}。"),
            Text("Wait for its end, or close it with reasons.", "请待到期，或说明理由终止备案。"),
            field="valid_until",
        )


def check_liquidated(report: Any) -> None:
    """Raise Refused unless a legal person's liquidation is reported (民法典 70、72; 社会团体登记管理条例 19-20,
    2016): it is not struck off before."""
    if not report:
        raise Refused(
            "liquidation-needed",
            Text("A legal person is struck off after its liquidation.", "法人注销前应当完成清算。"),
            Text("Send the liquidation report along.", "请提交清算报告。"),
            field="liquidation",
        )
