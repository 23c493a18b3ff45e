"""TLS with a CA of one's own: a street's broker linked to its district's, renewals and rotations under load."""

from __future__ import annotations

import shutil
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pika
import pytest
import requests
from pymongo import MongoClient
from pymongo.errors import ServerSelectionTimeoutError

from deploy import certificates, links, uris
from deploy.broker_admin import BrokerAdmin
from deploy.channel import connected
from deploy.embedded import Embedded, StartFailed
from deploy.home import Home
from deploy.places import own_place
from deploy.trouble import Trouble
from shared import tls
from shared.events import broker
from tests.cable import Cable
from tests.deploy.support import clear
from tests.harness import RunningNode, eventually, stop_together
from tests.load import Load, organisations
from tests.system.conftest import Tiers, start_all

pytestmark = pytest.mark.system
DISTRICT, STREET = "990321", "990321001"  # of no code list


@dataclass
class Secure:
    """A district whose broker and store speak TLS only, and a street with a broker of its own."""

    above: Tiers
    below: Tiers

    @property
    def district(self) -> RunningNode:
        return self.above[DISTRICT]

    @property
    def street(self) -> RunningNode:
        return self.below[STREET]

    @property
    def given(self) -> tuple[str, ...]:
        """What the street's operator is told of the district's broker."""
        far = self.above.embedded.addresses
        api = BrokerAdmin(far.admin_url.partition("?")[0]).address_for(far.user, far.password)
        return "--parent-broker", f"amqps://127.0.0.1:{far.amqp_port}", "--parent-broker-admin", api


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("authority"))
    certificates.init(home, "Test CA")
    return home


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a CA that signed nothing here."""
    return str(certificates.init(Home(tmp_path_factory.mktemp("stranger")), "Strange CA") / tls.CA)


@pytest.fixture(scope="module")
def secure(embedded: Embedded, authority: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    far = Embedded(
        tmp_path_factory.mktemp("above"), tls=certificates.issue(authority, "district", ["district.example"])
    )
    far.start()
    supervision = threading.Thread(target=far.supervise)
    supervision.start()
    near = tmp_path_factory.mktemp("below")
    shutil.copy(embedded.home / "embedded.yaml", near / "embedded.yaml")
    cable = Cable(("127.0.0.1", far.addresses.amqp_port), "127.0.0.2")
    made = Secure(Tiers(far.home, far, cable, {}), Tiers(near, embedded, cable, {}))
    try:
        _add(made.above, DISTRICT, "registry,needs", None, authority.path / "tls" / "district")
        folder = certificates.issue(authority, "street", ["street.example"])
        _add(made.below, STREET, "registry", DISTRICT, folder, *made.given)
        start_all(Tiers(far.home, far, cable, made.above.nodes | made.below.nodes))
        yield made
    finally:
        stop_together([*made.below.nodes.values(), *made.above.nodes.values()])
        cable.close()
        clear(embedded.addresses, DISTRICT)
        far.stop()
        supervision.join()


def _add(tiers: Tiers, area: str, services: str, parent: str | None, folder: Path, *more: str) -> None:
    tiers.add(area, services, parent, "--tls", str(folder), *more)
    tiers[area].ca = str(folder / tls.CA)


def test_records_cross_the_link_and_requests_rise_by_tls(secure: Secure) -> None:
    body = {"area": STREET, "name": "晨练队", "track": "filed", "established_on": "2018-05-04"}
    made = secure.street.post("/api/registry/organisations", body, "street_staff")
    assert made.status_code == 201, made.text
    eventually(lambda: secure.district.get(f"/api/registry/organisations/{made.json()['id']}").ok)
    assert secure.street.get("/api/needs/openapi.json", None).ok, "the district's, passed on"
    far = links.far_end(own_place(Home(secure.below.home), STREET).admin, STREET)
    assert far is not None
    assert far.startswith("amqps://")
    assert "verify=verify_peer" in far


def test_nothing_of_the_district_answers_without_tls(secure: Secure) -> None:
    given = secure.above.embedded.addresses
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", given.amqp_port, socket_timeout=3))
    for port in (given.admin_port, secure.district.port):
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{port}/", timeout=10)
    with pytest.raises(ServerSelectionTimeoutError):
        MongoClient("127.0.0.1", given.store_port, serverSelectionTimeoutMS=500).admin.command("ping")


def test_a_strange_ca_and_a_wrong_name_are_refused_by_every_client(secure: Secure, stranger: str) -> None:
    node, given = Home(secure.above.home).node(DISTRICT), secure.above.embedded.addresses
    right = node.broker
    strange = f"{right.partition('?')[0]}?cacertfile={stranger}"
    elsewhere = right.replace(f"127.0.0.1:{given.amqp_port}", f"127.0.0.2:{secure.above.cable.port}")
    broker.connect(right, "test").close()
    for wrong in (strange, elsewhere):
        with pytest.raises(broker.ERRORS, match=r"CERTIFICATE_VERIFY_FAILED|certificate verify failed"):
            broker.connect(wrong, "test")
        with pytest.raises(Trouble), connected(uris.parse(wrong)):
            pass
    api = given.admin_url.partition("?")[0]
    with pytest.raises(Trouble, match="SSLError"):
        BrokerAdmin(f"{api}?cacertfile={stranger}").vhosts()
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{secure.district.url}/livez", verify=stranger, timeout=5)
    store = given.store_uri.partition("&tlsCAFile")[0]
    with pytest.raises(ServerSelectionTimeoutError, match="certificate verify failed"):
        MongoClient(store, tlsCAFile=stranger, serverSelectionTimeoutMS=1000).admin.command("ping")


@pytest.mark.parametrize(("wrong", "said"), [("ca", "unknown_ca"), ("name", "hostname_check_failed")])
def test_a_shovel_does_not_talk_to_whom_it_cannot_check(
    secure: Secure, stranger: str, wrong: str, said: str
) -> None:
    place, given = own_place(Home(secure.below.home), STREET), secure.above.embedded.addresses
    settings = dict(place.admin.shovel(STREET, links.RISE) or {})
    right = str(settings["dest-uri"])
    if wrong == "ca":
        settings["dest-uri"] = right.replace(str(uris.parse(right).ca), stranger)
    else:
        settings["dest-uri"] = right.replace(f":{given.amqp_port}/", f":{secure.above.cable.port}/").replace(
            "@127.0.0.1", "@127.0.0.2"
        )
    log = secure.below.embedded.home / "broker" / "log"
    place.admin.put_shovel(STREET, f"wrong-{wrong}", settings)
    try:
        eventually(lambda: any(said in _ascii(file) for file in log.glob("*.log")), what=said)
        assert place.admin.shovel_states(STREET).get(f"wrong-{wrong}") != "running"
    finally:
        place.admin.delete_shovel(STREET, f"wrong-{wrong}")


def _ascii(file: Path) -> str:
    return file.read_text(encoding="ascii", errors="replace").lower().replace("unknown ca", "unknown_ca")


def test_renewals_and_rotations_under_load_lose_nothing(secure: Secure, authority: Home) -> None:
    district, street = secure.district, secure.street
    token = street.token("street_staff")
    passwords = _passwords(secure)
    first_kid, first_shown = _kids(district)[0], _shown(district.url)
    with Load(street.url, organisations(STREET), lambda: street.token("street_staff"), street.ca) as load:
        for name in ("district", "street"):
            certificates.renew(authority, name)
        for what in ("--broker", "--link", "--key"):
            secure.below.hatchery("node", "rotate", STREET, what, *secure.given)
        _reconnect(secure)
        so_far = len(load.sent)
        eventually(lambda: len(load.sent) > so_far + 10, what="the load goes on")
    assert load.refused == []
    assert _loaded(street) == sorted(load.sent), "each request made one record"
    eventually(lambda: _loaded(district) == sorted(load.sent), what="all copies, and each once")
    assert district.depth("svc.registry.dead") == street.depth("svc.registry.dead") == 0
    assert _shown(district.url) != first_shown
    for old in passwords:
        with pytest.raises(Trouble), connected(uris.parse(old)):
            pass
    assert secure.below.hatchery("node", "status", STREET).returncode == 0
    kids = _kids(district)
    assert first_kid in kids
    assert len(kids) == 2
    headers = {"Authorization": f"Bearer {token}"}
    asked = district.get("/api/registry/organisations?limit=1", None, headers=headers)
    assert asked.ok, f"a token of the old key lives on: {asked.text}"


def _passwords(secure: Secure) -> list[str]:
    """The addresses, with their passwords, that the street uses at its own broker and at its parent's."""
    place = own_place(Home(secure.below.home), STREET)
    return [place.address.uri(), str(links.far_end(place.admin, STREET))]


