"""A home of its own for each test, on the run's embedded broker, and the command line in this process."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy import cli
from deploy.broker_admin import BrokerAdmin
from deploy.embedded import Embedded
from deploy.home import Home
from tests.deploy.support import admin_url, clear


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def home(embedded: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose embedded broker and store are the run's."""
    made = Home(tmp_path / "run")
    made.path.mkdir()
    shutil.copy(embedded.home / "embedded.yaml", made.path / "embedded.yaml")
    monkeypatch.setenv("HATCHERY_HOME", str(made.path))
    return made


@pytest.fixture
def district(embedded: Embedded) -> Iterator[str]:
    """A district's code that no list has, with everything of it deleted afterwards."""
    code = f"99{random.randrange(10_000):04}"
    yield code
    clear(embedded.addresses, code)


@pytest.fixture
def hatchery(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line: `hatchery("node", "list")`."""

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr("sys.argv", ["hatchery", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Outcome(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def admin(embedded: Embedded) -> BrokerAdmin:
    return BrokerAdmin(admin_url(embedded.addresses))
