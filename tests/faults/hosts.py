"""Hosts of their own on one machine: network namespaces on a bridge, each behind a firewall. Needs root.

Nothing of the machine's own network is touched: the bridge has a namespace of its own too, and none of them
leads to the outside.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

_CLONE_NEWNET = 0x40000000
_RULES = """
table inet hatchery {{
  chain input {{
    type filter hook input priority 0; policy drop;
    iif "lo" accept
    ct state established,related accept
    ip protocol icmp accept
    {open}
  }}
}}
"""


def why_not() -> str | None:
    """What keeps this machine from having hosts of its own; None where nothing does."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for program in ("ip", "nft"):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian: iproute2, nftables)"
    probe = f"hatchery-probe-{os.getpid()}"
    try:
        _run("ip", "netns", "add", probe)
        _run("ip", "netns", "exec", probe, "nft", "add", "table", "inet", "probe")
    except subprocess.CalledProcessError as error:
        return f"this machine permits no network namespaces or no firewall in them: {error.stderr.strip()}"
    finally:
        subprocess.run(["ip", "netns", "del", probe], capture_output=True, check=False)
    return None


class Hosts:
    """`count` hosts 10.77.0.1, 10.77.0.2, ...; usable as a context manager, which ends them."""

    def __init__(self, count: int) -> None:
        self._mark = f"hatchery-{os.getpid()}"
        self._numbers = range(1, count + 1)

    def __enter__(self) -> Hosts:
        bridge = self._mark
        try:
            _run("ip", "netns", "add", bridge)
            _run("ip", "-n", bridge, "link", "add", "br0", "type", "bridge")
            _run("ip", "-n", bridge, "link", "set", "br0", "up")
            for number in self._numbers:
                self._add(number, bridge)
        except subprocess.CalledProcessError:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def name(self, number: int) -> str:
        return f"{self._mark}-{number}"

    def address(self, number: int) -> str:
        return f"10.77.0.{number}"

    def firewall(self, number: int, ports: Sequence[int] = ()) -> None:
        """Let nothing in but to these ports, and answers to what the host itself began."""
        rule = f"tcp dport {{ {', '.join(map(str, ports))} }} accept" if ports else ""
        name = self.name(number)
        subprocess.run(
            ["ip", "netns", "exec", name, "nft", "flush", "ruleset"], capture_output=True, check=True
        )
        subprocess.run(
            ["ip", "netns", "exec", name, "nft", "-f", "-"],
            input=_RULES.format(open=rule),
            text=True,
            capture_output=True,
            check=True,
        )

    def cut(self, number: int) -> None:
        """Pull the host's cable: what was on its way is gone, nobody is told."""
        _run("ip", "-n", self._mark, "link", "set", f"port{number}", "down")

    def heal(self, number: int) -> None:
        _run("ip", "-n", self._mark, "link", "set", f"port{number}", "up")

    def prefix(self, number: int) -> list[str]:
        """What makes a command run on the host."""
        return ["ip", "netns", "exec", self.name(number)]

    def inside(self, number: int) -> Inside:
        return Inside(Path("/run/netns") / self.name(number))

    def _add(self, number: int, bridge: str) -> None:
        name = self.name(number)
        _run("ip", "netns", "add", name)
        _run("ip", "link", "add", f"port{number}", "netns", bridge,
             "type", "veth", "peer", "name", "eth0", "netns", name)  # fmt: skip
        _run("ip", "-n", bridge, "link", "set", f"port{number}", "master", "br0", "up")
        _run("ip", "-n", name, "addr", "add", f"{self.address(number)}/24", "dev", "eth0")
        for link in ("eth0", "lo"):
            _run("ip", "-n", name, "link", "set", link, "up")

    def _end(self) -> None:
        for name in (*map(self.name, self._numbers), self._mark):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


class Inside:
    """While it is entered, the calling thread is on that host: the sockets that it makes belong there."""

    def __init__(self, namespace: Path) -> None:
        self._namespace = namespace

    def __enter__(self) -> None:
        self._before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        with self._namespace.open("rb") as there:
            _enter(there.fileno())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _enter(self._before)
        os.close(self._before)


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
