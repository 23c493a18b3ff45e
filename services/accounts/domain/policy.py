"""The figures that the rules go by: data of the node, with defaults and sources in `policy.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limit:
    """So many failures within `window`, then none for `pause`."""

    failures: int
    window: timedelta
    pause: timedelta


@dataclass(frozen=True)
class Policy:
    """One node's figures; units stand in the names."""

    password_length: int
    password_classes: int
    password_history: int
    password_days: int
    first_password_hours: int
    failures: int
    failure_minutes: int
    lock_minutes: int
    address_failures: int
    address_minutes: int
    idle_minutes: int
    session_hours: int
    second_factor: tuple[str, ...]
    event_days: int
    client_days: int
    argon2_time: int
    argon2_memory: int  # KiB
    argon2_lanes: int

    @property
    def of_account(self) -> Limit:
        return Limit(
            self.failures, timedelta(minutes=self.failure_minutes), timedelta(minutes=self.lock_minutes)
        )

    @property
    def of_address(self) -> Limit:
        minutes = timedelta(minutes=self.address_minutes)
        return Limit(self.address_failures, minutes, minutes)
