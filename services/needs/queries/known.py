"""What is known of organisations."""

from __future__ import annotations

from services.needs.documents import KnownOrganisation, KnownSummary


def known_organisation(identifier: str) -> KnownOrganisation | KnownSummary | None:
    """An organisation of this area, or what everybody may know of another's."""
    own: KnownOrganisation | None = KnownOrganisation.objects(id=identifier).first()
    summary: KnownSummary | None = KnownSummary.objects(organisation=identifier).first()
    return own or summary
