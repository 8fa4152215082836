"""Sentences of remarks on indicators, adjustments and grades that only fill figures in."""

from collections.abc import Mapping

# By code: the sentence, and what its figures are called there, in order. `share:` shows a share
# of 1 as a percentage; `name:` is a part's code, `names:` takes all figures left as such codes.
PATTERNS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "rounded": ("原为%(before)s，按方案四舍五入为%(after)s。", ("before", "after")),
    "out_of_bounds": (
        "填报的%(value)s不在%(least)s到%(most)s之间，不予采用。",
        ("value", "least", "most"),
    ),
    "not_a_choice": ("填报的%(value)s不是可选的值，不予采用。", ("value",)),
    "missing_fact": ("还没有填报或需要重填：%(facts)s，因此没有分数。", ("names:facts",)),
    "arithmetic": ("%(worked)s", ("worked",)),
    "bounded": ("算得%(before)s，按上下限计%(after)s。", ("before", "after")),
    "no_target": ("目标值为%(target)s，不能计算完成比例，没有分数。", ("target",)),
    "below_threshold": (
        "完成%(share)s，不到%(threshold)s，不得分。",
        ("share:share", "share:threshold"),
    ),
    "vetoed": ("发生%(events)s次，此项不得分。", ("events",)),
    "place": ("本类%(units)s个单位中列第%(place)s名。", ("place", "units")),
    "tied": ("%(units)s个单位并列。", ("units",)),
    "voided_by_tie": ("因有单位并列，此项按方案作废。", ()),
    "no_best": ("最好的单位为%(best)s，无从按比例计分，均计0分。", ("best",)),
    "best_is_nothing": ("数值为%(value)s，已是最好，计满分。", ("value",)),
    "over_share": ("评为这一等的有%(given)s个，超过最多%(most)s个。", ("given", "most")),
    "negative_amount": ("任务量不能为负，没有分数。", ()),
    "segment": ("评价组商定%(code)s档（%(lower)s到%(upper)s分）。", ("code", "lower", "upper")),
    "outside_segment": (
        "所打的%(score)s分不在商定的%(code)s档（%(lower)s到%(upper)s分）内，不予采用。",
        ("score", "code", "lower", "upper"),
    ),
    "not_agreed": ("评价组还没有商定档次，没有分数。", ()),
    "not_scored": (
        "已商定%(code)s档（%(lower)s到%(upper)s分），还没有打分。",
        ("code", "lower", "upper"),
    ),
    "project_once": ("同一项目只按最高一项计分，另有%(events)s项不计。", ("events",)),
    "no_order": ("%(ballots)s票上本类只有一个单位，或者全部并列，名次不说明什么。", ("ballots",)),
    "items": ("一票含多个问题，按权重合成。", ()),
}
