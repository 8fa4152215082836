"""What rules that raters answer write in the same way: whose answers, to which question, when."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from analysis.panel.small_cells import DEFAULTS, Thresholds
from analysis.score.rules import Trim
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.file.limits import MOST_UNITS
from evalsvc.scheme.file.reading import Reading, say_known
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Group
from evalsvc.scheme.rules.by_place import check_asked_of_all
from evalsvc.scheme.tree import Tree
from evalsvc.text import Text


def read_groups(tree: Tree, found: Field, identities: tuple[str, ...]) -> dict[str, Group]:
    """The group that evaluates each category: one for all, or one named per category."""
    reading = tree.reading
    if isinstance(found.content, Mapping):
        fields = {c: f for c, f in found.content.items() if c in tree.categories}
        for category in found.content.keys() - fields.keys():
            reading.report(
                found.content[category],
                Text("这里没有这个类别", "there is no such category here"),
                found=category,
            )
        # A category without a group would have no figure, and nothing would say why.
        for category in set(tree.categories) - fields.keys():
            reading.report(found, Text(f"缺少类别 {category}", f"expected category {category}"))
    else:
        fields = dict.fromkeys(tree.categories, found)
    groups = {}
    for category, named in fields.items():
        code = reading.known(named, tuple(tree.groups), Text("评价主体", "rater group"))
        if code in tree.groups:
            groups[category] = tree.groups[code]
            _check_group(reading, named, tree.groups[code], category, identities)
    return groups


def read_question(tree: Tree, found: Field, groups: Mapping[str, Group]) -> Question | None:
    code = tree.reading.text(found)
    answer: Question | None = None
    for group in groups.values():
        sheet = tree.questionnaires.get(group.questionnaire)
        if sheet is None:
            continue
        # An answer that nothing reads is told at the end.
        tree.used_questions.add((sheet.code, code))
        match = next((each for each in list_scored(sheet) if each.code == code), None)
        check_asked_of_all(tree.reading, found, match, sheet)
        if match is None:
            known = say_known([each.code for each in list_scored(sheet)])
            tree.reading.report(
                found,
                Text(
                    f"问卷 {sheet.code} 里没有这个问题，已有：{known}",
                    f"questionnaire {sheet.code} has no such question; it has: {known}",
                ),
            )
        # The rule has one set of points: two questions under one code would be scored by the first.
        elif answer is not None and match != answer:
            tree.reading.report(
                found,
                Text(
                    "各类别的问题应相同，不同时请用 by_category",
                    "the question should be the same for all categories; use "
                    "by_category where it differs",
                ),
            )
        answer = answer or match
    return answer


def read_round(tree: Tree, found: Field) -> str:
    if found.content is not None:
        return tree.reading.known(found, tuple(tree.rounds), Text("轮次", "round"))
    # Which box it is read from is decided nowhere else.
    if tree.round is None:
        tree.reading.report(
            found,
            Text(
                "这里要写 round，或放在 rule: rounds 之内",
                "expected “round” here, or the node inside a rule: rounds",
            ),
        )
        return ""
    return tree.round.code


def list_scored(sheet: Questionnaire) -> tuple[Question, ...]:
    """The questions that a score may read, those that are always kept for it first."""
    further = (each.question for each in sheet.asked)
    return (*sheet.questions, *(each for each in further if each.scoring == "where_read"))


def get_thresholds(tree: Tree, round_code: str) -> Thresholds:
    """Those of the round; a round that is not there has been reported already."""
    return tree.rounds[round_code].thresholds if round_code in tree.rounds else DEFAULTS


def read_least_raters(
    tree: Tree, parts: Mapping[str, Field], round_code: str, groups: Mapping[str, Group]
) -> int:
    """Units that rate each other stay unrecognisable only in company."""
    anonymous = any(group.identity == "unit" for group in groups.values())
    # Below three, a unit's score is what the one or two
    # others gave (threshold `raters_for_unit_groups`).
    least = get_thresholds(tree, round_code).raters_for_unit_groups if anonymous else 1
    # The least number that may be written, and the rule if
    # left out: an office may ask for more, not for fewer.
    return tree.reading.threshold(parts["least_raters"], least, MOST_UNITS)


def read_trim(reading: Reading, found: Field) -> Trim | None:
    if found.content is None:
        return None
    parts = reading.record(found, ("from",), ("each_end",))
    least = reading.integer(parts["from"], 1, MOST_UNITS)
    ends = reading.integer(parts["each_end"], 1, MOST_UNITS, 1)
    # At that number of raters nobody would be left for a mean.
    if least <= 2 * ends:
        reading.report(
            parts["from"],
            Text(
                f"去掉 {2 * ends} 个后应有剩余，至少为 {2 * ends + 1}",
                f"something must be left after dropping {2 * ends}: at least {2 * ends + 1}",
            ),
        )
    return Trim(least, ends)


def read_share_of(
    tree: Tree, found: Field, points: Mapping[str, Fraction | None] | None
) -> tuple[str, ...]:
    """The answers whose percentage a figure is, of a question that has a list of them."""
    if found.content is None:
        return ()
    reading = tree.reading
    if points is None:
        reading.report(
            found, Text("share_of 只用于分档题和等级题", "share_of goes with bands and levels only")
        )
        return ()
    scored = tuple(code for code, worth in points.items() if worth is not None)
    kind = Text("计分的选项", "scored answer")
    codes = tuple(reading.known(each, scored, kind) for each in reading.sequence(found))
    if not codes:
        reading.report(found, Text("至少要有一项", "expected at least one entry"))
    return codes


def count_only(
    points: Mapping[str, Fraction | None], codes: tuple[str, ...]
) -> dict[str, Fraction | None]:
    """100 for these answers and 0 for the others; what counts in no mean still counts in none."""
    return {
        code: None if worth is None else Fraction(100 * (code in codes))
        for code, worth in points.items()
    }


def points_of(points: Decimal | None) -> Fraction | None:
    return None if points is None else Fraction(points)


def _check_group(
    reading: Reading, found: Field, group: Group, category: str, identities: tuple[str, ...]
) -> None:
    seen = {sight.category for sight in group.sights}
    # A misspelt category has been told where it stands.
    if category not in seen and category not in reading.meant:
        reading.report(
            found,
            Text(
                f"该主体不评价类别 {category}，请改 sees",
                f"this group does not evaluate category {category}; change its “sees”",
            ),
            found=group.code,
        )
    # Points need single ballots, satisfaction needs counts: of a panel no ballots are kept.
    if group.identity not in identities:
        known = "、".join(identities)
        reading.report(
            found,
            Text(
                f"这条规则只用于 identity 为 {known} 的主体",
                f"this rule is for groups with identity {known}",
            ),
            found=f"{group.code}: {group.identity}",
        )
