"""`hatchery ca`: what it makes, and what it refuses."""

import stat
from datetime import timedelta

import pytest

from deploy import certificates
from shared import clock, tls

pytestmark = pytest.mark.service


@pytest.fixture
def authority(hatchery, home):
    assert hatchery("ca", "init", "--name", "Test CA").code == 0
    return home


def modes(folder):
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def test_a_certificate_names_its_hosts_and_loopback_and_only_its_owner_may_read_it(hatchery, authority):
    made = hatchery("ca", "issue", "broker.street.example", "10.0.0.5", "--name", "street")
    assert made.code == 0, made
    folder = authority.path / "tls" / "street"
    assert modes(folder) == dict.fromkeys((tls.CA, tls.CERTIFICATE, tls.KEY), 0o600)
    assert modes(authority.path / "ca") == dict.fromkeys((tls.CA, tls.KEY), 0o600)
    wanted = ("broker.street.example", "10.0.0.5", "localhost", "127.0.0.1")
    assert certificates.read(folder).hosts == wanted
    assert hatchery("ca", "list").code == 0


def test_nothing_is_overwritten(hatchery, authority):
    hatchery("ca", "issue", "a.example")
    before = {f: f.read_bytes() for f in authority.path.rglob("*.pem")}
    again = hatchery("ca", "init")
    assert (again.code, "already" in again.err) == (2, True)
    again = hatchery("ca", "issue", "a.example")
    assert (again.code, "hatchery ca renew" in again.err) == (2, True)
    assert before == {f: f.read_bytes() for f in authority.path.rglob("*.pem")}


def test_renewal_keeps_hosts_and_key_and_takes_what_ends_soon(hatchery, authority):
    hatchery("ca", "issue", "soon.example", "--days", "20")
    hatchery("ca", "issue", "late.example")
    listed = hatchery("ca", "list")
    assert listed.code == 1, listed
    folder = authority.path / "tls" / "soon.example"
    before, key = certificates.read(folder), (folder / tls.KEY).read_bytes()
    assert "would renew soon.example" in hatchery("ca", "renew", "--dry-run").out
    assert certificates.read(folder) == before
    done = hatchery("ca", "renew")
    assert "renewed soon.example" in done.out
    assert "late" not in done.out
    after = certificates.read(folder)
    assert after.hosts == before.hosts
    assert after.expires > before.expires + timedelta(days=300)
    assert (folder / tls.KEY).read_bytes() == key
    assert hatchery("ca", "list").code == 0


def test_dry_runs_make_nothing(hatchery, home):
    before = sorted(home.path.rglob("*"))
    assert "would make" in hatchery("ca", "init", "--dry-run").out
    assert "would issue" in hatchery("ca", "issue", "a.example", "--dry-run").out
    assert sorted(home.path.rglob("*")) == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("ca", "issue", "a.example"), "hatchery ca init"),
        (("ca", "renew", "nobody"), "hatchery ca list"),
        (("ca", "issue", "a.example", "--name", "../x"), "no name for a certificate"),
        (("ca", "issue", "straße.example", "--name", "a"), "neither a host name"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(hatchery, home, given, said):
    if "straße" in given[2]:
        hatchery("ca", "init")
    outcome = hatchery(*given)
    assert outcome.code == 2, outcome
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_server_goes_on_with_the_old_certificate_while_the_new_one_is_not_whole(hatchery, authority):
    hatchery("ca", "issue", "a.example")
    folder = authority.path / "tls" / "a.example"
    shown = tls.Shown(folder)
    first = shown.context()
    whole = (folder / tls.CERTIFICATE).read_bytes()
    (folder / tls.CERTIFICATE).write_bytes(whole[:200])
    assert shown.context() is first
    hatchery("ca", "renew", "a.example")
    (folder / tls.CERTIFICATE).write_bytes(whole)
    second = shown.context()
    assert second is not first
    assert shown.context() is second
    assert tls.expires(folder / tls.CERTIFICATE) > clock.wall()
