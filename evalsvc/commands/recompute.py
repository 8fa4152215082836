"""`recompute PACKAGE`: the ranking from a package's facts, and whether it is what was published."""

import json
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from analysis.score.facts import LEAST
from analysis.score.forbidden import forbids_something, list_forbidden
from analysis.score.scoring import score
from analysis.score.tree import UnitResult
from analysis.score.void_ballots import void_ballots
from evalsvc.commands.scheme import read_scheme
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import Recomputation, recompute
from evalsvc.reports.words.forbidden_words import list_forbidden_sentences
from evalsvc.reports.words.outcome_words import list_beside_grade
from evalsvc.scheme.file.errors import SchemeErrors

LEVELS = {
    "ballots": "由票数据复现 / reproduced from ballots",
    "scores": "由公开的得分复现 / reproduced from the public scores",
    "stated": "只有公布的，未公开的数决定 / as stated, decided by what is not public",
}
INTERNAL = (
    "表彰、限制和历年的后果由未公开的数决定，要用审计版推出 / "
    "Awards, bars and consequences follow from what is not public: recompute the audit edition"
)
NOBODY = (
    "方案不公开各人的结果：公开版里没有人，要用审计版推出 / "
    "The scheme keeps persons' results from the public edition: recompute the audit edition"
)
BEFORE = (
    "按 2026 年 12 月以前的算法计算，方案不允许的数不计、由其余部分分担；有这种数的单位 / "
    "Computed as before December 2026: figures that the scheme does not allow were left out, and "
    "others took over their weight; units with such figures"
)
UNREADABLE = 2
NOT_REPRODUCED = 1


@click.command("recompute")
@click.argument("package", type=click.Path(path_type=Path))
@click.option("--scheme", "named", metavar="NAME|FILE", help="预设代码或方案文件 / preset or file")
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON / print JSON only")
def command(package: Path, named: str | None, as_json: bool) -> None:
    """重新计算一个证据包（文件夹或 ZIP）/ Recompute an evidence package (folder or ZIP).

    退出码 0：公布的数都能复现；1：有数不能复现；2：证据包无法读取。
    Exit code 0: every published figure is reproduced; 1: one is not; 2: the package is unreadable.
    """
    try:
        scheme = read_scheme(named) if named else None
        outcome = recompute(read_package(open_package(package), scheme))
    except (PackageErrors, SchemeErrors) as found:
        for error in found.errors:
            click.echo(f"{error.message.zh}\n  {error.message.en}", err=True)
        sys.exit(UNREADABLE)
    click.echo(render_json(outcome) if as_json else "\n".join(_report(outcome)))
    sys.exit(NOT_REPRODUCED if outcome.differences else 0)


def render_json(outcome: Recomputation) -> str:
    """Every node, published figure and rank by unit, and what follows from them."""
    return json.dumps(
        {
            "nodes": {result.unit: _nodes(result) for result in outcome.results},
            "published": {result.unit: result.published for result in outcome.results},
            "rank": {result.unit: result.rank for result in outcome.results},
            **_forbidden(outcome),
            **_grades(outcome),
            **_further(outcome),
        },
        ensure_ascii=False,
        indent=1,
    )


def _forbidden(outcome: Recomputation) -> dict[str, dict[str, list[str]]]:
    """Figures that the scheme does not allow by unit, where there are any."""
    listed = {
        result.unit: [node.code for node in list_forbidden(result.tree)]
        for result in outcome.results
    }
    return {"forbidden": listed} if any(listed.values()) else {}


def _grades(outcome: Recomputation) -> dict[str, dict[str, str | None]]:
    """Grades by unit, where the scheme gives any."""
    if not outcome.package.scheme.outcome.grading.grades:
        return {}
    return {"grade": {unit.unit: unit.grade for unit in outcome.outcome.units}}


def _further(outcome: Recomputation) -> dict[str, dict[str, list[str]]]:
    """Awards, bars, consequences and confirmations by unit, where the scheme has any."""
    if not _rules_more_than_grades(outcome) or not _tells_all(outcome):
        return {}
    units = outcome.outcome.units
    return {
        "awards": {unit.unit: [*unit.awards] for unit in units},
        "bars": {unit.unit: [bar.rule for bar in unit.bars] for unit in units},
        "consequences": {unit.unit: [c.rule for c in unit.consequences] for unit in units},
        "confirmations": {unit.unit: [c.rule for c in unit.confirmations] for unit in units},
    }


