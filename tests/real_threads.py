"""Imported before threads run: eventlet, which comes with Nameko's web server, stays out of them.

While it is imported it puts its green modules in place of the standard ones for a moment, and leaves its own copy
of http.server behind, whose locks wait for green threads. The tests' servers and pools run in real ones.
"""

from __future__ import annotations

import http.server
import sys

_http_server = http.server
import nameko.web.server  # noqa: E402, F401

sys.modules["http.server"] = http.server = _http_server
