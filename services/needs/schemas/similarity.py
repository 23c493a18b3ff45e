"""What finding similar needs looks at of events: that a record has become new, whatever it says."""

from __future__ import annotations

from shared.fields import Area, Schema


class SeenRecord(Schema):
    """A record of needs, which is read where it is stored."""

    area = Area(required=True)
