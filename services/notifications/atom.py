"""The notice board as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as Xml

from shared import areas, clock
from shared.errors import Text

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = Text("Notices of {name}", "{name}公示公告")
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def feed(area: str, language: str, address: str, notices: Sequence[Any], now: datetime) -> bytes:
    """The feed of an area's notices, newest first; `address` is where it is found (without its query)."""
    Xml.register_namespace("", _ATOM)
    here = f"{address}?area={area}&lang={language}"
    root = Xml.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _add(root, "id", here)
    _add(root, "title", _TITLE.format(name=areas.name(area)).within(language))
    _add(root, "updated", clock.text(max((n.published_at for n in notices), default=now)))
    _add(root, "link", rel="self", type="application/atom+xml", href=here)
    _add(_add(root, "author"), "name", areas.name(area))
    for notice in notices:
        entry = _add(root, "entry")
        _add(entry, "id", f"urn:uuid:{notice.id}")
        _add(entry, "title", notice.title[language])
        _add(entry, "published", clock.text(notice.published_at))
        _add(entry, "updated", clock.text(notice.published_at))
        _add(entry, "category", term=notice.kind)
        _add(entry, "link", rel="alternate", href=f"{address.rpartition('.')[0]}/{notice.id}")
        _add(entry, "content", notice.body[language], type="text")
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True)


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    element = Xml.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = _NO_XML.sub("\ufffd", text) or None
    return element
