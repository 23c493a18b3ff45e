"""Packages of open data, put together apart from the service (`shared.apart`): bytes of JSON in and out.

What is given is made by `services.funding.queries.opendata`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import ocdsmerge

from services.funding.domain import giving, ocds
from services.funding.domain.ocds import Known, Party, Source
from services.funding.domain.opendata import Course, Told

Data = dict[str, Any]


def releases(given: bytes) -> bytes:
    """The release package of a round."""
    package = json.loads(given)
    (round_,) = package["rounds"]
    made = _course(round_, _known(package)).releases(_told(round_))
    return _written({**_package(package, round_["releases"], made), "releases": made})


def record(given: bytes) -> bytes:
    """The record package of a round: where its releases are, and what they come to by the standard's merge rules."""
    package = json.loads(given)
    (round_,) = package["rounds"]
    made = _course(round_, _known(package)).releases(_told(round_))
    linked = [
        {"url": f"{round_['releases']}#{each['id']}", "date": each["date"], "tag": each["tag"]}
        for each in made
    ]
    schema = resources.files("services.funding").joinpath("standards/ocds/release-schema.json")
    merger = ocdsmerge.Merger(json.loads(schema.read_text(encoding="utf-8")))
    compiled = merger.create_compiled_release(made)
    whole = {"ocid": round_["ocid"], "releases": linked, "compiledRelease": compiled}
    return _written(
        {
            **_package(package, round_["record"], made),
            "packages": [round_["releases"]],
            "records": [whole],
        }
    )


def grants(given: bytes) -> bytes:
    """The 360Giving file of an area and year; nothing where there are no grants."""
    package = json.loads(given)
    found = list(_grants(package))
    if not found:
        return b""
    return _written(
        {
            "version": giving.VERSION,
            "title": f"{package['area_name']} {package['year']} 公益创投资助 grants",
            "description": _about(found),
            "identifier": f"{package['area']}-{package['year']}",
            "modified": max(grant["dateModified"] for grant in found),
            "publisher": {"name": package["publisher"], "website": package["website"]},
            "downloadURL": package["grants"],
            "accessURL": package["policy"],
            "license": package["licence"],
            "grants": found,
        }
    )


def _grants(package: Data) -> Iterator[Data]:
    known = _known(package)
    for round_ in package["rounds"]:
        course = _course(round_, known)
        course.releases(_told(round_))
        yield from giving.grants(course, package["grant_prefix"], round_["record"])


def _about(found: list[Data]) -> str:
    generated = any(ocds.GENERATED in grant["description"] for grant in found)
    said = "资助项目，由平台事件生成。 Grants, made from the platform's events."
    return f"{ocds.GENERATED} {said}" if generated else said


def _package(package: Data, uri: str, made: list[Data]) -> Data:
    """What stands in front of both kinds of packages. It is dated to its last release."""
    return {
        "uri": uri,
        "version": ocds.VERSION,
        "publishedDate": made[-1]["date"],
        "publisher": {"name": package["publisher"], "uri": package["website"]},
        "license": package["licence"],
        "publicationPolicy": package["policy"],
    }


def _course(round_: Data, known: Known) -> Course:
    return Course(round_["ocid"], known)


def _told(round_: Data) -> Iterator[Told]:
    for one in round_["told"]:
        place = (one["epoch"], one["sequence"])
        yield Told(one["id"], one["noun"], one["subject"], one["at"], place, one["state"])


def _known(package: Data) -> Known:
    known = package["known"]
    return Known(
        {identifier: Party(*told) for identifier, told in known["parties"].items()},
        known["topics"],
        {identifier: Source(*told) for identifier, told in known["funds"].items()},
        known["areas"],
    )


def _written(package: Data) -> bytes:
    return json.dumps(package, ensure_ascii=False, separators=(",", ":")).encode()
