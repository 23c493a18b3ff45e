"""Routes of adoption 公益认领."""

from __future__ import annotations

from typing import Any

from services.needs.commands import adoption as commands
from services.needs.queries import adoption as queries
from services.needs.schemas import adoption as schemas
from services.needs.schemas.orders import Cancellation
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class AdoptionRoutes:
    """公益认领"""

    @post(
        "/wishes", body=schemas.NewWish, answer=schemas.WishView, status=201,
        summary="Offer a wish for adoption 发布微心愿",
    )  # fmt: skip
    def offer_wish(self, call: Call, body: Data) -> Any:
        return commands.offer_wish(call, body)

    @get("/wishes", query=schemas.WishQuery, answer=page_of(schemas.WishView), summary="Wishes 微心愿列表")
    def wishes(self, call: Call, query: Data) -> Any:
        return queries.wishes(query)

    @get("/wishes/<id>", answer=schemas.WishView, summary="One wish 微心愿")
    def wish(self, call: Call, id: str) -> Any:
        return queries.wish(id)

    @get("/wishes/<id>/contacts", answer=schemas.WishContacts, summary="Whose wish it is 心愿人和认领人")
    def wish_contacts(self, call: Call, id: str) -> Any:
        return queries.contacts(call, id)

    @post(
        "/wishes/<id>/adoption", body=schemas.NewAdoption, answer=schemas.WishView,
        summary="Adopt a wish 认领微心愿",
    )  # fmt: skip
    def adopt_wish(self, call: Call, id: str, body: Data) -> Any:
        return commands.adopt_wish(call, id, body)

    @post(
        "/wishes/<id>/return", body=Cancellation, answer=schemas.WishView,
        summary="Give a wish back 退回认领",
    )  # fmt: skip
    def return_wish(self, call: Call, id: str, body: Data) -> Any:
        return commands.give_back(call, id, body["reasons"])

    @post(
        "/wishes/<id>/fulfilment", body=schemas.Fulfilment, answer=schemas.WishView,
        summary="Record that a wish came true 实现微心愿",
    )  # fmt: skip
    def fulfil_wish(self, call: Call, id: str, body: Data) -> Any:
        return commands.fulfil_wish(call, id, body)

    @post(
        "/wishes/<id>/withdrawal", body=Cancellation, answer=schemas.WishView,
        summary="Offer a wish no longer 撤回微心愿",
    )  # fmt: skip
    def withdraw_wish(self, call: Call, id: str, body: Data) -> Any:
        return commands.withdraw_wish(call, id, body["reasons"])
