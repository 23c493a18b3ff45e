"""Routes: what a service's methods answer, to whom, in which form.

    class RegistryService(Service):
        name = "registry"

        @post("/organisations", body=NewOrganisation, answer=OrganisationView, status=201,
              summary="Register an organisation 登记社会组织")
        def register_organisation(self, call, body):
            return commands.register_organisation(call, body)

Who may use a route says its row in `shared/permissions.csv`, found by the service's name and the method's. A
route without one fails when its service class is made.

A method gets the Call, the path's variables by their names, and the loaded `body` or `query` where the route
has a schema for it, or the `file` that it takes (`shared.http.files`). It returns what the answer's schema dumps,
a Page for lists, a Download for files, or None for an empty answer.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeVar

from eventlet.event import Event
from nameko.containers import WorkerContext
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, Entrypoint, register_entrypoint
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from shared import permissions
from shared.fields import Schema
from shared.http import handling, problems
from shared.http.files import Accepts, FileOf
from shared.http.pages import PageOf
from shared.http.server import Server
from shared.node import GATEWAY

F = TypeVar("F", bound=Callable[..., Any])
_VARIABLE = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One method of the API, as its author described it. `path` is below the service's own prefix."""

    method: str
    path: str
    name: str  # of the Python method; the API's operationId
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    answer: type[Schema] | PageOf | FileOf | None = None
    status: int = 200
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = field(default=())
    file: Accepts | None = None
    secret: bool = False  # nothing of it is kept, so that a repeat with the same Idempotency-Key acts again

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(_VARIABLE.findall(self.path))

    def template(self, service: str) -> str:
        """The whole path with {variables}, as OpenAPI, spans and metrics name it."""
        return prefix(service) + _VARIABLE.sub(r"{\1}", self.path)

    @cached_property
    def body_schema(self) -> Schema | None:
        return self.body() if self.body else None

    @cached_property
    def query_schema(self) -> Schema | None:
        return self.query() if self.query else None

    @cached_property
    def answer_schema(self) -> Schema | None:
        if self.answer is None or isinstance(self.answer, FileOf):
            return None
        return self.answer.schema() if isinstance(self.answer, PageOf) else self.answer()


def rule_of(service: type[permissions.Serving], operation: str) -> permissions.Rule:
    """Who may use a method of a service. Raises LookupError where no rule says so."""
    return permissions.of(service).rule(service.name, operation)


def prefix(service: str) -> str:
    """The gateway speaks for the node as a whole: its routes stand at the top."""
    return "/api" if service == GATEWAY else f"/api/{service}"


