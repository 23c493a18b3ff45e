"""What is stored of service stations."""

from __future__ import annotations

from mongoengine import BooleanField, DictField, StringField

from shared.store import Aggregate


class Station(Aggregate):
    """A service station of social organisations 社会组织服务站."""

    meta = {"collection": "stations"}
    name = StringField(required=True)
    five_haves = DictField()
    seven_in_common = DictField()
    complies = BooleanField(default=False)
    generated = BooleanField(default=False)
