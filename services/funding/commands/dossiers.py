"""Dossiers of projects for auditors: asked for, and made in the background."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable

from pymongo.errors import DuplicateKeyError

from services.funding.archives import framed
from services.funding.commands import known
from services.funding.documents import Project
from services.funding.documents.dossiers import Dossier
from services.funding.queries import dossiers as queries
from shared import background, clock
from shared.apart import apart
from shared.call import Call
from shared.errors import Problem
from shared.store import files
from shared.store.files import Kept

_log = logging.getLogger(__name__)

WORK = "dossiers"
ATTEMPTS = 5  # at one dossier: it may be what ends the process


def request(call: Call, project_id: str) -> Dossier:
    """Have the dossier of a project made, at the node that owns it. The same request asks once."""
    project = queries.judged(call, project_id)
    known.check_owner(call, project)
    job = Dossier(
        id=call.new_id("Dossier"),
        project=project.id,
        round=project.round,
        actor=call.actor.subject,
        open=True,
        created_at=call.now,
    )
    try:
        Dossier._get_collection().insert_one(job.to_mongo().to_dict())
    except DuplicateKeyError:
        return queries.dossier(call, job.id)
    background.nudge(WORK)
    return job


def work_on(claim: Callable[[], bool]) -> bool:
    """Make the oldest dossier that was asked for; False where there is none or another process is at it. Made again
    after a kill, it is the same file."""
    job = Dossier.objects(open=True).order_by("id").first()
    if job is None or not claim():
        return False
    Dossier.objects(id=job.id).update(inc__attempts=1)
    if job.attempts >= ATTEMPTS:
        _end(job, status="failed")
        return True
    try:
        zipped = apart(
            "services.funding.archives:pack", framed(queries.members(Project.objects.get(id=job.project)))
        )
    except Problem as problem:
        _log.warning("a dossier cannot be made", extra={"dossier": job.id, "reason": problem.code})
        raise
    digest = hashlib.sha256(zipped).hexdigest()
    files.keep(digest, Kept(f"dossier-{job.project}.zip", queries.ZIP, zipped))
    _end(job, status="ready", sha256=digest, size=len(zipped))
    return True


def _end(job: Dossier, **values: object) -> None:
    change = {"$set": {"finished_at": clock.wall(), **values}, "$unset": {"open": 1}}
    Dossier._get_collection().update_one({"_id": job.id, "open": True}, change)
