"""Three tiers on three hosts: brokers, stores and nodes apart, TLS, firewalls, renewal, rotation.

    python -m tests.faults.three_hosts --seconds 10

A district on host 1, a street on host 2, a community on host 3; the community's firewall lets nothing in,
the street's and the district's only AMQP, its management and HTTPS. While needs are collected at all
three, certificates are renewed, passwords and keys changed, connections closed, a cable pulled. Prints a table of what
was sent and what arrived, and ends with 0 only if nothing was lost or done twice. Takes minutes and needs root,
so it is run by hand.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

import requests
from rich.console import Console
from rich.table import Table

from deploy import certificates, links, uris
from deploy.broker_admin import BrokerAdmin
from deploy.channel import connected
from deploy.embedded import EmbeddedAddresses, NotRunning
from deploy.embedded.addresses import read_file
from deploy.home import Home, write_private
from deploy.places import own_place
from deploy.trouble import Trouble
from shared import keys, tls
from shared.call import Grant
from tests.faults.hosts import Hosts, why_not
from tests.harness import ROOT, eventually
from tests.load import Load, needs

DISTRICT, STREET, COMMUNITY = "110101", "110101001", "110101001001"
PORT = 8100  # of each gateway
HANDLED = 'hatchery_events_handled_total{handler="copy need",outcome="%s"}'
LOOK = 15.0  # seconds within which a gateway has asked its broker's management again
ARRIVE = 120.0  # seconds that what was sent may take to arrive

console = Console(width=170)


@dataclass
class Host:
    """One machine with a broker, a store and a node of its own."""

    number: int
    area: str
    services: str
    hosts: Hosts
    home: Home
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.hosts.address(self.number)

    @property
    def url(self) -> str:
        return f"https://{self.address}:{PORT}"

    @property
    def folder(self) -> Path:
        return self.home.path / "certificates"

    @property
    def ca(self) -> str:
        return str(self.folder / tls.CA)

    @property
    def servers(self) -> EmbeddedAddresses:
        return EmbeddedAddresses.read(self.home.path)

    def inside(self) -> contextlib.AbstractContextManager[None]:
        return self.hosts.inside(self.number)

    def hatchery(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._python("deploy.cli", *arguments),
            cwd=ROOT, env=self._environment(), capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip

    def healthy(self) -> bool:
        return self.hatchery("node", "status").returncode == 0

    def done(self, *arguments: str) -> str:
        outcome = self.hatchery(*arguments)
        assert outcome.returncode == 0, f"{self.area} {arguments}: {outcome.stdout}\n{outcome.stderr}"
        return outcome.stdout

    def start(self, *arguments: str) -> None:
        log = (self.home.path / "processes.log").open("ab")
        self.processes.append(
            subprocess.Popen(
                self._python(*arguments),
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )

    def start_servers(self) -> None:
        self.start("deploy.embedded", "--home", str(self.home.path), "--tls", str(self.folder),
                   "--host", self.address, "run")  # fmt: skip
        eventually(self._serves, within=120, what=f"broker and store of host {self.number}")

    def _serves(self) -> bool:
        with contextlib.suppress(NotRunning, FileNotFoundError):
            return bool(read_file(self.home.path).get("ready"))
        return False

    def start_node(self) -> None:
        node = str(self.home.description(self.area))
        self.start("deploy.launcher", node, "--logs", str(self.home.logs(self.area)))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            if process.poll() is None:
                process.kill()

    def get(self, path: str, *, token: str | None = None) -> requests.Response:
        """Through the gateway, from this host."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with self.inside():
            return requests.get(self.url + path, headers=headers, verify=self.ca, timeout=20)

    def token(self, role: str) -> str:
        return keys.issue(
            keys.load_private(self.home.keys(self.area)), self.area, "test", [Grant(role, self.area)]
        )

    def figure(self, outcome: str) -> float:
        """How many events of needs it has handled with this outcome."""
        with self.inside():
            text = requests.get(f"http://127.0.0.1:{PORT + 2}/metrics", timeout=10).text
        found = [line for line in text.splitlines() if line.startswith(HANDLED % outcome)]
        return sum(float(line.rsplit(" ", 1)[1]) for line in found)

    def measures(self) -> bool:
        """Whether its gateway can tell the broker's alarms: a figure that is no number equals nothing."""
        text = self.get("/metrics").text
        return 'hatchery_broker_alarm{resource="memory"} 0.0' in text

    def close_connections(self) -> int:
        """At its broker, of everybody; how many."""
        with self.inside():
            admin = own_place(self.home, self.area).admin
            found = admin._get(f"vhosts/{self.area}/connections")
            for connection in found:
                admin._send("DELETE", f"connections/{quote(connection['name'], safe='')}")
        return len(found)

    def shown(self) -> dict[str, str]:
        """The certificates that gateway, broker and store show."""
        ports = {"gateway": (self.address, PORT), "broker": (self.address, self.servers.amqp_port),
                 "store": ("127.0.0.1", self.servers.store_port)}  # fmt: skip
        with self.inside():
            return {name: ssl.get_server_certificate(place, timeout=10) for name, place in ports.items()}

    def _python(self, *arguments: str) -> list[str]:
        return [*self.hosts.prefix(self.number), sys.executable, "-W", "ignore", "-m", *arguments]

    def _environment(self) -> dict[str, str]:
        return os.environ | {"HATCHERY_HOME": str(self.home.path), "COLUMNS": "200"}


