"""A district with what a round needs, played over HTTP and the bus, for the tests of funding."""

from __future__ import annotations

import json
from typing import Any

import pika
import requests

from shared import clock
from shared.events.envelope import CONTENT_TYPE
from shared.events.types import routing_key
from shared.ids import new_id
from tests.harness import RunningNode, eventually

DISTRICT = "230102"
STREET = "230102001"
OPENS = "2026-03-02T09:00:00+08:00"
DURING = "2026-03-10T09:00:00+08:00"
CLOSES = "2026-03-31T18:00:00+08:00"
AFTER = "2026-04-01T09:00:00+08:00"
NOTICE_OVER = "2026-04-20T09:00:00+08:00"
CRITERIA = [{"name": "需求", "weight": 60}, {"name": "可行性", "weight": 40}]
TRANCHES = [
    {"share": 50, "condition": "contract"},
    {"share": 30, "condition": "mid_term"},
    {"share": 20, "condition": "final"},
]

Data = dict[str, Any]


def event(service: str, noun: str, verb: str, subject: str, area: str, data: Data, **changed: Any) -> Data:
    """What another service of the district's own node would publish."""
    return {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"/{DISTRICT}/{service}",
        "type": f"{service}.{noun}.{verb}",
        "subject": subject,
        "time": clock.text(clock.parse(NOTICE_OVER)),
        "datacontenttype": "application/json",
        "dataschema": f"urn:hatchery:{service}.{noun}:1",
        "sequence": 1,
        "epoch": 1,
        "area": area,
        "audience": "area",
        "causationid": new_id(),
        "correlationid": new_id(),
        "data": {"id": subject, "area": area, **data},
    } | changed


def publish(node: RunningNode, *events: Data, exchange: str = "events.own") -> None:
    with node.amqp() as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for each in events:
            properties = pika.BasicProperties(content_type=CONTENT_TYPE, delivery_mode=2)
            channel.basic_publish(exchange, routing_key(each), json.dumps(each).encode(), properties)


def good(answer: requests.Response) -> Data:
    assert answer.ok, f"{answer.status_code} {answer.text}"
    found: Data = answer.json()
    return found


