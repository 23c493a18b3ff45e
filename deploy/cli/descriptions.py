"""`hatchery node check` and `hatchery node render`: a node's description, looked through and put to use."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from deploy import check, reach, render, words
from deploy.cli.common import DryRun, Json
from deploy.findings import Finding
from deploy.home import Home
from deploy.render import TARGETS, files
from deploy.trouble import ATTENTION, DONE, REFUSED, Trouble
from shared.node import load

app = typer.Typer()
Told = Annotated[str, typer.Argument(metavar="AREA|FILE", help="a node of this home, or a description file")]


@app.command("check")
def node_check(
    told: Told,
    online: Annotated[
        bool, typer.Option(help="also ask broker, store, link, ports and clocks whether they are there")
    ] = False,
    as_json: Json = False,
) -> None:
    """Explain every fault of a description: the field, what is wrong, and what to do.

    `!` marks a fault, and the command exits with 2; `?` marks what is rarely meant, and it exits with 1.
    """
    home = Home.here()
    file = words.find(home, told)
    read = words.read(file, os.environ)
    found = read if isinstance(read, list) else check.check(read)
    if online and not any(one.level == "fault" for one in found):
        found = [*found, *reach.reach(home, load(file))]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            typer.echo(str(one))
        typer.echo(_sum(file, found, online=online))
    levels = {one.level for one in found}
    raise typer.Exit(REFUSED if "fault" in levels else ATTENTION if levels else DONE)


def _sum(file: Path, found: list[Finding], *, online: bool) -> str:
    faults = sum(one.level == "fault" for one in found)
    if not found:
        return f"{file}: nothing to mend" + (
            "" if online else " (--online also asks broker, store and the like)"
        )
    return f"{file}: {faults} faults, {len(found) - faults} warnings"


@app.command("render")
def node_render(
    told: Told,
    target: Annotated[str, typer.Option(help=f"{', '.join(TARGETS)}")],
    to: Annotated[Path | None, typer.Option(help="the folder to write to")] = None,
    dry_run: DryRun = False,
) -> None:
    """Make the files that deploy a node; prints what to type next. Passwords go into node.env and nowhere else."""
    rendered = render.render(words.read(words.find(Home.here(), told), os.environ), target)
    if dry_run:
        for line in files.shown(rendered):
            typer.echo(line)
        return
    if to is None:
        raise Trouble("--to FOLDER says where the files go; --dry-run prints them")
    files.write(rendered, to, typer.echo)
    for step in rendered.steps:
        typer.echo(f"next: {step.format(folder=to)}")