@dataclass
class Outcome:
    """What one disturbance under load came to."""

    what: str
    seconds: float
    sent: int
    lost: int
    doubled: int  # deliveries that were recognised as known
    repeated: int  # effects beyond one for each event
    asked_again: int  # requests that the client had to repeat
    dead: int

    @property
    def good(self) -> bool:
        return self.sent > 0 and self.lost == self.repeated == self.dead == 0


class Trial:
    def __init__(self, hosts: Hosts, folder: Path) -> None:
        self.hosts = hosts
        self.authority = Home(folder / "authority")
        made = ((DISTRICT, "registry,needs"), (STREET, "needs"), (COMMUNITY, "needs"))
        self.all = [
            Host(n, area, services, hosts, Home(folder / f"host{n}"))
            for n, (area, services) in enumerate(made, 1)
        ]
        self.facts: list[tuple[str, bool]] = []

    @property
    def district(self) -> Host:
        return self.all[0]

    def fact(self, what: str, true: bool) -> None:
        self.facts.append((what, true))
        console.print(f"{'yes' if true else 'NO '}  {what}", highlight=False)

    def certify(self) -> None:
        """The CA is on a machine of its own; each host gets its folder."""
        certificates.init(self.authority, "Test CA")
        for host in self.all:
            certificates.issue(self.authority, f"host{host.number}", [host.address])
            self.deliver(host)

    def deliver(self, host: Host) -> None:
        source = self.authority.path / "tls" / f"host{host.number}"
        for name in (tls.KEY, tls.CA, tls.CERTIFICATE):
            write_private(host.folder / name, (source / name).read_text())

    def above(self, host: Host) -> tuple[str, ...]:
        """What the operator of a child is told of its parent's broker."""
        far = self.all[host.number - 2].servers
        api = BrokerAdmin(far.admin_url.partition("?")[0]).address_for(far.user, far.password)
        return "--parent-broker", f"amqps://{far.host}:{far.amqp_port}", "--parent-broker-admin", api

    def set_up(self) -> None:
        self.certify()
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(Host.start_servers, self.all))
        for host in self.all:
            open_ports = (
                [host.servers.amqp_port, host.servers.admin_port, PORT] if host.area != COMMUNITY else []
            )
            self.hosts.firewall(host.number, open_ports)
        self.refusals()
        for host in self.all:
            given = ["node", "add", host.area, "--services", host.services, "--tls", str(host.folder)]
            given += ["--url", host.url, "--bind", "0.0.0.0", "--port", str(PORT)]
            if host is not self.district:
                given += ["--parent", self.all[host.number - 2].area, *self.above(host)]
            host.done(*given)
            host.start_node()
        for host in self.all:
            eventually(partial(self._knows, host), within=120, what=f"{host.area} knows the others")
        for host in self.all:
            eventually(host.healthy, within=60, what=f"{host.area} is healthy")
        self.fact("node status is healthy on all three", True)

    def _knows(self, host: Host) -> bool:
        found = {each["id"] for each in host.get("/api/nodes").json()["items"]}
        return found >= {each.area for each in self.all}

    def refusals(self) -> None:
        street = self.all[1]
        add = ("node", "add", STREET, "--services", "none")
        plain = f"amqp://{self.district.address}:5672"
        link = ("--parent", DISTRICT, "--parent-broker", plain, *self.above(street)[2:])
        for what, more in {
            "a plain link to a parent elsewhere": link,
            "a plain address for requests": ("--url", f"http://{street.address}:{PORT}"),
            "a plain way to a store elsewhere": ("--store", f"mongodb://{self.district.address}:27017"),
        }.items():
            tried = street.hatchery(*add, *more)
            self.fact(f"refused: {what}", tried.returncode == 2 and "--allow-plain" in tried.stderr)

    def reach(self) -> None:
        """Who gets through to whom; nobody to the community."""
        community = self.all[2]
        ports = (PORT, community.servers.amqp_port, community.servers.admin_port)
        for other in self.all[:2]:
            with other.inside():
                closed = not any(_accepts(community.address, port) for port in ports)
            self.fact(f"host {other.number} cannot open any port of host 3", closed)
        with community.inside():
            self.fact("host 3 can dial host 2", _accepts(self.all[1].address, self.all[1].servers.amqp_port))
        with self.all[1].inside():
            shut = not _accepts(self.district.address, PORT + 2)
        self.fact("services behind the district's gateway cannot be reached from host 2", shut)
        passed = community.get("/api/registry/openapi.json")
        self.fact("a request at the community is passed on to the district by HTTPS", passed.ok)

    def under_load(self, what: str, seconds: float, disturb: Callable[[], None]) -> Outcome:
        """Collect needs at each host while `disturb` happens, then wait until all is where it belongs."""
        start = time.monotonic()
        before = {outcome: self._figures(outcome) for outcome in ("applied", "duplicate", "stale")}
        loads = [
            Load(host.url, needs(host.area), partial(host.token, role), host.ca, host.inside())
            for host, role in zip(
                self.all, ("district_staff", "street_staff", "community_worker"), strict=True
            )
        ]
        with ExitStack() as running:
            for load in loads:
                running.enter_context(load)
            time.sleep(seconds / 2)
            disturb()
            time.sleep(seconds / 2)
        wanted = [(load.sent, reader) for load, reader in self._readers(loads)]
        sent, copies = sum(len(load.sent) for load in loads), sum(len(each) for each, _ in wanted)
        with contextlib.suppress(AssertionError):
            eventually(lambda: self._figures("applied") - before["applied"] >= copies, within=ARRIVE)
        lost = sum(self._missing(reader, each) for each, reader in wanted)
        lost += sum(len(load.refused) for load in loads)
        # Each record's own event comes back to the service that told it, which knows it already.
        again = sum(self._figures(o) - before[o] for o in ("duplicate", "stale")) - sent
        repeated = max(0, int(self._figures("applied") - before["applied"]) - copies)
        outcome = Outcome(what, time.monotonic() - start, sent, lost,
                          int(again), repeated, sum(load.repeated for load in loads), self._dead())  # fmt: skip
        console.print(f"{what}: {outcome}", highlight=False)
        return outcome

    def _readers(self, loads: Sequence[Load]) -> Iterator[tuple[Load, Host]]:
        """Each load with the other hosts that must know its records: all above it."""
        district, street, _ = self.all
        yield loads[1], district
        yield loads[2], district
        yield loads[2], street

    def _missing(self, reader: Host, sent: Sequence[str]) -> int:
        token, role = "", {DISTRICT: "district_staff", STREET: "street_staff"}[reader.area]
        missing = 0
        with reader.inside(), requests.Session() as session:
            session.verify = reader.ca
            session.trust_env = False
            for number, identifier in enumerate(sent):
                if number % 500 == 0:
                    token = reader.token(role)
                answer = session.get(f"{reader.url}/api/needs/needs/{identifier}",
                                     headers={"Authorization": f"Bearer {token}"}, timeout=20)  # fmt: skip
                missing += not answer.ok
        return missing

    def _figures(self, outcome: str) -> float:
        return sum(host.figure(outcome) for host in self.all)

    def _dead(self) -> int:
        total = 0
        for host in self.all:
            for service in ("gateway", *host.services.split(",")):
                with host.inside(), connected(own_place(host.home, host.area).address) as connection:
                    declared = connection.channel().queue_declare(f"svc.{service}.dead", passive=True)
                    total += int(declared.method.message_count)
        return total

    def close_all(self) -> None:
        console.print(f"closed {sum(host.close_connections() for host in self.all)} connections")

    def renew(self) -> None:
        before = [host.shown() for host in self.all]
        for host in self.all:
            certificates.renew(self.authority, f"host{host.number}")
            self.deliver(host)
        self.close_all()
        for host, old in zip(self.all, before, strict=True):
            eventually(
                partial(_all_new, host, old), within=60, what=f"new certificates on host {host.number}"
            )
        self.fact("gateways, brokers and stores show the renewed certificates (9 of 9)", True)

    def rotate_links(self) -> None:
        old = [self._far(host) for host in self.all[1:]]
        for host in self.all[1:]:
            host.done("node", "rotate", host.area, "--link", *self.above(host))
        self.close_all()
        for host, address in zip(self.all[1:], old, strict=True):
            self.fact(f"the old password of link {host.area} is refused", self._refused(host, address))

    def _far(self, host: Host) -> str:
        with host.inside():
            return str(links.far_end(own_place(host.home, host.area).admin, host.area))

    def _refused(self, host: Host, address: str) -> bool:
        with host.inside():
            try:
                with connected(uris.parse(address)):
                    return False
            except Trouble:
                return True

    def rotate_brokers(self) -> None:
        old = [own_place(host.home, host.area).address.uri() for host in self.all]
        for host in self.all:
            host.done("node", "rotate", host.area, "--broker")
        time.sleep(LOOK)
        for host in self.all:
            eventually(host.measures, within=60, what=f"the gateway of {host.area} reads the broker's alarms")
        self.fact("gateways go on asking the management API, now with the new passwords", True)
        self.close_all()
        for host, address in zip(self.all, old, strict=True):
            self.fact(f"the old password of node {host.area} is refused", self._refused(host, address))

    def rotate_keys(self) -> None:
        street = self.all[1]
        token = street.token("street_staff")
        for host in self.all:
            console.print(host.done("node", "rotate", host.area, "--key"), end="", highlight=False)
        for what, each in (("old", token), ("new", street.token("street_staff"))):
            answer = self.district.get("/api/needs/needs?limit=1", token=each)
            self.fact(f"a token of the street's {what} key is good at the district", answer.ok)

    def cut(self) -> None:
        self.hosts.cut(2)
        time.sleep(20)
        self.hosts.heal(2)


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 1.5):
            return True
    except OSError:
        return False


