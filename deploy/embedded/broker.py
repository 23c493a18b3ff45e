"""A private RabbitMQ node: own name, ports, cookie, configuration and data, all below one folder."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.embedded import queues, streams
from deploy.embedded.addresses import HOST, EmbeddedAddresses, accepts
from deploy.embedded.child import Child, StartFailed
from shared import tls

_PLUGINS = ("rabbitmq_management", "rabbitmq_shovel", "rabbitmq_shovel_management", "rabbitmq_prometheus")
# Debian's command in /usr/sbin insists on root or the user rabbitmq; the one behind it runs as anybody.
_SERVERS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server", "/usr/sbin/rabbitmq-server")
_ERLANG = (
    "-kernel inet_dist_use_interface {127,0,0,1}",
    # Certificates are read at each connection, so that a renewed one is shown at once and not two minutes later.
    "-ssl bypass_pem_cache true",
)
# How what passes through a link's inlet is handed on: milliseconds until a queue that refused is asked again, and how
# much is on its way at once. Left to itself the broker has 3 minutes and 32.
_ADVANCED = """\
[{rabbit, [
    {dead_letter_worker_publisher_confirm_timeout, 10000},
    {dead_letter_worker_consumer_prefetch, 500}
]}].
"""
_LOOK = 10.0  # seconds between two looks whether the queues' processes have ended; two must say so
_NO_SERVER = (
    "RabbitMQ is not installed: run deploy/ensure-rabbitmq.sh, or install rabbitmq-server 3.10 or later"
)


class Broker(Child):
    """Serves AMQP and management API where the addresses say, metrics on loopback. A restart keeps all durable
    data."""

    name = "broker"

    def __init__(
        self,
        home: Path,
        addresses: EmbeddedAddresses,
        stopping: threading.Event | None = None,
        spawned: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(home, stopping, spawned)
        self.addresses = addresses
        self._names = _NameServer(self.home, addresses.epmd_port, stopping, spawned)
        self._looked = time.monotonic()
        self._ended = 0  # looks in a row at which the queues had ended

    def start(self, timeout: float = 60) -> None:
        """As Child.start; the name server that Erlang needs comes first, streams of an earlier life last."""
        before = streams.existed(self.home / "data")
        self._names.start(timeout=10)
        super().start(timeout)
        if before:
            streams.heal(self.addresses.erlang_node, self.environment())

    def ails(self) -> str:
        if time.monotonic() - self._looked < _LOOK:
            return ""
        self._looked = time.monotonic()
        ended = queues.have_ended(self.addresses.erlang_node, self.environment())
        self._ended = self._ended + 1 if ended else 0
        if self._ended < 2:
            return ""
        self._ended = 0
        return "its queues, whose processes have all ended"

    def stop(self, timeout: float = 30) -> None:
        super().stop(timeout)
        self._names.stop(timeout=5)

    @property
    def name_server_pid(self) -> int | None:
        """Of Erlang's port mapper (epmd), which is ours alone."""
        return self._names.pid

    def command(self) -> list[str]:
        for candidate in _SERVERS:
            if path := shutil.which(candidate):
                return [path]
        raise StartFailed(_NO_SERVER)

    def environment(self) -> Mapping[str, str]:
        data = str(self.home / "data")
        return {
            **_without_rabbitmq(os.environ),
            "HOME": str(self.home),  # the cookie lies there
            "ERL_EPMD_PORT": str(self.addresses.epmd_port),
            "ERL_EPMD_ADDRESS": HOST,
            # Makes the start script become the Erlang VM instead of waiting for it, so that our child is
            # the broker itself: a SIGTERM is an orderly stop, a kill is seen at once.
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_NODENAME": self.addresses.erlang_node,
            "RABBITMQ_DIST_PORT": str(self.addresses.dist_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": " ".join(_ERLANG),
            "RABBITMQ_CONF_ENV_FILE": str(self.home / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self.home / "rabbitmq.pid"),
            "RABBITMQ_LOG_BASE": str(self.home / "log"),
            "RABBITMQ_MNESIA_BASE": data,
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.home / "generated"),
        }

    def prepare(self) -> None:
        super().prepare()
        cookie = self.home / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(secrets.token_hex(20))
            cookie.chmod(0o400)
        (self.home / "rabbitmq-env.conf").write_text("# kept empty: the system's own settings are not ours\n")
        (self.home / "advanced.config").write_text(_ADVANCED)
        (self.home / "enabled_plugins").write_text(f"[{','.join(_PLUGINS)}].\n")
        config = self.home / "rabbitmq.conf"
        config.touch(mode=0o600)
        config.write_text(self._configuration())

    def ready(self) -> bool:
        """The management API answers our user, and AMQP (which opens last) takes connections."""
        return self._administers() and accepts(self.addresses.amqp_port, host=self.addresses.host)

    def _administers(self) -> bool:
        credentials = f"{self.addresses.user}:{self.addresses.password}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"}
        connection = self._management()
        try:
            connection.request("GET", "/api/overview", headers=headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if status == http.client.UNAUTHORIZED:
            raise StartFailed(
                f"the data in {self.home} belongs to another password than embedded.yaml has;"
                " bring that file back, or remove the folder with its data"
            )
        return status == http.client.OK

    def _management(self) -> http.client.HTTPConnection:
        a = self.addresses
        if not a.tls:
            return http.client.HTTPConnection(a.host, a.admin_port, timeout=1)
        context = tls.client(Path(a.tls) / tls.CA)
        return http.client.HTTPSConnection(a.host, a.admin_port, timeout=2, context=context)

    def _listeners(self) -> str:
        a = self.addresses
        if not a.tls:
            return f"""\
listeners.tcp.1 = {a.host}:{a.amqp_port}
management.tcp.ip = {a.host}
management.tcp.port = {a.admin_port}
"""
        folder = Path(a.tls)
        files = {"cacertfile": tls.CA, "certfile": tls.CERTIFICATE, "keyfile": tls.KEY}
        shown = [
            f"{part}.{k} = {folder / v}"
            for part in ("ssl_options", "management.ssl")
            for k, v in files.items()
        ]
        return f"""\
listeners.tcp = none
listeners.ssl.1 = {a.host}:{a.amqp_port}
management.ssl.ip = {a.host}
management.ssl.port = {a.admin_port}
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
{chr(10).join(shown)}
"""

    def _configuration(self) -> str:
        a = self.addresses
        return f"""\
# Written at each start.
{self._listeners()}\
prometheus.tcp.ip = {HOST}
prometheus.tcp.port = {a.prometheus_port}
cluster_name = {a.erlang_node.partition("@")[0]}
# Taken when the data folder is new; there is no guest.
default_user = {a.user}
default_pass = {a.password}
default_user_tags.administrator = true
# Sane for a laptop that does other things too.
vm_memory_high_watermark.relative = 0.3
disk_free_limit.absolute = 200MB
raft.wal_max_size_bytes = 67108864
log.console = false
log.file.level = info
log.file.rotation.size = 10485760
log.file.rotation.count = 2
"""


class _NameServer(Child):
    """Erlang's port mapper on a port of our own, in the foreground.

    Erlang would start one by itself, for the whole machine and for good: two nodes would share it, and it
    would stay when we are gone.
    """

    name = "epmd"

    def __init__(
        self, home: Path, port: int, stopping: threading.Event | None, spawned: Callable[[], None]
    ) -> None:
        super().__init__(home, stopping, spawned)
        self._port = port

    def command(self) -> list[str]:
        return [_epmd(), "-port", str(self._port), "-address", HOST]

    def ready(self) -> bool:
        return accepts(self._port)

    def start(self, timeout: float = 60) -> None:
        if not self.ready():
            super().start(timeout)

    def stop(self, timeout: float = 30) -> None:
        super().stop(timeout)
        if self.ready():
            # Ours was killed once, and Erlang started one in its place.
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run(
                    [_epmd(), "-port", str(self._port), "-kill"],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=timeout,
                    check=False,
                )


def _epmd() -> str:
    path = shutil.which("epmd")
    if path is None:
        found = sorted(Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))
        path = str(found[-1]) if found else None
    if path is None:
        raise StartFailed("epmd is not installed, which belongs to Erlang: " + _NO_SERVER)
    return path


def _without_rabbitmq(environment: Mapping[str, str]) -> dict[str, str]:
    """Settings that the caller's shell has for another broker must not reach ours."""
    ours = ("RABBITMQ_", "ERL_", "NOTIFY_SOCKET")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}
