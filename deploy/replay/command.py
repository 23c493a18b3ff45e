"""`hatchery replay FILE`: replay a scenario and compare what the platform counts with what was published."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from deploy import background, nodes
from deploy.home import Home
from deploy.replay import figures, progress, session
from deploy.replay.running import WORKERS
from deploy.trouble import ATTENTION, DONE, EXIT_CODES, UNREACHABLE, Trouble
from deploy.wish import Wish
from shared import areas
from shared.node import SERVICES

ANSWER = 15.0  # seconds that the district's node has to answer at the start


def main(arguments: list[str]) -> int:
    """Exit code 0 when every figure is equal, 1 when one differs. Raises Trouble."""
    given = _parser().parse_args(arguments)
    home = Home(given.home) if given.home else Home.here()
    console = Console() if sys.stdout.isatty() else Console(width=160)
    path = session.find(given.file)
    data = session.read(path)
    if data["district"] not in home.nodes() and not given.no_start:
        bring_up(home, data["district"], console)
    replay = session.prepare(home, data, seed=given.seed, at=given.node, addresses=dict(given.url))
    console.print(
        f"{data['title']['zh'] if data['title'] else data['scenario']}: {replay.steps} steps", highlight=False
    )
    if not replay.client.reaches(data["district"], ANSWER):
        raise Trouble(
            f"node {data['district']} does not answer: start it (hatchery node run {data['district']}), "
            "or the demonstration (hatchery demo)",
            UNREACHABLE,
        )
    label = data["scenario"]
    with progress.shown(console, {label: replay.steps}) as advance:
        replay.replay(lambda more: advance(label, more), given.workers)
    console.print(
        f"{replay.client.sent} requests, {replay.client.retries} tried again; waiting for the figures"
    )
    equal = replay.settle(quiet=given.quiet)
    console.print(figures.table(replay.compared, f"Figures 数据: {label}"))
    if given.json:
        figures.write(given.json, replay.compared)
    return DONE if equal else ATTENTION


def bring_up(home: Home, district: str, console: Console) -> None:
    """A node of its own, with all services, for a district that has none here."""
    if not areas.divisions(district):
        raise Trouble(f"no code list of {district} is installed (shared/data/divisions)")
    console.print(f"no node {district} {areas.name(district)} in {home.path}: starting one with all services")
    background.start_embedded(home)
    nodes.add(home, Wish(district, services=SERVICES, clock="request"), dry_run=False, say=lambda _: None)
    background.start_node(home, district)
    background.wait_listening(home, district)
    background.wait_ready([home.node(district)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hatchery replay", description=__doc__, epilog=EXIT_CODES)
    parser.add_argument("file", help="a scenario (docs/scenarios.md), or the name of one that comes along")
    parser.add_argument("--home", type=Path, help="the nodes' home folder; default: HATCHERY_HOME or .run")
    parser.add_argument("--node", metavar="AREA", help="whose node counts; default: the district's")
    parser.add_argument("--seed", type=int, help="make other single items with the same totals")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the comparison there")
    parser.add_argument("--workers", type=int, default=WORKERS, help="requests at once (default %(default)s)")
    parser.add_argument(
        "--quiet", type=float, default=figures.QUIET, metavar="SECONDS",
        help="give up on figures that have not moved for so long (default %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--url", type=_address, action="append", default=[], metavar="AREA=URL",
        help="reach a node there, not where its description says; may be repeated",
    )  # fmt: skip
    parser.add_argument("--no-start", action="store_true", help="never start a node for the district")
    return parser


def _address(text: str) -> tuple[str, str]:
    area, _, url = text.partition("=")
    if not areas.is_area(area) or urlsplit(url).scheme not in ("http", "https"):
        raise argparse.ArgumentTypeError("AREA=http://host:port")
    return area, url.rstrip("/")
