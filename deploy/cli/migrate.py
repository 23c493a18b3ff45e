"""`hatchery migrate`: stored records, to the form of this version."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from deploy import migrate
from deploy.cli.common import Area, DryRun, console
from deploy.home import Home
from shared.store import migrations

EVERY = 5.0  # seconds between two plain lines


def run(
    area: Area,
    service: Annotated[
        list[str] | None, typer.Option(help="only this one; may be repeated; default: all of the node")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="records that are changed at once")] = migrations.BATCH,
    dry_run: DryRun = False,
) -> None:
    """Bring a node's stored records to the form of this version.

    Services go on running meanwhile, of this version and of the one before. Interrupted or killed, the next run
    goes on where this one was; when all is done, a further run changes nothing. Exits with 1 where an older version
    has written records in their older form meanwhile.
    """
    with _watching() as watch:
        code = migrate.migrate(
            Home.here(), area, service or (), dry_run=dry_run, batch=batch, say=typer.echo, watch=watch
        )
    raise typer.Exit(code)


@contextmanager
def _watching() -> Iterator[migrate.Watch]:
    """A bar for each collection on a terminal, a line now and then elsewhere."""
    out = console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=out, disable=not out.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}
        told = time.monotonic()

        def show(service: str, progress: migrations.Progress) -> None:
            nonlocal told
            name = f"{service} {progress.collection}"
            if name not in tasks:
                tasks[name] = bar.add_task(name)
            bar.update(tasks[name], completed=progress.changed, total=progress.total)
            if not out.is_terminal and time.monotonic() - told >= EVERY:
                told = time.monotonic()
                typer.echo(f"{name}: {progress.changed} of {progress.total}")

        yield show
