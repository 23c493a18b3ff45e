"""What is stored of certificates."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, DateTimeField, IntField, StringField

from services.registry.documents.matters import REPRESENTATIVE
from services.registry.domain import certificates as rules
from shared.lifecycle import initial
from shared.store import Aggregate


class Certificate(Aggregate):
    """A certificate 登记证书 or 备案证, with what it says of the organisation as of its issue."""

    meta = {
        "collection": "certificates",
        "indexes": [
            ("organisation", "id"),
            {"fields": ["number"], "unique": True},
            {
                "fields": ["owner", "current"],  # one holds at a time
                "unique": True,
                "partialFilterExpression": {"current": {"$type": "string"}},
            },
        ],
    }
    number = StringField(required=True)
    organisation = StringField(required=True)
    current = StringField()  # the organisation, as long as the certificate holds
    status = StringField(default=initial(rules.CertificateLife))
    name = StringField(required=True)
    track = StringField(required=True)
    type = StringField()
    credit_code = StringField()
    residence = StringField()
    scope = StringField()
    funds_fen = IntField()
    supervising_unit = StringField()
    legal_representative = StringField()
    registrar = StringField(required=True)
    issued_on = DateField(required=True)
    valid_until = DateField(required=True)
    replaced_by = StringField()
    reasons = StringField()  # why it is void
    sha256 = StringField()  # of the PDF, which is kept under it; None until it is printed
    printed_at = DateTimeField()
    generated = BooleanField(default=False)

    personal = {"legal_representative": REPRESENTATIVE}
