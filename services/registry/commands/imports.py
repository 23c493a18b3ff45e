"""Imports 存量导入: a file is received, read and checked apart, and taken over row by row in the background.

Each row is a command of its own, whose cause derives from the import and the row: taken again after a kill, it changes
nothing twice. One row is one whole write, so nothing is ever half there.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError, PyMongoError

from services.registry.commands.steps import check_registry
from services.registry.documents.imports import Import, ImportRow
from services.registry.documents.organisations import Organisation
from services.registry.domain import imports as rules
from services.registry.domain import organisations as organisation_rules
from services.registry.queries.imports import Known, counted, known, load_import
from services.registry.queries.rules import value
from services.registry.subjects import organisations as subjects
from shared import areas, background, clock, permissions, runtime
from shared.apart import TooMuch, apart
from shared.call import Actor, Call, Grant
from shared.errors import Fault, Misdirected, NotFound, Problem, Refused, Text
from shared.http import Upload
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, files, new, save
from shared.store.bulk import insert_missing

_log = logging.getLogger(__name__)

WORK = "imports"
OPERATION = "import_file"  # whose rule each row is held against
CHUNK = 40  # rows in one step: well within the time that the lease lasts
INSERTED = 500  # rows in one write
ATTEMPTS = 10  # at reading one file: it may be what ends the process
UNSENT = timedelta(days=1)  # after which a file that was cut off is not waited for any more
KEPT = timedelta(days=180)  # imports and their rows: a platform default

Data = dict[str, Any]


def receive(call: Call, area: str | None, file: Upload, *, again: bool) -> Import:
    """Keep a file to be imported for an area. The same file for the same area is the earlier import, unless that
    failed or was cancelled, or the caller wants it `again`."""
    area = area or call.node.area
    call.authorise(area)
    if not areas.contains(call.node.area, area):
        raise Misdirected(area, None)
    identifier, digest = call.new_id("Import"), hashlib.sha256(file.data).hexdigest()
    same = Import.objects(digest=digest, area=area, status__nin=("failed", "cancelled"), id__ne=identifier)
    if not again and (earlier := same.order_by("-id").first()):
        return earlier
    job = Import(
        id=identifier,
        area=area,
        name=file.name,
        digest=digest,
        size=len(file.data),
        actor=call.actor.subject,
        grants=[list(grant) for grant in call.actor.grants],
        origin=call.origin,
        correlation=call.correlation,
        created_at=call.now,
    )
    try:
        Import._get_collection().insert_one(job.to_mongo().to_dict())
    except DuplicateKeyError:
        job = Import.objects(id=identifier).first()
    if job.status == "received":
        files.keep(job.id, files.Kept(file.name, file.type, file.data))
        # Only now: without its file nobody could work on it.
        Import.objects(id=job.id, status="received").update(set__open=True)
        background.nudge(WORK)
    return job


def cancel(call: Call, identifier: str) -> Import:
    """Leave the rest of the rows. What was taken over stays. Raises Refused for an import that has ended."""
    job = load_import(call, identifier)
    while job.status != "cancelled" and not _move(job, "cancel", finished_at=clock.now()):
        job = load_import(call, identifier)  # it has gone on meanwhile: three states at most
    files.drop(job.id)
    return load_import(call, identifier)


def work_on(claim: Callable[[], bool]) -> bool:
    """Take the next step of the oldest import; False where there is none or another process is at it.

    Raises the Problem or PyMongoError that will pass, with everything kept that was done until then.
    """
    job = Import.objects(open=True).order_by("id").first()
    if job is None or not claim():
        return False
    if job.status == "running":
        _take_some(job)
    else:
        _read(job)
    return True


def _move(job: Import, action: str, **values: Any) -> bool:
    """Bring an import into its next state. False where somebody else was faster: a person who cancelled it."""
    status = advance(rules.ImportLife, job.status, action)
    ended = status not in ("checking", "running")
    change: Data = {"$set": {"status": status, **values}} | ({"$unset": {"open": 1}} if ended else {})
    done = Import._get_collection().update_one({"_id": job.id, "status": job.status}, change)
    job.status = status
    return bool(done.matched_count)


def _read(job: Import) -> None:
    """Read and check the file, and keep its rows."""
    if job.status == "received" and not _move(job, "check"):
        return
    Import.objects(id=job.id).update(inc__attempts=1)
    if job.attempts >= ATTEMPTS:
        _fail(job, TooMuch())
        return
    try:
        given = {"area": job.area, "today": job.created_at.astimezone(clock.CHINA).date().isoformat()}
        file = files.fetch(job.id)
        answer = json.loads(
            apart("services.registry.sheets:read", json.dumps(given).encode() + b"\n" + file.data)
        )
    except (Refused, NotFound) as refused:
        _fail(job, refused)
        return
    rows = [
        ImportRow(id=f"{job.id}:{position:06d}", import_id=job.id, position=position, **row)
        .to_mongo()
        .to_dict()
        for position, row in enumerate(answer["rows"], start=1)
    ]
    for start in range(0, len(rows), INSERTED):
        _insert(rows[start : start + INSERTED])
    if _move(job, "run", total=len(rows), sheets=answer["sheets"], ignored=answer["ignored"]):
        files.drop(job.id)


def _insert(rows: list[Data]) -> None:
    """Keep rows; those that an earlier try has kept stay as they are."""
    insert_missing(ImportRow._get_collection(), rows)


def _fail(job: Import, problem: Problem) -> None:
    remedy = problem.remedy or Text("", "")
    told = {"code": problem.code, "detail": list(problem.detail), "remedy": list(remedy)}
    _move(job, "fail", problem=told, finished_at=clock.now())
    files.drop(job.id)


def _take_some(job: Import) -> None:
    """Take over the next rows, and keep what came of them, also when something passing stops it."""
    waiting = list(ImportRow.objects(import_id=job.id, status="waiting").order_by("id").limit(CHUNK))
    if not waiting:
        _move(job, "finish", finished_at=clock.now(), counts=counted(job.id))
        return
    counts = Counter(job.counts)
    if counts.total() + 1 != waiting[0].position:  # cut off between the rows and their number
        counts = Counter(counted(job.id))
    already = known(row.values for row in waiting)
    done: dict[str, Data] = {}
    try:
        for row in waiting:
            done[row.id] = _outcome(job, row, already)
    finally:
        if done:
            settled = [UpdateOne({"_id": row}, {"$set": outcome}) for row, outcome in done.items()]
            ImportRow._get_collection().bulk_write(settled, ordered=False)
            counts.update(outcome["status"] for outcome in done.values())
            Import.objects(id=job.id, status="running").update(set__counts=dict(counts))


def _outcome(job: Import, row: ImportRow, already: Known) -> Data:
    """What comes of a row. Raises the Problem or PyMongoError that will pass."""
    call = _call(job, row)
    there = already.of(row.values)
    if there is not None and there["_id"] != call.new_id(Organisation.__name__):
        fault = _other_name(row.values, there)
        if fault is None and not row.faults:
            return {"status": advance(rules.RowLife, row.status, "know"), "organisation": there["_id"]}
        return _refuse(row, [fault] if fault else [])
    if row.faults:
        return _refuse(row, [])
    try:
        made = import_organisation(call, _fields(row.values))
    except PyMongoError:
        raise
    except Problem as problem:
        if problem.status == 503 or "retry_after" in problem.extra:
            raise
        return _refuse(row, _faults(problem))
    except Exception:  # a defect of ours must not hold up the rows behind it
        _log.exception("a row could not be imported", extra={"import_id": job.id, "row": row.number})
        return _refuse(row, [_DEFECT])
    return {"status": advance(rules.RowLife, row.status, "accept"), "organisation": made.id}


def _call(job: Import, row: ImportRow) -> Call:
    """The call in whose name a row is taken over: of whoever sent the file, as of then."""
    return Call(
        node=runtime.node(),
        service=runtime.service(),
        cause=derived_id(job.id, row.id),
        actor=Actor(job.actor, tuple(Grant(*grant) for grant in job.grants)),
        rule=permissions.TABLE.rule(runtime.service(), OPERATION),
        correlation=job.correlation,
        origin=job.origin or "",
        operation=OPERATION,
        now=job.created_at,
    )


def _other_name(values: Mapping[str, Any], there: Mapping[str, Any]) -> Fault | None:
    """What is wrong where a credit code is there under another name."""
    if not values.get("credit_code") or values.get("name") == there["name"]:
        return None
    return Fault(
        "credit_code",
        Text(
            f"'{there['name']}' at {there['area']} has this credit code.",
            f"该信用代码属于 {there['area']} 的“{there['name']}”。",
        ),
        Text("Correct the code or the name.", "请更正信用代码或名称。"),
    )


def _refuse(row: ImportRow, more: Iterable[Fault]) -> Data:
    told = [
        {"field": fault.field, "reason": list(fault.reason), "remedy": list(fault.remedy)} for fault in more
    ]
    return {"status": advance(rules.RowLife, row.status, "refuse"), "faults": [*row.faults, *told]}


_DEFECT = Fault(
    "",
    Text("The row failed through no fault of yours.", "该行导入失败，原因不在您。"),
    Text("Import it again; if it fails again, tell your operator.", "请再次导入；如仍失败，请告知运维人员。"),
)


def _faults(problem: Problem) -> Iterable[Fault]:
    """A refusal as faults of the row's columns."""
    if problem.faults:
        return problem.faults
    by_code = {"not-the-registrar": "track", "exists-already": "credit_code"}
    field = by_code.get(problem.code, "area" if problem.status in (403, 421) else problem.field or "")
    return [Fault(field, problem.detail, problem.remedy or Text("", ""))]


