"""Rules of a project's dossier 卷宗: what auditors are shown of scores and of the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from mimetypes import guess_extension
from typing import Any

WITHHELD = "withheld"
_SCORED = "funding.application.scored"
_WHO = ("actor", "origin", "organisation", "grants")


def scores(given: Sequence[Mapping[str, Any]], *, blind: bool) -> list[dict[str, Any]]:
    """Scores as they were given; of a blind review without who gave them, numbered by what they say and not by when
    they came."""
    if not blind:
        return [dict(one) for one in given]
    nameless = [{name: one[name] for name in ("scores", "remarks") if name in one} for one in given]
    nameless.sort(key=lambda one: (sorted(one["scores"].items()), one.get("remarks", "")))
    return [{"expert": f"专家 {number}", **one} for number, one in enumerate(nameless, 1)]


def places(ranking: Iterable[Mapping[str, Any]], application: str, *, blind: bool) -> list[dict[str, Any]]:
    """The application's own place: what others were scored is theirs. Of a blind review without who gave a score."""
    own = [dict(place) for place in ranking if place["application"] == application]
    for place in own if blind else ():
        nameless = [
            {name: told for name, told in one.items() if name != "expert"} for one in place.get("scores", ())
        ]
        nameless.sort(key=lambda one: sorted((name, str(told)) for name, told in one.items()))
        place["scores"] = [{"expert": f"专家 {number}", **one} for number, one in enumerate(nameless, 1)]
        place["missing"] = [WITHHELD for _ in place.get("missing", ())]
    return own


def entry(stored: Mapping[str, Any], *, blind: bool) -> dict[str, Any]:
    """An entry of the audit chain. That of a score in a blind review tells no more who gave it; its hash stays, for
    those who may read the chain itself."""
    if not blind or stored["event"] != _SCORED:
        return dict(stored)
    return dict(stored) | {name: WITHHELD if name != "grants" else [] for name in _WHO}


def attachment(field: str, sha256: str, media: str) -> str:
    """Where a file given with the application stands in the dossier."""
    return f"attachments/{field}-{sha256[:16]}{guess_extension(media) or '.bin'}"
