"""A systemd unit for each host of a node. The services keep nothing on the disk, so they may write nowhere but into
their own state directory."""

from __future__ import annotations

from deploy.render.files import File, Rendered
from deploy.render.source import Source
from shared import tls

UNIT = """\
# Made by `hatchery node render`; change the node's description, not this.
[Unit]
Description=Hatchery node {area} {name}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={venv}/bin/python -W ignore -m deploy.launcher {folder}/node.yaml{services}
EnvironmentFile={folder}/node.env
User=hatchery
Group=hatchery
StateDirectory={unit}
WorkingDirectory=%S/{unit}
Restart=always
RestartSec=2
# The launcher tells its services itself, and drains for 30 s.
KillMode=mixed
TimeoutStopSec=45
# A service that takes too much is ended and started again by the launcher; the others go on.
MemoryMax={memory}M
OOMPolicy=continue
UMask=0077
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


def render(source: Source) -> Rendered:
    hosts = source.deployment.hosts
    unit, folder = f"hatchery-{source.area}", source.deployment.folder
    if not hosts:
        files = [File(f"{unit}.service", _unit(source, unit, source.processes, split=False))]
        description = source.described()
    else:
        files = [
            File(f"{host}/{unit}.service", _unit(source, unit, tuple(n), split=True))
            for host, n in hosts.items()
        ]
        urls = source.service_urls({name: host for host, names in hosts.items() for name in names})
        description = source.described(service_urls=urls)
    files += [
        File("node.yaml", description),
        File("keys/public.pem", source.public_key),
        *source.files(folder),
    ]
    units = [f"{{folder}}/{file.name}" for file in files if file.name.endswith(".service")]
    where = "on each host, with its own unit: " if hosts else ""
    return Rendered(
        tuple(files),
        (
            f"{where}adduser --system --group --no-create-home hatchery",
            f"{where}install -D -m 644 -t {folder} {{folder}}/node.yaml",
            f"{where}install -D -m 644 -t {folder}/keys {{folder}}/keys/public.pem",
            f"{where}install -m 600 -t {folder} {{folder}}/node.env",
            *(f"{where}{step}" for step in _tls_steps(source)),
            *(f"{where}install -m 644 -t /etc/systemd/system {unit}" for unit in units),
            f"{where}systemctl daemon-reload && systemctl enable --now {unit}",
        ),
    )


def _tls_steps(source: Source) -> list[str]:
    """Certificates that are renewed later are put into the same folder; the gateway takes them up by itself."""
    folder = source.deployment.folder
    return [
        f"install -D -o hatchery -m {600 if name == tls.KEY else 644} -t {folder}/tls {{folder}}/tls/{name}"
        for name in source.tls
    ]


def _unit(source: Source, unit: str, names: tuple[str, ...], *, split: bool) -> str:
    return UNIT.format(
        area=source.area,
        name=source.name.replace("%", "%%"),
        venv=source.deployment.venv,
        folder=source.deployment.folder,
        services="".join(f" --service {name}" for name in names) if split else "",
        unit=unit,
        memory=source.deployment.limit(len(names)),
    )
