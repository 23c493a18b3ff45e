"""Changing a node's key: killed between any two steps, it goes on, and both keys count at each moment."""

import os
import subprocess
import sys

import pytest

from deploy import links, rotation, uris
from deploy.channel import connected
from deploy.places import own_place
from deploy.trouble import Trouble
from shared import keys
from tests.harness import ROOT

pytestmark = pytest.mark.service

# Dies by SIGKILL at the given call of Path.replace, of which each step of the change makes one.
KILLED = """
import os, pathlib, signal, sys
from pathlib import Path
from deploy import rotation
from shared import keys
left, real = int(sys.argv[2]), Path.replace
def replace(self, target):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return real(self, target)
Path.replace = replace
rotation.announce(Path(sys.argv[1]))
rotation.activate(Path(sys.argv[1]))
"""


def raws(folder):
    return {keys.raw(key) for key in keys.accepted(folder)}


@pytest.mark.parametrize("steps", range(6))
def test_killed_after_any_step_the_next_run_completes_it(tmp_path, steps):
    old = keys.raw(keys.generate(tmp_path).public_key())
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(steps)], cwd=ROOT, check=False, timeout=60
    )
    assert killed.returncode == (-9 if steps < 5 else 0)
    assert old in raws(tmp_path)
    signing = keys.raw(keys.load_private(tmp_path).public_key())
    assert signing in raws(tmp_path), "whatever signs is accepted"
    if not rotation.completed(tmp_path) and steps < 5:
        new = keys.raw(rotation.announce(tmp_path).public_key())
        assert {old, new} <= raws(tmp_path)
        rotation.activate(tmp_path)
    signing = keys.raw(keys.load_private(tmp_path).public_key())
    assert signing != old
    assert raws(tmp_path) == {old, signing}
    assert keys.raw(keys.load_public(tmp_path)) == signing
    with pytest.raises(Trouble, match="still live"):
        rotation.announce(tmp_path)


def test_a_password_from_the_environment_is_changed_there(hatchery, home, district, monkeypatch):
    hatchery("node", "add", district, "--services", "none")
    raw = home.raw(district)
    password = raw["broker"].split(":")[2].split("@")[0]
    monkeypatch.setenv("ITS_PASSWORD", password)
    home.write_node(district, raw | {"broker": raw["broker"].replace(password, "${ITS_PASSWORD}")})
    told = hatchery("node", "rotate", district, "--broker")
    assert (told.code, "environment" in told.err) == (2, True)


def test_dry_runs_change_nothing_and_a_root_has_no_link(hatchery, home, district):
    hatchery("node", "add", district, "--services", "none")
    before = {file: file.read_bytes() for file in home.folder(district).rglob("*") if file.is_file()}
    assert "would change" in hatchery("node", "rotate", district, "--broker", "--dry-run").out
    assert "would make a new key" in hatchery("node", "rotate", district, "--key", "--dry-run").out
    assert hatchery("node", "rotate", district, "--link").code == 2
    assert hatchery("node", "rotate", district).code == 2
    assert before == {f: f.read_bytes() for f in home.folder(district).rglob("*") if f.is_file()}


# Dies by SIGKILL at the given request that would change something at a broker.
KILLED_AT_BROKER = """
import os, signal, sys
from deploy.broker_admin import BrokerAdmin
from deploy.cli import main
left, real = int(sys.argv.pop(1)), BrokerAdmin._send
def send(self, *more):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return real(self, *more)
BrokerAdmin._send = send
main()
"""


@pytest.mark.parametrize(("what", "requests"), [("--link", 0), ("--link", 1), ("--broker", 0)])
def test_a_change_of_password_that_was_killed_is_completed_by_the_next(
    hatchery, home, district, what, requests
):
    street = f"{district}001"
    assert hatchery("node", "add", district, "--services", "none").code == 0
    hatchery("node", "add", street, "--parent", district, "--services", "none")
    before = home.node(street).broker, home.operator(street).link_password
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED_AT_BROKER, str(requests), "node", "rotate", street, what],
        cwd=ROOT, env=os.environ, check=False, timeout=60,
    )  # fmt: skip
    assert killed.returncode == -9
    assert (home.node(street).broker, home.operator(street).link_password) != before, "written down first"
    assert hatchery("node", "rotate", street, what).code == 0
    with connected(own_place(home, street).address):
        pass
    place = own_place(home, street)
    states = links.wait_running(place.admin, street, 40)
    assert set(states.values()) == {"running"}, states
    with connected(uris.parse(str(links.far_end(place.admin, street)))):
        pass
