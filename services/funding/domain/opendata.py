"""Open data 开放数据: what a round's events become public, one release for each that changes something public.

A release shows the sections that its event changed, each whole. What is not public leaves no trace: rounds before
they are opened, applications that were not proposed, scores, objections, reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from services.funding.domain import ocds
from services.funding.domain.ocds import Known
from shared import areas
from shared.arearules import AreaRule
from shared.errors import NotFound, Text

Data = dict[str, Any]
State = Mapping[str, Any]

LICENCE = AreaRule(
    "open_data_licence",
    fields.Url(schemes={"https", "http"}, validate=validate.Length(1, 300)),
    "https://creativecommons.org/licenses/by/4.0/",
    "platform default, no rule names a licence; the Open Contracting Data Standard recommends an open one",
    Text("Licence of a round's open data, by its address", "开放数据许可协议（网址）"),
)
RULES = (LICENCE,)

# A record's state is told by events in this order where several of one moment tell of a round.
NOUNS = ("round", "application", "supplier_query", "contract", "project")
# These events change nothing that is public; of all others that is found out by comparison.
SILENT = frozenset(
    {
        "application.scored", "application.ranked", "application.objected", "application.settled",
        "supplier_query.raised", "supplier_query.answered", "supplier_query.complained", "supplier_query.suspended",
        "contract.drafted", "contract.printed", "contract.copy_kept", "contract.sealed",
    }
)  # fmt: skip
PLANNED, OPEN, CONCLUDED = "draft", "open", "concluded"
NOTICED = ("noticed", CONCLUDED)
CANCELLED = ("cancelled", "abandoned")
NOT_COUNTED = ("draft",)  # applications that were never handed in

# The order in which a release names what it tells.
TAGS = (
    "planning", "planningUpdate", "tender", "tenderAmendment", "tenderUpdate", "tenderCancellation", "award",
    "awardUpdate", "awardCancellation", "contract", "contractUpdate", "contractAmendment", "implementation",
    "implementationUpdate", "contractTermination",
)  # fmt: skip

BUYER = ("buyer", "procuringEntity", "funder", "payer", "payee")  # roles of a round's area

# What is an amendment once it was published, and not just news.
AMENDABLE: Mapping[str, Sequence[str]] = {
    "tender": ("title", "tenderPeriod", "eligibilityCriteria", "awardCriteriaDetails"),
    "award": ("title", "value", "suppliers"),
    "contract": ("title", "value", "period", "dateSigned"),
}


@dataclass(frozen=True)
class Told:
    """The state of a record as an event told it; `id` is the release's, made of the record's id and its place."""

    id: str
    noun: str
    subject: str
    at: str  # RFC 3339 in UTC
    place: tuple[int, int]  # epoch, sequence
    state: State

    @property
    def order(self) -> tuple[str, int, tuple[int, int], str]:
        return self.at, NOUNS.index(self.noun), self.place, self.subject


def check_teller(node: str, owner: str) -> None:
    """Raise NotFound for a round of a node above: only a part of it is known below."""
    if not areas.contains(node, owner):
        raise NotFound(
            "told-by-its-owner",
            Text(
                f"Node {owner} tells of this round; here only a part of it is known.",
                f"该轮次的开放数据由节点 {owner} 发布，此处仅有部分数据。",
            ),
            Text(f"Ask node {owner}.", f"请向节点 {owner} 查询。"),
            field="id",
        )


def release_id(subject: str, epoch: int, sequence: int) -> str:
    """The same for the same state of a record, whichever event or node tells it."""
    return f"{subject}-{epoch}.{sequence}"


class Course:
    """A round's public course. `sections` show where it has come to: planning, tender, awards, contracts."""

    def __init__(self, ocid: str, known: Known) -> None:
        self.ocid, self.known = ocid, known
        self.round: State | None = None
        self.applications: dict[str, State] = {}
        self.projects: dict[str, State] = {}
        self.decisions: dict[str, Data] = {}  # of complaints
        self.papers: dict[str, State] = {}  # contracts by their applications
        self.planning: Data = {}
        self.tender: Data = {}
        self.awards: dict[str, Data] = {}
        self.contracts: dict[str, Data] = {}
        self.roles: dict[str, list[str]] = {}
        self.paid_at: dict[str, str] = {}  # by tranche
        self.noticed_at: str | None = None
        self.released: dict[tuple[str, str], str] = {}  # the last release of each section
        self.modified: dict[str, str] = {}  # when an award or its contract was last news
        self.amendments: dict[tuple[str, str], list[Data]] = {}

    def releases(self, told: Iterable[Told]) -> list[Data]:
        """Raises KeyError for a state without the fields that its noun always has."""
        made = (self._after(each) for each in sorted(told, key=lambda each: each.order))
        return [release for release in made if release]

    def _after(self, told: Told) -> Data | None:
        self._take(told)
        if self.round is None or self.round["status"] == PLANNED:
            return None
        release = _Release(self, told)
        awards, contracts = self._touched(told)
        for identifier in awards:
            self._award(release, identifier)
        if told.noun in ("round", "supplier_query"):
            self._tender(release)
        self._planning(release)
        for identifier in contracts:
            self._contract(release, identifier)
        return release.made()

    def _take(self, told: Told) -> None:
        if told.noun == "round":
            self.round = told.state
            if told.state["status"] in NOTICED and self.noticed_at is None:
                self.noticed_at = told.at
        elif told.noun == "application":
            self.applications[told.subject] = told.state
        elif told.noun == "supplier_query":
            if told.state["status"] == "decided":
                self.decisions.setdefault(told.subject, ocds.decision(told.state, told.at))
        elif told.noun == "contract":
            self.papers[told.state["application"]] = told.state
        else:
            self.projects[told.subject] = told.state
            for tranche in told.state.get("tranches") or ():
                if tranche["status"] == "paid":
                    self.paid_at.setdefault(ocds.tranche_id(told.subject, tranche), told.at)

    def _touched(self, told: Told) -> tuple[Iterable[str], Iterable[str]]:
        if told.noun == "round":
            return self.applications, self.projects
        if told.noun == "application":
            return [told.subject], []
        if told.noun == "project":
            return [], [told.subject]
        of_paper = told.state.get("application") if told.noun == "contract" else None
        return [], [each for each, state in self.projects.items() if state["application"] == of_paper]

    def _planning(self, release: _Release) -> None:
        assert self.round is not None
        topics = dict.fromkeys(
            topic for identifier in self.awards if (topic := self.applications[identifier].get("topic"))
        )
        told = ocds.planning(self.round, topics, self.known)
        if told != self.planning:
            release.tag("planningUpdate" if self.planning else "planning")
            release.content["planning"] = self.planning = told

    def _tender(self, release: _Release) -> None:
        assert self.round is not None
        applied = {
            each["organisation"] for each in self.applications.values() if each["status"] not in NOT_COUNTED
        }
        closed = self.round["status"] != OPEN
        told = ocds.tender(
            self.round, self._tender_status(), len(applied) if closed else None, self.noticed_at,
            [*self.decisions.values()], self.known,
        )  # fmt: skip
        amended = self._amended("tender", self.round["id"], self.tender, told, release)
        if told == self.tender:
            return
        if not self.tender:
            release.tag("tender")
        elif told["status"] == "cancelled" != self.tender["status"]:
            release.tag("tenderCancellation")
        else:
            release.tag("tenderAmendment" if amended else "tenderUpdate")
        release.content["tender"] = self.tender = told
        release.shows("tender", self.round["id"])

    def _tender_status(self) -> str:
        assert self.round is not None
        if self.round["status"] in CANCELLED:
            return "cancelled"
        if self.round["status"] != CONCLUDED:
            return "active"
        return "complete" if any(a["status"] == "active" for a in self.awards.values()) else "unsuccessful"

    def _award(self, release: _Release, identifier: str) -> None:
        before, state = self.awards.get(identifier), self.applications[identifier]
        status = self._award_status(state, before)
        if status is None:
            return
        granted_at = (before or {}).get("date") or (release.told.at if status == "active" else None)
        told = ocds.award(state, status, granted_at, self.known)
        if before and before["status"] == "active":
            self._amended("award", identifier, before, told, release)
        else:
            self._keep_amendments("award", identifier, told)
        if told == before:
            return
        ended = status in ("cancelled", "unsuccessful")
        release.tag(("awardCancellation" if ended else "awardUpdate") if before else "award")
        self.awards[identifier] = told
        self.modified[identifier] = release.told.at
        release.add("awards", told)
        release.shows("award", identifier)
        self._has(state["organisation"], "tenderer", *(["supplier"] if status == "active" else []))

    def _award_status(self, application: State, before: Data | None) -> str | None:
        """None for what is not public, as nobody proposed it."""
        assert self.round is not None
        if application["status"] in ocds.GRANTED:
            return "active"
        if application["status"] in ("submitted", "screened"):
            proposed = application["id"] in (self.round.get("proposed") or ())
            return "pending" if proposed and self.round["status"] in NOTICED else None
        if before is None:
            return None
        return {"pending": "unsuccessful", "active": "cancelled"}.get(before["status"], before["status"])

    def _contract(self, release: _Release, identifier: str) -> None:
        assert self.round is not None
        before, state = self.contracts.get(identifier), self.projects[identifier]
        told = ocds.contract(state, self.papers.get(state["application"]), self.known)
        amended = self._amended("contract", identifier, before or {}, told, release)
        payer = f"area-{self.round['area']}"
        work: Data = {}
        if paid := ocds.transactions(state, self.paid_at, payer, self.known):
            work["transactions"] = paid
        if due := ocds.milestones(state, self.paid_at):
            work["milestones"] = due
        if before is None:
            release.tag("contract")
        elif told != _without(before, "implementation"):
            ended = told["status"] == "terminated" != before["status"]
            release.tag(
                "contractTermination" if ended else "contractAmendment" if amended else "contractUpdate"
            )
        done = (before or {}).get("implementation") or {}
        if work.get("transactions", []) != done.get("transactions", []):
            release.tag("implementationUpdate" if done.get("transactions") else "implementation")
        elif before is not None and work != done:
            release.tag("implementationUpdate")
        if work:
            told["implementation"] = work
        if told == before:
            return
        self.contracts[identifier] = told
        self.modified[told["awardID"]] = release.told.at
        release.add("contracts", told)
        release.shows("contract", identifier)
        self._has(state["organisation"], "supplier")
        for payment in paid:
            for side in ("payer", "payee"):
                self._has(payment[side]["id"], side)

    def _amended(self, kind: str, identifier: str, before: Data, told: Data, release: _Release) -> bool:
        """Whether something published is amended; the amendments so far go along."""
        changes = [
            f"{name}: {_written(before[name])} → {_written(told.get(name))}"
            for name in AMENDABLE[kind]
            if name in before and before[name] != told.get(name)
        ]
        if changes:
            so_far = self.amendments.setdefault((kind, identifier), [])
            so_far.append(
                {
                    "id": str(len(so_far) + 1),
                    "date": release.told.at,
                    "description": "; ".join(changes),
                    "amendsReleaseID": self.released[kind, identifier],
                    "releaseID": release.told.id,
                }
            )
        self._keep_amendments(kind, identifier, told)
        return bool(changes)

    def _keep_amendments(self, kind: str, identifier: str, told: Data) -> None:
        if so_far := self.amendments.get((kind, identifier)):
            told["amendments"] = list(so_far)

    def _has(self, identifier: str, *roles: str) -> None:
        held = self.roles.setdefault(identifier, [])
        held.extend(role for role in roles if role not in held)


