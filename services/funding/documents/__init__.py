"""What funding stores: one module a subject."""

from services.funding.documents.applications import Application
from services.funding.documents.attachments import Attachment
from services.funding.documents.contracts import Contract
from services.funding.documents.dossiers import Dossier
from services.funding.documents.drafts import Draft
from services.funding.documents.draws import Draw
from services.funding.documents.experts import Expert
from services.funding.documents.funds import DayClosing, Delegation, Fund, LedgerEntry
from services.funding.documents.known import KnownGrade, KnownOrganisation, KnownSummary, KnownTopic
from services.funding.documents.monitoring import ProjectReport
from services.funding.documents.opendata import ToldState
from services.funding.documents.payments import Payee, PaymentBatch, PaymentOrder
from services.funding.documents.procurement import SupplierQuery
from services.funding.documents.projects import Project
from services.funding.documents.rounds import Round
from services.funding.documents.schemes import Scheme
from shared.arearules.settings import AreaRuleSetting

ALL = (
    Fund, LedgerEntry, DayClosing, Delegation, Scheme, Round, Application, Contract, Project, ProjectReport,
    AreaRuleSetting, Payee, PaymentOrder, PaymentBatch, Expert, Draw, SupplierQuery,
    Draft, Attachment, Dossier, KnownOrganisation, KnownSummary, KnownTopic, KnownGrade, ToldState,
)  # fmt: skip

__all__ = [
    "ALL",
    "Application",
    "AreaRuleSetting",
    "Attachment",
    "Contract",
    "DayClosing",
    "Delegation",
    "Dossier",
    "Draft",
    "Draw",
    "Expert",
    "Fund",
    "KnownGrade",
    "KnownOrganisation",
    "KnownSummary",
    "KnownTopic",
    "LedgerEntry",
    "Payee",
    "PaymentBatch",
    "PaymentOrder",
    "Project",
    "ProjectReport",
    "Round",
    "Scheme",
    "SupplierQuery",
    "ToldState",
]
