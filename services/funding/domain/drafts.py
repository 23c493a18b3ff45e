"""Drafts 草稿 of applications, written by several people: versions, what each changed, what does not fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from statemachine import State, StateMachine

from shared.errors import Conflict, Refused, Text

FIELDS = ("host", "topic", "title", "plan", "amount_fen", "beneficiaries_direct", "beneficiaries_indirect")
ANSWER = "answers."  # before the key of an answer to the round's form
MOST_VERSIONS = 300


class DraftLife(StateMachine):
    """Life cycle of a draft."""

    writing = State(initial=True)  # 填写中
    submitted = State(final=True)  # 已提交
    disposed = State(final=True)  # 已作废

    submit = writing.to(submitted)
    dispose = writing.to(disposed)


class Difference(NamedTuple):
    """One field at two versions; None: nothing was there. `authors` changed it in between."""

    field: str
    before: Any
    after: Any
    authors: list[str]


Version = Mapping[str, Any]  # number, author, at, changed: [{"field", "value"}]


def flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by name, answers as `answers.<key>`."""
    found = {name: value for name, value in content.items() if name in FIELDS}
    return found | {f"{ANSWER}{key}": value for key, value in (content.get("answers") or {}).items()}


def content(versions: Sequence[Version], upto: int | None = None) -> dict[str, Any]:
    """The draft as it stood at version `upto`, now for None."""
    found: dict[str, Any] = {}
    for version in versions:
        if upto is None or version["number"] <= upto:
            found |= {each["field"]: each["value"] for each in version["changed"]}
    return {name: value for name, value in found.items() if value is not None}


def folded(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The opposite of `flat`."""
    answers = {name[len(ANSWER) :]: value for name, value in fields.items() if name.startswith(ANSWER)}
    return {name: value for name, value in fields.items() if name in FIELDS} | {"answers": answers}


def changed(versions: Sequence[Version], given: Mapping[str, Any], based_on: int) -> list[dict[str, Any]]:
    """What of the given fields differs from the draft as it stands.

    Raises Conflict where somebody else changed one of them after version `based_on`, on which the author built; what
    several people write in different fields goes together.
    """
    now = content(versions)
    wanted = {name: value for name, value in given.items() if now.get(name) != value}
    later = [version for version in versions if version["number"] > based_on]
    touched = {each["field"]: version["number"] for version in later for each in version["changed"]}
    both = sorted(wanted.keys() & touched.keys())
    if both:
        told = ", ".join(f"{name} (version {touched[name]})" for name in both)
        zh = "、".join(f"{name}（第 {touched[name]} 版）" for name in both)
        raise Conflict(
            "changed-meanwhile",
            Text(f"Others have changed meanwhile: {told}.", f"他人已修改：{zh}。"),
            Text(
                "Look at the newest version, and save again based on it.",
                "请查看最新版本，在其基础上重新保存。",
            ),
            field=both[0],
            fields=both,
            newest=len(versions),
        )
    return [{"field": name, "value": value} for name, value in sorted(wanted.items())]


def check_room(versions: Sequence[Version]) -> None:
    """Raise Refused for one version too many."""
    if len(versions) >= MOST_VERSIONS:
        raise Refused(
            "too-many-versions",
            Text(f"A draft has {MOST_VERSIONS} versions at most.", f"草稿最多 {MOST_VERSIONS} 个版本。"),
            Text("Submit it, or begin a new draft.", "请提交，或新建草稿。"),
            field="based_on",
        )


def differences(versions: Sequence[Version], first: int, last: int) -> list[Difference]:
    """What changed from one version to a later one (0: before the first), by field."""
    before, after = content(versions, first), content(versions, last)
    found = []
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            authors = [
                version["author"]
                for version in versions
                if first < version["number"] <= last and any(e["field"] == name for e in version["changed"])
            ]
            found.append(Difference(name, before.get(name), after.get(name), list(dict.fromkeys(authors))))
    return found
