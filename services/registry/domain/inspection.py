"""Rules of the annual inspection 年检: who takes part, in which form, by when, and what comes of it.

Sources: 社会团体年度检查办法, 民办非企业单位年度检查办法, 条例. The year of an inspection is the one that is reported
on 检查年度; its window lies in the year after.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

from marshmallow import ValidationError, fields, validate
from statemachine import State, StateMachine

from shared import clock, workdays
from shared.arearules import AreaRule
from shared.clocks import Limit, Step, limit
from shared.errors import Refused, Text

CONCLUSIONS = ("qualified", "basically_qualified", "unqualified")  # 合格、基本合格、不合格
# 社会团体、民办非企业单位、基金会 by their type; 免检工作报告; 慈善组织年度报告
FORMS = ("association", "non_enterprise", "foundation", "work_report", "charity_report")
REPORTS_ONLY = ("work_report", "charity_report")  # filed, without an opinion or a conclusion
GRADES = ("1A", "2A", "3A", "4A", "5A")  # lowest first, as evaluation tells them


class InspectionLife(StateMachine):
    """Life cycle of one organisation's annual inspection 年检."""

    open = State("open 待报送", initial=True)
    submitted = State("submitted 待初审")
    reviewed = State("reviewed 待结论")
    correcting = State("correcting 整改中")
    rectified = State("rectified 整改待核")
    missed = State("missed 逾期未报")
    concluded = State("concluded 已办结", final=True)
    lapsed = State("lapsed 已终止", final=True)  # the organisation has ended

    submit = open.to(submitted) | missed.to(submitted)
    submit_directly = open.to(reviewed) | missed.to(reviewed)
    file = open.to(concluded) | missed.to(concluded)
    miss = open.to(missed)
    give_opinion = submitted.to(reviewed)
    send_back = submitted.to(open) | reviewed.to(open)
    conclude = reviewed.to(concluded)
    order_rectification = reviewed.to(correcting)
    report_rectification = correcting.to(rectified)
    accept_rectification = rectified.to(concluded)
    refuse_rectification = rectified.to(correcting)
    lapse = (
        open.to(lapsed)
        | missed.to(lapsed)
        | submitted.to(lapsed)
        | reviewed.to(lapsed)
        | correcting.to(lapsed)
        | rectified.to(lapsed)
    )


REPORTING = ("open", "missed")  # states in which a report is drafted and handed in


def _month_day(text: str) -> None:
    try:
        date.fromisoformat(f"2023-{text}")  # no leap year: a day that every year has
    except ValueError:
        raise ValidationError("Not a valid month and day.") from None


def _day_of_year(name: str, default: str, source: str, about: Text) -> AreaRule[str]:
    return AreaRule(name, fields.Str(validate=[validate.Length(equal=5), _month_day]), default, source, about)


OPENS = _day_of_year(
    "inspection_opens",
    "01-01",
    "社会团体年度检查办法",
    Text("Inspection opens (MM-DD)", "年检开始日（月-日）"),
)
DUE_TO_UNIT = _day_of_year(
    "inspection_due_to_unit",
    "03-31",
    "社会团体年度检查办法；民办非企业单位年度检查办法 4",
    Text("Report to the supervising unit by (MM-DD)", "向业务主管单位报送截止日（月-日）"),
)
CLOSES = _day_of_year(
    "inspection_closes",
    "05-31",
    "社会团体年度检查办法；民办非企业单位年度检查办法 4",
    Text("Report to the registrar by (MM-DD)", "向登记管理机关报送截止日（月-日）"),
)
REGISTERED_MONTHS = AreaRule(
    "inspection_registered_months",
    fields.Int(strict=True, validate=validate.Range(0, 24)),
    6,
    "民办非企业单位年度检查办法 3",
    Text("Months registered by 31 December to be inspected", "截至上年度12月31日登记满几个月须参检"),
)
EXEMPT_GRADE = AreaRule(
    "inspection_exempt_grade",
    fields.Str(allow_none=True, validate=validate.OneOf(GRADES)),
    None,
    "local: Baotou exempts 3A and better 包头市",
    Text("Valid grade that exempts, work report only", "免检等级（只报工作报告）"),
)
RECTIFICATION = limit(
    "limit_rectification", Limit(3, "months", 10), "民办非企业单位年度检查办法 10",
    Text("Time for rectification", "整改期限"),
)  # fmt: skip
STEPS = (Step("rectification", "correcting", RECTIFICATION, Text("rectification", "整改")),)
COMPLETION_DAYS = AreaRule(
    "inspection_completion_days",
    fields.Int(strict=True, validate=validate.Range(1, 60)),
    10,
    "no national number 全国无统一规定",
    Text("Working days to complete a report that was sent back", "退回补正期限（工作日）"),
)
RULES = (
    OPENS,
    DUE_TO_UNIT,
    CLOSES,
    REGISTERED_MONTHS,
    EXEMPT_GRADE,
    RECTIFICATION,
    COMPLETION_DAYS,
)