class World:
    """Makes what a test needs, each thing new, so that tests do not meet."""

    def __init__(self, node: RunningNode) -> None:
        self.node = node
        self.api = "/api/funding"

    def post(
        self, path: str, body: Any = None, role: str = "district_staff", **more: Any
    ) -> requests.Response:
        more.setdefault("now", AFTER)
        return self.node.post(self.api + path, body, role, **more)

    def get(self, path: str, role: str | None = "district_staff") -> Data:
        return good(self.node.get(self.api + path, role))

    def organisation(
        self, *, track: str = "registered", status: str = "active", area: str = STREET, sequence: int = 1,
        subject: str | None = None,
    ) -> str:  # fmt: skip
        """One that the registry tells of; returns when funding knows."""
        identifier = subject or new_id()
        state = {"name": "春雨社工", "track": track, "status": status}
        publish(
            self.node,
            event("registry", "organisation", "approved", identifier, area, state, sequence=sequence),
        )
        return identifier

    def topic(self, status: str = "chosen", *, subject: str | None = None, sequence: int = 1) -> str:
        identifier = subject or new_id()
        state = {"title": "助老", "status": status}
        told = event(
            "needs", "library_item", status, identifier, DISTRICT, state, audience="public", sequence=sequence
        )
        publish(self.node, told)
        return identifier

    def fund(self, yuan: int = 10_000, **changed: Any) -> Data:
        body = {"area": DISTRICT, "name": "福彩公益金", "source": "welfare_lottery", "year": 2026}
        return good(self.post("/funds", body | {"budget_fen": yuan * 100} | changed))

    def balance(self, fund: str) -> tuple[int, int, int]:
        """Budget, committed, paid, after making sure that the ledger says the same."""
        trial = self.get(f"/funds/{fund}/trial-balance")
        assert trial["agrees"], trial
        assert trial["total"] == 0, trial
        found = self.get(f"/funds/{fund}")
        return found["budget_fen"], found["committed_fen"], found["paid_fen"]

    def round(self, *funds: str, opened: bool = True, **changed: Any) -> str:
        body = {
            "area": DISTRICT, "name": "第一届公益创投", "kind": "venture", "year": 2026, "funds": list(funds),
            "criteria": CRITERIA, "threshold": 60, "notice_working_days": 7, "tranches": TRANCHES,
            "opens_at": OPENS, "closes_at": CLOSES,
        }  # fmt: skip
        planned = good(self.post("/rounds", body | changed, now=OPENS))
        if opened:
            good(self.post(f"/rounds/{planned['id']}/opening", now=OPENS))
        return str(planned["id"])

    def submit(self, target: str, organisation: str, yuan: int = 1_000, **changed: Any) -> requests.Response:
        """Tries again while the organisation is on its way, as clients are told to."""
        body = {
            "round": target, "organisation": organisation, "title": "邻里互助", "amount_fen": yuan * 100,
            "beneficiaries_direct": 10, "beneficiaries_indirect": 40,
        }  # fmt: skip
        now = changed.pop("now", DURING)
        more = {name: changed.pop(name) for name in ("role", "headers", "key") if name in changed}

        def attempt() -> requests.Response | None:
            answer = self.post("/applications", body | changed, now=now, **more)
            return None if "Retry-After" in answer.headers else answer

        found: requests.Response = eventually(lambda: [a] if (a := attempt()) is not None else None)[0]
        return found

    def screened(
        self, target: str, *, yuan: int = 1_000, points: tuple[int, ...] = (80,), **changed: Any
    ) -> str:
        """An application that is screened and scored."""
        organisation = changed.pop("organisation", None) or self.organisation()
        identifier: str = good(self.submit(target, organisation, yuan, **changed))["id"]
        assert good(self.post(f"/applications/{identifier}/screening"))["status"] == "screened"
        for number, each in enumerate(points):
            good(self.score(identifier, f"专家{number}", each))
        return identifier

    def score(self, application: str, expert: str, points: int, **changed: Any) -> requests.Response:
        body = {"expert": expert, "scores": {c["name"]: points for c in CRITERIA}} | changed
        return self.post(f"/applications/{application}/scores", body, "expert")

    def noticed(self, target: str) -> Data:
        """Close, rank and put to notice."""
        for step in ("closing", "ranking", "notice"):
            good(self.post(f"/rounds/{target}/{step}"))
        return self.get(f"/rounds/{target}", None)

    def award(self, application: str, **more: Any) -> requests.Response:
        more.setdefault("now", NOTICE_OVER)
        return self.post(f"/applications/{application}/award", {"funds": more.pop("funds", [])}, **more)

    def contract(self, application: str) -> Data:
        body = {"signed_on": "2026-04-21"}
        return good(self.post(f"/applications/{application}/contract", body, now=NOTICE_OVER))

    def project(self, fund: str, *, yuan: int = 1_000, **changed: Any) -> Data:
        """One that is contracted, its first tranche paid."""
        target = self.round(fund, **changed)
        application = self.screened(target, yuan=yuan)
        self.noticed(target)
        good(self.award(application))
        return self.contract(application)

    def evaluated(self, project: Data, phase: str, outcome: str, **changed: Any) -> Data:
        """The event that the evaluation service would publish."""
        data = {"project": project["id"], "organisation": project["organisation"], "phase": phase,
                "outcome": outcome, "score": 80}  # fmt: skip
        return event(
            "evaluation", "phase_evaluation", "concluded", new_id(), project["area"], data, **changed
        )

    def tranches(self, project: str) -> list[str]:
        return [t["status"] for t in self.get(f"/projects/{project}")["tranches"]]
