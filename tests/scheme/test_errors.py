"""Each thing that can be wrong with a scheme, told by field, in both languages."""

import pytest

from evalsvc.scheme.file.errors import SchemeError, SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import get_preset_text, load_scheme
from evalsvc.text import Text

SMALL = """\
code: small
version: "1"
title: {zh: 小方案, en: Small scheme}
source: 自拟
parameters:
  most: {value: 60, about: {zh: 权重, en: Weight}, source: 自拟, open: true}
categories:
  dep: {zh: 部门, en: Departments}
  town: {zh: 镇, en: Towns}
rounds:
  r1: {zh: 一季度, en: First quarter}
  r2: {zh: 二季度, en: Second quarter}
questionnaires:
  marks:
    title: {zh: 打分表, en: Marks}
    introduction: {zh: 请打分, en: Please give marks}
    questions:
      overall: {kind: number, title: {zh: 总体, en: Overall}}
  panel:
    title: {zh: 满意度, en: Satisfaction}
    introduction: {zh: 请评价, en: Please appraise}
    questions:
      satisfaction:
        kind: levels
        title: {zh: 满意吗, en: Satisfied}
        levels:
          good: {name: {zh: 满意, en: Satisfied}, points: 100, counts_as: satisfied}
          unknown: {name: {zh: 不了解, en: Unknown}, points: none}
groups:
  leader:
    name: {zh: 领导, en: Leaders}
    identity: named
    questionnaire: marks
    sees: {dep: {units: all}, town: {units: listed, roles: [in_charge]}}
  panel:
    name: {zh: 评议团, en: Panel}
    identity: counts
    questionnaire: panel
    form_size: 8
    sees: {dep: {units: all}, town: {units: all}}
    strata:
      a: {name: {zh: 群众, en: Residents}, weight: 70}
      b: {name: {zh: 企业, en: Firms}, weight: 30}
components:
  tasks: {name: {zh: 任务, en: Tasks}, round: r2}
adjustments:
  praise: {name: {zh: 表扬, en: Praise}, points: 1}
score:
  code: total
  name: {zh: 总分, en: Total}
  rule: total
  missing: not_ranked
  parts:
    - {weight: $most, component: tasks}
    - weight: 40
      code: C
      name: {zh: 评价, en: Ratings}
      rule: weighted
      missing: centred
      parts:
        - {weight: 50, code: lead, name: {zh: 领导, en: Leaders}, rule: rated, round: r1, group: leader, question: overall}
        - {weight: 50, code: soc, name: {zh: 社会, en: Panel}, rule: satisfaction, round: r2, group: panel, question: satisfaction, min_valid: 30}
  added:
    code: adjustments
    name: {zh: 加减分, en: Adjustments}
    rule: adjustments
publication: {places: 2}
"""  # noqa: E501  # a part of the tree reads best on one line

NUMBER = Text(
    "应为数字，如 30 或 0.5，小数点前最多 12 位、后最多 6 位",
    "expected a number such as 30 or 0.5, with 12 digits at most before the point and 6 after it",
)


def read(*changes: tuple[str, str]) -> Scheme:
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load_scheme(text)


def errors(*changes: tuple[str, str]) -> list[SchemeError]:
    with pytest.raises(SchemeErrors) as caught:
        read(*changes)
    return list(caught.value.errors)


def test_the_small_scheme_is_sound():
    assert read().code == "small"


