"""Personal data 个人信息: which fields of a kind hold it, and how its values are kept apart from the chain.

A kind of record says so itself:

    personal = {"contact": Personal("to tell the resident the answer", "回复居民", basis=DUTY)}

In entries of the trail such a value stands as a reference, a random id. The value itself is in the collection
`personal_values` (`shared.audit.values`), from which it can be erased while the chain, which hashes the reference,
still verifies.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import Text

# Why personal data may be handled 个人信息保护法 13, paragraph 1, by its items.
CONSENT = Text("consent 13(1)(1)", "同意 第十三条第一款第一项")
CONTRACT = Text("a contract with the person 13(1)(2)", "订立、履行合同 第十三条第一款第二项")
DUTY = Text("a statutory duty 13(1)(3)", "履行法定职责或者法定义务 第十三条第一款第三项")

# 政府采购法 42: papers of a purchase are kept for 15 years at least. The same is taken for venture rounds.
PAPERS = Text("papers of rounds and contracts are kept: 政府采购法 42", "采购文件须保存 政府采购法第四十二条")
PAPER_YEARS = 15


@dataclass(frozen=True)
class Personal:
    """Why one field holds personal data. `kept` names the rule where it has to be kept: then it is corrected but not
    erased before `years` have passed since the record was last changed; None: only the rule itself ends that."""

    purpose: Text
    basis: Text
    kept: Text | None = None
    years: int | None = None


Declared = Mapping[str, Personal]


def references(
    state: Mapping[str, Any], declared: Declared, values: dict[str, Any], kind: str
) -> dict[str, Any]:
    """`state` with references in place of personal values, which are put into `values` by their references."""
    told: dict[str, Any] = {}
    for name, value in state.items():
        if name in declared:
            reference = uuid.uuid4().hex  # random: derived from the value, it would tell of it
            values[reference] = {"kind": kind, "field": name, "value": value}
            told[name] = {"personal": reference}
        else:
            told[name] = value
    return told
