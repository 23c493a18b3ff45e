"""`hatchery subscriber`: other systems that subscribe to a node's events."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from deploy import subscribers
from deploy.cli.common import Area, DryRun, Json, console, group
from deploy.home import Home
from deploy.places import own_place

Name = Annotated[str, typer.Argument(help="lower-case letters, digits and -")]

app = group("Other systems that subscribe to a node's events.")


@app.command("add")
def subscriber_add(
    area: Area,
    name: Name,
    binding: Annotated[
        list[str] | None,
        typer.Option(help="routing pattern, e.g. 'registry.organisation.#'; may be repeated"),
    ] = None,
    max_length: Annotated[
        int, typer.Option(min=1, help="messages that may wait before the oldest give way")
    ] = subscribers.MAX_LENGTH,
    log: Annotated[bool, typer.Option("--log", help="may also read the stream of all events")] = False,
    dry_run: DryRun = False,
) -> None:
    """Give another system a queue and a user of its own; prints its URI, this one time only.

    Run again with other patterns it replaces the old ones; the password stays.
    """
    uri = subscribers.add(
        own_place(Home.here(), area),
        area,
        name,
        tuple(binding or ["#"]),
        max_length,
        log=log,
        dry_run=dry_run,
        say=typer.echo,
    )
    typer.echo(f"queue sub.{name} of at most {max_length} messages: {', '.join(binding or ['#'])}")
    if uri:
        typer.echo(uri)
    elif not dry_run:
        typer.echo(f"its password is unchanged (hatchery subscriber rotate {area} {name} replaces it)")


@app.command("rotate")
def subscriber_rotate(
    area: Area,
    name: Name,
    disconnect: Annotated[
        bool, typer.Option("--disconnect", help="end its connections now: others know the password")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Give a subscriber a new password; prints its URI, this one time only.

    Who is connected reads on, and its queue keeps what comes until it is back with the new password.
    """
    place = own_place(Home.here(), area)
    subscribers.check_known(place, area, name)
    typer.echo(f"new password of user {subscribers.user_of(area, name)}")
    if disconnect:
        typer.echo("end its connections")
    if not dry_run:
        typer.echo(subscribers.rotate(place, area, name, disconnect=disconnect))


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
def subscriber_remove(area: Area, name: Name, dry_run: DryRun = False) -> None:
    """Delete a subscriber's user and queue, with what waits in it."""
    place = own_place(Home.here(), area)
    for line in subscribers.remove(place, area, name, dry_run=dry_run):
        typer.echo(line)
