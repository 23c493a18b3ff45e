"""Who applies: an organisation, a filed team through its host, or an external party."""

from __future__ import annotations

from typing import NamedTuple

from services.funding.commands import known
from services.funding.documents import Round
from shared import areas
from shared.call import Call
from shared.errors import Refused, Text


class Party(NamedTuple):
    """Who applies, and where: an organisation of elsewhere applies in the round's own area, as a node tells events
    of its own area only."""

    organisation: str
    track: str
    area: str


def party(call: Call, target: Round, organisation: str, host: str | None, *, external: bool = False) -> Party:
    """Raises Forbidden unless the actor acts for the party or has a role where it or the round is; NotYetKnown for
    an organisation or host that has not been heard of here, or is not approved yet as far as is known here; Refused
    for a filed team without its host."""
    if external:
        call.authorise([target.area], organisation)
        return Party(organisation, "external", target.area)
    found = known.organisation(organisation, "organisation")
    answering = known.organisation(host, "host") if host else None
    if not known.officer_of(call, organisation, host):
        call.authorise([found.area, target.area], organisation, host)
    if found.track == "filed" and (answering is None or answering.track != "registered"):
        raise Refused(
            "host-needed",
            Text(
                "A filed team applies through a registered organisation.",
                "备案团队须由登记的社会组织承接申报。",
            ),
            Text("Name it as host.", "请填写承接单位。"),
            field="host",
        )
    area = found.area if areas.contains(target.area, found.area) else target.area
    return Party(organisation, found.track, area)
