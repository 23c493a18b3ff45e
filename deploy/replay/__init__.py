"""Replays of scenarios: data turned into requests to the public HTTP APIs, and the counts that come of them."""

from deploy.replay.command import main

__all__ = ["main"]
