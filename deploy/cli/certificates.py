"""`hatchery ca`: a small CA of one's own."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from deploy import certificates
from deploy.cli.common import DryRun, Json, console, group
from deploy.home import Home
from deploy.trouble import ATTENTION, DONE, Trouble
from shared import clock

app = group("A small CA of one's own, for TLS between nodes: certificates issued, renewed, listed.")

Days = Annotated[int, typer.Option(min=1, max=3650, help="how long it is good")]


@app.command("init")
def ca_init(
    name: Annotated[str, typer.Option(help="what others see as the issuer")] = "Hatchery CA",
    days: Days = certificates.CA_DAYS,
    dry_run: DryRun = False,
) -> None:
    """Make the CA in the home folder. Its key can vouch for any host: keep it on one machine, and offline."""
    home = Home.here()
    folder = certificates.authority(home)
    if dry_run:
        typer.echo(f"would make a CA in {folder}")
        return
    certificates.init(home, name, days)
    typer.echo(f"made a CA in {folder}; give its ca.pem to whoever must trust it, its key.pem to nobody")


@app.command("issue")
def ca_issue(
    hosts: Annotated[list[str], typer.Argument(help="host names and IP addresses, as others dial them")],
    name: Annotated[str | None, typer.Option(help="of its folder; default: the first host")] = None,
    days: Days = certificates.DAYS,
    dry_run: DryRun = False,
) -> None:
    """Issue a certificate for one machine; loopback is always in it. Copy its folder to that machine."""
    home = Home.here()
    label = name or hosts[0]
    if dry_run:
        typer.echo(f"would issue {label} for {', '.join(hosts)}, good for {days} days")
        return
    typer.echo(f"issued {certificates.issue(home, label, hosts, days)}")


@app.command("renew")
def ca_renew(
    names: Annotated[list[str] | None, typer.Argument(help="default: all that end within 30 days")] = None,
    days: Days = certificates.DAYS,
    dry_run: DryRun = False,
) -> None:
    """Renew certificates with the same hosts and keys. What serves them takes them up without a restart."""
    home = Home.here()
    found = certificates.all_issued(home)
    unknown = set(names or ()) - {each.name for each in found}
    if unknown:
        raise Trouble(f"no certificate {', '.join(sorted(unknown))} (hatchery ca list)")
    chosen = [each for each in found if (each.name in names if names else each.due)]
    for each in chosen:
        if dry_run:
            typer.echo(f"would renew {each.name}, which ends on {each.expires:%Y-%m-%d}")
        else:
            typer.echo(
                f"renewed {each.name} until {certificates.renew(home, each.name, days).expires:%Y-%m-%d}"
            )
    if not chosen:
        typer.echo("none is due")


@app.command("list")
def ca_list(as_json: Json = False) -> None:
    """The certificates of this home. Exits with 1 where one has to be renewed."""
    found = certificates.all_issued(Home.here())
    if as_json:
        rows = [
            {"name": f.name, "hosts": f.hosts, "expires": f.expires.isoformat(), "due": f.due} for f in found
        ]
        console().print_json(data=rows)
    else:
        table = Table("name", "hosts", "expires", "days")
        for each in found:
            days = (each.expires - clock.wall()).days
            table.add_row(each.name, ", ".join(each.hosts), f"{each.expires:%Y-%m-%d}", str(days))
        console().print(table)
    raise typer.Exit(ATTENTION if any(each.due for each in found) else DONE)
