"""`hatchery audit`: verify the chains, take receipts of their heads, export entries."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deploy.api import Api
from deploy.audit import chains, receipts
from deploy.audit import export as exporting
from deploy.audit import verify as verifying
from deploy.cli.common import Area, Json, group, moment
from deploy.home import Home
from deploy.trouble import ATTENTION, Trouble
from shared.ids import new_id
from shared.node import GATEWAY

app = group("The audit chains of a node: verify, receipts, export.")

Service = Annotated[str | None, typer.Option(help="one service; default: all of the node")]
Receipts = Annotated[
    list[Path] | None, typer.Option("--receipt", metavar="FILE", help="compare with it; may be repeated")
]
Key = Annotated[
    Path | None,
    typer.Option(help="public key (PEM) that receipts were signed with, if it was replaced since"),
]
ParentUrl = Annotated[str | None, typer.Option(help="of the node above, instead of the address known here")]
Offline = Annotated[bool, typer.Option("--offline", help="do not ask the node above")]


class Form(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"


@app.command("verify")
def verify(
    area: Area,
    service: Service = None,
    receipt: Receipts = None,
    key: Key = None,
    parent_url: ParentUrl = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Follow the chains from their first entries, and compare them with the heads that others were told.

    Names the first wrong entry of each chain and what was done: changed, removed, inserted, cut off, rewritten.
    Exits with 0 where all is sound; 1 where something is wrong, a restore has left a gap, or the node above could not
    be asked.
    """
    results = verifying.verify(
        Home.here(), area, service, files=receipt or (), key=key, parent_url=parent_url, offline=offline
    )
    lines: list[str] = []
    code = verifying.report(area, results, lines.append)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in results], ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(lines))
    raise typer.Exit(code)


@app.command("anchor")
def anchor(area: Area, service: Service = None) -> None:
    """Have the services tell their heads now, instead of after ten minutes or a thousand entries."""
    home = Home.here()
    api = Api(home, area)
    for name in chains.chosen(home.node(area), service):
        path = "/api/audit/heads" if name == GATEWAY else f"/api/{name}/audit/heads"
        told = api.post(path, {}, new_id())["head"]
        typer.echo(
            f"{area} {name}: entry {told['number']}, {told['hash']}" if told else f"{area} {name}: no entries"
        )


@app.command("receipt")
def receipt(
    area: Area,
    to: Annotated[Path, typer.Option(help="the file to write")],
    service: Service = None,
    offline: Offline = False,
) -> None:
    """Write the heads of sound chains into a file, signed with the node's key. Keep it where the store is not."""
    home = Home.here()
    results = verifying.verify(home, area, service, offline=offline)
    if not all(one.sound for one in results):
        verifying.report(area, results, typer.echo)
        raise Trouble("no receipt: a chain is not sound", ATTENTION)
    heads = verifying.heads(results)
    kid = receipts.write(home, area, heads, to)
    for one in heads:
        typer.echo(f"{area} {one['service']}: entry {one['number']}, {one['hash']}")
    typer.echo(f"{to} is signed with {kid}")


@app.command("export")
def export(
    area: Area,
    to: Annotated[Path, typer.Option(help="the file to write; one that is there is replaced")],
    service: Service = None,
    form: Annotated[Form, typer.Option("--format", help="JSON lines, or CSV for spreadsheets")] = Form.JSONL,
    record: Annotated[str | None, typer.Option(help="id of a record")] = None,
    actor: Annotated[str | None, typer.Option(help="who changed something")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="RFC 3339, with its offset")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="RFC 3339, with its offset")] = None,
) -> None:
    """Write entries for an auditor. Personal values are left out: entries hold references to them."""
    given = {
        "record": record,
        "actor": actor,
        "since": moment(since) if since else None,
        "until": moment(until) if until else None,
    }
    count = exporting.export(Home.here(), area, service, to, form.value, given)
    typer.echo(f"{to}: {count} entries")
