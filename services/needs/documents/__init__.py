"""What the service of needs stores: one module a subject."""

from services.needs.documents.collection import Need
from services.needs.documents.deliveries import Delivery
from services.needs.documents.known import KnownOrganisation, KnownSummary
from services.needs.documents.library import LibraryItem, SourceClaim

ALL = (Need, LibraryItem, SourceClaim, Delivery, KnownOrganisation, KnownSummary)

__all__ = ["ALL", "Delivery", "KnownOrganisation", "KnownSummary", "LibraryItem", "Need", "SourceClaim"]