def _rules_more_than_grades(outcome: Recomputation) -> bool:
    rules = outcome.package.scheme.outcome
    grading = rules.grading
    return bool(grading.awards or grading.bars or rules.consequences or rules.confirmations)


def _tells_all(outcome: Recomputation) -> bool:
    """Whether the package holds all that these follow from: earlier years, and every figure."""
    return outcome.package.edition == "audit"


def _beside_grade(outcome: Recomputation, result: UnitResult) -> Iterator[str]:
    for told in list_forbidden_sentences(result.tree, outcome.package.scheme):
        yield f"      {told.zh} / {told.en}"
    if _tells_all(outcome):
        unit = outcome.outcome.get_unit(result.unit)
        for told in list_beside_grade(unit, outcome.package.scheme):
            yield f"      {told.zh} / {told.en}"


def _nodes(result: UnitResult) -> dict[str, float | None]:
    return {
        node.code: None if node.value is None else float(node.value) for node in result.tree.walk()
    }


def _report(outcome: Recomputation) -> Iterator[str]:
    scheme = outcome.package.scheme
    yield f"方案 / Scheme: {scheme.title.zh} / {scheme.title.en} ({scheme.code}, {scheme.version})"
    for category in scheme.categories:
        yield ""
        yield f"{category.name.zh} / {category.name.en}"
        ranked = [result for result in outcome.results if result.category == category.code]
        for result in sorted(ranked, key=lambda each: (each.rank is None, each.rank, each.unit)):
            yield _line(outcome, result)
            yield from _beside_grade(outcome, result)
    yield ""
    if scheme.publication.shows is not None and not _tells_all(outcome):
        yield NOBODY
    elif _rules_more_than_grades(outcome) and not _tells_all(outcome):
        yield INTERNAL
    yield from _law(outcome)
    yield from _void(outcome)
    yield from _verdict(outcome)


def _law(outcome: Recomputation) -> Iterator[str]:
    """What a result of before holds that would count otherwise today."""
    package = outcome.package
    if package.facts.law >= LEAST:
        return
    facts, places = replace(package.facts, law=LEAST), package.scheme.publication.places
    now = score(package.scheme.score, facts, places)
    named = [unit.unit for unit in now if forbids_something(unit.tree)]
    if named:
        yield f"{BEFORE}: {', '.join(named)}"


def _line(outcome: Recomputation, result: UnitResult) -> str:
    unit = next(unit for unit in outcome.package.facts.units if unit.code == result.unit)
    rank = "–" if result.rank is None else str(result.rank)
    name = _padded(f"{unit.name} ({unit.code})", 30)
    line = f"{rank:>4}  {name}{result.published or '–':>8}"
    grade = outcome.outcome.get_unit(result.unit).grade
    if grade is not None:
        line += f"  {outcome.package.scheme.outcome_names.grades[grade].zh}"
    figure = outcome.find_figure(result.unit, "published")
    if figure is None:
        return line
    said = (
        LEVELS[figure.level]
        if figure.reproduced
        else (f"未复现，公布为 {figure.stated} / NOT reproduced, published {figure.stated}")
    )
    return f"{line}  {said}"


def _padded(text: str, width: int) -> str:
    """Filled up to a width on the terminal, where a Chinese character takes two places."""
    shown = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(1, width - shown)


def _void(outcome: Recomputation) -> Iterator[str]:
    package = outcome.package
    for checked in void_ballots(package.scheme.score, package.facts):
        ballot, breach = checked.ballot, checked.breaches[0]
        place = " ".join((ballot.round, ballot.group, ballot.ballot))
        yield f"无效票 / void ballot: {place}: {breach.code} ({', '.join(breach.figures)})"


def _verdict(outcome: Recomputation) -> Iterator[str]:
    if outcome.package.stated is None:
        yield "包里没有已公布的结果可比 / The package states no result to compare with"
        return
    for level, said in LEVELS.items():
        number = sum(1 for f in outcome.figures if f.reproduced and f.level == level)
        if number:
            yield f"{number} 个数{said.replace(' / ', ' / ' + str(number) + ' figures ')}"
    for figure in outcome.differences:
        yield (
            f"未复现 / NOT reproduced: {figure.unit} {figure.node} "
            f"公布 / stated {figure.stated}, 计算 / computed {figure.computed}"
        )
