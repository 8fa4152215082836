"""Why a unit has its grade and what follows from it, said in words for the worked cases."""

import re

import pytest

from analysis.outcome.grading import Quota
from evalsvc.reports.words.outcome_words import list_outcome_sentences
from evalsvc.scheme.presets import list_presets, load_preset
from tests.saying import spoken
from tests.worked.cases import read_worked

CHINESE = re.compile("[\u4e00-\u9fff]")


def told(preset: str, unit: str, *, takes_awards: bool = True) -> tuple[str, ...]:
    outcome = read_worked(preset).outcome
    return spoken(
        list_outcome_sentences(
            outcome.get_unit(unit), outcome.quotas, load_preset(preset), takes_awards=takes_awards
        )
    )


@pytest.mark.parametrize(
    ("preset", "unit", "sentences"),
    [
        # The first of four is barred, so that the second takes the one place.
        (
            "golmud",
            "d1",
            (
                "等次：优秀。按名次和名额评定，本单位列第2名。",
                "本类名额：优秀1个（评出1个）。",
                "“第一名或连续两年优秀，可推荐一至两人”：2018、2019年。其中2018年的结果不详，请查明。",
            ),
        ),
        (
            "golmud",
            "d2",
            (
                "等次：良好。不属于别的等次的归入这一等次。",
                "本类名额：优秀1个（评出1个）。",
                "“督查诫勉”（2019-07-01 诫勉谈话）：不能得优秀。",
                "“第一名或连续两年优秀，可推荐一至两人”：2019年。",
            ),
        ),
        (
            "golmud",
            "t5",
            (
                "等次：一般。总分低于60分。",
                "本类名额：优秀1个（评出1个）。",
                "“末位，按办法处理”：2019年。",
                "“连续两年末位或一般，加重处理”：2018、2019年。",
            ),
        ),
        (
            "luoyang-2018",
            "e1",
            (
                "等次：良好。按名次和名额评定，本单位列第3名。",
                "本类名额：优秀1个（评出1个）、良好2个（评出2个）。",
                "“指标考核与评价双印证”不一致：按指标考核（73.00分）列第4名，"
                "按评价（95.00分）列第1名，共5个单位，请核实。",
            ),
        ),
        (
            "zaozhuang-staff",
            "o5",
            (
                "等次：基本称职。总分达到60分。",
                "本类名额：优秀1个（评出1个）。",
                "“违纪违法”（2018-10-01 处分决定）：不能得优秀、称职、表彰。",
            ),
        ),
        ("zaozhuang-departments", "e01", ("另外：表彰。",)),
        ("zaozhuang-departments", "e02", ()),
        ("panshan-2018", "u01", ()),
    ],
)
def test_sentences(preset: str, unit: str, sentences: tuple[str, ...]):
    assert told(preset, unit) == sentences


def test_a_set_grade_names_its_bar_and_coefficients_their_posts():
    assert told("golmud", "d4")[0] == "等次：一般。因“追责”定为这一等次。"
    assert "奖励系数：主要负责人 1.3、其他人员 1.2。" in told("three-in-one", "u1")
    # The best of its category belongs to the evaluators: it takes no award.
    assert told("three-in-one", "u6", takes_awards=False)[-1] == "本单位不参加评优，不占名额。"


@pytest.mark.parametrize("preset", list_presets())
def test_english_is_english(preset: str):
    outcome, scheme = read_worked(preset).outcome, load_preset(preset)
    for unit in outcome.units:
        for sentence in spoken(list_outcome_sentences(unit, outcome.quotas, scheme), "en"):
            # The fact behind a bar is what somebody has entered.
            for bar in unit.bars:
                sentence = sentence.replace(bar.fact, "")
            assert not CHINESE.search(sentence), sentence


def test_quotas_of_other_categories_are_not_told():
    outcome = read_worked("golmud").outcome
    foreign = (Quota("town", "excellent", 7, 7),)
    found = spoken(list_outcome_sentences(outcome.get_unit("d4"), foreign, load_preset("golmud")))
    assert not any("7" in each for each in found)
