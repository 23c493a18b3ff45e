"""What can be done with certificates: issue, replace after a change, print, annul."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from services.registry.commands.steps import check_registry
from services.registry.documents.certificates import Certificate
from services.registry.documents.organisations import Organisation
from services.registry.domain import certificates as rules
from services.registry.queries import certificates as queries
from services.registry.queries.rules import value
from services.registry.subjects import certificates as subjects
from shared import clock, printing
from shared.call import Call
from shared.lifecycle import advance
from shared.store import Held, command, files, load, new, save, save_all
from shared.store.files import Kept

Data = dict[str, Any]
PDF = "application/pdf"


@command
def issue(call: Call, organisation_id: str) -> Certificate:
    """Issue a certificate of what the organisation is now; one that holds is replaced. Raises Refused for an
    organisation that is not registered or filed, or no more."""
    organisation = load(call, Organisation, organisation_id)
    check_registry(call, organisation)
    rules.check_possible(organisation.name, organisation.status)
    return _issue(call, organisation)


def _issue(call: Call, organisation: Organisation) -> Certificate:
    made = new(call, Certificate, area=organisation.area, beside=organisation)
    made.organisation = made.current = organisation.id
    made.issued_on = call.now.astimezone(clock.CHINA).date()
    made.number = rules.number(organisation.registry, made.issued_on, made.id)
    made.registrar = rules.registrar(organisation.registry)
    made.valid_until = _valid_until(organisation, made.issued_on)
    for name in ("track", "type", "credit_code", "generated", *rules.PRINTED):
        setattr(made, name, getattr(organisation, name))
    known = queries.current(organisation.id)
    if known is None:
        save_all(call, (made, subjects.ISSUED), Held(organisation))
        return made
    before = load(call.cleared(), Certificate, known.id)
    before.status = advance(rules.CertificateLife, before.status, "replace")
    before.current, before.replaced_by = None, made.number
    # The old one first: while both hold, the index of those that hold would refuse the new one.
    save_all(call, (before, subjects.REPLACED), (made, subjects.ISSUED), Held(organisation))
    return made


def _valid_until(organisation: Organisation, issued_on: date) -> date:
    if organisation.track == "filed" and organisation.valid_until is not None:
        holds: date = organisation.valid_until
        return holds
    return rules.valid_until(issued_on, value(rules.YEARS, organisation.registry, issued_on))


@command
def reissue(call: Call, data: Data) -> Certificate | None:
    """Replace the certificate of an organisation whose registered matters have changed, if it has one."""
    organisation = load(call, Organisation, data["subject"])
    if queries.current(organisation.id) is None or organisation.status not in rules.POSSIBLE:
        return None
    return _issue(call, organisation)


@command
def annul(call: Call, data: Data) -> Certificate | None:
    """Make the certificate of an organisation void that has come to its end."""
    load(call, Organisation, data["subject"])
    known = queries.current(data["subject"])
    if known is None:
        return None
    certificate = load(call, Certificate, known.id)
    certificate.status = advance(rules.CertificateLife, certificate.status, "annul")
    certificate.current, certificate.reasons = None, data["status"]
    return save(call, certificate, subjects.ANNULLED)


@command
def print_certificate(call: Call, number: str) -> Certificate:
    """Print the certificate once, and keep the PDF under its SHA-256. Raises Refused for one that does not hold,
    Unavailable where this machine cannot print."""
    certificate = load(call, Certificate, queries.certificate(number).id)
    rules.check_valid(certificate.status)
    if certificate.sha256 and queries.printed(certificate):
        return certificate
    address = f"{call.node.url}/api/{call.service}/certificates/{number}"
    template = value(rules.TEMPLATE, certificate.seated_at, call.now)
    data = printing.pdf(template, rules.values(certificate, address))
    certificate.sha256, certificate.printed_at = hashlib.sha256(data).hexdigest(), call.now
    files.keep(certificate.sha256, Kept(f"{number}.pdf", PDF, data))
    return save(call, certificate, subjects.PRINTED)
