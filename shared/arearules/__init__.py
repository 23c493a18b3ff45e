"""Rules that differ by area are data of the area, each with its default and the default's source beside it.

A service names its rules as constants, in the module of the domain that they belong to:

    DECISION_DAYS = AreaRule(
        "decision_days", fields.Int(strict=True, validate=validate.Range(1, 180)), 60,
        source="社会团体登记管理条例 12", about=Text("Days for a decision", "作出登记决定的期限（日）"),
    )

and collects them in `RULES` of its `domain/rules.py`. A district sets another value for itself, a street or a
community below it, from a day on; `shared.arearules.settings.value` finds what holds for an area on a day.
This module is pure, so that domain modules may import it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from marshmallow import ValidationError, fields

from shared.errors import Fault, Invalid, Text

T = TypeVar("T")


@dataclass(frozen=True)
class AreaRule(Generic[T]):
    """One rule. `field` gives the value's form in requests, answers and events; `default` holds where no area
    above or equal has set another, and `source` says where the default comes from."""

    name: str
    field: fields.Field[Any]
    default: T
    source: str
    about: Text

    def load(self, raw: Any) -> T:
        """The value from its form in JSON. Raises Invalid, naming what is wrong with it."""
        try:
            loaded: T = self.field.deserialize(raw)
        except ValidationError as error:
            raise self._refusal(error) from None
        return loaded

    def _refusal(self, error: ValidationError) -> Invalid:
        reason = Text(
            f"This is no value of the rule {self.name}: {error.messages}.",
            f"该值不适用于规则 {self.name}：{error.messages}。",
        )
        remedy = Text(
            "Give a value like the default that the rule is told with.", "请参照该规则的默认值填写。"
        )
        return Invalid("rule-value", reason, remedy, field="value", faults=(Fault("value", reason, remedy),))

    def dump(self, value: T) -> Any:
        """The value as JSON has it."""
        return self.field._serialize(value, None, None)


@dataclass(frozen=True)
class Setting:
    """What an area has set, from a day on: `raw` is the value as JSON has it, `source` the document that says so."""

    area: str
    since: date
    raw: Any
    source: str


def in_force(settings: Iterable[Setting], path: Iterable[str], on: date) -> Setting | None:
    """The setting that holds on a day: of the nearest area of `path` (from the district down) that has one by
    then, its newest; None where the default holds."""
    begun = [setting for setting in settings if setting.since <= on]
    for area in reversed(tuple(path)):
        own = [setting for setting in begun if setting.area == area]
        if own:
            return max(own, key=lambda setting: setting.since)
    return None


def table(rules: Iterable[AreaRule[Any]]) -> Mapping[str, AreaRule[Any]]:
    """Rules by name. Raises ValueError for two of one name, and for a default that is no value of its rule."""
    found: dict[str, AreaRule[Any]] = {}
    for rule in rules:
        if rule.name in found:
            raise ValueError(f"two rules are called {rule.name}")
        if rule.load(rule.dump(rule.default)) != rule.default:
            raise ValueError(f"the default of {rule.name} is no value of it")
        found[rule.name] = rule
    return found
