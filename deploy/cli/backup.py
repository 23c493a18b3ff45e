"""`hatchery backup` and `hatchery restore`: one node to one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy.backup import archive, make, restore
from deploy.cli.common import Area, DryRun, console, moment
from deploy.home import Home
from deploy.trouble import Trouble
from deploy.wish import Wish

Since = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="RFC 3339, with its offset: 2026-03-01T08:00:00+08:00"),
]


def backup(
    area: Area,
    to: Annotated[Path, typer.Option(help="the file to write; one that is there is replaced")],
    dry_run: DryRun = False,
) -> None:
    """Write a node to one file while it runs: databases, keys, description, and the broker's definitions.

    The file is there when it is whole, or not at all. It holds personal data and the node's private key.
    """
    raise typer.Exit(make.make(Home.here(), area, to, dry_run=dry_run, say=typer.echo, console=console()))


def restore_node(
    file: Annotated[Path, typer.Argument(help="a backup", metavar="FILE")],
    yes: Annotated[bool, typer.Option(help="really delete what the node's databases hold now")] = False,
    since: Since = None,
    broker: Annotated[
        str | None, typer.Option(envvar="HATCHERY_BROKER", help="AMQP URI, where it is another one now")
    ] = None,
    broker_admin: Annotated[
        str | None, typer.Option(envvar="HATCHERY_BROKER_ADMIN", help="its management URL, as administrator")
    ] = None,
    store: Annotated[
        str | None, typer.Option(envvar="HATCHERY_STORE", help="MongoDB URI, where it is another one now")
    ] = None,
    parent_broker: Annotated[
        str | None, typer.Option(envvar="HATCHERY_PARENT_BROKER", help="to set the link up anew")
    ] = None,
    parent_broker_admin: Annotated[
        str | None, typer.Option(envvar="HATCHERY_PARENT_BROKER_ADMIN", help="its management URL")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Bring a stopped node back to what a backup holds. Killed at any point, run it again.

    `--dry-run` reads the whole file and says whether it is sound. `--since`: others send again what they sent
    since then; by default since a day before the backup. What was lost: `hatchery node lost AREA`.
    """
    if not (yes or dry_run):
        raise Trouble("this deletes what the node's databases hold now: add --yes, or --dry-run to see")
    with archive.opened(file) as found:
        wish = Wish(
            found.manifest.area,
            broker=broker,
            broker_admin=broker_admin,
            store=store,
            parent_broker=parent_broker,
            parent_broker_admin=parent_broker_admin,
        )
        code = restore.restore(
            Home.here(),
            found,
            wish,
            since=moment(since) if since else None,
            dry_run=dry_run,
            say=typer.echo,
            console=console(),
        )
    raise typer.Exit(code)
