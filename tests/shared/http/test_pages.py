from __future__ import annotations

import base64

import pytest
from marshmallow import ValidationError

from shared.http.pages import Cursor, cursor

pytestmark = pytest.mark.unit


def test_a_cursor_leads_back_to_its_key():
    loaded: object = Cursor(int, str).deserialize(cursor(3, "爱心 社"))
    assert loaded == [3, "爱心 社"]


def test_half_a_character_is_no_place_in_a_list():
    """JSON can hold it, the store cannot."""
    broken = base64.urlsafe_b64encode(b'["\\ud800"]').decode()
    with pytest.raises(ValidationError):
        Cursor(str).deserialize(broken)