class RouteEntrypoint(Entrypoint):
    """Runs a service's method for the requests of one route."""

    server = Server()

    def __init__(self, route: Route, **kwargs: Any) -> None:
        self.route = route
        super().__init__(expected_exceptions=(Exception,), **kwargs)

    def setup(self) -> None:
        self.service: str = self.container.service_name
        self.template = self.route.template(self.service)
        self.rule = rule_of(self.container.service_cls, self.route.name)
        # A created record's address, where the service has a route to read it.
        below = re.compile(re.escape(self.route.path.rstrip("/")) + r"/<[^/]+>")
        routes = routes_of(self.container.service_cls)
        self.locates = any(r.method == "GET" and below.fullmatch(r.path) for r in routes)
        self.server.register_provider(self)

    def stop(self) -> None:
        self.server.drain()
        self.server.unregister_provider(self)

    def get_url_rule(self) -> Rule:
        return Rule(prefix(self.service) + self.route.path, methods=[self.route.method])

    def answer(self, request: Request, values: dict[str, Any]) -> Response:
        return handling.respond(self, request, values)

    def work(self, *args: Any, **kwargs: Any) -> Any:
        """Run the service's method in a worker of the container, within this request's context."""
        done = Event()

        def finish(_: WorkerContext, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(result, exc_info)
            return result, exc_info

        worker = self.container.spawn_worker(self, args, kwargs, handle_result=finish)
        # The worker's thread has not run yet: give it this request's trace and clock.
        self.container._worker_threads[worker].gr_context = copy_context()
        return done.wait()


class RawEntrypoint(RouteEntrypoint):
    """Hands a method the request itself and takes its Response: for probes, metrics, proxies, web pages."""

    def __init__(self, methods: tuple[str, ...], path: str, **kwargs: Any) -> None:
        self.methods, self.path = methods, path
        Entrypoint.__init__(self, expected_exceptions=(Exception,), **kwargs)

    def setup(self) -> None:
        self.template = _VARIABLE.sub(r"{\1}", self.path)
        self.server.register_provider(self)

    def get_url_rule(self) -> Rule:
        return Rule(self.path, methods=self.methods)

    def answer(self, request: Request, values: dict[str, Any]) -> Response:
        try:
            found = self.work(request, **values)
        except Exception as error:
            return problems.respond(error, request)
        assert isinstance(found, Response), f"{self.method_name} must return a werkzeug Response"
        return found


def _not_a_request(record: logging.LogRecord) -> bool:
    """Nameko logs each exception of a worker with its traceback; ours become answers and are logged there."""
    first = record.args[0] if isinstance(record.args, tuple) and record.args else None
    return not (isinstance(first, WorkerContext) and isinstance(first.entrypoint, RouteEntrypoint))


logging.getLogger("nameko.containers").addFilter(_not_a_request)


def _decorator(route: Callable[[str], Route]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        made = route(function.__name__)
        _check(function, made)
        register_entrypoint(function, RouteEntrypoint(made))
        return function

    return decorate


def _check(function: Callable[..., Any], route: Route) -> None:
    """A method that does not take what its route gives fails at import, not at the first request."""
    expected = ["self", "call", *route.variables]
    expected += ["body"] * bool(route.body) + ["file"] * bool(route.file) + ["query"] * bool(route.query)
    found = list(inspect.signature(function).parameters)
    if sorted(found) != sorted(expected) or found[:2] != expected[:2]:
        raise TypeError(
            f"{route.method} {route.path}: {function.__name__} takes {found}, must take {expected}"
        )


def get(
    path: str,
    *,
    answer: type[Schema] | PageOf | FileOf | None = None,
    query: type[Schema] | None = None,
    status: int = 200,
    summary: str = "",
    description: str = "",
    tags: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """A route that reads. HEAD works too."""
    return _decorator(
        lambda name: Route("GET", path, name, None, query, answer, status, summary, description, tags)
    )


class Writing(Protocol):
    """A decorator for routes that change something. A route that takes a `file` gets it in place of a body. Of one
    that is `secret` nothing is kept for repeats: what is sent or answered are passwords and tokens."""

    def __call__(
        self,
        path: str,
        *,
        body: type[Schema] | None = None,
        file: Accepts | None = None,
        answer: type[Schema] | None = None,
        query: type[Schema] | None = None,
        status: int = ...,
        summary: str = "",
        description: str = "",
        tags: tuple[str, ...] = (),
        secret: bool = False,
    ) -> Callable[[F], F]: ...


def _writes(method: str, standard: int) -> Writing:
    def writing(
        path: str,
        *,
        body: type[Schema] | None = None,
        file: Accepts | None = None,
        answer: type[Schema] | None = None,
        query: type[Schema] | None = None,
        status: int = standard,
        summary: str = "",
        description: str = "",
        tags: tuple[str, ...] = (),
        secret: bool = False,
    ) -> Callable[[F], F]:
        return _decorator(
            lambda name: Route(
                method, path, name, body, query, answer, status, summary, description, tags, file, secret
            )
        )

    return writing


post = _writes("POST", 200)
put = _writes("PUT", 200)
patch = _writes("PATCH", 200)
delete = _writes("DELETE", 204)


def raw(path: str, *methods: str) -> Callable[[F], F]:
    """A method that gets the request and the path's variables and returns a Response.

    `path` is the whole path, without a prefix; GET unless `methods` are named. No authentication, so its rule must
    be `public`; no schemas. Errors still become problem details, and spans and metrics are kept.
    """

    def decorate(function: F) -> F:
        register_entrypoint(function, RawEntrypoint(methods or ("GET",), path))
        return function

    return decorate


def routes_of(service: type) -> Iterator[Route]:
    """The routes of a service class, in the order of path and method."""
    found = [
        entrypoint.route
        for _, entrypoint in entrypoints_of(service)
        if isinstance(entrypoint, RouteEntrypoint) and not isinstance(entrypoint, RawEntrypoint)
    ]
    return iter(sorted(found, key=lambda route: (route.path, route.method)))


def entrypoints_of(service: type) -> Iterator[tuple[str, Entrypoint]]:
    """Whatever Nameko runs a service class's methods for: the method's name, and what runs it."""
    for name, function in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(function, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            yield name, entrypoint


def check_rules(service: type[permissions.Serving]) -> None:
    """Raises LookupError for a route without a rule, TypeError for a raw one that is not public."""
    for name, entrypoint in entrypoints_of(service):
        if isinstance(entrypoint, RouteEntrypoint):
            rule = rule_of(service, name)
            if isinstance(entrypoint, RawEntrypoint) and rule.where != "public":
                raise TypeError(f"{service.name} {name} checks no token: its rule must be public")