def _fields(values: Mapping[str, Any]) -> Data:
    """A row's values as the fields of an organisation."""
    fields = {key: read for key, read in values.items() if key != "decided_on"}
    fields["established_on"] = date.fromisoformat(values["established_on"])
    if "valid_until" in values:
        fields["valid_until"] = date.fromisoformat(values["valid_until"])
    decided = date.fromisoformat(values.get("decided_on") or values["established_on"])
    fields["decided_at"] = datetime.combine(decided, time(), clock.CHINA)
    status = fields.setdefault("status", "active")
    line = {
        "step": "import",
        "status": status,
        "at": fields["decided_at"],
        "reasons": None,
        "legal_basis": None,
    }
    return fields | {"ended_by": rules.ENDED_BY.get(status), "history": [line]}


@command
def import_organisation(call: Call, fields: Data) -> Organisation:
    """Take over an organisation as it stands. Raises what `new` does, and Forbidden to whom does not decide on it."""
    filing_tier = value(organisation_rules.FILING_DECIDED_BY, fields["area"], call.now)
    where = organisation_rules.deciding_area(fields["track"], fields["area"], filing_tier)
    organisation = new(call, Organisation, at=where, **fields)
    check_registry(call, organisation)
    return save(call, organisation, subjects.IMPORTED)


def tidy() -> None:
    """Forget imports that are older than KEPT, and give up those whose file was cut off on its way."""
    now = clock.wall()
    for job in Import.objects(status="received", open=None, created_at__lt=now - UNSENT):
        _move(job, "cancel", finished_at=now)
    for job in Import.objects(open=None, created_at__lt=now - KEPT):
        ImportRow.objects(import_id=job.id).delete()
        job.delete()
