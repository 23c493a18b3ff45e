"""Faults are tried on nodes like those of the services' tests."""

from tests.services.conftest import node

__all__ = ["node"]
