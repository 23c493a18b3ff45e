"""What can be done with party organisations."""

from __future__ import annotations

from typing import Any

from services.registry.documents.organisations import Organisation
from services.registry.documents.party import PartyBranch
from services.registry.domain import party as rules
from services.registry.subjects import party as subjects
from shared.call import Call
from shared.errors import NotYetKnown, Refused, Text
from shared.store import command, find, new, save

Data = dict[str, Any]


@command
def found_branch(call: Call, body: Data) -> PartyBranch:
    """Record a party organisation 党组织. Raises NotYetKnown for an organisation that is not known here."""
    rules.check_branch(body["kind"], body["organisations"])
    branch = new(call, PartyBranch, **body)
    for identifier in body["organisations"]:
        organisation = find(Organisation, identifier)
        if organisation is None:
            raise NotYetKnown(Text("Organisation", "社会组织"), identifier, "organisations")
        if organisation.status != "active":
            raise Refused(
                "organisation-not-active",
                Text(
                    f"{organisation.name} is {organisation.status}.", f"{organisation.name}的状态不是正常。"
                ),
                Text("Name active organisations only.", "请只填写状态正常的社会组织。"),
                field="organisations",
            )
    return save(call, branch, subjects.BRANCH_FOUNDED)
