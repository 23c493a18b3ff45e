"""`hatchery audit` on a running node whose chain somebody with the store's password has been at."""

from __future__ import annotations

import copy
import csv
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from pymongo import MongoClient

from deploy.embedded import Embedded
from deploy.home import Home
from shared.audit import chain
from shared.http import origin
from tests.deploy.conftest import Run
from tests.harness import RunningNode, eventually, make_node

pytestmark = pytest.mark.service

AREA = "230102"
Stored = dict[str, Any]


@dataclass
class Audited:
    """A node with a registry that has done something, and its chain."""

    node: RunningNode
    home: Home
    store: Any
    stations: list[str]

    @property
    def chain(self) -> list[Stored]:
        return list(self.store["audit"].find().sort("_id", 1))

    def put_back(self, entries: list[Stored]) -> None:
        self.store["audit"].delete_many({})
        self.store["audit"].insert_many(entries)


def station(name: str) -> Stored:
    return {"area": AREA, "name": name, "five_haves": {"window": False}, "seven_in_common": {}}


def check(audited: Audited, identifier: str, headers: dict[str, str] | None = None) -> None:
    found = {"five_haves": {"window": True}, "seven_in_common": {}}
    path = f"/api/registry/stations/{identifier}/checks"
    audited.node.post(path, found, headers=headers).raise_for_status()


@pytest.fixture(scope="module")
def audited(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    home, vhost = Home(tmp_path_factory.mktemp("audited")), f"test-{uuid.uuid4().hex[:12]}"
    api = requests.Session()
    api.auth = (embedded.addresses.user, embedded.addresses.password)
    api.put(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30).raise_for_status()
    node = make_node(embedded, home.folder(AREA), vhost, ["registry"], area=AREA)
    node.start()
    with MongoClient[Stored](embedded.addresses.store_uri, tz_aware=True) as client:
        made = Audited(node, home, client[home.node(AREA).database("registry")], [])
        for number in range(4):
            answer = node.post("/api/registry/stations", station(f"服务站 {number}"))
            assert answer.status_code == 201, answer.text
            made.stations.append(answer.json()["id"])
        for identifier in made.stations[:2]:
            check(made, identifier)
        eventually(lambda: len(made.chain) >= 6, what="all changes are sealed")
        yield made
        node.stop()
    api.delete(f"{embedded.addresses.admin_url}/api/vhosts/{vhost}", timeout=30)


@pytest.fixture
def home(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("HATCHERY_HOME", str(audited.home.path))
    return audited.home


@pytest.fixture
def intact(audited: Audited) -> Iterator[list[Stored]]:
    """The chain, put back after the test."""
    before = audited.chain
    yield copy.deepcopy(before)
    audited.put_back(before)


def verify(hatchery: Run, *more: str) -> tuple[int, str]:
    done = hatchery("audit", "verify", AREA, "--service", "registry", *more)
    return done.code, done.out


def test_a_chain_that_nobody_touched_is_sound(audited: Audited, home: Home, hatchery: Run) -> None:
    code, out = verify(hatchery)
    assert (code, "sound" in out, "NOT" in out) == (0, True, False)
    assert hatchery("audit", "verify", AREA).code == 0  # the gateway's too
    [told] = json.loads(verify(hatchery, "--json")[1])
    assert told["verdict"]["entries"] == len(audited.chain)


def test_entries_tell_who_changed_what_and_from_where(audited: Audited, home: Home) -> None:
    forged = {origin.HEADER: "203.0.113.9", "X-Forwarded-For": "203.0.113.9"}
    identifier = audited.stations[3]
    check(audited, identifier, forged)
    last = eventually(lambda: audited.store["audit"].find_one({"record": identifier, "sequence": 2}))
    assert last["operation"] == "POST /api/registry/stations/{id}/checks"
    assert (last["actor"], last["grants"]) == ("test", [["district_staff", AREA]])
    assert last["origin"] == "127.0.0.1"  # whom the gateway saw, not what the client said
    assert last["before"] == {"five_haves": {"window": False}}
    assert last["after"] == {"five_haves": {"window": True}}


def changed(entries: list[Stored]) -> None:
    entries[2]["after"]["name"] = "另一个站"


def removed(entries: list[Stored]) -> None:
    del entries[2]


def inserted(entries: list[Stored]) -> None:
    for one in entries[2:]:
        one["_id"] += 1
    forged = {
        "id": "forged",
        "event": "registry.station.opened",
        "written_at": "2026-03-02T01:00:00.000Z",
    }
    entries.insert(2, chain.sealed(forged, chain.head_of(entries[1]), 1))


def cut_off(entries: list[Stored]) -> None:
    del entries[4:]


def rewritten(entries: list[Stored]) -> None:
    """Somebody who knows how the chain is made makes it anew from the third entry on."""
    changed(entries)
    for at in range(2, len(entries)):
        content = {
            k: v for k, v in entries[at].items() if k not in ("_id", "entry", "previous", "hash", "epoch")
        }
        entries[at] = chain.sealed(
            content | {"id": entries[at]["entry"]}, chain.head_of(entries[at - 1]), entries[at]["epoch"]
        )


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (changed, "changed: entry 3;"),
        (removed, "removed: entry 3;"),
        (inserted, "inserted: entry 3;"),
        (cut_off, "cut off: entry 5;"),
        (rewritten, "rewritten: entry "),
    ],
)
def test_what_was_done_to_the_chain_is_found_and_named(
    audited: Audited,
    home: Home,
    intact: list[Stored],
    hatchery: Run,
    tamper: Callable[[list[Stored]], None],
    told: str,
) -> None:
    assert hatchery("audit", "anchor", AREA, "--service", "registry").code == 0
    tamper(intact)
    audited.put_back(intact)
    code, out = verify(hatchery)
    assert code == 1
    assert "NOT SOUND" in out
    assert told in out.splitlines()[1]


