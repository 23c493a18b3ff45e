"""Rules of organisations 社会组织 on two tracks (Kundulun): `registered` 登记 for legal persons, `filed` 备案 for
grassroots teams without one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from marshmallow import fields, validate
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from shared import areas
from shared.arearules import AreaRule
from shared.errors import Fault, Forbidden, Refused, Text

TRACKS = ("registered", "filed")


TYPES = {
    "association": "51",  # 社会团体
    "non_enterprise": "52",  # 民办非企业单位
    "foundation": "53",  # 基金会
}  # with the first two digits of their credit codes (GB 32100: civil affairs)


# What an organisation's summary tells of it.
PUBLISHED = (
    "area", "name", "track", "type", "credit_code", "category", "established_on", "status", "abnormal", "serious",
)  # fmt: skip


FILING_DECIDED_BY = AreaRule(
    "filing_decided_by",
    fields.Str(validate=validate.OneOf(["district", "street"])),
    "street",
    source="湘潭市社区社会组织备案管理办法",
    about=Text("Tier that decides on filings", "作出备案决定的层级"),
)
RULES = (FILING_DECIDED_BY,)


def deciding_area(track: str, area: str, filing_tier: str = FILING_DECIDED_BY.default) -> str:
    """Whose registry decides: the district for registrations; for filings, which a community only receives, the
    tier that the rule `filing_decided_by` says."""
    above = areas.path(area)
    if track == "registered" or filing_tier == "district":
        return above[0]
    return above[min(1, len(above) - 1)]


def receiving_area(workers_at: Iterable[str], area: str) -> str | None:
    """The community whose worker takes an application in 收件 and sends it on to who decides; None where nobody of a
    community does. `workers_at` are the areas at which the caller is one."""
    return max((at for at in workers_at if areas.contains(at, area)), key=len, default=None)


# Registrations, penalties and ends of legal persons are the district's; filings the street's or town's too.
# Hub bodies never register or penalise.
DECIDERS = {"registered": ("district_staff",), "filed": ("district_staff", "street_staff")}


def check_decider(track: str, roles: Collection[str]) -> None:
    """Raise Forbidden unless the roles, held at the deciding area, may decide on this track."""
    needed = DECIDERS[track]
    if set(needed).isdisjoint(roles):
        raise Forbidden(
            "not-the-registrar",
            Text(f"Organisations of the track '{track}' are decided on by others.", "该类申请不由您决定。"),
            Text(
                f"Ask one of: {', '.join(needed)}.",
                f"请由以下角色办理：{'、'.join(needed)}。",
            ),
        )


def check_identity(track: str, kind: str | None, credit_code: str | None) -> None:
    """Raise Refused, naming each fault, unless type and credit code fit the track.

    Legal persons have a type and a unified social credit code 统一社会信用代码 of 18 characters with a check
    digit (GB 32100), which begins with the digits of the type; a filed team has neither.
    """
    faults: list[Fault] = []
    if track == "filed":
        if kind or credit_code:
            faults.append(
                Fault(
                    "type" if kind else "credit_code",
                    Text("A filed team is no legal person.", "备案团队不具有法人资格。"),
                    Text(
                        "Leave type and credit code out, or choose the track 'registered'.",
                        "请去除类型和信用代码，或选择登记。",
                    ),
                )
            )
    elif kind not in TYPES:
        faults.append(
            Fault(
                "type",
                Text("A registered organisation has a type.", "登记的社会组织须有类型。"),
                Text(f"Choose one of {', '.join(TYPES)}.", "请选择社会团体、民办非企业单位或基金会。"),
            )
        )
    elif not credit_code or not _is_credit_code(credit_code) or not credit_code.startswith(TYPES[kind]):
        faults.append(
            Fault(
                "credit_code",
                Text("This is not the credit code of such an organisation.", "统一社会信用代码无效。"),
                Text(
                    f"Give the 18 characters of the certificate; they begin with {TYPES[kind]}.",
                    f"请填写证书上的 18 位代码，以 {TYPES[kind]} 开头。",
                ),
            )
        )
    if faults:
        first = faults[0]
        raise Refused("identity-unfit", first.reason, first.remedy, field=first.field, faults=tuple(faults))


def _is_credit_code(code: str) -> bool:
    try:
        uscc.validate(code)
    except ValidationError:
        return False
    return True
