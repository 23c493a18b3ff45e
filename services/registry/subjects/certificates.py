"""What is told of certificates, to everybody: whoever is shown one wants to verify it."""

from __future__ import annotations

from services.registry.schemas.certificates import CertificateState
from shared.errors import Text
from shared.events.types import Subject

CERTIFICATE = Subject(
    "registry", "certificate", CertificateState, Text("certificate", "证书"), audience="public"
)
ISSUED = CERTIFICATE.event("issued", Text("issued", "颁发"))
PRINTED = CERTIFICATE.event("printed", Text("printed", "打印"))
REPLACED = CERTIFICATE.event("replaced", Text("replaced", "换发"))
ANNULLED = CERTIFICATE.event("annulled", Text("annulled", "作废"))
MOVED = CERTIFICATE.event("moved", Text("moved with its organisation", "随组织迁移"))
ALL = (ISSUED, PRINTED, REPLACED, ANNULLED, MOVED)
