"""The two steps of a browser that signs in at the identity provider."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError, fields
from werkzeug.wrappers import Request, Response

from services.accounts.commands import providing
from services.accounts.journeys import LASTS
from services.accounts.schemas.sessions import Tokens
from shared import runtime
from shared.call import NOBODY, Call
from shared.errors import Text
from shared.fields import Id, Schema
from shared.http import raw
from shared.http.problems import encoded
from shared.http.validation import invalid

COOKIE = "hatchery-oidc"
FOLDER = "/api/accounts/oidc"


class DepartureQuery(Schema):
    """For which organisation to act, as at sign-in."""

    organisation = Id(load_default=None)


class ArrivalQuery(Schema):
    """What the provider sends the browser back with."""

    class Meta:
        unknown = "exclude"

    state = fields.Str(load_default="")
    code = fields.Str(load_default="")


class OidcRoutes:
    """Off unless the node's description names a provider: then both answer 404."""

    name: ClassVar[str]

    @raw(f"{FOLDER}/start", "GET")
    def depart(self, request: Request) -> Response:
        query = _loaded(DepartureQuery(), request)
        url, state = providing.depart(self._call(request), query["organisation"])
        response = Response(status=302, headers={"Location": url, "Cache-Control": "no-store"})
        secure = runtime.node().url.startswith("https://")
        # Lax: the way back from the provider is a link from another site.
        response.set_cookie(
            COOKIE, state, max_age=LASTS, path=FOLDER, secure=secure, httponly=True, samesite="Lax"
        )
        return response

    @raw(providing.CALLBACK, "GET")
    def arrive(self, request: Request) -> Response:
        query = _loaded(ArrivalQuery(), request)
        brought = request.cookies.get(COOKIE, "")
        tokens = providing.arrive(self._call(request), query["state"], brought, query["code"])
        response = Response(encoded(Tokens().dump(tokens)), content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        response.delete_cookie(COOKIE, path=FOLDER)
        return response

    def _call(self, request: Request) -> Call:
        return Call(runtime.node(), self.name, actor=NOBODY)


def _loaded(schema: Schema, request: Request) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(request.args.to_dict())
    except ValidationError as error:
        raise invalid(error, Text("query", "查询参数")) from None
    return loaded
