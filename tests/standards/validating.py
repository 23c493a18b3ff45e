"""Open data held against its standards, without a network: what each validator complains of, as lines to read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from libcoveocds.common_checks import common_checks_ocds
from libcoveocds.config import LibCoveOCDSConfig
from libcoveocds.lib.api import context_api_transform
from libcoveocds.schema import SchemaOCDS

Data = dict[str, Any]

HERE = Path(__file__).parent
VERSION = "1__1__5"
# What libcoveocds tells besides; each is a fault of ours.
COMPLAINTS = (
    "validation_errors", "conformance_errors", "deprecated_fields", "additional_fields",
    "additional_closed_codelist_values", "json_deref_error",
)  # fmt: skip
# Checks on quality: releases may show what has changed and nothing else.
QUALITY = "additional_checks"


class Offline(SchemaOCDS):
    """The schemas for libcoveocds, which follows references between them by downloads otherwise."""

    @staticmethod
    def _jsonref_kwarg(*, proxies: bool = False) -> Data:
        return SchemaOCDS._jsonref_kwarg(proxies=proxies) | {"loader": _file}


def _file(uri: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(standard())) as archive:
        return json.loads(archive.read(f"standard-{VERSION}/schema/{uri.rsplit('/', 1)[-1]}"))


@cache
def _schemas(of_records: bool) -> Offline:
    """Made once: what it is made of does not depend on the package, as ours name no extensions."""
    config = LibCoveOCDSConfig({"context": "api", "standard_zip": standard()})
    return Offline("1.1", {"records" if of_records else "releases": []}, config, record_pkg=of_records)


def ocds_faults(package: Data) -> list[str]:
    """What libcoveocds finds wrong with a release or record package of OCDS 1.1.5."""
    schemas = _schemas("records" in package)
    found: Data = {"file_type": "json"}
    context_api_transform(common_checks_ocds(found, "", package, schemas, cache=False))
    if found["version_used"] != "1.1":
        return [f"judged by version {found['version_used']}"]
    faults = [
        f"{name}: {json.dumps(found[name], ensure_ascii=False)}" for name in COMPLAINTS if found.get(name)
    ]
    faults += [f"{name}: {told}" for name, told in (found.get(QUALITY) or {}).items() if told]
    return faults


@cache
def standard() -> bytes:
    """The standard in the form in which libcoveocds takes it: a ZIP file like that of the standard's repository."""
    release = (
        resources.files("services.funding").joinpath("standards/ocds/release-schema.json").read_text("utf-8")
    )
    files = {path.name: path.read_text("utf-8") for path in (HERE / "ocds").glob("*.json")}
    files["release-schema.json"] = release
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"standard-{VERSION}/", "")
        for name, text in files.items():
            archive.writestr(f"standard-{VERSION}/schema/{name}", text)
        for name, codes in closed_codelists(json.loads(release)):
            archive.writestr(f"standard-{VERSION}/schema/codelists/{name}", "\n".join(["Code", *codes]))
    return packed.getvalue()


def closed_codelists(schema: Any) -> Iterator[tuple[str, list[str]]]:
    """The closed codelists, whose codes the release schema itself lists. The open ones are not among the files here:
    a code that is not in one is no error."""
    if isinstance(schema, list):
        for each in schema:
            yield from closed_codelists(each)
    if not isinstance(schema, dict):
        return
    if schema.get("codelist") and schema.get("openCodelist") is False:
        codes = schema.get("enum") or schema.get("items", {}).get("enum") or ()
        yield schema["codelist"], [code for code in codes if code is not None]
    for each in schema.values():
        yield from closed_codelists(each)


def grant_faults(package: Data, schemas: Path = HERE / "giving") -> list[str]:
    """What is wrong with a 360Giving file. `schemas` is a folder with the schema of the package and that of a grant,
    under the standard's names for them."""
    checker = FormatChecker()
    whole = json.loads((schemas / "360-giving-package-schema.json").read_text("utf-8"))
    grant = json.loads((schemas / "360-giving-schema.json").read_text("utf-8"))
    whole["properties"]["grants"]["items"] = {}  # each is held against the other schema below
    faults = list(Draft4Validator(whole, format_checker=checker).iter_errors(package))
    one = Draft4Validator(grant, format_checker=checker)
    faults += [fault for each in package["grants"] for fault in one.iter_errors(each)]
    return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in faults]
