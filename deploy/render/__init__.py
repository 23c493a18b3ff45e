"""Files that deploy a node, made from its description: for Compose, systemd or Kubernetes."""

from deploy.render.command import TARGETS, render
from deploy.render.files import Rendered, write

__all__ = ["TARGETS", "Rendered", "render", "write"]
