"""Of what a need speaks: its words, with those that mean the same told as one.

Residents say one thing in many ways (老人, 长者, 八十岁以上), and different things in the same words (学用智能手机,
沉迷手机). So the words of a need are terms, `=老人` for what the lists below know under several names, and apart from
them its intents: what is to be done about the thing, to teach it, to build it, to repair it, to stop it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import rjieba

# Of one meaning in needs; the first is the term. A longer phrase goes before a shorter one within it.
_SAME = """
老人 老年人 长者 老年 高龄 空巢 独居 孤寡 孤身老人 八十岁以上 80岁以上 老年大学
孩子 儿童 小孩 小学生 学龄 学生 中小学生 子女 孙辈 儿子 女儿 未成年人
青少年 中学生 初中生 高中生 青春期
婴幼儿 宝宝 三岁以下 0-3岁 两岁 幼儿
家长 父母 宝妈 妈妈 爸爸
残疾人 残疾 智障 残障 重度残疾
照护者 家属 照顾老人的家属 照料者
助餐 送餐 配餐 食堂 饭堂 热饭 做饭 做一顿饭 吃饭 用餐 午餐 就餐 饭菜 餐点 助餐点 长者食堂
探访 上门看望 看望 走访 探视 巡访 问候 陪聊 没人说话 说话
智能手机 智能设备 微信视频 手机支付 扫码 手机挂号 用手机 手机缴费 智能手环 网上挂号
沉迷 网瘾 手机游戏 网络沉迷 玩游戏
适老化 防滑 扶手 适老化改造
助浴 洗澡 上门洗澡 擦身
失能 瘫痪 卧床 失智 不能自理 半失能
护理 照护 翻身 喂饭 照顾老人
日间照料 托老所 日托 照看老人
托管 四点半 四点半课堂 课后托管 放学后 下午放学 放学 课后 作业辅导
假期 暑假 寒假 寒暑假 暑托班 寒托班 暑托
托育 托班 普惠托班 三岁以下
心理 心理咨询 心理疏导 心理老师 心理辅导 焦虑 情绪 抑郁 压力
亲子 亲子关系 亲子沟通 家庭教育 沟通
游乐 滑梯 秋千 游乐设施 游乐场
流动儿童 留守儿童 流动 留守 外来务工人员子女
飞线 拉线充电 飞线充电 提上楼充电 上楼充电 私拉电线
充电桩 充电棚 充电口 没地方充电 集中充电 充电站
电动车 电瓶车 电瓶 电动自行车
堆物 堆满杂物 杂物 旧家具 鞋柜 堆放
楼道 楼梯间 过道 楼梯 走廊
消防 灭火器 逃生 消防队 火灾
防诈骗 诈骗 反诈 骗子 电信诈骗 骗
监控 摄像头 探头
路灯 照明 黑漆漆
高空抛物 往下扔东西 抛物 扔东西
停车 停车位 车位 停车泊位 泊位 停车难
加装电梯 装电梯 装部电梯 没有电梯 加装一部
电梯故障 电梯坏 困人
物业 物业服务 物业公司
业委会 业主委员会 业主大会
漏水 漏 渗水 防水 楼顶 顶楼 屋面
下水 下水道 下水管 返水 污水 排污管道 排水 堵了
供暖 供热 暖气 取暖
就业 工作 岗位 找活 活干 招聘会 招聘 再就业 找份工作
失业 下岗 就业困难 待业
技能 手艺 职业技能 一技之长 月嫂 家政 育婴师 电工 焊工
创业 开小店 执照 创业担保贷款 贷款 创业政策
手工 编织 串珠 手工艺 手工制品 手工编织品
销路 销售渠道 卖不出去 没处卖
直播 短视频 电商 带货
社保 养老保险 医保 失业金 自己交
欠薪 拖欠工资 不给钱 讨薪
摆摊 出摊 摊位 便民市场
骑手 外卖骑手 快递小哥 外卖员
歇脚 驿站 休息
噪音 噪声 太吵 吵得 音响 扰民 吵
装修 装修施工
调解 说和 纠纷 吵架 矛盾 老娘舅
法律 律师 打官司 官司 法律援助 法律咨询
婚姻 夫妻 婚姻家庭
家暴 殴打 反家暴
养犬 遛狗 狗屎 不拴绳 不牵绳 大狗
种菜 毁绿种菜 毁绿
康复 偏瘫 中风 肢体康复
无障碍 轮椅上不去 坡道 台阶 坐轮椅 轮椅通道
孤独症 自闭症 星星的孩子 自闭
喘息 喘息服务 替换 歇一歇
助残就业 辅助性就业 工疗站 工坊 力所能及
盲人 视障 视力残疾 视障朋友 看不见
聋人 听障 听力残疾 手语 手语翻译
辅具 辅助器具 助听器 拐杖 轮椅租借
残疾证 换证 残疾评定
电影 露天电影 坝坝电影 放映
垃圾分类 分类投放 垃圾怎么分
垃圾清运 垃圾桶 垃圾堆 没人收 清运
大件垃圾 旧沙发 床垫 旧家电
建筑垃圾 装修垃圾 渣土
油烟 排烟 饭店油烟 烧烤 烟熏火燎
修剪 修树 树枝 挡光 剪枝 园林
绿化 补种 花草 草坪 黄土 种树 种点树
除害 除四害 老鼠 蟑螂 蚊子 灭鼠 消杀 喷药 苍蝇 四害
公厕 厕所 公共厕所 卫生间
河道 河沟 水渠 黑臭 发臭
小广告 牛皮癣 乱贴
流浪动物 流浪狗 流浪猫 野狗 野猫
义诊 坐诊 免费看病 大夫 专家下社区
血压 血糖 量血压 测血糖
慢性病 高血压 糖尿病 糖友 慢病
急救 心肺复苏 海姆立克 急救证 应急救护 噎着
除颤 aed 除颤仪 自动体外除颤器
家庭医生 签约医生 签约
陪诊 陪同就医 看病没人陪 挂号取药 就诊 陪看病
中医 推拿 艾灸 针灸 拔罐 理疗
两癌 宫颈癌 乳腺癌
筛查 检查 查视力 体检
疫苗 接种 打针
合唱 唱歌 合唱团 合唱队 歌唱
书法 毛笔字 写字 国画 绘画
健身器材 健身路径 健身设施
球场 运动场地 篮球 乒乓球 羽毛球 操场 锻炼
图书 书屋 图书室 看书 借书 阅读 阅览室 绘本
太极 太极拳 八段锦 晨练
非遗 剪纸 面塑 传统手工艺
演出 汇演 晚会 联欢 文艺演出 文艺汇演
排练 没地方练 排练场地 训练场地 练舞
棋牌 下棋 打牌 活动室 棋牌室 麻将
斑马线 过马路 红绿灯 信号灯
公交 公交车 公交站 班车
志愿者 义工 志愿服务
理发 剪头 剃头
拆迁 征收 安置
社会组织 社团 团队备案
邻里 邻居 邻里节 百家宴 串门 联谊 认识
"""

# Whom it serves or where it is says little of what is asked for.
_FAINT = "老人 孩子 家长 邻里 残疾人 青少年 楼道 婴幼儿 失业 照护者 消防 电动车 物业 手工"
_FAINT_WEIGHT, _KNOWN_WEIGHT, _WORD_WEIGHT = 0.35, 1.0, 0.8
_DESCRIPTION = 0.5  # its share beside the title: it tells of circumstances, too

# How people ask says nothing of what they ask for.
_EMPTY = """
希望 盼望 需要 想要 建议 请求 要求 解决 问题 提供 开展 开设 举办 服务 社区 小区 居民 居住 我们 家里 家中 附近
有人 没人 没有
能不能 怎么 什么 什么时候 时候 时间 可以 能够 应当 应该 增设 设置 组织 进行 活动 地方 免费 定期 专业 每周 每月
希望社区 不懂
不会 流程 手续 帮忙 帮助 困难 太多 太少 太难 太大 多久 有没有 找不到 一个 几个 大家 方便 家门口 名额
"""
_COMMON = frozenset(
    "的了吗呢吧和与在是有没不能想要做个一到上下里外去来给让把被我们你他她它这那都也还就再很太多少大小人们请求盼希望"
    "社区居民小区开展组织家老好会怎么办可以点几天月年次每"
)
_SPEAKING_LITTLE = "m r d p c u q f y vd vshi vyou uj ul zg"  # parts of speech, as jieba names them

# What is to be done. A need may have several; two that have none in common ask for different things.
_INTENTS = {
    "teach": "教 学习 想学 学用 培训 讲座 讲课 讲讲 宣传 知识 指导 课 演练 演习 讲解 解答 咨询 提醒 辅导",
    "build": "增设 加装 安装 建 设置 没有 缺 太少 想装 想加装 增加 配置 加几 改造 挖潜 不够",
    "repair": "坏 故障 修 维修 不亮 漏 堵 老化 开裂 松动 更换 不热 不达标 疏通 掉了",
    "stop": "整治 治理 清理 扰民 太吵 吵得 乱 占 危险 沉迷 干预 协调 限时",
    "gather": "演出 比赛 组织 队 联谊 邻里节 活动 交友",
}


class Wording(NamedTuple):
    """The terms of a need with their weights, its characters with theirs, and its intents."""

    terms: Mapping[str, float]
    characters: Mapping[str, float]
    intents: frozenset[str]


def fold(text: str) -> str:
    """One width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def wording(title: str, description: str | None = None) -> Wording:
    """What a need speaks of."""
    terms: dict[str, float] = {}
    characters: dict[str, float] = {}
    for text, share in ((fold(title), 1.0), (fold(description or ""), _DESCRIPTION)):
        for term, weight in _terms(text):
            terms[term] = max(terms.get(term, 0.0), weight * share)
        for character in text:
            if character.isalnum() and character not in _COMMON:
                characters.setdefault(character, share)
    said = fold(f"{title} {description or ''}")
    intents = frozenset(name for name, words in _INTENTS.items() if any(w in said for w in words.split()))
    return Wording(terms, characters, intents)


