"""Appraisal 论证: a panel says by its votes which items of the library become topics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from shared.errors import Refused, Text

PANEL = ("residents", "experts", "cadres", "organisations")  # the parts of an appraisal 论证会


class Votes(NamedTuple):
    """The votes of one part of the panel."""

    in_favour: int
    against: int


def check_appraisal(chosen: bool, votes: Mapping[str, Votes]) -> None:
    """Raise Refused unless every part of the panel voted, and, to choose, a majority of all votes is for it.

    Setting aside needs no majority: a majority is necessary for a topic, not sufficient.
    """
    absent = [part for part in PANEL if part not in votes or sum(votes[part]) < 1]
    if absent:
        raise Refused(
            "panel-incomplete",
            Text(f"Nobody voted for: {', '.join(absent)}.", f"以下各方无人投票：{'、'.join(absent)}。"),
            Text("Every part of the panel votes at least once.", "论证会各方至少须有一票。"),
            field="votes",
        )
    if chosen:
        check_majority(votes)


def check_majority(votes: Mapping[str, Votes]) -> None:
    """Raise Refused unless more votes of all parts together are for it than against it."""
    in_favour = sum(votes[part].in_favour for part in PANEL)
    against = sum(votes[part].against for part in PANEL)
    if in_favour <= against:
        raise Refused(
            "no-majority",
            Text(f"{in_favour} for, {against} against.", f"赞成 {in_favour} 票，反对 {against} 票。"),
            Text("A topic needs more votes for it than against it.", "立项须获得过半数赞成票。"),
            field="votes",
        )
