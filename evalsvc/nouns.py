"""What sentences call whom a scheme evaluates: units, or persons where its file says so.

Every sentence of ours is written about units. Of a scheme of persons it is said by way of this
module, before any name or figure is put in: what people and schemes have written stays theirs.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

# Offices and departments that do something in an evaluation remain what they are.
_STAYS = ("牵头单位", "主办单位", "负责单位", "监督单位", "lead unit", "lead units")

# The longest that fits is taken, wherever it stands in a sentence.
_CHINESE = {
    "被考评单位": "被考评人",
    "单位联络员": "联络员",
    "责任单位": "责任人",
    "单位代码": "人员代码",
    "单位名称": "姓名",
    "单位的名称": "姓名",
    "单位和个人": "个人",
    "其他单位和个人": "其他人",
    "任何单位或个人": "任何人",
    "按人或单位": "按人",
    "类别的单位": "类别的人员",
    "您单位的名称": "您的姓名",
    "所属单位": "本人",
    "推断出单位": "推断出是谁",
    "本单位所评各单位": "本人所评各人",
    "本单位": "本人",
    "您单位": "您",
    "贵单位": "您",
    "自己单位": "自己",
    "各单位": "各人",
    "每个单位": "每个人",
    "逐个单位": "逐人",
    "哪些单位": "哪些人",
    "有单位": "有人",
    "有的单位": "有的人",
    "这些单位": "这些人",
    "其余的单位": "其余的人",
    "其余单位": "其余的人",
    "其他单位": "其他人",
    "别的单位": "别人",
    "部分单位": "部分人",
    "所有单位": "所有人",
    "下面的单位": "下面的人",
    "打过交道的单位": "打过交道的人",
    "个单位": "个人",
    "单位": "人员",
}
_ENGLISH = {
    "one's own unit": "oneself",
    "the own unit's": "their own",
    "the own unit": "oneself",
    "the rater's own unit": "the rater",
    "how your unit answered": "how you answered",
    "your unit's": "your",
    "your unit": "you",
    "no unit rates itself": "nobody rates themselves",
    "person or unit": "person",
    "units": "people",
    "unit's": "person's",
    "units'": "people's",
    "unit": "person",
    "Units": "People",
    "Unit": "Person",
}
# Names of what is put in, codes of a file or of a form's language: no words.
_CODES = re.compile(
    r"%\(\w+\)s|\{\w+\}|units\.csv|instance\('units'\)|\$\{unit\}|rank units|“units”"
    r"|identity (?:为 )?unit\b|named (?:或|or) unit\b"
)
_COUNTED = re.compile(r"(%\(\w+\)s|\{\w+\})( ?)个单位")
_WORD = re.compile(
    "|".join(
        (
            _CODES.pattern,
            *(rf"\b{each}\b" if each.isascii() else each for each in _STAYS),
            *sorted(_CHINESE, key=len, reverse=True),
            *(rf"\b{each}(?!\w)" for each in sorted(_ENGLISH, key=len, reverse=True)),
        )
    )
)

# Where other words alone would not do.
_SENTENCES: Mapping[str, str] = {
    "Own unit": "Oneself",
    " (not the own unit)": " (not oneself)",
    " (its own unit only)": " (oneself only)",
    "可不填；属于某个被考评单位的，填该单位，本人不评价它": (
        "可不填；评价人自己也是被考评人的，填他自己，他不评自己"
    ),
    "Other units and persons can't see them.": "Nobody else can see them.",
    "以单位名义填写：任何页面都不显示您单位的答卷。": "以代号保存：任何页面都不显示您的答卷。",
    "You answer for your unit: no page ever shows your unit's answers.": (
        "Your answers are kept under a pseudonym: no page ever shows them."
    ),
    "You answer in your unit's name: the evaluation office and the evaluated units can see it.": (
        "You answer in your name: the evaluation office and the evaluated people can see it."
    ),
    "单位：答卷按单位保存，只在审计数据包中以代号出现": "代号：答卷只在审计数据包中以代号出现",
    "署名录入：以本单位名义录入，不密封": "署名录入：以本人名义录入，不密封",
}


# More sentences than we have; some are made of figures, and those must not gather.
@lru_cache(maxsize=4096)
def call_persons(sentence: str) -> str:
    """A sentence of ours as it is said where persons are evaluated."""
    if sentence in _SENTENCES:
        return _SENTENCES[sentence]
    counted = _COUNTED.sub(r"\1\2人", sentence)
    return _WORD.sub(_pick, counted)


def _pick(found: re.Match[str]) -> str:
    word = found[0]
    return _CHINESE.get(word) or _ENGLISH.get(word) or word