def served(group: str | None) -> frozenset[str]:
    """Whom a need serves, those of one meaning told as one; empty where that is everybody or nobody is named."""
    known = (_meanings()[found.group()] for found in _known().finditer(fold(group or "")))
    return frozenset(known)


@lru_cache(maxsize=4096)
def _terms(folded: str) -> tuple[tuple[str, float], ...]:
    found, rest, at = [], [], 0
    for known in _known().finditer(folded):
        rest.append(folded[at : known.start()])
        meaning = _meanings()[known.group()]
        found.append((f"={meaning}", _FAINT_WEIGHT if meaning in _each(_FAINT) else _KNOWN_WEIGHT))
        at = known.end()
    for piece in (*rest, folded[at:]):
        for word, speech in rjieba.tag(piece):
            if _speaks(word, speech):
                found.append((word, _WORD_WEIGHT))
    return tuple(found)


def _speaks(word: str, speech: str) -> bool:
    whole = len(word) > 1 and word[0].isalnum()
    return whole and word not in _each(_EMPTY) and speech not in _each(_SPEAKING_LITTLE)


@cache
def _each(words: str) -> frozenset[str]:
    return frozenset(words.split())


@cache
def _meanings() -> dict[str, str]:
    """The term of each phrase; one that stands in several lines means what the first of them says."""
    found: dict[str, str] = {}
    for line in _SAME.strip().splitlines():
        phrases = line.split()
        for phrase in phrases:
            found.setdefault(phrase, phrases[0])
    return found


@cache
def _known() -> re.Pattern[str]:
    longest_first = sorted(_meanings(), key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(re.escape, longest_first)))
