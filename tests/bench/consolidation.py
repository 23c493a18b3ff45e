"""One clerk consolidates needs through the public API: 88 needs to 42 items, as in Daoli's first round.

    python -m tests.bench.consolidation
    python -m tests.bench.consolidation --needs 88 --items 42 --seed 1

The needs are some of the labelled ones (`tests/data/needs`), of all parts. The clerk looks at what is proposed and
judges by the labels, as a person would by reading the titles: confirms, confirms in part, rejects, and finds by hand
what was not proposed. Each look at one proposal, and each need that is put somewhere by hand, is one decision.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.embedded import Embedded
from tests.bench.search import node_with
from tests.bench.similarity import PARTS, Labelled, labelled
from tests.harness import RunningNode, eventually

DISTRICT = "230102"
LIBRARY = "/api/needs/library"
AT_ONCE = 50  # items in one request
SECONDS = 10  # that a person takes for one decision: our guess, not measured

Data = dict[str, Any]


def chosen(count: int, items: int, seed: int) -> list[Labelled]:
    """Needs of so many labels that are so many together. Raises ValueError where there are no such."""
    kinds = defaultdict(list)
    for part in PARTS:
        for need in labelled(part):
            kinds[need.category, need.label].append(need)
    rng = random.Random(seed)
    for _ in range(20_000):
        drawn = rng.sample(sorted(kinds), items)
        if sum(len(kinds[kind]) for kind in drawn) == count:
            found = [need for kind in drawn for need in kinds[kind]]
            return rng.sample(found, len(found))
    raise ValueError(f"no {items} labels with {count} needs together")


@dataclass
class Clerk:
    """Somebody of the district's staff, who knows by `labels` what belongs together, and how much work it was."""

    node: RunningNode
    area: str
    labels: dict[str, str]
    requests: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    waited: float = 0.0  # seconds for answers
    items: dict[str, str] = field(default_factory=dict)  # of a label

    def work(self) -> None:
        """Until every need is in the item of its label."""
        while self._some_decided(self._groups()):
            pass
        self._by_hand([proposal["needs"][0] for proposal in self._proposals()])

    def _send(self, name: str, send: Callable[..., Any], *args: Any, **more: Any) -> Data:
        self.requests[name] += 1
        begun = time.monotonic()
        answer = send(*args, **more)
        self.waited += time.monotonic() - begun
        assert answer.ok, answer.text
        return dict(answer.json())

    def _post(self, name: str, path: str, body: Data) -> Data:
        return self._send(name, self.node.post, path, body)

    def _proposals(self) -> list[Data]:
        asked = {"area": self.area}
        answer = self._send("look at proposals", self.node.get, "/api/needs/proposals", params=asked)
        return list(answer["proposals"])

    def _groups(self) -> list[Data]:
        return [one for one in self._proposals() if len(one["needs"]) > 1 or one["item"]]

    def _label(self, need: Data) -> str:
        return self.labels[need["id"]]

    def _some_decided(self, proposals: Sequence[Data]) -> bool:
        making: list[Data] = []
        for proposal in proposals:
            needs = [need["id"] for need in proposal["needs"]]
            if proposal["item"]:
                self._judge_for_item(proposal, needs)
                continue
            largest, times = Counter(map(self._label, proposal["needs"])).most_common(1)[0]
            if (
                times == 1
                or largest in self.items
                or any(largest == self.labels[one["sources"][0]] for one in making)
            ):
                self._judge_unfit(proposal, needs, largest)
                continue
            taken = [need for need in needs if self.labels[need] == largest]
            self.decisions["confirmed" if taken == needs else "confirmed in part"] += 1
            making.append(self._item(proposal["needs"], taken, proposal["title"], needs))
        self._make(making)
        return bool(proposals)

    def _judge_for_item(self, proposal: Data, needs: Sequence[str]) -> None:
        item = proposal["item"]
        taken = [need for need in needs if self.items.get(self.labels[need]) == item]
        if not taken:
            self._reject(needs, item)
            return
        self.decisions["confirmed" if taken == needs else "confirmed in part"] += 1
        self._post("take into an item", f"{LIBRARY}/{item}/sources", {"sources": taken, "proposed": needs})

    def _judge_unfit(self, proposal: Data, needs: Sequence[str], label: str) -> None:
        """Nothing of it is to be made: all are different, or of what there is an item for."""
        if label not in self.items or len(set(map(self._label, proposal["needs"]))) == len(needs):
            self._reject(needs, None)
            return
        taken = [need for need in needs if self.labels[need] == label]
        self.decisions["put to its kind by hand"] += 1
        path = f"{LIBRARY}/{self.items[label]}/sources"
        self._post("take into an item", path, {"sources": taken, "proposed": needs})

    def _reject(self, needs: Sequence[str], item: str | None) -> None:
        self.decisions["rejected"] += 1
        body = {"area": self.area, "needs": needs, "item": item, "reasons": "诉求不同"}
        self._post("reject", "/api/needs/proposals/rejection", body)

    def _item(self, needs: Sequence[Data], taken: Sequence[str], title: str, proposed: Sequence[str]) -> Data:
        about = next(need for need in needs if need["id"] == taken[0])
        return {
            "area": self.area, "title": title, "category": about["category"], "group": about["group"],
            "sources": list(taken), "proposed": list(proposed), "generated": True,
        }  # fmt: skip

    def _make(self, making: Sequence[Data]) -> None:
        for start in range(0, len(making), AT_ONCE):
            some = making[start : start + AT_ONCE]
            made = self._post("make items", f"{LIBRARY}/several", {"items": some})["items"]
            self.items |= {self.labels[item["sources"][0]]: item["id"] for item in made}

    def _by_hand(self, rest: Sequence[Data]) -> None:
        """What is alone: a person who reads the list sees what belongs together all the same."""
        making: dict[str, Data] = {}
        for need in rest:
            label = self._label(need)
            if label in making:
                self.decisions["put to its kind by hand"] += 1
                making[label]["sources"].append(need["id"])
            elif label in self.items:
                self.decisions["put to its kind by hand"] += 1
                path = f"{LIBRARY}/{self.items[label]}/sources"
                self._post("take into an item", path, {"sources": [need["id"]]})
            else:
                self.decisions["alone"] += 1
                making[label] = self._item([need], [need["id"]], need["title"], [])
        self._make(list(making.values()))


