"""`hatchery`: the operators' command line. Each command is a thin shell around a module of its own."""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy import letters, nodes, removal, status, subscribers
from deploy.home import Home
from deploy.letters import Kind, Letter
from deploy.places import own_place
from deploy.trouble import ATTENTION, DONE, EXIT_CODES, UNREACHABLE, Trouble
from deploy.wish import Wish
from shared import areas, keys
from shared.call import Grant
from shared.node import GATEWAY, SERVICES

app = typer.Typer(
    help=f"Hatchery 社会组织孵化平台: run and look after its nodes.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
node_app = typer.Typer(help=f"Nodes: add, run, look after, take off.\n\n{EXIT_CODES}", no_args_is_help=True)
letters_app = typer.Typer(
    help=f"Dead, parked and refused messages: look, send again, drop.\n\n{EXIT_CODES}", no_args_is_help=True
)
subscriber_app = typer.Typer(
    help=f"Other systems that subscribe to a node's events.\n\n{EXIT_CODES}", no_args_is_help=True
)
app.add_typer(node_app, name="node")
app.add_typer(letters_app, name="letters")
app.add_typer(subscriber_app, name="subscriber")

Area = Annotated[str, typer.Argument(help="division code of 6, 9 or 12 digits", metavar="AREA")]
Service = Annotated[str | None, typer.Argument(help="one service; default: all of the node")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only print what would be done")]
Parked = Annotated[bool, typer.Option("--parked", help="messages that only a newer version understands")]
Refused = Annotated[bool, typer.Option("--refused", help="messages of children that were not admitted")]
Ids = Annotated[list[str] | None, typer.Option("--id", help="an event's id; may be repeated")]
Every = Annotated[bool, typer.Option("--all", help="all messages there are")]
Limit = Annotated[int, typer.Option(min=1, help="at most so many messages")]
ParentBroker = Annotated[
    str | None,
    typer.Option(envvar="HATCHERY_PARENT_BROKER", help="the parent's broker, where it isn't in this home"),
]
ParentAdmin = Annotated[
    str | None,
    typer.Option(envvar="HATCHERY_PARENT_BROKER_ADMIN", help="its management URL; used now, kept nowhere"),
]


@node_app.command("add")
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
    dry_run: DryRun = False,
    allow_plain: Annotated[
        bool, typer.Option(help="let the link leave this machine without TLS, through a tunnel")
    ] = False,
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
    )
    raise typer.Exit(nodes.add(Home.here(), wish, dry_run=dry_run, say=typer.echo))


@node_app.command("remove")
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


@node_app.command("list")
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
    _console().print(table)


@node_app.command("status")
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
        status.render(found, _console())
    raise typer.Exit(ATTENTION if any(node.faults for node in found) else DONE)


@letters_app.command("list")
def letters_list(
    area: Area,
    service: Service = None,
    parked: Parked = False,
    refused: Refused = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Which messages lie there, and why. They stay as they are."""
    home = Home.here()
    address = own_place(home, area).address
    found: list[Letter] = []
    for queue in _queues(home, area, service, parked, refused):
        found += letters.read(address, queue, limit)
    if as_json:
        typer.echo(
            json.dumps([asdict(letter) for letter in found], ensure_ascii=False, indent=2, default=str)
        )
        return
    if not found:
        typer.echo("none")
        return
    table = Table("queue", "event", "type", "reason", "attempts", "first failed", "detail")
    for one in found:
        table.add_row(
            one.queue, one.event_id, one.type, one.reason, str(one.attempts), one.first_failed, one.detail
        )
    _console().print(table)


@letters_app.command("show")
def letters_show(
    area: Area,
    service: Service = None,
    parked: Parked = False,
    refused: Refused = False,
    event: Ids = None,
    limit: Limit = 10,
) -> None:
    """Messages in full, with headers and body, as JSON. They stay as they are."""
    home = Home.here()
    address = own_place(home, area).address
    shown = 0
    for queue in _queues(home, area, service, parked, refused):
        for letter in letters.read(address, queue, limit, event or ()):
            typer.echo(json.dumps(asdict(letter), ensure_ascii=False, indent=2, default=str))
            shown += 1
    if not shown:
        raise Trouble("no such message there")


@letters_app.command("replay")
def letters_replay(
    area: Area,
    service: Annotated[str, typer.Argument(help="the service that gets them again")],
    parked: Parked = False,
    event: Ids = None,
    every: Every = False,
    limit: Limit = 100_000,
) -> None:
    """Send messages to their service again; it recognises what it has applied already.

    Refused messages cannot be replayed: their node has to publish them rightly.
    """
    home = Home.here()
    _check_chosen(event, every)
    queue = _queues(home, area, service, parked, False)[0]
    address = own_place(home, area).address
    count = letters.replay(address, queue, service, limit, event or (), lambda one: _told("replayed", one))
    if event and not count:
        raise Trouble(f"no such message in {queue}")
    typer.echo(f"{count} replayed")


@letters_app.command("drop")
def letters_drop(
    area: Area,
    service: Service = None,
    parked: Parked = False,
    refused: Refused = False,
    event: Ids = None,
    every: Every = False,
    limit: Limit = 100_000,
    yes: Annotated[bool, typer.Option(help="really delete them")] = False,
) -> None:
    """Delete messages for good, printing each."""
    home = Home.here()
    _check_chosen(event, every)
    if not service and not refused:
        raise Trouble("say which service's messages to drop")
    queue = _queues(home, area, service, parked, refused)[0]
    if not yes:
        raise Trouble(f"this deletes messages of {queue} for good: add --yes")
    address = own_place(home, area).address
    count = letters.drop(address, queue, limit, event or (), lambda one: _told("dropped", one))
    if event and not count:
        raise Trouble(f"no such message in {queue}")
    typer.echo(f"{count} dropped")


@subscriber_app.command("add")
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


@subscriber_app.command("list")
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
    _console().print(table)


@subscriber_app.command("remove")
def subscriber_remove(area: Area, name: Annotated[str, typer.Argument()]) -> None:
    """Delete a subscriber's user and queue."""
    subscribers.remove(own_place(Home.here(), area), area, name)
    typer.echo(f"removed {name}")


@app.command("token")
def token(
    node: Annotated[str, typer.Option(help="area of the node that signs")],
    role: Annotated[list[str], typer.Option(help="may be repeated")],
    area: Annotated[str | None, typer.Option(help="where the role holds; default: the node's area")] = None,
    subject: Annotated[str, typer.Option(help="who it is for")] = "operator",
    organisation: Annotated[str | None, typer.Option(help="acts for this organisation only")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=15)] = 15,
) -> None:
    """Print a bearer token that the node signs. It cannot be taken back: let it be short-lived."""
    home = Home.here()
    home.node(node)
    grants = [Grant(each, area or node) for each in role]
    try:
        key = keys.load_private(home.keys(node))
        typer.echo(keys.issue(key, node, subject, grants, organisation, minutes * 60))
    except OSError as error:
        raise Trouble(f"the key of node {node} cannot be read: {error.strerror}", UNREACHABLE) from error
    except ValueError as error:
        raise Trouble(str(error)) from error


# Commands with modules of their own take the rest of the line themselves, and are imported only when asked
# for: they bring in what the others need not wait for.
_OWN_LINE = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@node_app.command("run", context_settings=_OWN_LINE)
def node_run(context: typer.Context) -> None:
    """Run a node's services: `hatchery node run AREA`."""
    _hand_over("deploy.run", "main", context)


@app.command("demo", context_settings=_OWN_LINE)
def demo(context: typer.Context) -> None:
    """Start district, street and community nodes and replay the scenarios."""
    _hand_over("deploy.demo", "main", context)


@app.command("stop", context_settings=_OWN_LINE)
def stop(context: typer.Context) -> None:
    """Stop what `hatchery demo` started."""
    _hand_over("deploy.demo", "stop", context)


@app.command("replay", context_settings=_OWN_LINE)
def replay(context: typer.Context) -> None:
    """Replay a scenario file through the nodes' HTTP APIs: `hatchery replay FILE`."""
    _hand_over("deploy.replay", "main", context)


def _hand_over(module: str, function: str, context: typer.Context) -> None:
    """Call `function(arguments: list[str]) -> exit code` of the module; Trouble where this build lacks it."""
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise Trouble(f"this build has no {module}", UNREACHABLE) from error
    raise typer.Exit(getattr(found, function)(list(context.args)))


def _console() -> Console:
    """As wide as the terminal; wide enough for whole lines where the output goes elsewhere."""
    return Console() if sys.stdout.isatty() else Console(width=200)


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


def _queues(home: Home, area: str, service: str | None, parked: bool, refused: bool) -> list[str]:
    if parked and refused:
        raise Trouble("say either --parked or --refused")
    kind: Kind = "refused" if refused else "parked" if parked else "dead"
    hosted = (GATEWAY, *home.node(area).services)
    if service and service not in hosted:
        raise Trouble(f"node {area} hosts no {service} (it hosts {', '.join(hosted)})")
    if kind == "refused":
        return [letters.queue_of(kind, "")]
    return [letters.queue_of(kind, name) for name in ([service] if service else hosted)]


def _check_chosen(event: list[str] | None, every: bool) -> None:
    if bool(event) == every:
        raise Trouble("say which: --id EVENT_ID, or --all")


def _told(done: str, letter: Letter) -> None:
    typer.echo(f"{done} {letter.event_id or '(no id)'} {letter.type} {letter.reason}".rstrip())


def main() -> None:
    """The console script. Expected faults are one line on standard error; anything else is a defect."""
    warnings.filterwarnings("ignore", "\\s*Eventlet is deprecated")  # operators can do nothing about it
    try:
        app()
    except Trouble as trouble:
        typer.echo(f"hatchery: {trouble}", err=True)
        sys.exit(trouble.code)


if __name__ == "__main__":
    main()
