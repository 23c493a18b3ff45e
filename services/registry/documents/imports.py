"""What is stored of imports: the work of this node alone, told to nobody. The organisations are what is told."""

from __future__ import annotations

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    IntField,
    ListField,
    StringField,
)

from services.registry.domain import imports as rules
from shared.lifecycle import initial


class Import(Document):
    """A file of organisations to take over, and how far that has come. `id` derives from the request's cause."""

    meta = {
        "collection": "imports",
        "strict": False,
        "indexes": [
            {"fields": ["open", "id"], "sparse": True},
            ("digest", "area"),
            ("area", "id"),
            "created_at",
        ],
    }
    id = StringField(primary_key=True)
    area = StringField(required=True)  # that it is for: rows lie there or below
    name = StringField(required=True)  # of the file
    digest = StringField(required=True)  # SHA-256 of the file
    size = IntField(required=True)  # bytes
    actor = StringField(required=True)  # who asked, in whose name each row is taken over
    grants = ListField(ListField(StringField()))  # role and area, as they were then
    origin = StringField()  # where the request came from
    correlation = StringField()
    status = StringField(default=initial(rules.ImportLife))
    open = BooleanField()  # unset once there is nothing left to do
    attempts = IntField(default=0)  # at reading the file
    total = IntField()  # rows; None until they are read
    counts = DictField()  # rows that are settled, by what came of them
    sheets = ListField(DictField())  # name, header row, letters of the columns by their keys
    ignored = ListField(StringField())  # sheets without the columns
    problem = DictField()  # why the file as a whole was refused: code, detail, remedy
    created_at = DateTimeField(required=True)
    finished_at = DateTimeField()


class ImportRow(Document):
    """A row of an import. `id` is `<import>:<number>`, so that reading the file again makes no other."""

    meta = {"collection": "import_rows", "strict": False, "indexes": [("import_id", "status", "id")]}
    id = StringField(primary_key=True)
    import_id = StringField(required=True)
    sheet = StringField(required=True)
    number = IntField(required=True)  # of the row in its sheet, from 1
    position = IntField(required=True)  # among all rows of the import, from 1
    cells = DictField()  # what stood there, by the columns' keys
    values = DictField()  # as it was understood; days as 2026-03-01
    faults = ListField(DictField())  # field, reason, remedy; the latter two in English and Chinese
    status = StringField(default=initial(rules.RowLife))
    organisation = StringField()  # id of what it has become, or was already
