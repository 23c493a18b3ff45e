"""Clients race for the last yuan of a fund while the funding service is killed with kill -9.

    python -m tests.faults.ledger_race --trials 50 --clients 16 --kill-each 5

Starts a broker, a store and a district of its own in a temporary folder. In each trial so many proposed applications
of one yuan each are awarded at the same time out of a fund that has one yuan left; each client repeats its request with
the same key until it is answered, as clients are told to. In each fifth trial the service is killed meanwhile. Ends
with 0 only where in each trial exactly one award was made and told once, the fund is not overdrawn, its ledger is sound
and adds up to nought. The tests do the same with few clients.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests
from pymongo import MongoClient

from tests.faults.alone import alone
from tests.harness import RunningNode, eventually
from tests.services.funding import world as w
from tests.services.funding.world import World, good

AREA = "230102"
LONGEST = 300.0  # seconds that a client goes on asking
PASSING = (409, 502, 503, 504)  # with Retry-After or a dead service: ask again

Data = dict[str, Any]


@dataclass
class Figures:
    """What came of trials, summed up; a trial in which anything is `wrong` says so in a line."""

    trials: int = 0
    kills: int = 0
    requests: int = 0
    repeated: int = 0  # requests that got no final answer and were sent again
    made: int = 0  # awards
    refused: int = 0
    seconds: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Race:
    """Trials at one node, with the same applicants in each."""

    def __init__(self, node: RunningNode, clients: int, chance: random.Random) -> None:
        self.node, self.chance, self.world = node, chance, World(node)
        self.applicants = [self.world.organisation(area=AREA) for _ in range(clients)]
        self.figures = Figures()

    def trial(self, *, kill: bool) -> None:
        clients = len(self.applicants)
        fund = self.world.fund(clients)["id"]
        target = self.world.round(fund)
        several = [self.world.screened(target, yuan=1, organisation=one) for one in self.applicants]
        assert len(self.world.noticed(target)["proposed"]) == clients
        less = {"change_fen": 100 - clients * 100, "reasons": "只剩一元"}
        good(self.world.post(f"/funds/{fund}/amendments", less, now=w.NOTICE_OVER))
        started = time.monotonic()
        with ThreadPoolExecutor(clients) as pool:
            racing = [pool.submit(self._award, each) for each in several]
            if kill:
                time.sleep(self.chance.uniform(0.0, 0.25))  # anywhere within the race
                self.node.kill("funding")
                self.figures.kills += 1
            answers = [one.result() for one in racing]
        self.figures.seconds += time.monotonic() - started
        self.figures.trials += 1
        self.figures.answers.update(answers)
        self._judge(fund, several, answers)

    def _award(self, application: str) -> str:
        """How the award was answered in the end: `made`, or the code of the refusal."""
        headers = {
            "Authorization": f"Bearer {self.node.token('district_staff')}",
            "Idempotency-Key": str(uuid.uuid4()),
            "Hatchery-Now": w.NOTICE_OVER,
        }
        url = f"{self.node.url}/api/funding/applications/{application}/award"

        def attempt() -> str | None:
            self.figures.requests += 1
            try:
                answer = requests.post(url, json={}, headers=headers, timeout=30)
            except requests.RequestException:
                answer = None
            if answer is None or answer.status_code in PASSING:
                self.figures.repeated += 1
                return None
            return "made" if answer.ok else str(answer.json()["type"].rsplit(":", 1)[-1])

        return str(eventually(attempt, within=LONGEST, what="an answer"))

    def _judge(self, fund: str, several: list[str], answers: list[str]) -> None:
        """Compare what clients were told with what applications, fund, ledger and events say."""
        path = f"/funds/{fund}"
        found, checked = self._get(path), self._get(f"{path}/verification")
        trial = self._get(f"{path}/trial-balance")
        entries = self._get(f"{path}/ledger")["items"]
        awarded = [one for one in several if self._get(f"/applications/{one}")["status"] == "awarded"]
        committed = [one["reference"] for one in entries if one["movement"] == "commitment"]
        eventually(lambda: self._events(several)[1] == 0, within=LONGEST, what="all told")
        told = self._events(several)[0]
        self.figures.made += len(awarded)
        self.figures.refused += answers.count("fund-exhausted")
        sound = {
            "one award": len(awarded) == 1,
            "as the clients were told": answers.count("made") == 1
            and answers.count("fund-exhausted") == len(several) - 1,
            "one commitment, for it": committed == awarded,
            "not overdrawn": found["committed_fen"] == found["budget_fen"] == 100,
            "ledger sound": checked["sound"] and trial["total"] == 0,
            "told once": told == Counter(awarded),
        }
        wrong = [name for name, holds in sound.items() if not holds]
        if wrong:
            self.figures.wrong.append(
                f"trial {self.figures.trials}: not {', '.join(wrong)}; {answers} {awarded} {committed} {told}"
            )

    def _get(self, path: str) -> Data:
        """Asked again while the service is being started."""

        def look() -> Data | None:
            answer = self.node.get(f"/api/funding{path}")
            return dict(answer.json()) if answer.ok else None

        return dict(eventually(look, within=LONGEST, what=path))

    def _events(self, several: list[str]) -> tuple[Counter[str], int]:
        """Events of awards by application, and how many records still have something to tell."""
        client: MongoClient[Data] = MongoClient(self.node.embedded.addresses.store_uri)
        with client:
            store = client[f"{self.node.vhost}_".replace("-", "_") + f"{self.node.area}_funding"]
            about = {"envelope.type": "funding.application.awarded", "envelope.subject": {"$in": several}}
            sent = Counter(str(one["envelope"]["subject"]) for one in store["sent_events"].find(about))
            waiting = {"_id": {"$in": several}, "outbox.0": {"$exists": True}}
            return sent, store["applications"].count_documents(waiting)


def shown(found: Figures, clients: int) -> str:
    rows = [
        ("trials, each for the last yuan", found.trials),
        ("clients in each", clients),
        ("kill -9 of the funding service meanwhile", found.kills),
        ("requests", found.requests),
        ("of these repeated with the same key", found.repeated),
        ("awards made", found.made),
        ("refused as the fund is exhausted", found.refused),
        ("trials in which anything is wrong", len(found.wrong)),
        ("seconds of racing", round(found.seconds, 1)),
    ]
    return "\n".join(f"{name:<44}{value:>10}" for name, value in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Clients race for the last yuan of a fund.")
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument(
        "--kill-each", type=int, default=5, help="every how many trials the service is killed"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with alone(["funding"], AREA) as node:
        race = Race(node, given.clients, random.Random(given.seed))
        for number in range(given.trials):
            race.trial(kill=number % given.kill_each == given.kill_each - 1)
    sys.stdout.write(shown(race.figures, given.clients) + "\n")
    for line in race.figures.wrong:
        sys.stdout.write(f"wrong: {line}\n")
    return 1 if race.figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
