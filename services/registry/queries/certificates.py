"""What can be asked of certificates."""

from __future__ import annotations

from typing import Any

from services.registry.documents.certificates import Certificate
from shared.call import Call
from shared.errors import Misdirected, NotFound, Text
from shared.http import Download
from shared.store import files, nodes
from shared.store.queries import page_for


def certificate(number: str) -> Certificate:
    """The certificate of a number, for whoever wants to verify it. Raises NotFound."""
    found = Certificate.objects(number=number).first()
    if found is None:
        raise NotFound(
            "no-such-certificate",
            Text(f"No certificate has the number {number}.", f"没有编号为 {number} 的证书。"),
            Text("Check the number as it is printed.", "请核对证书上的编号。"),
            field="number",
        )
    return found


def current(organisation: str) -> Certificate | None:
    """The certificate of an organisation that holds."""
    return Certificate.objects(organisation=organisation, status="valid").first()


def certificates(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Certificate, query, "organisation", "status", own=["organisation"])


def printed(found: Certificate) -> bool:
    """Whether the PDF is kept here; it does not move with a record that was handed over."""
    try:
        files.fetch(found.sha256)
    except NotFound:
        return False
    return True


def file(call: Call, number: str) -> Download:
    """The PDF, to those only who have to do with the organisation: it names who represents it. Raises NotFound
    until it is printed, Misdirected where another node keeps it."""
    found = certificate(number)
    call.authorise(found.area, found.organisation)
    if found.owner != call.node.area:
        raise Misdirected(found.owner, nodes.address(call.node, found.owner))
    if not found.sha256 or not printed(found):
        raise NotFound(
            "not-printed",
            Text(f"The certificate {number} is not printed.", f"证书 {number} 尚未打印。"),
            Text(f"Print it first: POST .../certificates/{number}/printing.", "请先打印该证书。"),
            field="number",
        )
    kept = files.fetch(found.sha256)
    return Download(kept.name, kept.type, kept.data)