@pytest.mark.parametrize("tamper", [cut_off, rewritten])
def test_a_receipt_finds_it_where_the_heads_in_the_store_were_rewritten_too(
    audited: Audited,
    home: Home,
    intact: list[Stored],
    hatchery: Run,
    tmp_path: Path,
    tamper: Callable[[list[Stored]], None],
) -> None:
    receipt = tmp_path / "receipt.json"
    assert hatchery("audit", "receipt", AREA, "--to", str(receipt)).code == 0
    assert verify(hatchery, "--receipt", str(receipt))[0] == 0
    tamper(intact)
    audited.put_back(intact)
    gateway = audited.store.client[home.node(AREA).database("gateway")]
    heads = [(audited.store["audit_heads"], list(audited.store["audit_heads"].find()))]
    heads.append((gateway["known_heads"], list(gateway["known_heads"].find())))
    for collection, _ in heads:
        collection.delete_many({})
    if tamper is rewritten:
        assert verify(hatchery)[0] == 0  # nothing in this store can tell
    code, out = verify(hatchery, "--receipt", str(receipt))
    assert (code, "receipt receipt.json" in out) == (1, True)
    for collection, found in heads:
        if found:
            collection.insert_many(found)


def test_a_chain_cut_off_before_anybody_was_told_contradicts_the_records(
    audited: Audited, home: Home, hatchery: Run
) -> None:
    identifier = audited.stations[2]
    check(audited, identifier)
    eventually(lambda: audited.store["audit"].find_one({"record": identifier, "sequence": 2}))
    whole = audited.chain
    audited.store["audit"].delete_one({"_id": whole[-1]["_id"]})
    code, out = verify(hatchery)
    audited.put_back(whole)
    assert code == 1
    assert "unrecorded: entry 3;" in out
    assert identifier in out


def test_a_receipt_that_was_changed_or_is_not_of_this_node_is_refused(
    audited: Audited, home: Home, hatchery: Run, tmp_path: Path
) -> None:
    receipt = tmp_path / "receipt.json"
    assert hatchery("audit", "receipt", AREA, "--to", str(receipt)).code == 0
    told = json.loads(receipt.read_text())
    for name, wrong, why in (
        ("made_at", "2020-01-01T00:00:00.000Z", "was changed after it was signed"),
        ("node", "330203", "is a receipt of node 330203"),
        ("kid", f"{AREA}.0123456789abcdef", "no longer has"),
    ):
        receipt.write_text(json.dumps(told | {name: wrong}))
        done = hatchery("audit", "verify", AREA, "--receipt", str(receipt))
        assert (done.code, why in done.err) == (2, True)


def test_auditors_read_entries_by_record_actor_and_time_page_by_page(audited: Audited) -> None:
    node, identifier = audited.node, audited.stations[0]
    path = f"/api/registry/audit?record={identifier}"
    assert node.get(path).status_code == 403  # staff
    found = node.get(path, "auditor").json()["items"]
    assert [one["event"].split(".")[-1] for one in found] == ["opened", "checked"]
    first = node.get("/api/registry/audit?limit=2", "auditor").json()
    second = node.get(f"/api/registry/audit?limit=2&cursor={first['next']}", "auditor").json()
    assert [one["number"] for one in first["items"] + second["items"]] == [1, 2, 3, 4]
    assert node.get("/api/registry/audit?until=2020-01-01T00:00:00Z", "auditor").json()["items"] == []
    assert node.get("/api/registry/audit?actor=nobody", "auditor").json()["items"] == []
    assert node.get("/api/audit", "auditor").json()["items"][0]["event"] == "gateway.node.announced"


def test_an_export_is_whole_and_runs_nothing_in_a_spreadsheet(
    audited: Audited, home: Home, hatchery: Run, tmp_path: Path
) -> None:
    token = audited.node.token("district_staff", subject="=HYPERLINK(1)")
    answer = requests.post(
        f"{audited.node.url}/api/registry/stations",
        json=station("甲"),
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    record = answer.json()["id"]
    eventually(lambda: audited.store["audit"].find_one({"record": record}))
    for form in ("csv", "jsonl"):
        file = tmp_path / form
        assert (
            hatchery("audit", "export", AREA, "--to", str(file), "--format", form, "--record", record).code
            == 0
        )
    [line] = [json.loads(one) for one in (tmp_path / "jsonl").read_text().splitlines()]
    assert (line["actor"], line["after"]["name"]) == ("=HYPERLINK(1)", "甲")
    with (tmp_path / "csv").open(encoding="utf-8-sig", newline="") as table:
        [row] = list(csv.DictReader(table))
    assert row["actor"] == "'=HYPERLINK(1)"
    assert json.loads(row["after"])["name"] == "甲"
