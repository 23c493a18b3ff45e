"""Rendered files: kept apart from where they are written, so that a dry run makes the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.trouble import UNREACHABLE, Trouble


@dataclass(frozen=True)
class File:
    """`secret` files are readable by their owner only, and never printed."""

    name: str
    text: str
    secret: bool = False


@dataclass(frozen=True)
class Rendered:
    """`steps` is what an operator types next; `{folder}` in it is where the files are."""

    files: tuple[File, ...]
    steps: tuple[str, ...]


def write(rendered: Rendered, folder: Path, say: Callable[[str], None]) -> None:
    """Write what differs. Raises Trouble where the folder cannot be written."""
    try:
        for file in rendered.files:
            target = folder / file.name
            mode = 0o600 if file.secret else 0o644
            if _same(target, file.text, mode):
                say(f"keep {target}")
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            new = target.with_name(f".{target.name}.new")
            new.touch(mode=0o600)
            new.write_text(file.text, encoding="utf-8")
            new.chmod(mode)
            new.replace(target)
            say(f"write {target}")
    except OSError as error:
        raise Trouble(f"{folder} cannot be written: {error}", UNREACHABLE) from error


def _same(target: Path, text: str, mode: int) -> bool:
    if not target.is_file():
        return False
    return target.read_text(encoding="utf-8") == text and target.stat().st_mode & 0o777 == mode


def shown(rendered: Rendered) -> Iterator[str]:
    """The files' texts, without the secrets' values."""
    for file in rendered.files:
        yield f"--- {file.name}{' (mode 600)' if file.secret else ''}"
        if file.secret:
            yield from (f"{line.partition('=')[0]}=..." for line in file.text.splitlines())
        else:
            yield file.text.rstrip("\n")
