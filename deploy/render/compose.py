"""A Compose file for one node: a container for each host, hardened as in the project's own docker-compose.yml."""

from __future__ import annotations

from typing import Any

import yaml

from deploy.render.files import File, Rendered
from deploy.render.source import Source
from shared.node import GATEWAY

PORT_CHECK = "/usr/local/lib/hatchery/ready.sh"  # in the image
DRAIN = "45s"  # the launcher drains for 30 s
FOLDER = "/etc/hatchery"  # in the container
USER = 10001  # in the image


def render(source: Source) -> Rendered:
    parts = source.deployment.hosts or {f"node-{source.area}": list(source.processes)}
    split = len(parts) > 1
    urls = source.service_urls({name: host for host, names in parts.items() for name in names})
    description = source.described(bind="0.0.0.0", **({"service_urls": urls} if split else {}))  # noqa: S104
    services = {}
    for host, names in parts.items():
        service = container(source, tuple(names)) | {"hostname": host, "env_file": ["node.env"]}
        if split:
            service["command"] = launch(names)
        if GATEWAY in names:
            service["ports"] = [f"{source.bind}:{source.port}:{source.port}"]
        folders = ("node.yaml", "keys", *(["tls"] if source.tls else []))
        service["volumes"] = [f"./{name}:{FOLDER}/{name}:ro" for name in folders]
        services[host] = service
    text = "# Made by `hatchery node render`; change the node's description, not this.\n"
    text += yaml.safe_dump({"services": services}, sort_keys=False, allow_unicode=True)
    files = (
        File("docker-compose.yml", text),
        File("node.yaml", description),
        File("keys/public.pem", source.public_key),
        *source.files(FOLDER),
    )
    key = (f"chown {USER} {{folder}}/tls/key.pem",) if source.serves_tls else ()
    return Rendered(files, (*key, "cd {folder} && docker-compose up -d"))


def container(source: Source, names: tuple[str, ...]) -> dict[str, Any]:
    """What is the same for every container of a node, here and in the project's docker-compose.yml."""
    return {
        "image": source.deployment.image,
        "init": True,
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 - in memory
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
        "restart": "unless-stopped",
        "stop_grace_period": DRAIN,
        "mem_limit": f"{source.deployment.limit(len(names))}m",
        "healthcheck": {
            "test": ["CMD", PORT_CHECK, *(_checked(source, name) for name in names)],
            "interval": "10s",
            "timeout": "10s",
            "retries": 6,
            "start_period": "60s",
        },
    }


def _checked(source: Source, name: str) -> str:
    """The health check speaks no TLS: of a gateway that does it asks only whether it takes connections."""
    port = str(source.port_of(name))
    return f"tcp:{port}" if name == GATEWAY and source.serves_tls else port


def launch(names: list[str]) -> list[str]:
    """The image's own command, for some of the node's services only."""
    some = [word for name in names for word in ("--service", name)]
    return ["python", "-W", "ignore", "-m", "deploy.launcher", f"{FOLDER}/node.yaml", *some]
