"""The command line as a whole: help, exit codes, tokens, and commands of modules that may be missing."""

import subprocess
import sys

import pytest

from deploy.home import write_private
from shared import keys


@pytest.mark.unit
@pytest.mark.parametrize("command", [(), ("node",), ("letters",), ("subscriber",)])
def test_help_documents_the_exit_codes(hatchery, command):
    outcome = hatchery(*command, "--help")
    assert outcome.code == 0
    assert "Exit codes: 0 done" in outcome.out


@pytest.mark.unit
def test_a_fault_is_one_line_on_standard_error(tmp_path):
    outcome = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "token", "--node", "230102", "--role", "x"],
        env={"HATCHERY_HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("hatchery: no node 230102")
    assert len(outcome.stderr.splitlines()) == 1


@pytest.mark.unit
def test_a_command_whose_module_is_missing_breaks_no_other(hatchery, monkeypatch):
    monkeypatch.setitem(sys.modules, "deploy.demo", None)
    outcome = hatchery("demo")
    assert outcome.code == 3
    assert "deploy.demo" in outcome.err
    assert hatchery("--help").code == 0


@pytest.mark.service
def test_a_token_is_signed_by_its_node(hatchery, home, district):
    hatchery("node", "add", district, "--services", "none")
    street = f"{district}001"
    outcome = hatchery(
        *("token", "--node", district, "--role", "street_staff", "--area", street),
        *("--subject", "li", "--organisation", "o-1", "--minutes", "5"),
    )
    key = keys.load_public(home.keys(district))
    actor = keys.verify(outcome.out.strip(), lambda kid: (key, district))
    assert (actor.subject, actor.organisation) == ("li", "o-1")
    assert actor.grants == (("street_staff", street),)


@pytest.mark.service
@pytest.mark.parametrize("more", [("--area", "330203"), ("--minutes", "16"), ("--role", "x")])
def test_a_token_that_nobody_would_accept_is_not_issued(hatchery, home, district, more):
    hatchery("node", "add", district, "--services", "none")
    outcome = hatchery("token", "--node", district, "--role", "expert", *more)
    assert outcome.code == 2
    assert outcome.out == ""


@pytest.mark.unit
def test_a_private_file_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "deep" / "secret.yaml"
    write_private(path, "a: 1\n")
    path.chmod(0o644)
    write_private(path, "a: 2\n")
    assert path.read_text() == "a: 2\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [f.name for f in path.parent.iterdir()] == ["secret.yaml"]
