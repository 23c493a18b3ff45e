"""A round under kill -9: the funding service is killed in the middle of every step and at rest in every stage.

    python -m tests.faults.rounds_under_kills --kills 2

Starts a broker, a store and a district of its own in a temporary folder. A purchase of ten stages is run twice by the
same steps: once in peace, once with the service killed `--kills` times in mid command at each step (at a random moment
of the time that the step took in peace; the request is then sent again with its Idempotency-Key) and once more when
nothing is under way. Ends with 0 only where the round goes on where it was and both runs came to the same: the same
stages, records, events, money. Takes minutes, so the large form is run by hand; the tests do a part of it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from pymongo import MongoClient

import deploy.scenarios
from tests.faults.alone import alone
from tests.harness import RunningNode, eventually
from tests.services.funding import world as w
from tests.services.funding.world import World, good

Data = dict[str, Any]
SCHEME = Path(deploy.scenarios.__path__[0]) / "schemes" / "purchase-ten-stages.json"
LATER = "2026-06-30T09:00:00+08:00"
API = "/api/funding"
PATIENCE = 120.0  # seconds for a step whose service is being started again


@dataclass
class Row:
    """What happened in one stage."""

    stage: str
    steps: int = 0
    kills: int = 0  # in mid command
    cut: int = 0  # of these, requests that got no answer
    rests: int = 0  # kills when nothing was under way
    stayed: int = 0  # of these, after which the round and all its records were as before


@dataclass
class Run:
    """One round and what came of it."""

    events: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    stages: list[str] = field(default_factory=list)
    balance: tuple[int, int, int] = (0, 0, 0)
    gaps: list[str] = field(default_factory=list)  # records whose events do not count 1, 2, 3 ...
    rows: dict[str, Row] = field(default_factory=dict)


class Player:
    """Runs the steps of a round. With a `chance` it kills the service in the middle of each."""

    def __init__(
        self, node: RunningNode, kills: int = 0, chance: random.Random | None = None,
        took: dict[str, float] | None = None,
    ) -> None:  # fmt: skip
        self.node, self.kills, self.chance = node, kills if chance else 0, chance
        self.took = {} if took is None else took  # seconds of each step in peace
        self.world = World(node)
        self.stage = "-"
        self.run = Run()
        self.seen: list[str] = []  # paths that show the state of the round

    def at(self, stage: str) -> None:
        """Come to a stage; before that, kill the service where nothing is under way in the one that is left."""
        if self.chance and self.seen:
            row = self._row()
            before = self._state()
            self.node.kill("funding")
            row.rests += 1
            row.stayed += self._state() == before
        self.stage = stage

    def step(self, name: str, path: str, body: Any = None, role: str = "district_staff", **more: Any) -> Data:
        """Send a request, cut off where this run kills, until it is answered; all with one key."""
        row, key = self._row(), uuid.uuid4().hex
        row.steps += 1

        def send() -> requests.Response:
            sent = {"data": more["data"]} if "data" in more else {"json": body}
            rest = {k: v for k, v in more.items() if k != "data"}
            return self.node.request("POST", API + path, role, key=key, **sent, **rest)

        for _ in range(self.kills):
            row.kills += 1
            row.cut += not self._cut_off(send, self.took.get(name, 0.1))
        started = time.monotonic()
        answer = eventually(lambda: self._answered(send), within=PATIENCE, what=name)[0]
        if not self.chance:
            self.took[name] = time.monotonic() - started
        return good(answer)

    def _cut_off(self, send: Callable[[], requests.Response], took: float) -> bool:
        """Whether there was a good answer although the service was killed meanwhile."""
        answers: list[bool] = []

        def attempt() -> None:
            with contextlib.suppress(requests.RequestException):
                answers.append(send().ok)

        self._look(self.seen[0] if self.seen else "/figures?area=230102")  # it is up
        sending = threading.Thread(target=attempt)
        sending.start()
        assert self.chance is not None
        time.sleep(self.chance.uniform(0, took))  # the moment of the kill, not a wait for anything
        self.node.kill("funding")
        sending.join()
        return answers == [True]

    @staticmethod
    def _answered(send: Callable[[], requests.Response]) -> list[requests.Response] | None:
        answer = send()
        again = answer.status_code >= 500 or "Retry-After" in answer.headers
        return None if again else [answer]

    def _look(self, path: str) -> Data:
        def look() -> list[Data] | None:
            answer = self.node.get(API + path)
            return [answer.json()] if answer.ok else None

        found: Data = eventually(look, within=PATIENCE, what=path)[0]
        return found

    def _state(self) -> list[Data]:
        return [self._look(path) for path in self.seen]

    def _row(self) -> Row:
        return self.run.rows.setdefault(self.stage, Row(self.stage))


def play(player: Player) -> Run:
    """A purchase of ten stages from its scheme to its end."""
    step, world = player.step, player.world
    scheme = json.loads(SCHEME.read_text(encoding="utf-8"))
    scheme["terms"]["panel"] |= {"experts": None, "missing": "present"}  # panels have tests of their own
    player.at("planning")
    fund = step("fund", "/funds", {"area": w.DISTRICT, "name": "预算", "source": "budget", "year": 2026,
                                   "budget_fen": 10_000_000}, now=w.OPENS)["id"]  # fmt: skip
    by = step("scheme", "/schemes", {"area": w.DISTRICT} | scheme, now=w.OPENS)["id"]
    round_ = step("plan", f"/schemes/{by}/rounds", {
        "area": w.DISTRICT, "name": "政府购买服务", "year": 2026, "funds": [fund], "opens_at": w.OPENS,
        "closes_at": w.CLOSES}, now=w.OPENS)["id"]  # fmt: skip
    path = f"/rounds/{round_}"
    player.seen = [path, f"/funds/{fund}", f"/applications?round={round_}", f"/projects?round={round_}"]

    def move(now: str) -> Data:
        # The stage that was left is part of the name: each move does something else, and takes its own time.
        return step(f"leave {player.stage}", f"{path}/next-stage", now=now)

    move(w.OPENS)
    player.at("needs_call")
    move(w.OPENS)
    player.at("needs_sorting")
    topic = world.topic()
    eventually(lambda: _knows(player, topic), within=PATIENCE, what="the topic")
    move(w.OPENS)
    player.at("projects_call")
    draft = step("draft", "/drafts", {"round": round_, "external": {"name": "某物业公司",
                 "credit_code": "91230102MA1CX00A07"}}, now=w.DURING)["id"]  # fmt: skip
    player.seen.append(f"/drafts/{draft}")
    step("write", f"/drafts/{draft}/versions", {"based_on": 0, "content": {
        "title": "助餐", "amount_fen": 5_000_000, "topic": topic, "answers": {"service_plan": "送餐" * 30}}},
        now=w.DURING)  # fmt: skip
    step("attach", f"/drafts/{draft}/attachments?field=licence", data=b"%PDF-1.7 licence", now=w.DURING,
         headers={"Content-Type": "application/pdf"})  # fmt: skip
    application = step("submit", f"/drafts/{draft}/submission", now=w.DURING)["id"]
    player.seen.append(f"/applications/{application}")
    move(w.AFTER)
    player.at("screening")
    step("screen", f"/applications/{application}/screening", now=w.AFTER)
    decision = {"passed": True, "reasons": "材料齐全"}
    step("decide", f"/applications/{application}/screening/decision", decision, now=w.AFTER)
    move(w.AFTER)
    player.at("review")
    scores = {c["name"]: 80 for c in scheme["terms"]["criteria"]}
    step(
        "score",
        f"/applications/{application}/scores",
        {"expert": "甲", "scores": scores},
        "expert",
        now=w.AFTER,
    )
    step("rank", f"{path}/ranking", now=w.AFTER)
    move(w.AFTER)
    player.at("notice")
    step("award", f"/applications/{application}/award", {"funds": []}, now=w.NOTICE_OVER)
    move(w.NOTICE_OVER)
    player.at("optimisation")
    move(LATER)
    player.at("contract")
    project = step(
        "contract", f"/applications/{application}/contract", {"signed_on": "2026-06-30"}, now=LATER
    )["id"]
    move(LATER)
    player.at("monitoring")
    move(LATER)
    player.at("evaluation")
    step("stop", f"/projects/{project}/stop", {"reasons": "到期"}, now=LATER)
    move(LATER)
    player.at("finished")
    player.run.stages = [each["stage"] for each in player._look(path)["course"]]
    player.run.balance = world.balance(fund)
    _count(player, {round_, by, fund})
    return player.run


def _knows(player: Player, topic: str) -> bool:
    with _database(player.node) as database:
        return bool(database["known_topics"].find_one({"_id": topic}))


def _count(player: Player, roots: set[str]) -> None:
    """What is stored and what was told of a round, its scheme and its fund, and of all that belongs to them."""
    run = player.run
    (round_,) = [one for one in roots if f"/rounds/{one}" in player.seen]
    with _database(player.node) as database:
        ids = set(roots)
        for kind in ("drafts", "attachments", "applications", "projects", "contracts"):
            found = [each["_id"] for each in database[kind].find({"round": round_}, {"_id": 1})]
            run.records[kind] = len(found)
            ids |= set(found)
        run.records["files"] = database["files.files"].count_documents({"_id": {"$in": list(ids)}})
        fund = next(iter(roots - {round_} - {s["_id"] for s in database["schemes"].find({}, {"_id": 1})}))
        run.records["ledger"] = database["ledger_entries"].count_documents({"fund": fund})
        run.records["scores"] = sum(
            len(a["scores"]) for a in database["applications"].find({"round": round_}, {"scores": 1})
        )
        eventually(lambda: _all_told(database), within=PATIENCE, what="all told")
        told: dict[str, list[int]] = {}
        for sent in database["sent_events"].find({"envelope.subject": {"$in": list(ids)}}, {"envelope": 1}):
            envelope = sent["envelope"]
            run.events[envelope["type"]] += 1
            told.setdefault(envelope["subject"], []).append(envelope["sequence"])
        run.gaps = [
            one for one in ids if sorted(told.get(one, [])) != list(range(1, len(told.get(one, [])) + 1))
        ]


def _all_told(database: Any) -> bool:
    kinds = ("rounds", "funds", "schemes", "drafts", "attachments", "applications", "projects", "contracts")
    return not any(database[kind].count_documents({"outbox.0": {"$exists": True}}) for kind in kinds)


@contextmanager
def _database(node: RunningNode) -> Iterator[Any]:
    client: MongoClient[Data] = MongoClient(node.embedded.addresses.store_uri)
    try:
        yield client[f"{node.vhost}_".replace("-", "_") + f"{node.area}_funding"]
    finally:
        client.close()


def faults(peace: Run, killed: Run) -> list[str]:
    """What differs between the two runs; nothing where no kill was noticed."""
    found = [f"{one} has gaps in what was told of it" for run in (peace, killed) for one in run.gaps]
    pairs = {"events": (peace.events, killed.events), "records": (peace.records, killed.records)}
    for what, (wanted, got) in pairs.items():
        found += [
            f"{what}: {got[k]} of {k} instead of {wanted[k]}" for k in wanted | got if wanted[k] != got[k]
        ]
    if peace.stages != killed.stages:
        found.append(f"stages {killed.stages}")
    if peace.balance != killed.balance:
        found.append(f"money {killed.balance} instead of {peace.balance}")
    found += [
        f"{row.stage}: another state after a kill at rest"
        for row in killed.rows.values()
        if row.stayed < row.rests
    ]
    return found


def trial(node: RunningNode, kills: int, chance: random.Random) -> tuple[Run, Run]:
    """The same round in peace and under kills."""
    peaceful = Player(node)
    peace = play(peaceful)
    return peace, play(Player(node, kills, chance, peaceful.took))


def main() -> int:
    parser = argparse.ArgumentParser(description="A round under kill -9.")
    parser.add_argument("--kills", type=int, default=2, help="in mid command, at each step")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with alone(["funding"], w.DISTRICT) as node:
        peace, killed = trial(node, given.kills, random.Random(given.seed))
    say = sys.stdout.write
    say(f"{'stage':<15} steps  killed in mid command  no answer  killed at rest  as before\n")
    for row in killed.rows.values():
        say(
            f"{row.stage:<15} {row.steps:>5} {row.kills:>22} {row.cut:>10} {row.rests:>15} {row.stayed:>10}\n"
        )
    say(f"stages {' '.join(killed.stages)}\n")
    say(f"records {dict(killed.records)}, money in fen (budget, committed, paid) {killed.balance}\n")
    say(
        f"events {sum(killed.events.values())} of {len(killed.events)} types, in peace {sum(peace.events.values())}\n"
    )
    wrong = faults(peace, killed)
    for line in wrong:
        say(f"wrong: {line}\n")
    say("nothing lost, nothing doubled\n" if not wrong else f"{len(wrong)} faults\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
