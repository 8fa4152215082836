"""What follows from the scores, as a scheme writes it: grades, awards, bars, consequences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

from analysis.outcome.rules import (
    AwardRule,
    BarRule,
    Carry,
    ConfirmationRule,
    ConsequenceRule,
    GradeRule,
    Grading,
    Marks,
    OutcomeRules,
    Places,
    Rounding,
    TiesAtCut,
)
from evalsvc.scheme.file.limits import MOST_OUTCOMES, MOST_UNITS, MOST_YEAR, MOST_YEARS
from evalsvc.scheme.file.reading import Reading, read_by_category, say_known
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import OutcomeNames
from evalsvc.scheme.tree import Tree
from evalsvc.text import Text

GRADE = Text("等次", "grade")
NODE = Text("计分部分", "part of the score")
EVENT = Text("加减分项", "adjustment")
POST = Text("职务", "post")

SECTIONS = ("posts", "grading", "consequences", "confirmations", "year")
MARKS = ("years", "below", "from", "grades", "place", "event", "match")


@dataclass
class OutcomeReading:
    """The rules and names of an outcome, and the adjustments that they use as events."""

    rules: OutcomeRules = field(default_factory=OutcomeRules)
    names: OutcomeNames = field(default_factory=OutcomeNames)
    events: set[str] = field(default_factory=set)


def read_outcome(tree: Tree, sections: Mapping[str, Field]) -> OutcomeReading:
    """All sections after the score; each may be left out."""
    return _Outcome(tree, sections).read()


class _Outcome:
    """One pass over the sections; `tree` knows what may be referred to."""

    def __init__(self, tree: Tree, sections: Mapping[str, Field]) -> None:
        self.tree = tree
        self.reading: Reading = tree.reading
        self.sections = sections
        self.posts = _names(self.reading, sections["posts"])
        self.events: set[str] = set()
        self.used_posts: set[str] = set()

    def read(self) -> OutcomeReading:
        parts = self.reading.record(
            self.sections["grading"],
            (),
            ("grades", "awards", "bars", "rounding", "carry", "ties", "tie_break",
             "count_no_award"),
        )  # a table, read by rows  # fmt: skip
        grades = self.reading.declared(parts["grades"], MOST_OUTCOMES)
        awards = self.reading.declared(parts["awards"], MOST_OUTCOMES)
        bars = self.reading.declared(parts["bars"], MOST_OUTCOMES)
        consequences = self.reading.declared(self.sections["consequences"], MOST_OUTCOMES)
        confirmations = self.reading.declared(self.sections["confirmations"], MOST_OUTCOMES)
        year = self.sections["year"]
        rules = OutcomeRules(
            self._grading(parts, grades, awards, bars),
            tuple(self._consequence(code, f, tuple(grades)) for code, f in consequences.items()),
            tuple(self._confirmation(code, f) for code, f in confirmations.items()),
            self.reading.integer(year, 1, MOST_YEAR) if year.content is not None else None,
        )
        names = OutcomeNames(
            _named(self.reading, grades),
            _named(self.reading, awards),
            _named(self.reading, bars),
            self.posts,
            _named(self.reading, consequences),
            _named(self.reading, confirmations),
        )
        for code in self.posts.keys() - self.used_posts:
            self.reading.report(
                self.sections["posts"],
                Text("没有等次用到这个职务的系数", "no grade has a coefficient for this post"),
                found=code,
            )
        return OutcomeReading(rules, names, self.events)

    def _grading(
        self,
        parts: Mapping[str, Field],
        grades: Mapping[str, Field],
        awards: Mapping[str, Field],
        bars: Mapping[str, Field],
    ) -> Grading:
        reading = self.reading
        for code in awards.keys() & grades.keys():
            reading.report(
                awards[code],
                Text("这个代码已经用于等次", "a grade has this code already"),
                found=code,
            )
        read = tuple(self._grade(code, found) for code, found in grades.items())
        self._check_grades(parts["grades"], read)
        return Grading(
            read,
            tuple(self._award(code, found, tuple(grades)) for code, found in awards.items()),
            tuple(
                self._bar(code, found, tuple(grades), tuple(awards)) for code, found in bars.items()
            ),
            cast(Rounding, reading.choice(parts["rounding"], ("down", "nearest", "up"))),
            cast(Carry, reading.choice(parts["carry"], ("none", "unfilled", "all"), "unfilled")),
            cast(TiesAtCut, reading.choice(parts["ties"], ("none", "all"))),
            tuple(self._node(each) for each in reading.sequence(parts["tie_break"])),
            reading.truth(parts["count_no_award"]),
        )

    def _grade(self, code: str, found: Field) -> GradeRule:
        reading = self.reading
        parts = reading.record(
            found, ("name",), ("share", "count", "from", "below", "last", "award", "coefficients")
        )
        coefficients = {}
        for post, value in reading.entries(parts["coefficients"]).items():
            if post not in self.posts:
                known = say_known(tuple(self.posts))
                reading.report(
                    value,
                    Text(
                        f"没有这个{POST.zh}，已有：{known}",
                        f"there is no such {POST.en}; there are: {known}",
                    ),
                    found=post,
                )
            self.used_posts.add(post)
            number = reading.number(value)
            if number < 0:
                reading.report(value, Text("系数不能为负", "expected a coefficient from 0 on"))
            coefficients[post] = Fraction(number)
        last = parts["last"]
        return GradeRule(
            code,
            self._places(parts),
            _optional(reading, parts["from"]),
            _optional(reading, parts["below"]),
            reading.percentage(last) if last.content is not None else None,
            reading.truth(parts["award"], otherwise=True),
            coefficients,
        )

    def _places(self, parts: Mapping[str, Field]) -> Places:
        """`share` or `count`, for all categories or one by one."""
        reading, categories = self.reading, self.tree.categories
        share, count = parts["share"], parts["count"]
        if share.content is not None and count.content is not None:
            reading.report(
                count, Text("share 和 count 只能写一个", "expected share or count, not both")
            )
        shares = (
            read_by_category(reading, share, categories, lambda r, f: r.percentage(f))
            if share.content is not None
            else {}
        )
        counts = (
            read_by_category(reading, count, categories, lambda r, f: r.integer(f, 0, MOST_UNITS))
            if count.content is not None
            else {}
        )
        return Places(shares, counts)

    def _check_grades(self, found: Field, grades: Sequence[GradeRule]) -> None:
        for category in self.tree.categories:
            total = sum((g.places.shares.get(category, Fraction(0)) for g in grades), Fraction(0))
            if total > 1:
                self.reading.report(
                    found,
                    Text(
                        f"类别 {category} 各等次比例之和不应超过 100",
                        f"the shares of all grades add up to more than 100 in category {category}",
                    ),
                    found=f"{float(total * 100):g}",
                )
        open_ended = [g for g in grades if g.places == Places() and g.at_least is None]
        if grades and not open_ended:
            self.reading.report(
                found,
                Text(
                    "要有一个不限名额、不设门槛的等次，由其余单位取得",
                    "expected a grade without share, count and from, for the rest",
                ),
            )
        floors = [grade.at_least for grade in grades if grade.at_least is not None]
        if floors != sorted(floors, reverse=True):
            self.reading.report(
                found,
                Text(
                    "等次从高到低排列，from 不应递增",
                    "grades stand best first; expected “from” not to rise",
                ),
            )

    def _award(self, code: str, found: Field, grades: tuple[str, ...]) -> AwardRule:
        parts = self.reading.record(found, ("name",), ("share", "count", "from", "grades"))
        return AwardRule(
            code,
            self._places(parts),
            _optional(self.reading, parts["from"]),
            self._codes(parts["grades"], grades, GRADE),
        )

    def _bar(
        self, code: str, found: Field, grades: tuple[str, ...], awards: tuple[str, ...]
    ) -> BarRule:
        reading = self.reading
        parts = reading.record(found, ("name",), ("bars", "sets", "event", "node", "from", "below"))
        event, node = parts["event"], parts["node"]
        if (event.content is None) == (node.content is None):
            reading.report(found, Text("要写 event 或 node 之一", "expected either event or node"))
        if parts["bars"].content is None and parts["sets"].content is None:
            reading.report(
                found,
                Text(
                    "要写 bars（不得评为）或 sets（定为）",
                    "expected “bars” (what it bars from) or “sets” (the grade it sets)",
                ),
            )
        least, below = (_optional(reading, parts[name]) for name in ("from", "below"))
        if node.content is not None and least is None and below is None:
            reading.report(
                found,
                Text(
                    "node 要配 from（不低于）或 below（低于）",
                    "with node, expected “from” (at least) or “below”",
                ),
            )
        if event.content is not None and (least is not None or below is not None):
            reading.report(found, Text("event 不用 from 和 below", "event takes no from or below"))
        return BarRule(
            code,
            self._codes(parts["bars"], (*grades, *awards), Text("等次或表彰", "grade or award")),
            reading.known(parts["sets"], grades, GRADE) if parts["sets"].content else "",
            self._event(event) if event.content is not None else "",
            self._node(node) if node.content is not None else "",
            least,
            below,
        )

    def _consequence(self, code: str, found: Field, grades: tuple[str, ...]) -> ConsequenceRule:
        parts = self.reading.record(found, ("name", "when"))
        marks = tuple(self._marks(each, grades) for each in self.reading.sequence(parts["when"]))
        if parts["when"].content is not None and not marks:
            self.reading.report(
                parts["when"], Text("至少要有一种情形", "expected at least one case")
            )
        return ConsequenceRule(code, marks)

    def _marks(self, found: Field, grades: tuple[str, ...]) -> Marks:
        reading = self.reading
        parts = reading.record(found, (), MARKS)
        if not any(parts[name].content is not None for name in MARKS[1:-1]):
            reading.report(
                found,
                Text(
                    f"要写明情形之一：{'、'.join(MARKS[1:-1])}",
                    f"expected one of: {', '.join(MARKS[1:-1])}",
                ),
            )
        years = reading.integer(parts["years"], 1, MOST_YEARS, 1)
        place = (
            reading.choice(parts["place"], ("first", "last"), "none")
            if (parts["place"].content is not None)
            else ""
        )
        event = parts["event"]
        if event.content is not None and years > 1:
            reading.report(
                event,
                Text(
                    "事件只看当年，years 应为 1",
                    "events are known for this year only: expected years 1",
                ),
            )
        return Marks(
            years,
            _optional(reading, parts["below"]),
            _optional(reading, parts["from"]),
            self._codes(parts["grades"], grades, GRADE),
            place == "first",
            place == "last",
            self._event(event) if event.content is not None else "",
            # Several marks of one case are alternatives, unless the document says "and".
            together=reading.choice(parts["match"], ("any", "all")) == "all",
        )

    def _confirmation(self, code: str, found: Field) -> ConfirmationRule:
        reading = self.reading
        parts = reading.record(found, ("name", "first", "second"), ("share", "places"))
        share, places = parts["share"], parts["places"]
        if share.content is None and places.content is None:
            reading.report(
                found,
                Text(
                    "要写 share（占同类单位）或 places（名次数）",
                    "expected share (of the category's units) or places",
                ),
            )
        first, second = self._node(parts["first"]), self._node(parts["second"])
        if first and first == second:
            reading.report(parts["second"], Text("应为另一个部分", "expected another part"))
        return ConfirmationRule(
            code,
            first,
            second,
            reading.percentage(share) if share.content is not None else None,
            reading.integer(places, 0, MOST_UNITS) if places.content is not None else None,
        )

    def _node(self, found: Field) -> str:
        # Where a part could not be read, nobody knows which figures there are.
        if self.reading.skipped:
            return self.reading.text(found)
        return self.reading.known(found, tuple(self.tree.names), NODE)

    def _event(self, found: Field) -> str:
        event = self.reading.known(found, tuple(self.tree.adjustments), EVENT)
        self.events.add(event)
        return event

    def _codes(self, found: Field, codes: tuple[str, ...], kind: Text) -> frozenset[str]:
        return frozenset(
            self.reading.known(each, codes, kind) for each in self.reading.sequence(found)
        )


def _names(reading: Reading, found: Field) -> dict[str, Text]:
    declared = reading.declared(found, MOST_OUTCOMES)
    return {code: reading.words(name) for code, name in declared.items()}


def _named(reading: Reading, entries: Mapping[str, Field]) -> dict[str, Text]:
    """The names of entries whose other fields are read elsewhere."""
    return {
        code: reading.words(found.content["name"])
        for code, found in entries.items()
        if isinstance(found.content, Mapping) and "name" in found.content
    }


def _optional(reading: Reading, found: Field) -> Fraction | None:
    return None if found.content is None else Fraction(reading.number(found))
