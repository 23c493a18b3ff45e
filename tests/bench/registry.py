"""A registry of made-up organisations, for measuring: real areas, plausible names, always the same for a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared import areas
from shared.ids import derived_id

DISTRICT = "230102"
_GIVEN = (
    "爱心", "阳光", "和谐", "暖心", "同心", "幸福", "夕阳红", "晨曦", "春雨", "微光", "益行", "启航", "守望", "邻里",
    "康乐", "明德", "仁和", "安康", "星火", "温馨", "博爱", "众和", "向日葵", "蒲公英", "常青", "慧心", "长青", "重阳",
    "银龄", "彩虹", "松花江", "丁香", "冰雪", "朝阳", "乐活", "馨园", "禾苗", "青藤", "百灵", "雁行", "天使", "希望",
)  # fmt: skip
_FIELDS = {
    "扶老": ("为老", "养老", "助老", "敬老"),
    "助残": ("助残", "残疾人康复", "听障"),
    "救孤": ("困境儿童关爱", "孤儿助学"),
    "济困": ("帮困", "慈善", "扶贫"),
    "青少年": ("青少年", "少儿", "课后托管"),
    "社区治理": ("社区", "议事协商", "物业"),
    "文体": ("书画", "合唱", "舞蹈", "乒乓球", "太极拳", "乐器"),
    "环保": ("环保", "垃圾分类", "绿化"),
    "健康": ("健康", "心理", "急救"),
    "法律援助": ("法律", "调解", "反诈"),
}
_ENDINGS = {
    "association": ("协会", "促进会", "联合会", "商会", "研究会"),
    "non_enterprise": ("服务中心", "社会工作服务社", "服务站", "发展中心", "培训学校"),
    "foundation": ("基金会",),
    None: ("志愿服务队", "互助社", "活动队", "服务团队", "兴趣小组", "互助会"),
}
_DIGITS = {"association": "51", "non_enterprise": "52", "foundation": "53"}
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def organisations(count: int, seed: int = 1, district: str = DISTRICT) -> Iterator[dict[str, Any]]:
    """Stored organisations, as the registry of the district keeps those that others own: some of each kind."""
    rng = random.Random(f"organisations {seed}")
    streets = [each.code for each in areas.divisions(district).values() if each.tier == "street"]
    communities = [each.code for each in areas.divisions(district).values() if each.tier == "community"]
    for number in range(count):
        kind = rng.choices((None, "association", "non_enterprise", "foundation"), (55, 18, 26, 1))[0]
        area = rng.choice(communities) if kind is None else rng.choice((district, *streets, *communities))
        category = rng.choice(list(_FIELDS))
        founded = date(2000, 1, 1) + timedelta(days=int(9700 * rng.random() ** 0.5))
        status = rng.choices(("active", "suspended", "cancelled", "applied", "refused"), (84, 3, 7, 4, 2))[0]
        place = areas.name(district if kind else area)
        name = f"{place}{rng.choice(_GIVEN)}{rng.choice(_FIELDS[category])}{rng.choice(_ENDINGS[kind])}"
        yield {
            "_id": derived_id(f"{seed}", f"organisation {number}"),
            "area": area,
            "owner": district if kind else area[:9],
            "epoch": 1,
            "sequence": 1,
            "name": name,
            "track": "registered" if kind else "filed",
            "type": kind,
            "credit_code": f"{_DIGITS[kind]}{district}{''.join(rng.choices(_LETTERS, k=10))}"
            if kind
            else None,
            "category": category,
            "status": status,
            "established_on": datetime(founded.year, founded.month, founded.day, tzinfo=UTC),
            "decided_at": datetime(founded.year + 1, 6, 1, tzinfo=UTC),
            "generated": True,
        }


def grades(of: list[dict[str, Any]], seed: int = 1) -> Iterator[dict[str, Any]]:
    """Stored grades of every eighth registered organisation; some have lapsed."""
    rng = random.Random(f"grades {seed}")
    for one in of:
        if one["track"] == "registered" and rng.random() < 1 / 8:
            first = rng.choice((2018, 2025))
            yield {
                "_id": derived_id(one["_id"], "grade"),
                "area": one["area"],
                "owner": one["area"][:6],
                "organisation": one["_id"],
                "grade": rng.choice(("1A", "2A", "3A", "3A", "4A", "5A")),
                "valid_from": datetime(first, 1, 1, tzinfo=UTC),
                "valid_until": datetime(first + 5, 12, 31, tzinfo=UTC),
            }