def collect(node: RunningNode, needs: Sequence[Labelled], area: str | None = None) -> dict[str, str]:
    """Record the needs, each in its community or in `area`; the label of each by its id."""
    labels = {}
    for need in needs:
        body = {
            "area": area or need.area, "title": need.title, "description": need.description or None,
            "category": need.category, "group": need.group or None, "source": "survey",
            "received_on": "2025-06-01", "generated": True,
        }  # fmt: skip
        answer = node.post("/api/needs/needs", body, now="2025-06-10T10:00:00+08:00")
        assert answer.status_code == 201, answer.text
        labels[answer.json()["id"]] = f"{need.category} {need.label}"
    return labels


def consolidate(node: RunningNode, needs: Sequence[Labelled], area: str, at: str | None = None) -> Clerk:
    """Let a clerk work through the needs, and check what came of them."""
    clerk = Clerk(node, area, collect(node, needs, at))
    seen = {"area": area}
    eventually(
        lambda: node.get("/api/needs/proposals", params=seen).json()["looked_at"] == len(needs),
        what="the needs are known",
    )
    clerk.work()
    eventually(lambda: figures(node, area)["merged"] == len(needs), what="each need says where it is")
    found = defaultdict(set)
    for need, label in clerk.labels.items():
        found[label].add(node.get(f"/api/needs/needs/{need}").json()["item"])
    assert all(len(items) == 1 for items in found.values()), found
    assert figures(node, area)["library"] == len(found)
    return clerk


def figures(node: RunningNode, area: str) -> Data:
    return dict(node.get("/api/needs/figures", None, params={"area": area}).json())


def report(clerk: Clerk, needs: int) -> str:
    requests, decisions = clerk.requests.total(), clerk.decisions.total()
    lines = [f"{needs} needs, {len(clerk.items)} items, every need in the item of its label"]
    lines.append(
        f"{decisions} decisions: " + ", ".join(f"{n} {name}" for name, n in clerk.decisions.most_common())
    )
    lines.append(
        f"{requests} requests: " + ", ".join(f"{n} {name}" for name, n in clerk.requests.most_common())
    )
    lines.append(f"waited {clerk.waited:.1f} s for answers")
    lines.append(f"at {SECONDS} s for each decision: {decisions * SECONDS / 60:.0f} minutes of one person")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="One clerk consolidates needs through the API.")
    parser.add_argument("--needs", type=int, default=88)
    parser.add_argument("--items", type=int, default=42)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    needs = chosen(given.needs, given.items, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        embedded = Embedded(Path(folder) / "embedded")
        embedded.start()
        try:
            with node_with(embedded, Path(folder) / "node", ["needs"]) as node:
                node.start()
                print(report(consolidate(node, needs, DISTRICT), len(needs)))  # noqa: T201
        finally:
            embedded.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
