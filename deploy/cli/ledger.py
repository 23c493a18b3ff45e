"""`hatchery ledger`: are the ledgers of a node's funds sound?"""

from __future__ import annotations

import typer

from deploy.cli.common import Area, group
from deploy.home import Home

app = group("Ledgers of funds 台账.")


@app.callback()
def ledger() -> None:
    """Ledgers of funds 台账."""


@app.command("verify")
def verify(area: Area) -> None:
    """Compute the ledgers of all funds that a node owns anew, with the hashes of their closed days.

    Changes nothing. Exits with 1 where one does not add up, or is not as it was closed.
    """
    # Late: the store's driver is a second of loading that other commands need not wait for.
    from deploy import ledger as looking

    raise typer.Exit(looking.verify(Home.here(), area, say=typer.echo))