def _loaded(at: RunningNode) -> list[str]:
    """The records that the load made, as a node knows them."""
    found, path = [], f"/api/registry/organisations?area={STREET}&limit=200"
    cursor: str | None = ""
    while cursor is not None:
        page = at.get(path + (f"&cursor={cursor}" if cursor else "")).json()
        found += [each["id"] for each in page["items"] if each["name"].startswith("load-")]
        cursor = page["next"]
    return sorted(found)


def _kids(at: RunningNode) -> list[str]:
    """The street's keys as another node knows them."""
    known: list[dict[str, Any]] = at.get("/api/nodes", None).json()["items"]
    return next([key["kid"] for key in each["keys"]] for each in known if each["id"] == STREET)


def _shown(url: str) -> str:
    host, port = url.removeprefix("https://").split(":")
    return ssl.get_server_certificate((host, int(port)))


def _reconnect(secure: Secure) -> None:
    """Close every connection at both brokers: what comes back has the new passwords and certificates."""
    for tiers in (secure.above, secure.below):
        (area,) = tiers.nodes
        admin = own_place(Home(tiers.home), area).admin
        for connection in admin._get(f"vhosts/{area}/connections"):
            admin._send("DELETE", f"connections/{quote(connection['name'], safe='')}")


def test_what_rotation_and_status_say(secure: Secure, authority: Home) -> None:
    again = secure.below.hatchery("node", "rotate", STREET, "--key", check=False)
    assert (again.returncode, "still live" in again.stderr) == (2, True), again
    certificates.renew(authority, "street", days=5)
    told = secure.below.hatchery("node", "status", STREET, check=False)
    assert told.returncode == 1
    assert "certificate of gateway ends in" in told.stdout
    assert "the parent's broker" in told.stdout
    certificates.renew(authority, "street")


def test_the_embedded_broker_stays_on_loopback_without_tls(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="--tls"):
        Embedded(tmp_path, host="192.0.2.1")
    with pytest.raises(StartFailed, match="hatchery ca issue"):
        Embedded(tmp_path, tls=tmp_path)
