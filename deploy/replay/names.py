"""Plausible names, titles and codes for what a replay makes up. None of them is taken from a real record."""

from __future__ import annotations

import random
from collections.abc import Sequence

from stdnum.cn import uscc

from shared import areas

CATEGORIES = ("扶老", "助残", "救孤", "济困", "青少年", "社区治理", "文体", "环保", "健康", "法律援助")
GROUPS = {
    "扶老": "老年人", "助残": "残疾人", "救孤": "困境儿童", "济困": "困难家庭", "青少年": "青少年",
    "社区治理": "居民", "文体": "居民", "环保": "居民", "健康": "居民", "法律援助": "困难群众",
}  # fmt: skip
_WISHES = {
    "扶老": (
        "独居老人助餐",
        "老人陪同就医",
        "适老化改造",
        "老年人智能手机培训",
        "失能老人照护",
        "空巢老人探访",
    ),
    "助残": ("残疾人康复训练", "残疾人就业培训", "无障碍出行", "残疾儿童陪伴", "残疾人文体活动"),
    "救孤": ("困境儿童课业辅导", "孤儿心理关爱", "留守儿童陪伴", "困境儿童夏令营"),
    "济困": ("低保家庭帮扶", "困难家庭就业指导", "爱心物资帮扶", "困难家庭助学"),
    "青少年": ("课后托管", "青少年心理健康", "假期安全教育", "青少年科普"),
    "社区治理": ("楼道议事", "停车秩序协商", "邻里纠纷调解", "志愿服务队伍建设", "物业矛盾协调"),
    "文体": ("广场舞场地协调", "社区合唱团", "书画活动", "传统文化传承"),
    "环保": ("垃圾分类宣传", "旧物回收", "社区绿化养护"),
    "健康": ("慢性病管理", "健康讲座", "心理咨询", "急救技能培训"),
    "法律援助": ("法律咨询", "反诈宣传", "婚姻家庭咨询"),
}
_OPENINGS = ("希望开展", "需要", "建议增加", "盼望提供", "请协调解决", "期待组织")
_GIVEN = (
    "爱心", "阳光", "和谐", "暖心", "同心", "幸福", "夕阳红", "晨曦", "春雨", "微光", "益行", "启航", "守望",
    "邻里", "康乐", "明德", "仁和", "安康", "星火", "温馨", "博爱", "众和", "向日葵", "蒲公英", "常青", "慧心",
)  # fmt: skip
_SUFFIXES = {
    "association": ("协会", "促进会", "联合会"),
    "non_enterprise": ("服务中心", "社会工作服务社", "服务站", "发展中心"),
    "foundation": ("基金会",),
    None: ("志愿服务队", "互助社", "活动队", "服务团队", "兴趣小组"),
}
_DIGITS = {"association": "51", "non_enterprise": "52", "foundation": "53"}
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I O Z S V
_NUMERALS = "一二三四五六七八九十"


class Names:
    """Names that do not repeat within one replay."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def organisation(self, area: str, kind: str | None, category: str, rng: random.Random) -> str:
        place = areas.name(area) if kind is None else areas.name(area[:6])
        return self.unique(f"{place}{rng.choice(_GIVEN)}{category}{rng.choice(_SUFFIXES[kind])}")

    def unique(self, name: str) -> str:
        candidate, number = name, 1
        while candidate in self._taken:
            number += 1
            candidate = f"{name}（{_numeral(number)}）"
        self._taken.add(candidate)
        return candidate

    def credit_code(self, area: str, kind: str, rng: random.Random) -> str:
        """A unified social credit code 统一社会信用代码 (GB 32100) with both of its check digits."""
        while True:
            body = "".join(rng.choices(_LETTERS, k=8))
            code = f"{_DIGITS[kind]}{area[:6]}{body}{_body_check(body)}"
            code += uscc.calc_check_digit(code)
            if code not in self._taken:
                self._taken.add(code)
                return code


def _body_check(body: str) -> str:
    """The check digit of the nine-character code of the body (GB 11714)."""
    values = [int(c, 36) for c in body]
    number = 11 - sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return {10: "X", 11: "0"}.get(number, str(number))


def _numeral(number: int) -> str:
    """1 to 99 in Chinese, beyond that in digits."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else _NUMERALS[tens - 1]) + "十" if tens else "") + (
        _NUMERALS[ones - 1] if ones else ""
    )


def wish(category: str, rng: random.Random) -> str:
    """What a topic is about."""
    return rng.choice(_WISHES.get(category, (f"{category}服务",)))


def need_title(topic: str, area: str, rng: random.Random) -> str:
    """One resident's or unit's way to ask for a topic."""
    return f"{areas.name(area)}：{rng.choice(_OPENINGS)}{topic}"


def group_of(category: str) -> str:
    return GROUPS.get(category, "居民")


def chosen_categories(given: Sequence[str] | None, count: int, rng: random.Random) -> list[str]:
    """A category for each of `count` items, every given one used in turn."""
    pool = list(given or CATEGORIES)
    rng.shuffle(pool)
    return [pool[index % len(pool)] for index in range(count)]