def _all_new(host: Host, old: dict[str, str]) -> bool:
    with contextlib.suppress(OSError):
        now = host.shown()
        return all(now[name] != old[name] for name in old)
    return False


def table(outcomes: Sequence[Outcome]) -> Table:
    made = Table("under load", "seconds", "sent", "lost", "doubled on the way", "repeated effects",
                 "requests asked again", "dead letters")  # fmt: skip
    for one in outcomes:
        figures = (one.sent, one.lost, one.doubled, one.repeated, one.asked_again, one.dead)
        made.add_row(one.what, f"{one.seconds:.0f}", *map(str, figures))
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description="Three tiers on three hosts.")
    parser.add_argument("--seconds", type=float, default=10.0, help="of load around each disturbance")
    parser.add_argument("--keep", action="store_true", help="keep the hosts' folders with their logs")
    given = parser.parse_args()
    if reason := why_not():
        console.print(f"cannot run here: {reason}")
        return 3
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what runs on the hosts is ended too
    folder = Path(tempfile.mkdtemp(prefix="three-hosts-"))
    outcomes: list[Outcome] = []
    with Hosts(3) as hosts:
        trial = Trial(hosts, folder)
        try:
            trial.set_up()
            trial.reach()
            for what, disturb in (
                ("nothing else", lambda: None),
                ("certificates renewed, all connections closed", trial.renew),
                ("links' passwords changed, all connections closed", trial.rotate_links),
                ("brokers' passwords changed, all connections closed", trial.rotate_brokers),
                ("signing keys changed", trial.rotate_keys),
                ("the street's cable pulled for 20 s", trial.cut),
            ):
                outcomes.append(trial.under_load(what, given.seconds, disturb))
            for host in trial.all:
                eventually(host.healthy, within=60, what=f"{host.area} is healthy")
        finally:
            for host in reversed(trial.all):
                host.stop()
            if not given.keep:
                shutil.rmtree(folder, ignore_errors=True)
    console.print(table(outcomes))
    return 0 if all(one.good for one in outcomes) and all(true for _, true in trial.facts) else 1


if __name__ == "__main__":
    sys.exit(main())
