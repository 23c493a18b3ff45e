"""Rules of certificates: 登记证书 of legal persons, 备案证 of filed teams."""

from __future__ import annotations

from datetime import date
from importlib import resources
from typing import Any, Protocol

from marshmallow import fields, validate
from statemachine import State, StateMachine

from shared import areas, money
from shared.arearules import AreaRule
from shared.errors import Refused, Text

TITLES = {
    "association": "社会团体法人登记证书",
    "non_enterprise": "民办非企业单位登记证书",
    "foundation": "基金会法人登记证书",
    None: "社区社会组织备案证",
}
TYPES = {"association": "社会团体", "non_enterprise": "民办非企业单位", "foundation": "基金会", None: None}
# What is printed and may change.
PRINTED = ("name", "residence", "legal_representative", "scope", "funds_fen", "supervising_unit")
POSSIBLE = ("active", "suspended")  # states of an organisation that has a certificate
# Events of an organisation after which its certificate is void.
ENDS = ("cancelled", "revoked", "rescinded", "closed", "grown")

YEARS = AreaRule(
    "certificate_years",
    fields.Int(strict=True, validate=validate.Range(1, 20)),
    4,
    source="platform default; the registrar says it on the certificate",
    about=Text("Years for which a certificate of a legal person holds", "法人登记证书有效期（年）"),
)
TEMPLATE = AreaRule(
    "certificate_template",
    fields.Str(validate=validate.Length(1, 50_000)),
    resources.files("services.registry")
    .joinpath("templates/certificate.html.j2")
    .read_text(encoding="utf-8"),
    source="platform default",
    about=Text("Template (HTML, Jinja2) that certificates are printed from", "证书打印模板（HTML、Jinja2）"),
)
RULES = (YEARS, TEMPLATE)


class CertificateLife(StateMachine):
    """Life cycle of a certificate 证书."""

    valid = State("valid 有效", initial=True)
    replaced = State("replaced 已换发", final=True)
    void = State("void 作废", final=True)

    replace = valid.to(replaced)
    annul = valid.to(void)


class Printed(Protocol):
    """What a certificate says."""

    number: Any
    name: Any
    track: Any
    type: Any
    credit_code: Any
    residence: Any
    scope: Any
    funds_fen: Any
    supervising_unit: Any
    legal_representative: Any
    registrar: Any
    issued_on: Any
    valid_until: Any


def number(seat: str, issued_on: date, identifier: str) -> str:
    """A number that nobody else has: who issued it, the year, and the random end of the certificate's id."""
    return f"{seat}-{issued_on.year}-{identifier[-12:].upper()}"


def registrar(seat: str) -> str:
    """The authority by its area: the district's civil affairs office 民政局, or the street 街道."""
    return f"{areas.name(seat)}民政局" if areas.tier(seat) == "district" else areas.name(seat)


def valid_until(issued_on: date, years: int) -> date:
    """The last day of a certificate that holds for so many years."""
    try:
        return issued_on.replace(year=issued_on.year + years)
    except ValueError:  # 29 February
        return issued_on.replace(year=issued_on.year + years, day=28)


def values(certificate: Printed, address: str) -> dict[str, Any]:
    """What a template may show. `address` is where the certificate can be verified."""
    shown = {name: getattr(certificate, name) for name in PRINTED if name != "funds_fen"}
    return shown | {
        "title": TITLES[certificate.type],
        "type": TYPES[certificate.type],
        "number": certificate.number,
        "credit_code": certificate.credit_code,
        "funds": money.yuan(certificate.funds_fen) if certificate.funds_fen is not None else None,
        "representative": "法定代表人" if certificate.track == "registered" else "负责人",
        "registrar": certificate.registrar,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "address": address,
    }


def check_valid(status: str) -> None:
    """Raise Refused for a certificate that does not hold any more."""
    if status != "valid":
        raise Refused(
            "certificate-not-valid",
            Text(f"The certificate is {status}.", f"该证书状态为 {status}。"),
            Text("Print the one that holds.", "请打印现行有效的证书。"),
            field="number",
        )


def check_possible(name: str, status: str) -> None:
    """Raise Refused unless an organisation in this state has a certificate."""
    if status not in POSSIBLE:
        raise Refused(
            "organisation-state",
            Text(f"{name} is {status}.", f"{name}当前状态为 {status}。"),
            Text("Only who is registered or filed has a certificate.", "仅已登记或备案的组织可发证。"),
            field="id",
        )
