"""Forms of annual reports 年度工作报告: one for each type of organisation, shorter ones for those that are exempt from
the inspection and for charities. They ask for numbers, never for people's names."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.errors import Text
from shared.fields import Day, Fen, Schema
from shared.http.validation import invalid

MATTERS = ("name", "address", "representative", "scope", "supervising_unit", "start_up_funds", "statutes")
_TEXT = validate.Length(1, 2000)
REPORT = Text("report", "年度报告")


def _number(**more: Any) -> fields.Integer:
    return fields.Int(strict=True, required=True, validate=validate.Range(0, 10_000_000), **more)


class Basics(Schema):
    """How the organisation is run 基本情况与内部治理."""

    council_meetings = _number(metadata={"description": "理事会会议"})
    own_premises = fields.Bool(required=True)
    statutes_amended = fields.Bool(required=True)
    branches = _number(metadata={"description": "分支机构、代表机构"})


class AssociationBasics(Basics):
    """Of an association 社会团体, with its members."""

    general_meetings = _number(metadata={"description": "会员（代表）大会"})
    unit_members = _number()
    individual_members = _number()


class NonEnterpriseBasics(Basics):
    """Of a non-enterprise unit 民办非企业单位, with what it charges."""

    licence_valid = fields.Bool(required=True, metadata={"description": "执业许可证有效，或无须许可"})
    fees_published = fields.Bool(required=True)


class FoundationBasics(Basics):
    """Of a foundation 基金会."""

    public_fundraising = fields.Bool(required=True)
    supervisors = _number(metadata={"description": "监事"})


class Staff(Schema):
    """People, by number 人员情况."""

    employed = _number()
    full_time = _number()
    social_workers = _number(metadata={"description": "持证社会工作者"})
    volunteers = _number()
    party_members = _number()


class Finance(Schema):
    """Income, spending and assets of the year in fen 财务情况; totals are the sums of their parts."""

    income_fen = Fen(required=True)
    donations_fen = Fen(required=True)
    government_fen = Fen(required=True, metadata={"description": "政府补助与购买服务"})
    services_fen = Fen(required=True)
    membership_fees_fen = Fen(required=True)
    other_fen = Fen(required=True)
    spending_fen = Fen(required=True)
    programmes_fen = Fen(required=True, metadata={"description": "业务活动成本、公益支出"})
    wages_fen = Fen(required=True)
    administration_fen = Fen(required=True)
    other_spending_fen = Fen(required=True)
    assets_fen = Fen(required=True)
    liabilities_fen = Fen(required=True)
    net_assets_fen = Fen(required=True)
    audited = fields.Bool(required=True)


class Activity(Schema):
    """One activity of the year 业务活动."""

    name = fields.Str(required=True, validate=validate.Length(1, 200))
    on = Day(required=True)
    beneficiaries = _number()
    spent_fen = Fen(required=True)


class PartyBuilding(Schema):
    """Party building 党建工作."""

    has_branch = fields.Bool(required=True)
    activities = _number()


class Changes(Schema):
    """Registered matters that changed in the year 登记事项变更."""

    registered = fields.List(fields.Str(validate=validate.OneOf(MATTERS)), required=True)
    unregistered = fields.List(
        fields.Str(validate=validate.OneOf(MATTERS)),
        required=True,
        metadata={"description": "changed, and not registered yet"},
    )


class WorkReport(Schema):
    """What an organisation files whose grade exempts it 免检工作报告."""

    summary = fields.Str(required=True, validate=_TEXT)
    activities = fields.List(fields.Nested(Activity), required=True, validate=validate.Length(max=200))


class CharityReport(WorkReport):
    """The yearly report of a charity 慈善组织年度报告 (慈善法)."""

    finance = fields.Nested(Finance, required=True)
    charitable_spending_fen = Fen(required=True)


class _FullReport(WorkReport):
    staff = fields.Nested(Staff, required=True)
    finance = fields.Nested(Finance, required=True)
    party_building = fields.Nested(PartyBuilding, required=True)
    changes = fields.Nested(Changes, required=True)


class AssociationReport(_FullReport):
    """The report of an association 社会团体年度检查报告书."""

    basics = fields.Nested(AssociationBasics, required=True)


class NonEnterpriseReport(_FullReport):
    """The report of a non-enterprise unit 民办非企业单位年度检查报告书."""

    basics = fields.Nested(NonEnterpriseBasics, required=True)


class FoundationReport(_FullReport):
    """The report of a foundation 基金会年度工作报告."""

    basics = fields.Nested(FoundationBasics, required=True)
    charitable_spending_fen = Fen(required=True)
    net_assets_before_fen = Fen(required=True, metadata={"description": "上年末净资产"})


FORMS: dict[str, type[Schema]] = {
    "association": AssociationReport,
    "non_enterprise": NonEnterpriseReport,
    "foundation": FoundationReport,
    "work_report": WorkReport,
    "charity_report": CharityReport,
}


class Draft(Schema):
    """A report under the name of its form, as far as it is written: what is missing is asked for when it is handed
    in. Give exactly one."""

    association = fields.Nested(AssociationReport(partial=True))
    non_enterprise = fields.Nested(NonEnterpriseReport(partial=True))
    foundation = fields.Nested(FoundationReport(partial=True))
    work_report = fields.Nested(WorkReport(partial=True))
    charity_report = fields.Nested(CharityReport(partial=True))


def stored(form: str, report: dict[str, Any]) -> dict[str, Any]:
    """A loaded report as the store keeps it: as JSON."""
    return dict(FORMS[form]().dump(report))


def complete(form: str, report: dict[str, Any]) -> dict[str, Any]:
    """A stored report, loaded. Raises Invalid, naming every field, where it is not complete."""
    try:
        loaded: dict[str, Any] = FORMS[form]().load(report)
    except ValidationError as error:
        raise invalid(error, REPORT) from None
    return loaded
