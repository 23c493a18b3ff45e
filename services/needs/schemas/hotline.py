"""Forms of what the hotline publishes."""

from __future__ import annotations

from marshmallow import fields

from shared.fields import Area, Schema


def _share(of: str) -> fields.Int:
    return fields.Int(allow_none=True, metadata={"description": f"per hundred of {of}, rounded down"})


class Completion(Schema):
    """How far the hotline requests of an area have come 热线办结情况."""

    area = Area()
    requests = fields.Int()
    answered = fields.Int()
    answered_percent = _share("the requests")
    in_time = fields.Int(metadata={"description": "answered without a late step"})
    in_time_percent = _share("the answered ones")
    overdue = fields.Int(metadata={"description": "whose present step takes longer than it may"})
    called_back = fields.Int()
    satisfied = fields.Int()
    satisfied_percent = _share("those who were reached")
