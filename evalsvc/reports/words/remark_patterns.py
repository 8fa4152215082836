"""Sentences of remarks that only fill figures in, by the code of the remark."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalsvc.text import Text


@dataclass(frozen=True)
class Pattern:
    """A sentence, and what the remark's figures are called in it, in order.

    Before a colon stands how a figure is shown: `share` as a percentage, `name` by what the scheme
    calls the part of that code, `round` and `adjustment` likewise; `names`, `strata`, `reasons` and
    `list` take all figures that are left.
    """

    text: Text
    figures: tuple[str, ...] = ()


PATTERNS: Mapping[str, Pattern] = {
    "not_entered": Pattern(
        Text("%(round)s没有填报这一项。", "This item was not entered for %(round)s."),
        ("round:round",),
    ),
    "not_carried": Pattern(Text("本单位不承担这一项。", "The unit does not carry this item.")),
    "lacking": Pattern(Text("没有“%(parts)s”。", 'There is no "%(parts)s".'), ("names:parts",)),
    "too_much_missing": Pattern(
        Text(
            "缺少的权重共%(lacking)s，超过规定的%(most)s，没有分数。",
            "%(lacking)s of the weight is missing, more than the %(most)s allowed, so there is "
            "no score.",
        ),
        ("share:lacking", "share:most"),
    ),
    "centred_means": Pattern(
        Text("各部分的类别平均数：%(means)s。", "Category means of the parts: %(means)s."),
        ("list:means",),
    ),
    "cut": Pattern(
        Text(
            "分摊后为%(before)s，超出范围，按%(after)s计。",
            "Redistribution gave %(before)s, out of range, counted as %(after)s.",
        ),
        ("before", "after"),
    ),
    "from_edge": Pattern(
        Text("%(figure)s，达到%(edge)s一档。", "%(figure)s reaches the band from %(edge)s on."),
        ("figure", "edge"),
    ),
    "above_edge": Pattern(
        Text("%(figure)s，超过%(edge)s一档。", "%(figure)s is in the band above %(edge)s."),
        ("figure", "edge"),
    ),
    "below_bands": Pattern(
        Text(
            "%(figure)s，没有达到最低一档%(edge)s。",
            "%(figure)s is below the lowest band, %(edge)s.",
        ),
        ("figure", "edge"),
    ),
    "deviation": Pattern(
        Text(
            "%(done)s，目标%(target)s，相差%(deviation)s。",
            "%(done)s against a target of %(target)s: a difference of %(deviation)s.",
        ),
        ("done", "target", "deviation"),
    ),
    "lowest": Pattern(
        Text("%(figures)s中最低的。", "The lowest of %(figures)s."), ("list:figures",)
    ),
    "highest": Pattern(
        Text("%(figures)s中最高的。", "The highest of %(figures)s."), ("list:figures",)
    ),
    "limited": Pattern(
        Text(
            "因“%(reasons)s”，%(before)s分按%(after)s分计。",
            'Because of "%(reasons)s" %(before)s points count as %(after)s.',
        ),
        ("before", "after", "names:reasons"),
    ),
    "not_limited": Pattern(Text("不受限制。", "No limit applies."), ("value",)),
    "comments_only": Pattern(
        Text("只征求意见，不计分。", "Asked for comments only, without a score.")
    ),
    "distance": Pattern(
        Text(
            "本单位%(ballots)s票，%(ratings)s个评价，与各单位平均分平均相差%(distance)s。",
            "%(ballots)s ballots of its own with %(ratings)s ratings lie %(distance)s from the "
            "units' means, on average.",
        ),
        ("ballots", "ratings", "distance"),
    ),
    "no_own_ballot": Pattern(
        Text("本单位没有有效票，算不出。", "The unit has no valid ballot of its own.")
    ),
    "out_of": Pattern(
        Text(
            "“%(part)s”按%(out_of)s分打，折成满分%(full)s分。",
            '"%(part)s" is a mark out of %(out_of)s, counted with full marks of %(full)s.',
        ),
        ("name:part", "full", "out_of"),
    ),
    "mean_over": Pattern(
        Text(
            "共%(parts)s项，%(counted)s项计入平均。",
            "%(counted)s of %(parts)s items are in the mean.",
        ),
        ("counted", "parts"),
    ),
    "left_out": Pattern(
        Text("按方案不计入平均：%(names)s。", "Left out of the mean by the scheme: %(names)s."),
        ("names:names",),
    ),
    "raters": Pattern(Text("%(n)s票有效。", "%(n)s valid ballots."), ("n",)),
    "trimmed": Pattern(
        Text("去掉%(high)s个最高、%(low)s个最低。", "%(high)s highest and %(low)s lowest dropped."),
        ("high", "low"),
    ),
    "void_ballots": Pattern(
        Text(
            "另有%(n)s张废票没有计入：%(reasons)s。",
            "%(n)s more ballots were void and not counted: %(reasons)s.",
        ),
        ("n", "reasons:reasons"),
    ),
    "free_bands": Pattern(
        Text(
            "%(n)s票上同类单位太少，不要求比例。",
            "%(n)s ballots had too few units of this category for proportions.",
        ),
        ("n",),
    ),
    "not_reached": Pattern(Text("没有人评到本单位。", "Nobody rated the unit.")),
    "too_few_raters": Pattern(
        Text(
            "只有%(n)s票，不足%(least)s票，不计分。",
            "Only %(n)s ballots, fewer than %(least)s, so there is no score.",
        ),
        ("n", "least"),
    ),
    "valid_answers": Pattern(
        Text(
            "有效答卷%(valid)s份，不了解%(unknown)s份。",
            '%(valid)s valid answers, %(unknown)s "don\'t know".',
        ),
        ("valid", "unknown"),
    ),
    "too_few_answers": Pattern(
        Text(
            "有效答卷%(valid)s份，不足%(least)s份，不计分。",
            "%(valid)s valid answers, fewer than %(least)s, so there is no score.",
        ),
        ("valid", "least"),
    ),
    "satisfied_rates": Pattern(
        Text(
            "计分用的满意率%(satisfied)s，满意和基本满意率%(basically)s（方案给各层定了权重的，已按权重；"
            "满意度表里的不加权）。",
            "By which the score goes: satisfied %(satisfied)s, satisfied or basically satisfied "
            "%(basically)s (weighted where the scheme weighs strata; the table of satisfaction is "
            "unweighted).",
        ),
        ("share:satisfied", "share:basically"),
    ),
    "empty_strata": Pattern(
        Text(
            "没有有效答卷的层：%(strata)s，其权重由其余各层按比例分担。",
            "Strata without valid answers: %(strata)s; the others share their weight in "
            "proportion.",
        ),
        ("strata:strata",),
    ),
    "by_normal": Pattern(
        Text(
            "票上的名次折算成分：%(centre)s + %(spread)s × 名次的期望正态分，"
            "限%(low)s到%(high)s分；并列的取所占各名次的平均。",
            "Places on ballots become points: %(centre)s + %(spread)s × the expected normal "
            "score of the place, from %(low)s to %(high)s; ties get the mean of the places "
            "that they hold.",
        ),
        ("centre", "spread", "low", "high"),
    ),
    "by_percentile": Pattern(
        Text(
            "票上的名次折算成分：按排在本单位之后的单位所占比例（本单位算半个），"
            "从%(low)s到%(high)s分；并列的取所占各名次的平均。",
            "Places on ballots become points: by the share of units placed behind this one "
            "(itself counted half), from %(low)s to %(high)s; ties get the mean of the places "
            "that they hold.",
        ),
        ("low", "high"),
    ),
    "by_points": Pattern(
        Text(
            "票上的名次折算成分：从第一名起依次%(points)s分，其后每名少%(step)s分，"
            "最低%(least)s分；并列的取所占各名次的平均。",
            "Places on ballots become points: %(points)s from the first place on, then "
            "%(step)s less for each further place, not below %(least)s; ties get the mean of "
            "the places that they hold.",
        ),
        ("step", "least", "list:points"),
    ),
    "largest": Pattern(
        Text(
            "“%(name)s”最多的单位为%(amount)s，得%(points)s分，其余按比例。",
            '"%(name)s": the unit with the most has %(amount)s and gets %(points)s points, the '
            "others in proportion.",
        ),
        ("adjustment:name", "amount", "points"),
    ),
    "rounded": Pattern(
        Text(
            "原为%(before)s，按方案四舍五入为%(after)s。",
            "%(before)s, rounded to %(after)s as the scheme says.",
        ),
        ("before", "after"),
    ),
    "out_of_bounds": Pattern(
        Text(
            "填报的%(value)s不在%(least)s到%(most)s之间，不予采用。",
            "The entered %(value)s is not between %(least)s and %(most)s and is refused.",
        ),
        ("value", "least", "most"),
    ),
    "not_a_choice": Pattern(
        Text(
            "填报的%(value)s不是可选的值，不予采用。",
            "The entered %(value)s is not one of the choices and is refused.",
        ),
        ("value",),
    ),
    "missing_fact": Pattern(
        Text(
            "还没有填报或需要重填：%(facts)s，因此没有分数。",
            "Not entered, or to be entered again: %(facts)s; so there is no score.",
        ),
        ("names:facts",),
    ),
    "arithmetic": Pattern(Text("%(worked)s", "%(worked)s"), ("worked",)),
    "bounded": Pattern(
        Text(
            "算得%(before)s，按上下限计%(after)s。",
            "Worked out as %(before)s, counted as %(after)s by its bounds.",
        ),
        ("before", "after"),
    ),
    "no_target": Pattern(
        Text(
            "目标值为%(target)s，不能计算完成比例。",
            "The target is %(target)s, of which there is no completion ratio.",
        ),
        ("target",),
    ),
    "below_threshold": Pattern(
        Text(
            "完成%(share)s，不到%(threshold)s，不得分。",
            "Completed %(share)s, less than %(threshold)s: no points.",
        ),
        ("share:share", "share:threshold"),
    ),
    "vetoed": Pattern(
        Text(
            "发生%(events)s次，此项不得分。",
            "It happened %(events)s times: no points for this item.",
        ),
        ("events",),
    ),
    "place": Pattern(
        Text(
            "本类%(units)s个单位中列第%(place)s名。",
            "Place %(place)s of %(units)s units in the category.",
        ),
        ("place", "units"),
    ),
    "tied": Pattern(Text("%(units)s个单位并列。", "%(units)s units tie."), ("units",)),
    "voided_by_tie": Pattern(
        Text("因有单位并列，此项按方案作废。", "As units tie, this item is void by the scheme.")
    ),
    "no_best": Pattern(
        Text(
            "最好的单位为%(best)s，无从按比例计分，均计0分。",
            "The best unit has %(best)s, so nothing is in proportion to it: 0 for all.",
        ),
        ("best",),
    ),
    "best_is_nothing": Pattern(
        Text(
            "数值为%(value)s，已是最好，计满分。",
            "The figure is %(value)s, which can't be bettered: full marks.",
        ),
        ("value",),
    ),
    "forbidden_events": Pattern(
        Text(
            "%(names)s中有次数或金额超出规定的，加分不计，扣分从重计。",
            "%(names)s: an event's number or amount is not allowed; as a bonus it counts nothing, "
            "as a deduction the most that it can take.",
        ),
        ("adjustments:names",),
    ),
    "over_share": Pattern(
        Text(
            "评为这一等的有%(given)s个，超过最多%(most)s个。",
            "%(given)s units are rated so; at most %(most)s may be.",
        ),
        ("given", "most"),
    ),
    "negative_amount": Pattern(Text("任务量不能为负。", "The weight of tasks can't be negative.")),
    "segment": Pattern(
        Text(
            "评价组商定%(code)s档（%(lower)s到%(upper)s分）。",
            "The group agreed on %(code)s (%(lower)s to %(upper)s points).",
        ),
        ("code", "lower", "upper"),
    ),
    "outside_segment": Pattern(
        Text(
            "所打的%(score)s分不在商定的%(code)s档（%(lower)s到%(upper)s分）内，不予采用。",
            "The score of %(score)s is outside the agreed %(code)s (%(lower)s to %(upper)s "
            "points) and is refused.",
        ),
        ("score", "code", "lower", "upper"),
    ),
    "not_agreed": Pattern(Text("评价组还没有商定档次。", "The group has not agreed on a segment.")),
    "not_scored": Pattern(
        Text(
            "已商定%(code)s档（%(lower)s到%(upper)s分），还没有打分。",
            "Agreed on %(code)s (%(lower)s to %(upper)s points), not scored yet.",
        ),
        ("code", "lower", "upper"),
    ),
    "project_once": Pattern(
        Text(
            "同一项目只按最高一项计分，另有%(events)s项不计。",
            "One project counts once, at its highest; %(events)s more do not count.",
        ),
        ("events",),
    ),
    "no_order": Pattern(
        Text(
            "%(ballots)s票上本类只有一个单位，或者全部并列，名次不说明什么。",
            "On %(ballots)s ballots the unit is alone in its category or tied with all of it: "
            "the place says nothing.",
        ),
        ("ballots",),
    ),
    "items": Pattern(
        Text(
            "一票含多个问题，按权重合成。",
            "A ballot has several questions, combined by their weights.",
        )
    ),
}
