"""Open data of rounds: everybody may ask for it. Packages are put together in a process of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from services.funding import settings
from services.funding.commands.opendata import readable
from services.funding.documents import (
    Application,
    Contract,
    Fund,
    KnownSummary,
    KnownTopic,
    Project,
    Round,
    SupplierQuery,
)
from services.funding.documents.opendata import ToldState
from services.funding.domain import ocds
from services.funding.domain.opendata import LICENCE, PLANNED, check_teller, release_id
from services.funding.queries.rounds import round_
from services.funding.subjects.applications import APPLICATION
from services.funding.subjects.contracts import CONTRACT
from services.funding.subjects.procurement import SUPPLIER_QUERY
from services.funding.subjects.projects import PROJECT
from services.funding.subjects.rounds import ROUND
from shared import areas, clock
from shared.apart import apart
from shared.arearules.settings import listed, value
from shared.call import Call
from shared.errors import NotFound, Text
from shared.events.types import Subject
from shared.http import Download, Page
from shared.http.files import JSON
from shared.store import Aggregate
from shared.store.queries import below, page, unknown

Data = dict[str, Any]

PUBLISHED = Text(
    "Each round from its opening on: the call, what is proposed at the public notice, what is granted, contracts, "
    "tranches and payments, with every change as a release of its own.",
    "轮次自开始征集起公开：征集公告、拟资助公示、资助结果、协议、拨付计划与支付；每次变更单独发布。",
)
WITHHELD = Text(
    "Rounds before their opening, applications that were not proposed, scores and who gave them, objections, reasons. "
    "Organisations are named by their public summary, external applicants by a pseudonym; no other person is named.",
    "征集开始前的轮次、未列入拟资助名单的申报、评分及评审专家、异议与理由不予公开。"
    "社会组织以公开信息中的名称列示，外部申报人以化名列示，不公开其他个人信息。",
)


def packages(call: Call, query: Data) -> Page[Data]:
    """The rounds that this node tells of, in the order of their ids."""
    found = page(Round, query, "year", status__ne=PLANNED, **_told_here(call))
    return Page([_listed(call, each) for each in found.items], found.next)


def _listed(call: Call, found: Round) -> Data:
    names = ("area", "year", "kind", "status", "updated_at", "generated")
    return {name: getattr(found, name) for name in names} | {
        "round": found.id,
        "title": found.name,
        "ocid": _ocid(call, found),
        "releases": _address(call, found, "releases"),
        "record": _address(call, found, "record"),
        "licence": value(LICENCE, found.area, call.now),
    }


def releases(call: Call, identifier: str) -> Download:
    """Raises NotFound, also for a round that is not opened, and for one that a node above tells of."""
    found = _published(call, identifier)
    told = apart("services.funding.packages:releases", _given(call, [found], found.area))
    return Download(f"releases-{found.id}.json", JSON, told)


def record(call: Call, identifier: str) -> Download:
    """Raises NotFound, also for a round that is not opened, and for one that a node above tells of."""
    found = _published(call, identifier)
    told = apart("services.funding.packages:record", _given(call, [found], found.area))
    return Download(f"record-{found.id}.json", JSON, told)


def grants(call: Call, query: Data) -> Download:
    """Raises NotFound where nothing was granted: the standard knows no empty file."""
    area, year = query["area"], query["year"]
    found = list(below(Round, area).filter(year=year, status__ne=PLANNED, **_told_here(call)).order_by("id"))
    told = apart("services.funding.packages:grants", _given(call, found, area, year)) if found else b""
    if not told:
        raise NotFound(
            "no-grants",
            Text(
                f"No grants of {area} in {year} are known here.", f"此处没有 {area} 在 {year} 年的资助记录。"
            ),
            Text("Ask for another year, or at the district's node.", "请查询其他年度，或向区级节点查询。"),
            field="year",
        )
    return Download(f"grants-{area}-{year}.json", JSON, told)


def policy(call: Call, query: Data) -> Data:
    """What is published, by whom, and on which terms."""
    area, given = query["area"] or call.node.area, settings.of(call.node)
    (rule,) = listed([LICENCE], area, call.now)
    return {
        "area": area,
        "publisher": given.publisher or call.node.name,
        "licence": rule["value"],
        "licence_source": rule["source"],
        "ocid_prefix": given.ocid_prefix,
        "ocid_prefix_registered": given.ocid_registered,
        "grant_prefix": given.grant_prefix,
        "grant_prefix_registered": given.grant_registered,
        "published": f"{PUBLISHED.zh} {PUBLISHED.en}",
        "withheld": f"{WITHHELD.zh} {WITHHELD.en}",
    }


def _told_here(call: Call) -> Data:
    """Rounds of this node and of those below it. Of a round that a node above owns only a part is known here."""
    area = call.node.area
    return {"owner__gte": area, "owner__lt": f"{area}:"}  # codes are digits, which the colon follows


def _published(call: Call, identifier: str) -> Round:
    found = round_(identifier)
    if found.status == PLANNED:
        raise unknown(Round, identifier)
    check_teller(call.node.area, found.owner)
    return found


def _ocid(call: Call, found: Round) -> str:
    return f"{settings.of(call.node).ocid_prefix}-{found.id}"


def _address(call: Call, found: Round, what: str) -> str:
    return f"{call.node.url}/api/funding/open-data/rounds/{found.id}/{what}"


def _given(call: Call, rounds: list[Round], area: str, year: int | None = None) -> bytes:
    """What `services.funding.packages` makes packages from."""
    told = {found.id: _told(found) for found in rounds}
    given = settings.of(call.node)
    package = {
        "publisher": given.publisher or call.node.name,
        "website": call.node.url,
        "licence": value(LICENCE, area, call.now),
        "policy": given.policy or f"{call.node.url}/api/funding/open-data/policy?area={area}",
        "grants": f"{call.node.url}/api/funding/open-data/grants?area={area}&year={year}",
        "grant_prefix": given.grant_prefix,
        "area": area,
        "area_name": areas.name(area),
        "year": year,
        "rounds": [
            {
                "ocid": _ocid(call, found),
                "releases": _address(call, found, "releases"),
                "record": _address(call, found, "record"),
                "told": told[found.id],
            }
            for found in rounds
        ],
        "known": _known(rounds, [one for each in told.values() for one in each])
        | {"areas": {call.node.area: given.publisher} if given.publisher else {}},
    }
    return json.dumps(package, ensure_ascii=False).encode()


def _told(found: Round) -> list[Data]:
    """The states that events told of a round. What a record is now is among them even where this node has not heard
    its event: it is on its way, or went by before there was open data, or before this node was there."""
    names = ("noun", "subject", "at", "epoch", "sequence", "state")
    kept = {
        one["_id"]: {name: one[name] for name in names} | {"id": one["_id"]}
        for one in ToldState._get_collection().find({"round": found.id})
    }
    applications = list(Application.objects(round=found.id))
    for subject, records in (
        (ROUND, [found]),
        (APPLICATION, applications),
        (SUPPLIER_QUERY, SupplierQuery.objects(round=found.id)),
        (CONTRACT, Contract.objects(application__in=[each.id for each in applications])),
        (PROJECT, Project.objects(round=found.id)),
    ):
        for one in _present(subject, records):
            kept.setdefault(one["id"], one)
    return list(kept.values())


def _present(subject: Subject, records: Iterable[Aggregate]) -> Iterable[Data]:
    for each in records:
        yield {
            "id": release_id(each.id, each.epoch, each.sequence),
            "noun": subject.noun,
            "subject": each.id,
            "at": clock.text(each.updated_at),
            "epoch": each.epoch,
            "sequence": each.sequence,
            "state": readable(subject.noun, subject.dumper.dump(each)),
        }


def _known(rounds: list[Round], told: list[Data]) -> Data:
    """What everybody may know of whom and what the states name."""
    states = [one["state"] for one in told]
    parties = {s[name] for s in states for name in ("organisation", "host") if s.get(name)}
    topics = {s["topic"] for s in states if s.get("topic")}
    funds = {fund for found in rounds for fund in found.funds}
    named = {
        known.organisation: [known.name, known.credit_code]
        for known in KnownSummary.objects(organisation__in=sorted(parties))
    }
    for state in states:
        if state.get("external"):
            party = ocds.external(state["organisation"], state["external"])
            named[state["organisation"]] = [party.name, party.credit_code]
    return {
        "parties": named,
        "topics": {
            known.id: known.title for known in KnownTopic.objects(id__in=sorted(topics)) if known.title
        },
        "funds": {
            fund.id: [fund.name, fund.source, fund.area] for fund in Fund.objects(id__in=sorted(funds))
        },
    }
