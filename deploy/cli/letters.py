"""`hatchery letters`: dead, parked and refused messages."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from deploy import letters
from deploy.cli.common import Area, Json, console, group
from deploy.home import Home
from deploy.letters import Kind, Letter
from deploy.places import own_place
from deploy.trouble import Trouble
from shared.node import GATEWAY

app = group("Dead, parked and refused messages: look, send again, drop.")

Service = Annotated[str | None, typer.Argument(help="one service; default: all of the node")]
Parked = Annotated[bool, typer.Option("--parked", help="messages that only a newer version understands")]
Refused = Annotated[bool, typer.Option("--refused", help="messages of children that were not admitted")]
Ids = Annotated[list[str] | None, typer.Option("--id", help="an event's id; may be repeated")]
Every = Annotated[bool, typer.Option("--all", help="all messages there are")]
Limit = Annotated[int, typer.Option(min=1, help="at most so many messages")]


@app.command("list")
def letters_list(
    area: Area,
    service: Service = None,
    parked: Parked = False,
    refused: Refused = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Which messages lie there, and why. They stay as they are."""
    home = Home.here()
    address = own_place(home, area).address
    found: list[Letter] = []
    for queue in _queues(home, area, service, parked, refused):
        found += letters.read(address, queue, limit)
    if as_json:
        typer.echo(
            json.dumps([asdict(letter) for letter in found], ensure_ascii=False, indent=2, default=str)
        )
        return
    if not found:
        typer.echo("none")
        return
    table = Table("queue", "event", "type", "reason", "attempts", "first failed", "detail")
    for one in found:
        table.add_row(
            one.queue, one.event_id, one.type, one.reason, str(one.attempts), one.first_failed, one.detail
        )
    console().print(table)


@app.command("show")
def letters_show(
    area: Area,
    service: Service = None,
    parked: Parked = False,
    refused: Refused = False,
    event: Ids = None,
    limit: Limit = 10,
) -> None:
    """Messages in full, with headers and body, as JSON. They stay as they are."""
    home = Home.here()
    address = own_place(home, area).address
    shown = 0
    for queue in _queues(home, area, service, parked, refused):
        for letter in letters.read(address, queue, limit, event or ()):
            typer.echo(json.dumps(asdict(letter), ensure_ascii=False, indent=2, default=str))
            shown += 1
    if not shown:
        raise Trouble("no such message there")


@app.command("replay")
def letters_replay(
    area: Area,
    service: Annotated[str, typer.Argument(help="the service that gets them again")],
    parked: Parked = False,
    event: Ids = None,
    every: Every = False,
    limit: Limit = 100_000,
) -> None:
    """Send messages to their service again; it recognises what it has applied already.

    Refused messages cannot be replayed: their node has to publish them rightly.
    """
    home = Home.here()
    _check_chosen(event, every)
    queue = _queues(home, area, service, parked, False)[0]
    address = own_place(home, area).address
    count = letters.replay(address, queue, service, limit, event or (), lambda one: _told("replayed", one))
    if event and not count:
        raise Trouble(f"no such message in {queue}")
    typer.echo(f"{count} replayed")


@app.command("drop")
def letters_drop(
    area: Area,
    service: Service = None,
    parked: Parked = False,
    refused: Refused = False,
    event: Ids = None,
    every: Every = False,
    limit: Limit = 100_000,
    yes: Annotated[bool, typer.Option(help="really delete them")] = False,
) -> None:
    """Delete messages for good, printing each."""
    home = Home.here()
    _check_chosen(event, every)
    if not service and not refused:
        raise Trouble("say which service's messages to drop")
    queue = _queues(home, area, service, parked, refused)[0]
    if not yes:
        raise Trouble(f"this deletes messages of {queue} for good: add --yes")
    address = own_place(home, area).address
    count = letters.drop(address, queue, limit, event or (), lambda one: _told("dropped", one))
    if event and not count:
        raise Trouble(f"no such message in {queue}")
    typer.echo(f"{count} dropped")


def _queues(home: Home, area: str, service: str | None, parked: bool, refused: bool) -> list[str]:
    if parked and refused:
        raise Trouble("say either --parked or --refused")
    kind: Kind = "refused" if refused else "parked" if parked else "dead"
    hosted = (GATEWAY, *home.node(area).services)
    if service and service not in hosted:
        raise Trouble(f"node {area} hosts no {service} (it hosts {', '.join(hosted)})")
    if kind == "refused":
        return [letters.queue_of(kind, "")]
    return [letters.queue_of(kind, name) for name in ([service] if service else hosted)]


def _check_chosen(event: list[str] | None, every: bool) -> None:
    if bool(event) == every:
        raise Trouble("say which: --id EVENT_ID, or --all")


def _told(done: str, letter: Letter) -> None:
    typer.echo(f"{done} {letter.event_id or '(no id)'} {letter.type} {letter.reason}".rstrip())
