"""What the directory keeps: derived from organisations, summaries and grades, and worked out again from them at will.

`services.registry.commands.directory` alone writes these.
"""

from __future__ import annotations

from mongoengine import DateField, Document, IntField, ListField, MapField, StringField


class DirectoryEntry(Document):
    """What an organisation is found by. `id` is the organisation's."""

    meta = {
        "collection": "directory_entries",
        "strict": False,
        "indexes": [
            ("keys", "order"),
            ("facets", "newest"),
            ("sample",),
            {"fields": ["grade_turns_on"], "sparse": True},
        ],
    }
    id = StringField(primary_key=True)
    area = StringField(required=True)
    name = StringField(required=True)
    credit_code = StringField()
    track = StringField(required=True)
    type = StringField()
    category = StringField()
    status = StringField(required=True)
    grade = StringField()  # that holds today
    grade_turns_on = DateField()  # when that has to be looked at again
    established_on = DateField()
    ended_on = DateField()
    pinyin = StringField()  # as `domain.spelling.written`
    keys = ListField(StringField())  # what it is found by, see `domain.directory`
    facets = ListField(StringField())  # those of the keys that are no part of name or code
    order = StringField()  # its place by name
    newest = StringField()  # its place by age
    sample = IntField()  # 0..2^31, at random but always the same: the least ones are a sample of all
    form = IntField()  # of keys and orders
    revision = IntField()


class DirectoryCount(Document):
    """How many entries there are in an area and below it; `id` is the area. The keys of the counts are JSON lists, see
    `domain.directory.Cell`; a count may have come down to 0."""

    meta = {"collection": "directory_counts", "strict": False, "indexes": [("parent",)]}
    id = StringField(primary_key=True)
    parent = StringField()  # the next area above
    kinds = MapField(IntField())  # by everything that is a facet
    founded = MapField(IntField())  # of what is public, by track and year
    ended = MapField(IntField())  # of what has ended, by track and year


class DirectoryState(Document):
    """How far the directory has come: one document, `id` is `form`."""

    meta = {"collection": "directory_state", "strict": False}
    id = StringField(primary_key=True)
    form = IntField(required=True)  # in which all entries are
