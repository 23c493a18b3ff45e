"""What funding publishes, and what it does with events."""

from __future__ import annotations

from services.funding import documents, subjects
from services.funding.commands.delegations import follow_delegation, take_back
from services.funding.commands.opendata import keep
from services.funding.commands.projects import apply_evaluation
from services.funding.schemas import known
from services.funding.schemas.delegations import SeenDelegation, SeenPart
from services.funding.schemas.opendata import ToldApplication, ToldContract, ToldProject, ToldQuery, ToldRound
from services.funding.subjects.applications import APPLICATION
from services.funding.subjects.contracts import CONTRACT
from services.funding.subjects.delegations import DELEGATED, DELEGATION, RECALLED
from services.funding.subjects.drafts import ATTACHMENT, DRAFT
from services.funding.subjects.draws import DRAW
from services.funding.subjects.experts import EXPERT
from services.funding.subjects.funds import FUND, FUND_RETURNED
from services.funding.subjects.payments import BATCH, ORDER, PAYEE
from services.funding.subjects.procurement import SUPPLIER_QUERY
from services.funding.subjects.projects import PROJECT
from services.funding.subjects.rounds import ROUND
from services.funding.subjects.rules import AREA_RULE
from services.funding.subjects.schemes import SCHEME
from shared.events.handlers import Handlers, derived, effect, read_model, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (FUND, documents.Fund),
    (DELEGATION, documents.Delegation),
    (SCHEME, documents.Scheme),
    (ROUND, documents.Round),
    (DRAFT, documents.Draft),
    (ATTACHMENT, documents.Attachment),
    (APPLICATION, documents.Application),
    (CONTRACT, documents.Contract),
    (PROJECT, documents.Project),
    (PAYEE, documents.Payee),
    (ORDER, documents.PaymentOrder),
    (BATCH, documents.PaymentBatch),
    (EXPERT, documents.Expert),
    (DRAW, documents.Draw),
    (SUPPLIER_QUERY, documents.SupplierQuery),
    (AREA_RULE, documents.AreaRuleSetting),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    read_model("registry.organisation", known.SeenOrganisation, documents.KnownOrganisation),
    read_model("registry.summary", known.SeenSummary, documents.KnownSummary),
    read_model("needs.library_item", known.SeenTopic, documents.KnownTopic),
    derived("funding.round", ToldRound, keep, "keep rounds as told"),
    derived("funding.application", ToldApplication, keep, "keep applications as told"),
    derived("funding.supplier_query", ToldQuery, keep, "keep suppliers' queries as told"),
    derived("funding.contract", ToldContract, keep, "keep contracts as told"),
    derived("funding.project", ToldProject, keep, "keep projects as told"),
    read_model("evaluation.grade", known.SeenGrade, documents.KnownGrade),
    effect("evaluation.phase_evaluation.concluded", known.SeenEvaluation, apply_evaluation),
    effect(DELEGATED.type, SeenDelegation, follow_delegation),
    effect(RECALLED.type, SeenDelegation, follow_delegation),
    effect(FUND_RETURNED.type, SeenPart, take_back),
)
