"""Contracts, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.documents import Contract
from services.funding.queries import parties
from shared.call import Call
from shared.errors import Misdirected, NotFound, Text
from shared.http import Download
from shared.store import files, nodes
from shared.store.queries import get

Data = dict[str, Any]

_contract = get(Contract)


def contracts(call: Call, query: Data) -> Any:
    return parties.listed(call, Contract, query)


def contract_for(call: Call, identifier: str) -> Contract:
    """Raises NotFound, and Forbidden to whoever acts for another organisation or has no role there."""
    return parties.visible(call, _contract(identifier))


def of_application(identifier: str) -> Contract | None:
    return Contract.objects(application=identifier).first()


def kept(sha256: str | None) -> files.Kept | None:
    """The file, where it is kept here: files do not move with a record that was handed over."""
    try:
        return files.fetch(sha256) if sha256 else None
    except NotFound:
        return None


def printed(call: Call, identifier: str) -> Download:
    found = contract_for(call, identifier)
    return _file(call, found, found.sha256, "printing")


def signed_copy(call: Call, identifier: str) -> Download:
    found = contract_for(call, identifier)
    return _file(call, found, found.signed_copy.get("sha256"), "signed-copy")


def sealed(call: Call, identifier: str) -> Download:
    found = contract_for(call, identifier)
    return _file(call, found, found.seal.get("sha256"), "seal")


def _file(call: Call, found: Contract, sha256: str | None, step: str) -> Download:
    """The PDF. Raises NotFound until it is there, Misdirected where another node keeps it."""
    if found.owner != call.node.area:
        raise Misdirected(found.owner, nodes.address(call.node, found.owner))
    file = kept(sha256)
    if file is None:
        raise NotFound(
            "no-such-document",
            Text(f"There is no such document of {found.number}.", f"协议 {found.number} 没有该文件。"),
            Text(f"Make it first: POST .../contracts/{found.id}/{step}.", "请先打印、上传或用印。"),
            field="id",
        )
    return Download(file.name, file.type, file.data)
