"""When a consequence is listed, in words: the years, and the marks that one or all of must be."""

from collections.abc import Iterator

from analysis.outcome.rules import ConsequenceRule, Marks
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import adjustment_name, show_short
from evalsvc.text import AND, SEMICOLON, Text, same


def say_cases(rule: ConsequenceRule, scheme: Scheme) -> Text:
    """All cases of a consequence, any of which is enough."""
    return SEMICOLON.join(_say_case(marks, scheme) for marks in rule.marks)


def _say_case(marks: Marks, scheme: Scheme) -> Text:
    joint = Text("，且", " and ") if marks.together else Text("，或", " or ")
    told = joint.join(_list_marks(marks, scheme))
    if marks.years == 1:
        return told
    return Text(
        "连续%(years)s年，每年%(marks)s", "%(years)s years running, each year %(marks)s"
    ).filled(years=marks.years, marks=told)


def _list_marks(marks: Marks, scheme: Scheme) -> Iterator[Text]:
    if marks.below is not None:
        yield Text("低于%(n)s分", "below %(n)s").filled(n=show_short(marks.below))
    if marks.at_least is not None:
        yield Text("不低于%(n)s分", "%(n)s or more").filled(n=show_short(marks.at_least))
    if marks.grades:
        names = scheme.outcome_names.grades
        grades = AND.join(names.get(code, same(code)) for code in sorted(marks.grades))
        yield Text("等次为%(grades)s", "graded %(grades)s").filled(grades=grades)
    if marks.first:
        yield Text("为本类第一", "first of the category")
    if marks.last:
        yield Text("为本类末位", "last of the category")
    if marks.event:
        name = adjustment_name(scheme, marks.event)
        yield Text("发生“%(event)s”", 'with "%(event)s"').filled(event=name)