CASES = [
    ("publication: {places: 2}", "publication: {}", "publication", "{}", "expected “places” here"),
    ("code: small", "colour: red", "colour", "colour", None),
    ("weight: 40", "weight: forty", "score.parts[2].weight", "forty", NUMBER.en),
    (
        "weight: 40",
        "weight: 39",
        "score.parts",
        "60 + 39",
        "the weights of the parts should add up to 100; they add up to 99",
    ),
    (
        "weight: 40",
        "weight: -40",
        "score.parts[2].weight",
        "-40",
        "expected a weight that is not negative",
    ),
    (
        "weight: 70}",
        "weight: 71}",
        "groups.panel.strata",
        "71 + 30",
        "the weights of the strata should add up to 100; they add up to 101",
    ),
    (
        "component: tasks",
        "component: taks",
        "score.parts[1].component",
        "taks",
        "there is no such component; declare it under components; did you mean tasks?",
    ),
    (
        "$most",
        "$mots",
        "score.parts[1].weight",
        "$mots",
        "there is no such parameter; declare it under parameters; did you mean most?",
    ),
    (
        "weight: $most",
        "weight: 60",
        "parameters.most",
        "most",
        "nothing refers to this parameter; write $most or remove it",
    ),
    (
        "title: {zh: 小方案, en: Small scheme}",
        "title: 小方案",
        "title",
        "小方案",
        "expected {zh: Chinese, en: English}",
    ),
    (
        "title: {zh: 小方案, en: Small scheme}",
        "title: {zh: 小方案, en: ''}",
        "title.en",
        "",
        "expected a text that is not empty",
    ),
    (
        "round: r2}\nadj",
        "round: r3}\nadj",
        "components.tasks.round",
        "r3",
        "there is no such round; there are: r1、r2",
    ),
    (
        "round: r1, ",
        "",
        "score.parts[2].parts[1].round",
        "",
        "expected “round” here, or the node inside a rule: rounds",
    ),
    (
        "sees: {dep: {units: all}, town: {units: listed",
        "sees: {dept: {units: all}, town: {units: listed",
        "groups.leader.sees.dept",
        "dept",
        "there is no such category; there are: dep、town; did you mean dep?",
    ),
    (
        "sees: {dep: {units: all}, town: {units: listed, roles: [in_charge]}}",
        "sees: {dep: {units: all}}",
        "score.parts[2].parts[1].group",
        "leader",
        "this group does not evaluate category town; change its “sees”",
    ),
    (
        "group: leader,",
        "group: panel,",
        "score.parts[2].parts[1].group",
        "panel: counts",
        "this rule is for groups with identity named、unit、entries",
    ),
    (
        "group: leader,",
        "group: leaders,",
        "score.parts[2].parts[1].group",
        "leaders",
        "there is no such rater group; there are: leader、panel; did you mean leader?",
    ),
    (
        "group: leader,",
        "group: leader, role: not_in_charge,",
        "score.parts[2].parts[1].role",
        "not_in_charge",
        "there is no such role for leader: dep、leader: town; there are: in_charge; did you mean "
        "in_charge?",
    ),
    (
        "group: leader,",
        "group: leader, trim: {from: 2},",
        "score.parts[2].parts[1].trim.from",
        "2",
        "something must be left after dropping 2: at least 3",
    ),
    (
        "question: overall}",
        "question: all}",
        "score.parts[2].parts[1].question",
        "all",
        "questionnaire marks has no such question; it has: overall",
    ),
    (
        "code: soc",
        "code: lead",
        "score.parts[2].parts[2]",
        "lead",
        "this code is used already; every part has a code of its own",
    ),
    (
        "min_valid: 30",
        "min_valid: 12",
        "score.parts[2].parts[2].min_valid",
        "12",
        "expected a whole number from 30 to 999999",
    ),
    (
        "identity: named",
        "identity: secret",
        "groups.leader.identity",
        "secret",
        "expected one of: named、unit、counts、entries",
    ),
    (
        "identity: named",
        "identity: unit",
        "groups.leader.identity",
        "unit",
        "with identity unit, “members” names the category of units that evaluate",
    ),
    (
        "identity: named",
        "identity: named\n    form_size: 8",
        "groups.leader.form_size",
        "8",
        "only a group with identity counts has dealt forms",
    ),
    ("rule: weighted", "rule: averaged", "score.parts[2].rule", "averaged", None),
    ("missing: centred", "missing: ignore", "score.parts[2].missing", "ignore", None),
    (
        "points: 1}",
        "points: 0}",
        "adjustments.praise.points",
        "0",
        "points can't be 0: positive for a bonus, negative for a deduction",
    ),
    (
        "{zh: 总体, en: Overall}}",
        "{zh: 总体, en: Overall}, from: 5, to: 5}",
        "questionnaires.marks.questions.overall",
        "5–5",
        "expected from to be below to",
    ),
    (
        "{zh: 总体, en: Overall}}",
        "{zh: 总体, en: Overall}, counts: [{from: 90, least: 5}, {from: 80, most: 3}]}",
        "questionnaires.marks.questions.overall.counts[2]",
        "{from, most}",
        "nobody can keep this together with the counts before it: no ballot would be valid",
    ),
    ("open: true", "open: yes", "parameters.most.open", "yes", "expected true or false"),
    (
        "  tasks: {",
        "  a b: {name: {zh: 一, en: One}, round: r1}\n  tasks: {",
        "components.a b",
        "a b",
        "a code begins with a letter or digit and has letters, digits, dots, underscores and "
        "hyphens, 80 at most",
    ),
    (
        "  tasks: {",
        "  spare: {name: {zh: 一, en: One}, round: r1}\n  tasks: {",
        "components.spare",
        "spare",
        "the score never uses this component",
    ),
    (
        "  tasks: {",
        "  tasks: {categories: [dep], ",
        "score.parts[1].component",
        "tasks",
        "this component is not for category town; change components or use by_category",
    ),
]