class _Release:
    """A release while it is made."""

    def __init__(self, course: Course, told: Told) -> None:
        self.course, self.told = course, told
        self.tags: list[str] = []
        self.content: Data = {}

    def tag(self, tag: str) -> None:
        if tag not in self.tags:
            self.tags.append(tag)

    def add(self, section: str, told: Data) -> None:
        self.content.setdefault(section, []).append(told)

    def shows(self, kind: str, identifier: str) -> None:
        self.course.released[kind, identifier] = self.told.id

    def made(self) -> Data | None:
        """None where nothing public has changed."""
        course = self.course
        if not self.tags or course.round is None:
            return None
        buyer = ocds.area_party(course.round["area"], course.known)
        return {
            "ocid": course.ocid,
            "id": self.told.id,
            "date": self.told.at,
            "tag": sorted(self.tags, key=TAGS.index),
            "initiationType": "tender",
            "language": "zh",
            "parties": self._parties(buyer["id"]),
            "buyer": buyer,
            **self.content,
        }

    def _parties(self, buyer: str) -> list[Data]:
        course = self.course
        named = {s["id"] for award in self.content.get("awards", ()) for s in award["suppliers"]}
        for contract in self.content.get("contracts", ()):
            named.add(course.projects[contract["id"]]["organisation"])
            for payment in contract.get("implementation", {}).get("transactions", ()):
                named |= {payment[side]["id"] for side in ("payer", "payee")}
        named.discard(buyer)
        roles = [(identifier, course.roles[identifier]) for identifier in sorted(named)]
        whole = [(buyer, list(BUYER)), *roles]
        return [ocds.party(identifier, held, course.known) for identifier, held in whole]


def _without(told: Data, name: str) -> Data:
    return {key: value for key, value in told.items() if key != name}


def _written(value: Any) -> str:
    """A value in the words of an amendment."""
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values())
    if isinstance(value, list):
        return ", ".join(str(part.get("name", part)) for part in value)
    return str(value)
