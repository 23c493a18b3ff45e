"""Routes of the lists of the credit measures."""

from __future__ import annotations

from typing import Any

from services.registry.commands import listings as commands
from services.registry.queries import listings as queries
from services.registry.schemas import listings as schemas
from services.registry.schemas.common import Reasons
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class ListingRoutes:
    """活动异常名录与严重违法失信名单"""

    @get(
        "/listings", query=schemas.ListingQuery, answer=page_of(schemas.ListingView),
        summary="Who is on a list 名录公示",
    )  # fmt: skip
    def listings(self, call: Call, query: Data) -> Any:
        return queries.public(query)

    @post(
        "/listings", body=schemas.NewListing, answer=schemas.ListingFile, status=201,
        summary="Propose to list an organisation 拟列入名录",
    )  # fmt: skip
    def propose_listing(self, call: Call, body: Data) -> Any:
        return commands.propose(call, body)

    @get(
        "/listing-files", query=schemas.ProposalQuery, answer=page_of(schemas.ListingView),
        summary="All listings, proposals too 名录办理",
    )  # fmt: skip
    def listing_files(self, call: Call, query: Data) -> Any:
        return queries.files(call, query)

    @get(
        "/listing-files/<id>", answer=schemas.ListingFile,
        summary="One listing with its facts 名录材料",
    )  # fmt: skip
    def listing_file(self, call: Call, id: str) -> Any:
        return queries.file(call, id)

    @post(
        "/listings/<id>/notification", answer=schemas.ListingView,
        summary="Tell the organisation before it is listed 列入前告知",
    )  # fmt: skip
    def notify_listing(self, call: Call, id: str) -> Any:
        return commands.notify(call, id)

    @post(
        "/listings/<id>/statement", body=schemas.Statement, answer=schemas.ListingFile,
        summary="State one's case before a listing 陈述申辩",
    )  # fmt: skip
    def state_case(self, call: Call, id: str, body: Data) -> Any:
        return commands.state(call, id, body["text"])

    @post(
        "/listings/<id>/decision", body=schemas.ListingDecision, answer=schemas.ListingView,
        summary="List an organisation or spare it 列入决定",
    )  # fmt: skip
    def decide_listing(self, call: Call, id: str, body: Data) -> Any:
        return commands.decide(call, id, body["list"], body["reasons"])

    @post(
        "/listings/<id>/removal", body=Reasons, answer=schemas.ListingView,
        summary="Take an organisation off a list 移出名录",
    )  # fmt: skip
    def remove_listing(self, call: Call, id: str, body: Data) -> Any:
        return commands.remove(call, id, body["reasons"])