@pytest.mark.parametrize(("old", "new", "field", "found", "expected"), CASES)
def test_what_is_wrong(old: str, new: str, field: str, found: str, expected: str | None):
    matching = [e for e in errors((old, new)) if (e.field, e.found) == (field, found)]
    assert matching
    if expected is not None:
        assert expected in [error.expected.en for error in matching]
    assert all(error.expected.zh for error in matching)


def test_all_errors_come_at_once_in_the_order_of_lines():
    found = errors(
        ("weight: 40", "weight: forty"),
        ("places: 2", "places: two"),
        ("round: r1,", "round: r7,"),
        ("identity: named", "identity: secret"),
    )
    assert [(error.line, error.field) for error in found] == [
        (32, "groups.leader.identity"),
        (55, "score.parts[2].weight"),
        (61, "score.parts[2].parts[1].round"),
        (67, "publication.places"),
    ]


def test_one_error_in_both_languages():
    (error,) = errors(("places: 2", "places: two"))
    assert error == SchemeError(67, 23, "publication.places", "two", NUMBER)
    assert error.message.zh == (
        "第 67 行第 23 列，publication.places：现为“two”，"
        "应为数字，如 30 或 0.5，小数点前最多 12 位、后最多 6 位"
    )
    assert error.message.en == (
        "line 67, column 23, publication.places: found “two”; expected a number such as "
        "30 or 0.5, with 12 digits at most before the point and 6 after it"
    )


def test_a_questionnaire_nobody_answers():
    spare = (
        "  marks:\n",
        "  spare:\n    title: {zh: 一, en: One}\n    introduction: {zh: 一, en: "
        "One}\n    questions:\n      q: {kind: number, title: {zh: 一, en: One}}\n  marks:\n",
    )
    assert [error.expected.en for error in errors(spare)] == [
        "no rater group answers this questionnaire"
    ]


def test_adjustments_without_a_place_in_the_total():
    text = SMALL[: SMALL.index("  added:")] + "publication: {places: 2}\n"
    with pytest.raises(SchemeErrors, match="缺少 added"):
        load_scheme(text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "band_c_share:\n    value: 20",
            "band_c_share:\n    value: 25",
            "the shares of the bands should add up to 100; they add up to 105",
        ),
        (
            "mutual_least_raters:\n    value: 3",
            "mutual_least_raters:\n    value: 2",
            "expected a whole number from 3 to 1000",
        ),
        (
            "rounds: {half_year: $weight_half_year, year_end: $weight_year_end}",
            "rounds: {half_year: $weight_half_year, year_end: 70}",
            "the weights of the rounds should add up to 100; they add up to 90",
        ),
        (
            "town: {rule: given}\n            - weight: $weight_annual",
            "village: {rule: given}\n            - weight: $weight_annual",
            "expected category town",
        ),
        ("{of: [single.county], most", "{of: [single.country], most", None),
    ],
)
def test_panshan_edited_wrongly(old: str, new: str, expected: str | None):
    text = get_preset_text("panshan-2018")
    assert text.count(old) == 1
    with pytest.raises(SchemeErrors) as caught:
        load_scheme(text.replace(old, new))
    found = [error.expected.en for error in caught.value.errors]
    assert expected in found if expected else "there is no such adjustment" in found[0]


def test_nonsense_of_every_shape_is_an_error_and_never_a_crash():
    for shape in ("[]", "x", "{a: 1}", "''"):
        for section in (
            "parameters",
            "categories",
            "rounds",
            "questionnaires",
            "groups",
            "components",
            "adjustments",
            "score",
            "publication",
            "title",
        ):
            text = f"{section}: {shape}\ncode: x\nversion: x\nsource: x\n"
            with pytest.raises(SchemeErrors):
                load_scheme(text)


def test_every_scalar_of_a_preset_replaced_by_a_list_is_an_error_and_never_a_crash():
    lines = SMALL.splitlines(keepends=True)
    for place, line in enumerate(lines):
        head, colon, rest = line.partition(": ")
        if not colon:
            continue
        for new in ("[1]", "{x: 1}", "''"):
            text = "".join((*lines[:place], f"{head}: {new}\n", *lines[place + 1 :]))
            if rest.strip() == new:
                continue
            try:
                load_scheme(text)
            except SchemeErrors:
                continue
            assert head.strip() in ("source", "code", "version"), line


def test_limits_that_an_earlier_version_took_are_read_on():
    both = "counts: [{from: 90, least: 5}, {from: 80, most: 3}]"
    text = SMALL.replace("{zh: 总体, en: Overall}}", f"{{zh: 总体, en: Overall}}, {both}}}")
    assert load_scheme(text, sealed={}).questionnaires["marks"].questions
