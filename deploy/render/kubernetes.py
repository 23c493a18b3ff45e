"""Kubernetes manifests for one node: a ConfigMap, and a Deployment and a Service for the gateway and each service.

Passwords come from a Secret of the node's name, which is not among the manifests.
"""

from __future__ import annotations

import hashlib
from typing import Any

import yaml

from deploy.render.compose import FOLDER, USER, launch
from deploy.render.files import File, Rendered
from deploy.render.source import Source
from shared.node import GATEWAY

DRAIN = 45  # seconds; the launcher drains for 30
CPU = "50m"  # requested for a service that mostly waits; there is no limit, which would slow its start


def render(source: Source) -> Rendered:
    name = f"hatchery-{source.area}"
    parts = [_configuration(source, name)]
    checksum = hashlib.sha256(str(parts[0]["data"]).encode()).hexdigest()
    for process in source.processes:
        parts += [_deployment(source, name, process, checksum), _service(source, name, process)]
    text = "# Made by `hatchery node render`; change the node's description, not this.\n"
    text += yaml.safe_dump_all(parts, sort_keys=False, allow_unicode=True)
    secrets = [f"{name} --from-env-file={{folder}}/node.env"]
    if source.tls:
        secrets.append(f"{name}-tls --from-file={{folder}}/tls")
    create = [f"kubectl create secret generic {each} --dry-run=client -o yaml" for each in secrets]
    steps = (*(f"{each} | kubectl apply -f -" for each in create), f"kubectl apply -f {{folder}}/{name}.yaml")
    return Rendered((File(f"{name}.yaml", text), *source.files(FOLDER)), steps)


def _labels(source: Source, process: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": "hatchery",
        "app.kubernetes.io/instance": source.area,
        "app.kubernetes.io/component": process,
    }


def _configuration(source: Source, name: str) -> dict[str, Any]:
    urls = source.service_urls({process: f"{name}-{process}" for process in source.processes})
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": "hatchery"}},
        "data": {
            "node.yaml": source.described(bind="0.0.0.0", service_urls=urls),  # noqa: S104 - in a pod
            "public.pem": source.public_key,
        },
    }


def _deployment(source: Source, name: str, process: str, checksum: str) -> dict[str, Any]:
    labels = _labels(source, process)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"{name}-{process}", "labels": labels},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                # Another description is another pod.
                "metadata": {"labels": labels, "annotations": {"hatchery/description": checksum}},
                "spec": _pod(source, name, process),
            },
        },
    }


def _pod(source: Source, name: str, process: str) -> dict[str, Any]:
    items = [{"key": "node.yaml", "path": "node.yaml"}, {"key": "public.pem", "path": "keys/public.pem"}]
    sources: list[dict[str, Any]] = [{"configMap": {"name": name, "items": items}}]
    if source.tls:
        paths = [{"key": file, "path": f"tls/{file}"} for file in source.tls]
        sources.append({"secret": {"name": f"{name}-tls", "items": paths}})
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": DRAIN,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(source, name, process)],
        "volumes": [
            {"name": "node", "projected": {"sources": sources, "defaultMode": 0o440}},
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}},
        ],
    }


def _container(source: Source, name: str, process: str) -> dict[str, Any]:
    def probe(path: str, **more: int) -> dict[str, Any]:
        scheme = "HTTPS" if process == GATEWAY and source.serves_tls else "HTTP"
        return {"httpGet": {"path": path, "port": "http", "scheme": scheme}, "timeoutSeconds": 5, **more}

    memory = f"{source.deployment.limit(1)}Mi"
    return {
        "name": process,
        "image": source.deployment.image,
        "command": launch([process]),
        "env": [
            {"name": each, "valueFrom": {"secretKeyRef": {"name": name, "key": each}}}
            for each in source.environment
        ],
        "ports": [{"name": "http", "containerPort": source.port_of(process)}],
        # The start waits for the store for a minute, and is then begun again by the launcher.
        "startupProbe": probe("/livez", periodSeconds=2, failureThreshold=60),
        "livenessProbe": probe("/livez", periodSeconds=10, failureThreshold=6),
        "readinessProbe": probe("/readyz", periodSeconds=5, failureThreshold=2),
        "resources": {"requests": {"cpu": CPU, "memory": memory}, "limits": {"memory": memory}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "node", "mountPath": FOLDER, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in memory
        ],
    }


def _service(source: Source, name: str, process: str) -> dict[str, Any]:
    labels = _labels(source, process)
    port = {"name": "http", "port": source.port_of(process), "targetPort": "http"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": f"{name}-{process}", "labels": labels},
        "spec": {"selector": labels, "ports": [port]},
    }
