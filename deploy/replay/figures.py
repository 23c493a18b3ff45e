"""Published figures beside what the platform counts from its own read models."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from deploy.replay.build import Data
from deploy.replay.client import Answer, Client, Refusal
from shared import areas

QUIET = 120.0  # seconds without any change after which no more is to come
PAUSE = 1.0  # seconds between two looks


@dataclass
class Compared:
    """One figure. `counted` is None while the platform has none."""

    district: str
    figure: str
    title: Data
    published: int | float
    unit: str | None
    service: str
    counts: str
    query: Data
    counted: int | float | None = None

    @property
    def equal(self) -> bool:
        return self.counted == self.published

    def take(self, value: Any) -> None:
        """What the service answered, in the unit of the published figure."""
        if self.unit == "yuan" and isinstance(value, int):
            value = value // 100 if value % 100 == 0 else value / 100
        self.counted = value


def wanted(scenario: Data, rounds: Mapping[str, str]) -> list[Compared]:
    """The figures of a scenario; `rounds` are the ids of its rounds by key."""
    found = []
    for entry in scenario["figures"]:
        query = {"area": scenario["district"]} | {name: str(value) for name, value in entry["query"].items()}
        if "round" in query:
            query["round"] = rounds[query["round"]]
        title = entry["figure"]
        label = title["en"] if title["en"] == title["zh"] else f"{title['en']} {title['zh']}"
        found.append(
            Compared(
                scenario["district"], label, title, entry["published"], entry["unit"], entry["service"],
                entry["counts"], query,
            )
        )  # fmt: skip
    return found


def settle(
    client: Client,
    at: str,
    figures: Sequence[Compared],
    *,
    quiet: float = QUIET,
    look: Callable[[int], None] = lambda _: None,
) -> bool:
    """Count again and again until all figures are equal, or nothing has changed for `quiet` seconds.

    `at` is the area whose node is asked; `look` is told how many are equal.
    """
    last: list[int | float | None] = []
    changed = time.monotonic()
    while True:
        count(client, at, figures)
        seen = [figure.counted for figure in figures]
        equal = sum(figure.equal for figure in figures)
        look(equal)
        if equal == len(figures):
            return True
        if seen != last:
            last, changed = seen, time.monotonic()
        elif time.monotonic() - changed >= quiet:
            return False
        time.sleep(PAUSE)


def count(client: Client, at: str, figures: Sequence[Compared]) -> None:
    """Ask each service once for all figures of the same query. Raises Refusal for a figure that none has."""
    answers: dict[tuple[Any, ...], Answer | None] = {}
    for figure in figures:
        asked = (figure.service, *sorted(figure.query.items()))
        if asked not in answers:
            answers[asked] = client.get(at, f"/api/{figure.service}/figures", figure.query)
        answer = answers[asked]
        if answer is None:
            continue
        if figure.counts not in answer:
            known = ", ".join(sorted(answer))
            raise Refusal(
                f"figure {figure.figure!r}: {figure.service} counts {known}, but no {figure.counts}"
            )
        figure.take(answer[figure.counts])


def table(figures: Sequence[Compared], heading: str = "Published figures 公布数据") -> Table:
    found = Table(title=heading)
    found.add_column("district 区", no_wrap=True)
    found.add_column("figure 指标")
    for name in ("published 公布", "counted 平台统计"):
        found.add_column(name, justify="right", no_wrap=True)
    found.add_column("equal? 一致", no_wrap=True)
    previous = None
    for figure in figures:
        if previous not in (None, figure.district):
            found.add_section()
        label = "" if previous == figure.district else f"{figure.district} {areas.name(figure.district)}"
        previous = figure.district
        style = None if figure.equal else "bold red"
        shown = [_shown(value, figure.unit) for value in (figure.published, figure.counted)]
        found.add_row(label, figure.figure, *shown, "yes" if figure.equal else "NO", style=style)
    return found


def write(path: Path, figures: Sequence[Compared]) -> None:
    """The comparison as JSON, put in place in one step."""
    rows = [
        {"district": f.district, "figure": f.figure, "published": f.published, "counted": f.counted}
        for f in figures
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    new.replace(path)


def _shown(value: int | float | None, unit: str | None) -> str:
    if value is None:
        return "-"
    amount = f"{value:,}"
    return {"yuan": f"{amount} yuan", "percent": f"{amount} %", "fen": f"{amount} fen"}.get(
        unit or "", amount
    )
