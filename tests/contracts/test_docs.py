"""The documents name files, tests, links and commands; all of them are really there."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from deploy.cli import app
from shared.telemetry import metrics

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *sorted(p for p in ROOT.glob("*.md") if p.name[0] != "."),
    *sorted((ROOT / "docs").rglob("*.md")),
]
TOPS = ("services", "shared", "deploy", "tests", "docs", "examples")

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
FILE = re.compile(rf"(?<![\w/.<])(?:{'|'.join(TOPS)})/[\w./*-]*[\w*]")
COMMAND = re.compile(r"(?:^|[\s(/=])hatchery((?: +[^\s`|]+)*)")

# Commands that take the rest of their line themselves, and where their options are.
OWN_LINE = {
    "node run": ("deploy.run", "main"),
    "demo": ("deploy.demo", "main"),
    "stop": ("deploy.demo", "stop"),
    "replay": ("deploy.replay", "main"),
}

on_each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[p.relative_to(ROOT).as_posix() for p in DOCUMENTS]
)


def quoted(text: str) -> list[str]:
    """What stands in backquotes, and the lines of code blocks."""
    blocks = [line for _, body in FENCED.findall(text) for line in body.replace("\\\n", " ").splitlines()]
    return [*QUOTED.findall(FENCED.sub("", text)), *blocks]


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def anchors(path: Path) -> frozenset[str]:
    """The names that a document's headings have as link targets."""
    headings = re.findall(r"^#+ +(.*)$", FENCED.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return frozenset(
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    )


@on_each_document
def test_every_test_that_is_named_exists(document: Path):
    named = TEST.findall(document.read_text(encoding="utf-8"))
    missing = [f"{file}::{name}" for file, name in named if name not in functions_of(ROOT / file)]
    assert missing == []


@on_each_document
def test_every_file_that_is_named_exists(document: Path):
    named = {
        found.group()
        for text in quoted(document.read_text(encoding="utf-8"))
        for found in FILE.finditer(text)
    }
    missing = [name for name in sorted(named) if not any(ROOT.glob(name))]
    assert missing == []


@on_each_document
def test_every_link_leads_somewhere(document: Path):
    wrong = []
    for target in LINK.findall(FENCED.sub("", document.read_text(encoding="utf-8"))):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            wrong.append(target)
    assert wrong == []


def commands(text: str) -> Iterator[list[str]]:
    """The words after each `hatchery` that is typed somewhere in a document."""
    for line in quoted(text):
        line = re.split(r"\s#\s", line)[0]
        for found in COMMAND.finditer(line):
            words = re.split(r"[;&|)]", found.group(1))[0]
            try:
                yield shlex.split(words)
            except ValueError:  # a quote that the line goes on with
                yield words.split()


@cache
def own_help(module: str, function: str) -> str:
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.suppress(SystemExit):
        getattr(importlib.import_module(module), function)(["--help"])
    return told.getvalue()


def fault(words: list[str]) -> str | None:
    """What is wrong with a command line, if anything: a word that is no command, or an option that it lacks."""
    current = typer.main.get_command(app)
    path: list[str] = []
    rest = list(words)
    while isinstance(current, TyperGroup):
        if not rest or rest[0].startswith(("-", ".", "[")):
            return None  # the group as such: `hatchery node`, `hatchery --help`, `hatchery ...`
        found = current.commands.get(rest[0])
        if found is None:
            return f"{' '.join(words)}: no command {rest[0]}"
        path.append(rest.pop(0))
        current = found
    given = [word.split("=")[0] for word in rest if re.match(r"--[a-z]", word)]
    own = OWN_LINE.get(" ".join(path))
    if own:
        known = set(re.findall(r"--[a-z-]+", own_help(*own)))
    else:
        known = {
            name for parameter in current.params for name in (*parameter.opts, *parameter.secondary_opts)
        }
    unknown = [name for name in given if name not in known | {"--help"}]
    return f"{' '.join(words)}: no option {unknown}" if unknown else None


@on_each_document
def test_every_command_that_is_typed_exists_with_its_options(document: Path):
    faults = [wrong for words in commands(document.read_text(encoding="utf-8")) if (wrong := fault(words))]
    assert faults == []


@on_each_document
def test_every_figure_that_is_named_is_exposed(document: Path):
    families = [family.name for family in metrics.REGISTRY.collect()]
    exposed = {*families, *(f"{name}_total" for name in families)}
    named = set(
        re.findall(r"\bhatchery_[a-z_]+[a-z]", " ".join(quoted(document.read_text(encoding="utf-8"))))
    )
    assert named - exposed == set()


@on_each_document
def test_every_problem_that_is_named_is_raised_somewhere(document: Path):
    named = set(re.findall(r"\b[45]\d\d `([a-z-]+)`", document.read_text(encoding="utf-8")))
    assert {code for code in named if f'"{code}"' not in source()} == set()


@cache
def source() -> str:
    files = (path for top in ("services", "shared") for path in (ROOT / top).rglob("*.py"))
    return "".join(path.read_text(encoding="utf-8") for path in files)


def test_a_command_or_option_that_does_not_exist_is_found():
    assert fault(["node", "fly", "230102"])
    assert fault(["fly"])
    assert fault(["node", "status", "--colour"])
    assert fault(["demo", "--colour"])
    assert fault(["node", "status", "--all", "--json"]) is None
    assert fault(["replay", "qingshan", "--seed", "7"]) is None


@on_each_document
def test_python_in_the_documents_is_python(document: Path):
    for language, body in FENCED.findall(document.read_text(encoding="utf-8")):
        if language == "python":
            ast.parse(body)


def test_both_readmes_have_the_same_parts_commands_and_links():
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
    )
    assert [len(h) for h in re.findall(r"^(#+) ", FENCED.sub("", english), re.MULTILINE)] == [
        len(h) for h in re.findall(r"^(#+) ", FENCED.sub("", chinese), re.MULTILINE)
    ]
    assert list(commands(english)) == list(commands(chinese))

    def pages(text: str) -> set[str]:
        return {target.partition("#")[0] for target in LINK.findall(text)} - {
            "",
            "README.md",
            "README.zh-CN.md",
        }

    assert pages(english) == pages(chinese)
