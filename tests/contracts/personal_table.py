"""The table of personal fields in docs/personal-data.md, from the declarations in the code.

python -m tests.contracts.personal_table        # writes it anew
"""

from __future__ import annotations

import re
from pathlib import Path

from shared.audit.personal import Personal
from shared.store.aggregate import Aggregate, Record
from tests.contracts.published import NAMES, service

DOCUMENT = Path(__file__).parents[2] / "docs" / "personal-data.md"
_TABLE = re.compile(
    r"(?<=^\| service \| field \| purpose \| ground \| kept \|\n\|---\|---\|---\|---\|---\|\n)(?:\|.*\n)*",
    re.M,
)


def kinds() -> list[tuple[str, type[Aggregate | Record]]]:
    found = [(name, kind) for name in NAMES for kind in service(name).documents]
    return [(name, kind) for name, kind in found if issubclass(kind, Aggregate | Record)]


def with_table(text: str) -> str:
    """The document with the table as the code has it."""
    rows = sorted(
        f"| {name} | `{kind._get_collection_name()}.{field}` | {about.purpose.en} {about.purpose.zh} | "
        f"{about.basis.en} {about.basis.zh} | {_kept(about)} |\n"
        for name, kind in kinds()
        for field, about in kind.personal.items()
    )
    return _TABLE.sub(lambda _: "".join(rows), text)


def _kept(about: Personal) -> str:
    if about.kept is None:
        return "erased on request 可依请求删除"
    years = f", {about.years} years" if about.years else ""
    return f"{about.kept.en}{years} {about.kept.zh}"


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
