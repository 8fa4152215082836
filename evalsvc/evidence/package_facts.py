"""The facts of a package: every row of its files read against the scheme, or told as an error."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from analysis.score.facts import (
    Adjustment,
    Answer,
    Attachment,
    Ballot,
    Count,
    Exclusion,
    Indicator,
    Past,
    Unit,
)
from evalsvc.evidence.model import Rater
from evalsvc.evidence.sheets import NUMBER, CsvLine, Sheets, unguarded
from evalsvc.questions.question import Question
from evalsvc.scheme.model import Group, Scheme
from evalsvc.text import Text

UNIT = Text("单位", "unit")
GROUP = Text("评价主体", "rater group")
ROUND = Text("轮次", "round")
NOT_ANSWERED = "NA"
PLACES = ("first", "last", "between")


@dataclass(frozen=True)
class PackageReader:
    """The files that speak of units, checked against the scheme and the list of units."""

    sheets: Sheets
    scheme: Scheme
    units: Mapping[str, Unit]

    def raters(self) -> tuple[Rater, ...]:
        rows = self.sheets.rows("raters.csv", ("group", "rater"), ("name", "unit", "stratum"))
        self.sheets.once(rows, ("group", "rater"))
        for row in rows:
            group = self._group(row)
            if row["unit"]:
                self._unit(row)
            if group and row["stratum"]:
                self._stratum(row, group)
        return tuple(
            Rater(r["group"], r["rater"], unguarded(r["name"]), r["unit"], r["stratum"])
            for r in rows
        )

    def roles(self, raters: Collection[Rater]) -> dict[tuple[str, str, str, str], str]:
        rows = self.sheets.rows("relations.csv", ("group", "rater", "unit"), ("round", "role"))
        self.sheets.once(rows, ("round", "group", "rater", "unit"))
        rounds = [one.code for one in self.scheme.rounds]
        listed = {(rater.group, rater.rater) for rater in raters}
        for row in rows:
            group, unit = self._group(row), self._unit(row)
            self._rater(row, listed)
            if row["round"]:
                self.sheets.known(row, "round", rounds, Text("轮次", "round"))
            if group and unit and row["role"]:
                roles = {role for s in group.sights for role in (*s.roles, s.default_role)}
                self.sheets.known(row, "role", sorted(roles - {""}), Text("评价关系", "role"))
        return {(r["round"], r["group"], r["rater"], r["unit"]): r["role"] for r in rows}

    def ballots(self, raters: Collection[Rater]) -> tuple[Ballot, ...]:
        columns = ("round", "group", "ballot", "rater", "unit", "item", "value")
        rows = self.sheets.rows("ballots.csv", columns)
        listed = {(rater.group, rater.rater) for rater in raters}
        raters_of: dict[tuple[str, str, str], str] = {}
        answers: dict[tuple[str, str, str], list[Answer]] = {}
        for row in rows:
            self._check_answer(row, listed)
            key = (row["round"], row["group"], row["ballot"])
            # Two raters of one ballot: one of them has two ballots in another file's eyes.
            if raters_of.setdefault(key, row["rater"]) != row["rater"]:
                self.sheets.report(
                    row,
                    "rater",
                    Text(
                        f"同一张票前面写的是 {raters_of[key]}",
                        f"the same ballot had rater {raters_of[key]} before",
                    ),
                )
            answers.setdefault(key, []).append(Answer(row["unit"], row["item"], row["value"]))
        return tuple(Ballot(*key, raters_of[key], tuple(given)) for key, given in answers.items())

    def counts(self) -> tuple[Count, ...]:
        columns = ("round", "group", "stratum", "unit", "item", "level", "n")
        rows = self.sheets.rows("counts.csv", columns, ("n_unflagged",))
        self.sheets.once(rows, columns[:-1])
        return tuple(self._count(row) for row in rows)

    def indicators(self) -> tuple[Indicator, ...]:
        rows = self.sheets.rows("indicators.csv", ("round", "unit", "component", "value"))
        self.sheets.once(rows, ("round", "unit", "component"))
        components = {component.code: component for component in self.scheme.components}
        found = []
        for row in rows:
            unit = self._unit(row)
            kind = Text("计分项", "component")
            if not self.sheets.known(row, "component", components, kind):
                continue
            component = components[row["component"]]
            self.sheets.known(row, "round", [component.round], ROUND)
            # NA is said of a unit and is no number; an empty cell is a mistake here.
            value = None if row["value"] == NOT_ANSWERED else self.sheets.number(row, "value")
            if unit and value is not None and unit.category not in component.categories:
                self.sheets.report(
                    row,
                    "component",
                    Text(
                        f"该项不用于类别 {unit.category}",
                        f"this component is not for category {unit.category}",
                    ),
                )
            # The same bounds as in the sheet where it was typed:
            # a package must not bring in what a form refuses.
            if value is not None and not component.allows(value):
                allowed = component.allowed()
                self.sheets.report(
                    row, "value", Text(f"应为{allowed.zh}", f"expected {allowed.en}")
                )
            found.append(Indicator(row["round"], row["unit"], row["component"], value))
        return tuple(found)

    def adjustments(self) -> tuple[Adjustment, ...]:
        columns = ("round", "unit", "rule", "times", "amount")
        rows = self.sheets.rows("adjustments.csv", columns, ("date", "evidence", "project"))
        return tuple(self._adjustment(row) for row in rows)

    def known(self) -> dict[tuple[str, str], Fraction | None]:
        rows = self.sheets.rows("scores.csv", ("unit", "node", "value"))
        self.sheets.once(rows, ("unit", "node"))
        found: dict[tuple[str, str], Fraction | None] = {}
        for row in rows:
            self._unit(row)
            self.sheets.known(row, "node", self.scheme.node_names, Text("计分项", "node"))
            absent = row["value"] == NOT_ANSWERED
            found[row["unit"], row["node"]] = None if absent else self.sheets.number(row, "value")
        return found

    def history(self) -> tuple[Past, ...]:
        rows = self.sheets.rows("history.csv", ("year", "unit", "score", "grade"), ("place",))
        self.sheets.once(rows, ("year", "unit"))
        return tuple(
            Past(
                self.sheets.integer(row, "year"),
                row["unit"],
                self.sheets.number(row, "score") if row["score"] else None,
                self._grade(row),
                self._place(row),
            )
            for row in rows
        )

    def year(self) -> int | None:
        """The season's own year, where the package says it."""
        years = [
            self.sheets.integer(row, "year") for row in self.sheets.rows("season.csv", ("year",))
        ]
        return years[0] if years else None

    def attachments(self) -> tuple[Attachment, ...]:
        columns = ("round", "subject", "unit", "item", "name", "size", "sha256")
        rows = self.sheets.rows("attachments.csv", columns)
        for row in rows:
            self._unit(row)
            if not re.fullmatch("[0-9a-f]{64}", row["sha256"]):
                self.sheets.report(
                    row,
                    "sha256",
                    Text(
                        "应为 64 位十六进制的 SHA-256",
                        "expected a SHA-256 of 64 hexadecimal digits",
                    ),
                )
        return tuple(
            Attachment(
                row["round"],
                row["subject"],
                row["unit"],
                unguarded(row["item"]),
                unguarded(row["name"]),
                self.sheets.integer(row, "size"),
                row["sha256"],
            )
            for row in rows
        )

    def _place(self, row: CsvLine) -> str:
        if row["place"]:
            self.sheets.known(row, "place", PLACES, Text("名次", "place"))
        return row["place"]

    def exclusions(self, ballots: Collection[Ballot]) -> tuple[Exclusion, ...]:
        """Decisions of people on ballots that the package holds."""
        columns = ("round", "group", "ballot", "flag", "reason")
        rows = self.sheets.rows("exclusions.csv", columns)
        self.sheets.once(rows, columns[:3])
        there = {(ballot.round, ballot.group, ballot.ballot) for ballot in ballots}
        for row in rows:
            if (row["round"], row["group"], row["ballot"]) not in there:
                self.sheets.report(
                    row,
                    "ballot",
                    Text("ballots.csv 里没有这张票", "ballots.csv has no such ballot"),
                )
        return tuple(
            Exclusion(r["round"], r["group"], r["ballot"], r["flag"], unguarded(r["reason"]))
            for r in rows
        )

    def _grade(self, row: CsvLine) -> str:
        """A grade's code; one that this scheme does not have would be missed by every rule."""
        text = unguarded(row["grade"])
        names = self.scheme.outcome_names.grades
        if not text or not names:
            return text
        code = self.scheme.find_grade(text)
        if code is None:
            self.sheets.known(row, "grade", names, Text("等次", "grade"))
        return code or text

    def _group(self, row: CsvLine) -> Group | None:
        codes = [group.code for group in self.scheme.groups]
        known = self.sheets.known(row, "group", codes, GROUP)
        return self.scheme.get_group(row["group"]) if known else None

    def _unit(self, row: CsvLine) -> Unit | None:
        return self.units[row["unit"]] if self.sheets.known(row, "unit", self.units, UNIT) else None

    def _round(self, row: CsvLine) -> None:
        self.sheets.known(row, "round", [each.code for each in self.scheme.rounds], ROUND)

    def _rater(self, row: CsvLine, listed: Collection[tuple[str, str]]) -> None:
        # The public edition has no raters.csv, and then nobody can be missing from it.
        if row["rater"] and listed and (row["group"], row["rater"]) not in listed:
            self.sheets.report(
                row, "rater", Text("raters.csv 里没有这个评价人", "raters.csv has no such rater")
            )

    def _stratum(self, row: CsvLine, group: Group) -> None:
        """A stratum of the plan, or several that were counted together, written `one+another`."""
        strata = [stratum.code for stratum in group.strata] or [""]
        if not set(row["stratum"].split("+")) <= set(strata):
            self.sheets.known(row, "stratum", strata, Text("分层", "stratum"))

    def _question(self, row: CsvLine, group: Group) -> Question | None:
        sheet = self.scheme.get_questionnaire(group.code)
        codes = (*(question.code for question in sheet.questions), *sheet.further)
        self.sheets.known(row, "item", codes, Text("问题", "question"))
        return next((each for each in sheet.questions if each.code == row["item"]), None)

    def _check_answer(self, row: CsvLine, listed: Collection[tuple[str, str]]) -> None:
        self._round(row)
        self._unit(row)
        group = self._group(row)
        if group is None:
            return
        if group.identity == "counts":
            self.sheets.report(
                row,
                "group",
                Text(
                    "这个主体只有汇总数，写在 counts.csv",
                    "this group has counts only, in counts.csv",
                ),
            )
            return
        self._rater(row, listed)
        question = self._question(row, group)
        further = self.scheme.get_questionnaire(group.code).further
        if row["value"] == NOT_ANSWERED or (question is None and row["item"] not in further):
            return
        if question is not None and (options := question.list_options()):
            codes = [option.code for option in options]
            self.sheets.known(row, "value", codes, question.option_word)
        elif not NUMBER.fullmatch(row["value"]):
            self.sheets.report(row, "value", Text("应为数字或 NA", "expected a number or NA"))

    def _count(self, row: CsvLine) -> Count:
        self._round(row)
        self._unit(row)
        group = self._group(row)
        if group is not None and group.identity != "counts":
            self.sheets.report(
                row,
                "group",
                Text(
                    "这个主体逐票计分，写在 ballots.csv",
                    "this group is scored ballot by ballot, in ballots.csv",
                ),
            )
        elif group is not None:
            self._stratum(row, group)
            question = self._question(row, group)
            if question is not None and question.scale:
                codes = [level.code for level in question.scale]
                self.sheets.known(row, "level", codes, Text("等级", "level"))
        n = self.sheets.integer(row, "n")
        # Where the column is left out nobody has marked any.
        unflagged = self.sheets.integer(row, "n_unflagged") if row["n_unflagged"] else n
        if unflagged > n:
            self.sheets.report(row, "n_unflagged", Text("不应大于 n", "expected no more than n"))
        return Count(
            row["round"],
            row["group"],
            row["stratum"],
            row["unit"],
            row["item"],
            row["level"],
            n,
            unflagged,
        )

    def _adjustment(self, row: CsvLine) -> Adjustment:
        self._round(row)
        self._unit(row)
        kinds = {kind.code: kind for kind in self.scheme.adjustments}
        amount = self.sheets.number(row, "amount") if row["amount"] else None
        if self.sheets.known(row, "rule", kinds, Text("加减分项", "adjustment")):
            kind = kinds[row["rule"]]
            if kind.by == "amount" and not row["amount"]:
                self.sheets.report(
                    row, "amount", Text("这一项要填金额或分值", "this one needs an amount")
                )
            if kind.by == "times" and row["amount"]:
                self.sheets.report(
                    row,
                    "amount",
                    Text("这一项按次数计，不填金额", "this one goes by times and has no amount"),
                )
            self._check_range(row, amount, kind.amount_range)
        if row["date"] and not _is_date(row["date"]):
            self.sheets.report(
                row, "date", Text("应为日期，如 2018-12-10", "expected a date like 2018-12-10")
            )
        times = self.sheets.integer(row, "times") if row["times"] else 1
        return Adjustment(
            row["round"],
            row["unit"],
            row["rule"],
            times,
            amount,
            row["date"],
            unguarded(row["evidence"]),
            unguarded(row["project"]),
        )

    def _check_range(
        self, row: CsvLine, amount: Fraction | None, between: tuple[Decimal, Decimal] | None
    ) -> None:
        if amount is None:
            return
        # No bound in the scheme, and still no number without end.
        lowest, highest = between or (Decimal(0), Decimal(10) ** 15)
        if not lowest <= amount <= highest:
            self.sheets.report(
                row,
                "amount",
                Text(f"应在 {lowest} 到 {highest} 之间", f"expected from {lowest} to {highest}"),
            )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
