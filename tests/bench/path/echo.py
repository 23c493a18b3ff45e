"""The product's web server with nothing behind it: `python -m tests.bench.path.echo PORT` answers what it is sent."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

# ruff: noqa: E402
import sys

from eventlet import wsgi
from werkzeug.wrappers import Request, Response

from shared.http.server import Protocol


@Request.application
def echo(request: Request) -> Response:
    return Response(request.get_data(), content_type="application/json")


if __name__ == "__main__":
    wsgi.server(
        eventlet.listen(("127.0.0.1", int(sys.argv[1])), backlog=256),
        echo,
        protocol=Protocol,
        log_output=False,
    )
