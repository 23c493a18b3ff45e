"""`hatchery directory`: is the directory of organisations as the records say?"""

from __future__ import annotations

import typer

from deploy.cli.common import Area, DryRun
from deploy.home import Home


def run(area: Area, dry_run: DryRun = False) -> None:
    """Work the directory of a node's organisations out again from its records.

    Services go on running meanwhile. With --dry-run it is only compared; exits with 1 where something differs. What is
    being written at that moment may be counted as different: run it again.
    """
    # Late: names are read by a dictionary that others need not wait for.
    from deploy import directory

    raise typer.Exit(directory.look_through(Home.here(), area, dry_run=dry_run, say=typer.echo))
