"""Dossiers, as they can be asked for, and what is in one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from marshmallow import Schema

from services.funding.archives import Member
from services.funding.documents import (
    Application,
    Attachment,
    Contract,
    LedgerEntry,
    PaymentOrder,
    Project,
    ProjectReport,
    Round,
)
from services.funding.documents.dossiers import Dossier
from services.funding.domain import dossiers as domain
from services.funding.queries.contracts import kept
from services.funding.queries.projects import project as found_project
from services.funding.queries.rounds import round_
from services.funding.schemas.applications import ApplicationView
from services.funding.schemas.contracts import ContractView
from services.funding.schemas.funds import EntryView
from services.funding.schemas.monitoring import ReportView
from services.funding.schemas.notices import ObjectionView
from services.funding.schemas.payments import OrderView
from services.funding.schemas.projects import ProjectView
from services.funding.schemas.review import PlaceView, ScoreView
from services.funding.schemas.rounds import RoundView
from shared.audit.queries import AuditView
from shared.audit.sealing import COLLECTION, matching
from shared.call import Call
from shared.errors import NotFound, Text
from shared.http import Download, Page
from shared.store import files
from shared.store.connection import database

Data = dict[str, Any]
ZIP = "application/zip"


def judged(call: Call, identifier: str) -> Project:
    """For those who answer for the round's money: a dossier tells what reviewers said. Raises NotFound, Forbidden."""
    found = found_project(identifier)
    call.authorise(round_(found.round).area)
    return found


def dossiers(call: Call, identifier: str, query: Data) -> Page[Dossier]:
    found = Dossier.objects(project=judged(call, identifier).id)
    if query["cursor"]:
        found = found.filter(id__gt=query["cursor"][0])
    listed = list(found.order_by("id").limit(query["limit"] + 1))
    return Page.of(listed, query["limit"], lambda one: [one.id])


def dossier(call: Call, identifier: str) -> Dossier:
    found = Dossier.objects(id=identifier).first()
    if found is None:
        raise NotFound(
            "no-such-dossier",
            Text(f"There is no dossier {identifier} here.", f"此处没有卷宗 {identifier}。"),
            Text("Ask the node that owns the project for one.", "请在管理该项目的节点生成。"),
            field="id",
        )
    call.authorise(round_(found.round).area)
    return found


def file(call: Call, identifier: str) -> Download:
    """The zip. Raises NotFound until it is made."""
    found = dossier(call, identifier)
    if found.status != "ready":
        raise NotFound(
            "dossier-not-ready",
            Text(f"The dossier is {found.status}.", f"卷宗状态为 {found.status}。"),
            Text("Look at it again in a moment, or make another.", "请稍后再试，或重新生成。"),
            field="id",
        )
    zipped = files.fetch(found.sha256)
    return Download(zipped.name, ZIP, zipped.data)


def members(project: Project) -> list[Member]:
    """Everything of a project that this node keeps, as files of the dossier; the same for the same records."""
    application = Application.objects(id=project.application).first()
    target = Round.objects(id=project.round).first()
    contract = Contract.objects(id=project.contract).first() if project.contract else None
    blind = bool(target.panel.get("blind"))
    orders = list(PaymentOrder.objects(project=project.id).order_by("id"))
    about = {project.id, project.application}
    texts = [
        _text("round.json", RoundView(), target),
        _text("application.json", ApplicationView(), application),
        _texts("scores.json", ScoreView(), domain.scores(application.scores, blind=blind)),
        _texts("ranking.json", PlaceView(), domain.places(target.ranking, application.id, blind=blind)),
        _texts("notice/objections.json", ObjectionView(), application.objections),
        _text("project.json", ProjectView(), project),
        _texts("reports.json", ReportView(), ProjectReport.objects(project=project.id).order_by("id")),
        _texts("payments/ledger.json", EntryView(), _entries(about | {one.id for one in orders})),
        _texts("payments/orders.json", OrderView(), orders),
        *([_text("contract/contract.json", ContractView(), contract)] if contract else []),
        _audit(about | ({contract.id} if contract else set()), blind=blind),
    ]
    return [*texts, *_documents(contract), *_attachments(application)]


def _entries(references: Iterable[str]) -> Any:
    return LedgerEntry.objects(reference__in=sorted(references)).order_by("id")


def _audit(records: set[str], *, blind: bool) -> Member:
    """The sealed entries of the audit chain, with their hashes; of blind reviews without who gave a score."""
    found = [
        each for record in sorted(records) for each in database()[COLLECTION].find(matching(record=record))
    ]
    found.sort(key=lambda each: int(each["_id"]))
    return _texts("audit.json", AuditView(), [domain.entry(each, blind=blind) for each in found])


def _documents(contract: Contract | None) -> list[Member]:
    if contract is None:
        return []
    named = {
        "contract/contract.pdf": contract.sha256,
        "contract/signed-copy.pdf": contract.signed_copy.get("sha256"),
        "contract/sealed.pdf": contract.seal.get("sha256"),
    }
    return [Member(name, found.data) for name, sha256 in named.items() if (found := kept(sha256))]


def _attachments(application: Application) -> list[Member]:
    """The files given with the application that nobody found harmful, named by their content."""
    draft = getattr(application, "draft", None)
    given = Attachment.objects(draft=draft, status__in=("kept", "clean")).order_by("id") if draft else []
    return [
        Member(domain.attachment(each.field, each.sha256, each.type), found.data)
        for each in given
        if (found := kept(each.id))
    ]


def _text(name: str, form: Schema, record: Any) -> Member:
    return _json(name, form.dump(record))


def _texts(name: str, form: Schema, records: Iterable[Any]) -> Member:
    return _json(name, [form.dump(each) for each in records])


def _json(name: str, told: Any) -> Member:
    return Member(name, json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode())
