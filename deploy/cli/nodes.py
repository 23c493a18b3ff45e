"""`hatchery node`: add, run, look after, take off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from deploy import handover, lost, nodes, removal, republish, resync, rotation, status, trust
from deploy.cli.common import OWN_LINE, Area, DryRun, Json, console, group, hand_over, moment
from deploy.home import Home
from deploy.places import parent_place
from deploy.replay.progress import shown
from deploy.trouble import ATTENTION, DONE, Trouble
from deploy.wish import Wish
from shared import areas
from shared.node import GATEWAY, SERVICES

app = group("Nodes: add, run, look after, take off.")

ParentBroker = Annotated[
    str | None,
    typer.Option(envvar="HATCHERY_PARENT_BROKER", help="the parent's broker, where it isn't in this home"),
]
ParentAdmin = Annotated[
    str | None,
    typer.Option(envvar="HATCHERY_PARENT_BROKER_ADMIN", help="its management URL; used now, kept nowhere"),
]
AllowPlain = Annotated[
    bool, typer.Option(help="let links, broker, store or requests leave this machine without TLS")
]


@app.command("add")
def node_add(
    area: Area,
    parent: Annotated[str | None, typer.Option(help="area of the node above")] = None,
    services: Annotated[str | None, typer.Option(help="a,b,c, or all, or none")] = None,
    port: Annotated[int | None, typer.Option(help="the gateway's; services take the ones behind")] = None,
    url: Annotated[str | None, typer.Option(help="where others reach this node")] = None,
    broker: Annotated[
        str | None, typer.Option(envvar="HATCHERY_BROKER", help="AMQP URI; default: the embedded one")
    ] = None,
    broker_admin: Annotated[
        str | None, typer.Option(envvar="HATCHERY_BROKER_ADMIN", help="its management URL, as administrator")
    ] = None,
    store: Annotated[str | None, typer.Option(envvar="HATCHERY_STORE", help="MongoDB URI")] = None,
    parent_broker: ParentBroker = None,
    parent_broker_admin: ParentAdmin = None,
    clock: Annotated[
        str | None, typer.Option(help="wall, or request: operators may date requests (replays only)")
    ] = None,
    otlp: Annotated[str | None, typer.Option(help="OTLP/HTTP collector of traces; '' for none")] = None,
    bind: Annotated[
        str | None, typer.Option(help="address to listen on; default: 127.0.0.1, this machine only")
    ] = None,
    service_url: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=URL", help="a service's own address, where it runs elsewhere; may be repeated"
        ),
    ] = None,
    tls: Annotated[
        Path | None,
        typer.Option(
            help="folder with ca.pem and, for HTTPS, certificate.pem and key.pem (hatchery ca issue)"
        ),
    ] = None,
    replace_broken: Annotated[
        bool,
        typer.Option(
            "--replace-broken",
            help="make queues anew that stay down though the broker was started again, without what they held",
        ),
    ] = False,
    dry_run: DryRun = False,
    allow_plain: AllowPlain = False,
) -> None:
    """Bring a node up: keys, description, virtual host, users, queues, and the link to its parent.

    A second run with the same options changes nothing; with others it changes what differs. Exits with 1
    where all is set up but the link does not run yet.
    """
    if clock not in (None, "wall", "request"):
        raise Trouble("--clock is wall or request")
    if areas.is_area(area) and areas.divisions(area[:6]).get(area) is None:
        typer.echo(f"warning: {area} is in no code list that is installed here", err=True)
    wish = Wish(
        area,
        parent,
        _services(services),
        port,
        url,
        broker,
        broker_admin,
        store,
        parent_broker,
        parent_broker_admin,
        clock,
        otlp,
        allow_plain,
        bind,
        _pairs(service_url),
        tls.resolve() if tls else None,
    )
    code = nodes.add(Home.here(), wish, dry_run=dry_run, say=typer.echo, replace_broken=replace_broken)
    raise typer.Exit(code)


@app.command("remove")
def node_remove(
    area: Area,
    parent_broker: ParentBroker = None,
    parent_broker_admin: ParentAdmin = None,
    force: Annotated[bool, typer.Option(help="even if messages wait in the link's queues")] = False,
    purge: Annotated[bool, typer.Option(help="delete virtual host, databases, keys and description")] = False,
    yes: Annotated[bool, typer.Option(help="really purge")] = False,
    dry_run: DryRun = False,
) -> None:
    """Take a node off its parent. Its queues and data stay, and `node add` links it again, unless --purge."""
    if purge and not (yes or dry_run):
        raise Trouble(f"--purge deletes all data of node {area}: add --yes, or --dry-run to see what goes")
    raise typer.Exit(
        removal.remove(
            Home.here(),
            area,
            parent_broker=parent_broker,
            parent_broker_admin=parent_broker_admin,
            force=force,
            purge=purge,
            dry_run=dry_run,
            say=typer.echo,
        )
    )


@app.command("rotate")
def node_rotate(
    area: Area,
    link: Annotated[bool, typer.Option("--link", help="the password of its user at the parent")] = False,
    broker: Annotated[bool, typer.Option("--broker", help="that of its user at its own broker")] = False,
    key: Annotated[bool, typer.Option("--key", help="the key that signs its tokens")] = False,
    parent_broker: ParentBroker = None,
    parent_broker_admin: ParentAdmin = None,
    allow_plain: AllowPlain = False,
    force: Annotated[bool, typer.Option(help="sign with the new key before all nodes know it")] = False,
    dry_run: DryRun = False,
) -> None:
    """Change a node's credentials while it works. Killed half-way, run it again.

    Exits with 1 where the link does not run yet, or where a node does not know the new key yet.
    """
    if not (link or broker or key):
        raise Trouble("say what to change: --link, --broker, --key")
    home, codes = Home.here(), [DONE]
    node = home.node(area)
    if broker:
        codes.append(rotation.broker(home, area, dry_run=dry_run, say=typer.echo))
    if link:
        if node.parent is None:
            raise Trouble(f"node {area} has no parent")
        given = trust.with_ca(parent_broker, node.tls), trust.with_ca(parent_broker_admin, node.tls)
        above = parent_place(home, node.parent, *given)
        codes.append(
            rotation.link(home, area, above, allow_plain=allow_plain, dry_run=dry_run, say=typer.echo)
        )
    if key:
        codes.append(rotation.key(home, area, force=force, dry_run=dry_run, say=typer.echo))
    raise typer.Exit(max(codes))


@app.command("handover")
def node_handover(
    area: Area,
    back: Annotated[bool, typer.Option("--back", help="give the records back to the node above")] = False,
    services: Annotated[str | None, typer.Option(help="a,b,c; default: all that the node hosts")] = None,
    dry_run: DryRun = False,
) -> None:
    """Take over from the nodes above what belongs to the node's area, or give it back.

    Run it at the node's own home, while both nodes run. Killed at any point, it goes on where it was when it is
    run again. Exits with 1 where something could not be moved.
    """
    raise typer.Exit(
        handover.run(
            Home.here(),
            area,
            back=back,
            services=_services(services),
            dry_run=dry_run,
            say=typer.echo,
            console=console(),
        )
    )


@app.command("list")
def node_list(as_json: Json = False) -> None:
    """The nodes of this home."""
    home = Home.here()
    found = [home.node(area) for area in home.nodes()]
    linked = {node.area: bool(node.parent) and home.operator(node.area).linked for node in found}
    if as_json:
        rows = [
            {name: getattr(node, name) for name in ("area", "name", "parent", "services", "url")}
            | {"tier": areas.tier(node.area), "linked": linked[node.area]}
            for node in found
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("area", "name", "tier", "parent", "services", "url")
    for node in found:
        parent = f"{node.parent}{'' if linked[node.area] else ' (off)'}" if node.parent else "-"
        hosted = ", ".join(node.services) or "none"
        table.add_row(node.area, node.name, areas.tier(node.area), parent, hosted, node.url)
    console().print(table)


@app.command("resync")
def node_resync(
    area: Area,
    service: Annotated[str | None, typer.Argument(help="one service of the node; default: all")] = None,
    request: Annotated[
        list[str] | None, typer.Option(help="only watch a request made earlier; may be repeated")
    ] = None,
    wait: Annotated[float, typer.Option(min=0, help="seconds to wait for all answers")] = 300,
    dry_run: DryRun = False,
) -> None:
    """Have the nodes above and below tell their state again to a node's services.

    For a service whose read models were lost or are new; nodes that join ask by themselves. Services go on
    answering meanwhile, and nothing is done twice. Exits with 1 where some have not answered in time.
    """
    with _watching() as watch:
        code = resync.resync(
            Home.here(),
            area,
            service=service,
            requests=request or (),
            wait=wait,
            dry_run=dry_run,
            say=typer.echo,
            watch=watch,
        )
    raise typer.Exit(code)


@app.command("republish")
def node_republish(
    area: Area,
    since: Annotated[str, typer.Option(metavar="TIME", help="RFC 3339: 2026-03-01T08:00:00+08:00")],
    wait: Annotated[float, typer.Option(min=0, help="seconds to wait until all is sent")] = 300,
    dry_run: DryRun = False,
) -> None:
    """Send again, to everybody, what the node's services have sent since a time (30 days back at most).

    For a broker whose disk was lost. Ids are unchanged: what others know already is done by nobody twice.
    Exits with 1 where not all was sent in time; it goes on all the same.
    """
    code = republish.republish(
        Home.here(),
        area,
        moment(since),
        wait=wait,
        dry_run=dry_run,
        say=typer.echo,
        shown=lambda totals: shown(console(), totals),
    )
    raise typer.Exit(code)


@app.command("lost")
def node_lost(area: Area, as_json: Json = False) -> None:
    """What the last restore of a running node lost, as far as other nodes have seen it.

    Exits with 1 where anything is lost, or somebody has not told yet.
    """
    found = lost.find(Home.here(), area)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        if found.changes:
            console().print(lost.table(found.changes))
        lost.summary(found, typer.echo)
    raise typer.Exit(ATTENTION if found.changes or found.missing else DONE)


@contextmanager
def _watching() -> Iterator[resync.Watch]:
    """A bar on a terminal while answers come in; the table of all answers at the end."""
    seen = resync.Progress([], [])

    def keep(progress: resync.Progress) -> None:
        nonlocal seen
        seen = progress
        bar.update(task, completed=len(progress.told), total=len(progress.told) + len(progress.missing))

    out = console()
    columns = (TextColumn("answers"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=out, disable=not out.is_terminal) as bar:
        task = bar.add_task("answers", total=None)
        yield keep
    if seen.told:
        table = Table("to", "from node", "service", "records")
        for one in sorted(seen.told, key=lambda t: (t.to, t.node, t.service)):
            table.add_row(one.to, one.node, one.service, str(one.sent))
        out.print(table)


@app.command("status")
def node_status(
    area: Annotated[str | None, typer.Argument(help="default: all nodes of this home")] = None,
    every: Annotated[bool, typer.Option("--all", help="all nodes of this home")] = False,
    as_json: Json = False,
) -> None:
    """Services, queues, dead letters, outbox age and links in one table.

    Exits with 0 where all is healthy, and with 1 where something needs attention: then each line below the
    table says what, and what to type next.
    """
    home = Home.here()
    if area and every:
        raise Trouble("say either AREA or --all")
    wanted = [area] if area else home.nodes()
    if not wanted:
        raise Trouble(f"no nodes in {home.path}: add one (hatchery node add AREA)")
    found = [status.inspect(home, each) for each in wanted]
    if as_json:
        typer.echo(json.dumps([asdict(node) for node in found], ensure_ascii=False, indent=2))
    else:
        status.render(found, console())
    raise typer.Exit(ATTENTION if any(node.faults for node in found) else DONE)


@app.command("run", context_settings=OWN_LINE)
def node_run(context: typer.Context) -> None:
    """Run a node's services: `hatchery node run AREA`."""
    hand_over("deploy.run", "main", context)


def _services(text: str | None) -> tuple[str, ...] | None:
    match text:
        case None:
            return None
        case "all":
            return SERVICES
        case "none" | "":
            return ()
        case _:
            return tuple(name.strip() for name in text.split(",") if name.strip() not in ("", GATEWAY))


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in given or ())
    if faulty := [name for name, url in pairs.items() if not url.startswith(("http://", "https://"))]:
        raise Trouble(f"--service-url {faulty[0]}: say NAME=http://host:port")
    return pairs
