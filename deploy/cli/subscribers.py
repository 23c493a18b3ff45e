"""`hatchery subscriber`: other systems that subscribe to a node's events."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from deploy import subscribers
from deploy.cli.common import Area, Json, console, group
from deploy.home import Home
from deploy.places import own_place

app = group("Other systems that subscribe to a node's events.")


@app.command("add")
def subscriber_add(
    area: Area,
    name: Annotated[str, typer.Argument(help="lower-case letters, digits and -")],
    binding: Annotated[
        list[str] | None,
        typer.Option(help="routing pattern, e.g. 'registry.organisation.#'; may be repeated"),
    ] = None,
    max_length: Annotated[
        int, typer.Option(min=1, help="messages that may wait before the oldest give way")
    ] = subscribers.MAX_LENGTH,
    log: Annotated[bool, typer.Option("--log", help="may also read the stream of all events")] = False,
    new_password: Annotated[bool, typer.Option("--new-password", help="replace its password")] = False,
) -> None:
    """Give another system a queue and a user of its own; prints its URI, this one time only."""
    uri = subscribers.add(
        own_place(Home.here(), area),
        area,
        name,
        tuple(binding or ["#"]),
        max_length,
        log=log,
        new_secret=new_password,
    )
    typer.echo(f"queue sub.{name} of at most {max_length} messages: {', '.join(binding or ['#'])}")
    typer.echo(uri or "its password is unchanged (--new-password replaces it)")


@app.command("list")
def subscriber_list(area: Area, as_json: Json = False) -> None:
    """Who subscribes to a node's events, and how much waits for them."""
    found = subscribers.list_all(own_place(Home.here(), area), area)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    table = Table("name", "user", "bindings", "waiting", "at most", "consumers")
    for one in found:
        figures = (str(one.waiting), str(one.max_length), str(one.consumers))
        table.add_row(one.name, one.user, ", ".join(one.bindings), *figures)
    console().print(table)


@app.command("remove")
def subscriber_remove(area: Area, name: Annotated[str, typer.Argument()]) -> None:
    """Delete a subscriber's user and queue."""
    subscribers.remove(own_place(Home.here(), area), area, name)
    typer.echo(f"removed {name}")
