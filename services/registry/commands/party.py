"""What can be done with party organisations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.registry.documents.organisations import Organisation
from services.registry.documents.party import PartyBranch
from services.registry.domain import party as rules
from services.registry.subjects import party as subjects
from shared import clock
from shared.acting import check_acting
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.lifecycle import advance
from shared.store import command, find, load, new, save

Data = dict[str, Any]


def _today(call: Call) -> date:
    return call.now.astimezone(clock.CHINA).date()


@command
def found_branch(call: Call, body: Data) -> PartyBranch:
    """Record a party organisation 党组织. Raises NotYetKnown for an organisation that is not known here, Conflict for
    one that has another branch."""
    rules.check_branch(body["kind"], body["organisations"])
    branch = new(call, PartyBranch, **body | {"founded_on": body["founded_on"] or _today(call)})
    _take(branch, body["organisations"])
    return save(call, branch, subjects.BRANCH_FOUNDED)


@command
def change_branch(call: Call, branch_id: str, body: Data) -> PartyBranch:
    """Change name, kind, number of members or secretary 变更."""
    branch = load(call, PartyBranch, branch_id)
    branch.status = advance(rules.BranchLife, branch.status, "change")
    for name, value in body.items():
        setattr(branch, name, value)
    rules.check_branch(branch.kind, branch.organisations)
    _take(branch, branch.organisations if "kind" in body else ())
    return save(call, branch, subjects.BRANCH_CHANGED)


@command
def join(call: Call, branch_id: str, organisation_id: str) -> PartyBranch:
    """Have another organisation join a branch; an independent one has to become joint first."""
    branch = load(call, PartyBranch, branch_id)
    branch.status = advance(rules.BranchLife, branch.status, "join")
    branch.organisations = [*branch.organisations, organisation_id]
    rules.check_branch(branch.kind, branch.organisations)
    _take(branch, [organisation_id])
    return save(call, branch, subjects.BRANCH_JOINED)


@command
def leave(call: Call, branch_id: str, organisation_id: str) -> PartyBranch:
    """Have an organisation leave a branch. Raises Refused where too few would be left for its kind."""
    branch = load(call, PartyBranch, branch_id)
    branch.status = advance(rules.BranchLife, branch.status, "leave")
    branch.organisations = rules.left(branch.organisations, organisation_id)
    rules.check_branch(branch.kind, branch.organisations)
    _take(branch, ())
    return save(call, branch, subjects.BRANCH_LEFT)


@command
def dissolve(call: Call, branch_id: str, reasons: str) -> PartyBranch:
    """Dissolve a branch 撤销; its organisations are free to join others."""
    branch = load(call, PartyBranch, branch_id)
    branch.status = advance(rules.BranchLife, branch.status, "dissolve")
    branch.dissolved_on, branch.reasons, branch.holds = _today(call), reasons, []
    return save(call, branch, subjects.BRANCH_DISSOLVED)


def _take(branch: PartyBranch, coming: Iterable[str]) -> None:
    """Let organisations in that are active and free. The unique index guards against two branches of one node at the
    same time; what other nodes have is looked up, so there a second one may slip in between."""
    for identifier in coming:
        organisation = find(Organisation, identifier)
        if organisation is None:
            raise NotYetKnown(Text("Organisation", "社会组织"), identifier, "organisations")
        check_acting(organisation.status, organisation.name, "organisations")
        if branch.kind in rules.EXCLUSIVE and (other := _other(branch, identifier)):
            raise rules.taken(organisation.name, other.name)
    branch.holds = rules.holds(branch.kind, branch.organisations)


def _other(branch: PartyBranch, organisation: str) -> PartyBranch | None:
    found: PartyBranch | None = PartyBranch.objects(
        organisations=organisation, kind__in=rules.EXCLUSIVE, status__ne="dissolved", id__ne=branch.id
    ).first()
    return found