class Window(NamedTuple):
    """When the inspection of a year takes place: first moment, and the last ones of both deadlines."""

    opens_at: datetime
    due_to_unit_at: datetime
    closes_at: datetime


def window(year: int, opens: str, due_to_unit: str, closes: str) -> Window:
    """The window for reports on `year`, in the year after; days as MM-DD, in China's time."""

    def on(day: str, at: time) -> datetime:
        return datetime.combine(date.fromisoformat(f"{year + 1}-{day}"), at, clock.CHINA)

    last = time(23, 59, 59)
    return Window(on(opens, time(0)), on(due_to_unit, last), on(closes, last))


def check_open(found: Window, now: datetime) -> None:
    """Raise Refused before the window opens."""
    if now < found.opens_at:
        raise _not_now(f"opens {found.opens_at:%Y-%m-%d}", f"{found.opens_at:%Y-%m-%d} 开始")


def check_closed(found: Window, now: datetime) -> None:
    """Raise Refused before the window has closed: until then nobody has missed it."""
    if now <= found.closes_at:
        raise _not_now(
            f"runs until {found.closes_at:%Y-%m-%d} (China)", f"至 {found.closes_at:%Y-%m-%d} 截止"
        )


def _not_now(en: str, zh: str) -> Refused:
    return Refused(
        "inspection-window",
        Text(f"The inspection of that year {en}.", f"该年度检查{zh}。"),
        Text("Do this at that time, or check the year.", "请届时办理，或核对年度。"),
        field="year",
    )


def takes_part(track: str, status: str, registered_on: date | None, year: int, months: int) -> bool:
    """Whether an organisation is inspected for a year: registered, still there, and by 31 December of that year
    registered for as many months as the area asks (民办非企业单位年度检查办法 3)."""
    if track != "registered" or status not in ("active", "suspended") or registered_on is None:
        return False
    full = year * 12 + 12 - (registered_on.year * 12 + registered_on.month)
    return registered_on.year <= year and full >= months


def form_of(kind: str, *, charity: bool, grade: str | None, exempt_grade: str | None) -> str:
    """Which report an organisation files: charities 慈善组织 their yearly report, those with a grade that exempts in
    their area a work report, all others the form of their type."""
    if charity:
        return "charity_report"
    if grade and exempt_grade and GRADES.index(grade) >= GRADES.index(exempt_grade):
        return "work_report"
    return kind


def submission(form: str, supervised: bool) -> str:
    """The action of handing a report in: it goes to the supervising unit first where there is one."""
    if form in REPORTS_ONLY:
        return "file"
    return "submit" if supervised else "submit_directly"


def conclusion(result: str) -> str:
    """The action that a conclusion is: all but 合格 order rectification (民办非企业单位年度检查办法 10)."""
    return "conclude" if result == "qualified" else "order_rectification"


def complete_by(now: datetime, days: int, closes_at: datetime) -> datetime:
    """A report that is sent back has the rest of the window, and `days` working days at least."""
    return max(workdays.deadline(now, days, "working_days").at, closes_at)


def check_form(given: str, expected: str) -> None:
    """Raise Refused for a report in another form than the organisation has to file."""
    if given != expected:
        raise Refused(
            "other-form",
            Text(f"This organisation files the form '{expected}'.", f"该组织应填报的表格为 {expected}。"),
            Text(f"Send the report as '{expected}'.", f"请以 {expected} 为名提交。"),
            field=given,
        )
