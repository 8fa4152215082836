"""What is unusual about a figure: one list of flags, each with its words in both languages."""

from dataclasses import dataclass
from enum import StrEnum


class Flag(StrEnum):
    """An edge case that a result is returned with; never an error, never a verdict on a person."""

    NO_RATINGS = "no_ratings"
    FEW_RATERS = "few_raters"
    NOT_TRIMMED = "not_trimmed"
    NO_INFORMATION = "no_information"
    ALL_EQUAL = "all_equal"
    SINGLE_UNIT = "single_unit"
    SINGLE_RATER = "single_rater"
    NO_ERROR = "no_error"
    ZERO_VARIANCE = "zero_variance"
    NEGATIVE_ESTIMATE = "negative_estimate"
    NOT_TESTABLE = "not_testable"
    INCOMPLETE = "incomplete"
    DISCONNECTED = "disconnected"
    ONE_BRIDGE = "one_bridge"
    ESTIMATE_AT_BOUND = "estimate_at_bound"
    FALLBACK = "fallback"
    NO_MAXIMUM = "no_maximum"
    NOT_CONVERGED = "not_converged"
    TOO_FEW_ANSWERS = "too_few_answers"
    THIN = "thin"
    MANY_DONT_KNOW = "many_dont_know"
    STRATA_MERGED = "strata_merged"
    WEIGHTS_TRIMMED = "weights_trimmed"
    TAKEN_AS_GIVEN = "taken_as_given"
    APPROXIMATE = "approximate"
    SMALL_CELLS = "small_cells"
    CUT = "cut"

    @property
    def zh(self) -> str:
        """The flag in Chinese, for pages and reports."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """The flag in English."""
        return _WORDS[self][1]


@dataclass(frozen=True)
class Finding:
    """One sentence for a clerk, with the flag that it belongs to and whom it is about.

    `units` and `raters` are positions in the arrays that were handed in.
    """

    flag: Flag
    zh: str
    en: str
    units: tuple[int, ...] = ()
    raters: tuple[int, ...] = ()


_WORDS: dict[Flag, tuple[str, str]] = {
    Flag.NO_RATINGS: ("没有有效评分，该项缺失", "no valid rating; the component is missing"),
    Flag.FEW_RATERS: ("评价人少于3人，不显示个人明细", "fewer than 3 raters; no detail by rater"),
    Flag.NOT_TRIMMED: ("评价人数未达去高去低的标准", "too few raters to drop the extremes"),
    Flag.NO_INFORMATION: ("该票没有区分度，按0计", "the ballot tells no units apart; counted as 0"),
    Flag.ALL_EQUAL: ("评分全部相同，该指标无定义", "all ratings equal; the figure is undefined"),
    Flag.SINGLE_UNIT: ("类别内只有一个单位，不排名", "one unit in the category; no rank"),
    Flag.SINGLE_RATER: ("只有一个评价人，不能估计误差", "a single rater; no error known"),
    Flag.NO_ERROR: ("数据不足，不能估计误差", "too few ratings to estimate the error"),
    Flag.ZERO_VARIANCE: ("残差为零，误差记为0", "no residual variance; the error is 0"),
    Flag.NEGATIVE_ESTIMATE: ("估计值为负，按0报告", "the estimate is negative and reported as 0"),
    Flag.NOT_TESTABLE: ("数据量不足，不作检验", "not testable with so few data"),
    Flag.INCOMPLETE: ("评分不完整，该指标无定义", "ratings are missing; the figure is undefined"),
    Flag.DISCONNECTED: ("评价关系不连通，跨组比较靠假设", "groups are not linked by any rater"),
    Flag.ONE_BRIDGE: ("组间比较只靠一人", "a comparison between groups rests on one person"),
    Flag.ESTIMATE_AT_BOUND: ("估计值落在边界上", "the estimate lies at the edge of its range"),
    Flag.FALLBACK: ("改用备用算法", "the fallback method was used"),
    Flag.NO_MAXIMUM: ("最大似然估计不存在，改用惩罚估计", "no maximum; penalised instead"),
    Flag.NOT_CONVERGED: ("迭代未收敛", "the iteration did not converge"),
    Flag.TOO_FEW_ANSWERS: ("有效答卷过少，不计分", "too few valid answers; no score"),
    Flag.THIN: ("有效答卷偏少，仅供参考", "few valid answers; read with care"),
    Flag.MANY_DONT_KNOW: ("“不了解”比例过高，不计分", "too many don't know; no score"),
    Flag.STRATA_MERGED: ("样本过小的层已合并", "strata with few answers were merged"),
    Flag.WEIGHTS_TRIMMED: ("过大的权重已截断，边际有偏差", "weights were cut; margins are off"),
    Flag.TAKEN_AS_GIVEN: ("该项误差未知，按给定值计", "error unknown; taken as given"),
    Flag.APPROXIMATE: ("近似值", "approximate"),
    Flag.SMALL_CELLS: ("含1至4人的单元格，不得保存", "cells of 1 to 4 people; not to be kept"),
    Flag.CUT: ("超出范围，已截断", "out of range and cut"),
}
