"""The check of questionnaires' rules: each kept ballot is judged again, as when it was counted.

Whose ballot it is a package does not always tell. A counted one of a named rater is judged by that
rater's paper. Any other one is judged by all papers that its rater may have had: a counted one must
be valid on one of them, and a rejected one must break the rule that is told on one of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_breaches
from evalsvc.ballots.rated import pick_rated_units
from evalsvc.box.receipts import leaf_hash
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.files import OpeningRow
from evalsvc.evidence.verify.opening_checks import UNOPENED, Openings
from evalsvc.questions.breach import Breach
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Group
from evalsvc.text import Text

MOST_JUDGED = 20_000
"""How many pairs of a ballot and a paper of which it may be are judged at most for one group."""
_UNCHANGED = "+0 ~0 -0"
_FOREIGN = "foreign_unit"
Units = tuple[PaperUnit, ...]


def check_rules(evidence: Evidence) -> Iterator[Text]:
    """Every counted ballot breaks no rule of its questionnaire, every rejected one the told one."""
    for code in evidence.rounds:
        if evidence.commits(code) and not _is_roster_changed(evidence, code):
            yield from _Rules(evidence, code).check()


def list_unjudged(evidence: Evidence) -> Iterator[Text]:
    """Rounds whose papers can't be told any more, and groups of which nobody knows them."""
    for code in () if evidence.is_public else evidence.rounds:
        if not evidence.commits(code):
            continue
        if not _is_roster_changed(evidence, code):
            yield from _Rules(evidence, code).list_unjudged()
        else:
            yield Text(
                f"{code}：开箱以后改过名单，当时各人票上有哪些单位已无从得知；"
                "各张票是否合乎问卷规则没有查",
                f"{code}: the roster was changed after the opening, so which units were on whose "
                "ballot can't be told; whether ballots keep the questionnaire's rules was not "
                "looked at",
            )


def _is_roster_changed(evidence: Evidence, code: str) -> bool:
    """Whether units or raters are others than those by which the round was counted."""
    opened = max((act.seq for act in evidence.list_events(code, "open_box")), default=0)
    return any(
        one.event.verb == "import_roster"
        and one.event.subject == evidence.signed.manifest.season
        and one.event.seq > opened
        and any(one.event.detail.get(name) != _UNCHANGED for name in ("units", "raters"))
        for one in evidence.log
    )


class _Rules:
    """One round's kept ballots beside the papers that they may have been cast on."""

    def __init__(self, evidence: Evidence, code: str) -> None:
        self._openings = Openings(evidence, code)
        self._code = code
        self._package = evidence.recomputation.package
        self._scheme = self._package.scheme
        self._papers: dict[tuple[str, str, frozenset[str]], Units] = {}
        order = [category.code for category in self._scheme.categories]
        units = sorted(self._package.facts.units, key=lambda unit: order.index(unit.category))
        self._units = [PaperUnit(one.code, one.name, one.category, "") for one in units]

    def check(self) -> Iterator[Text]:
        """Ballots that show by themselves why they do not count are looked at elsewhere."""
        if not self._openings.rows:
            return  # no group keeps ballots, and the box may be large
        for name, ballot in self._openings.list_sealed():
            leaf = leaf_hash(ballot.sealed)
            row = self._openings.rows.get(leaf)
            if row is None or row.reason in UNOPENED:
                continue
            reason, (given, _) = self._openings.open(ballot, row)
            group = self._scheme.get_group(name)
            if reason or not self._is_judged(group, row):
                continue
            answers = [Answer(*one) for one in given]
            rated = {one.unit for one in answers}
            papers = dict.fromkeys(self._list_papers(group, row.ballot, rated))
            breaches = (self._judge(group, paper, answers) for paper in papers)
            wrong = (
                _compare_reason(row.reason, [*breaches]) if row.reason else _find_breach(breaches)
            )
            if wrong:
                told = Text(
                    "%(round)s 票 %(leaf)s %(text)s", "%(round)s: the ballot %(leaf)s %(text)s"
                )
                yield told.filled(round=self._code, leaf=leaf.hex()[:12], text=wrong)

    def list_unjudged(self) -> Iterator[Text]:
        """Groups of which some ballots are not judged, and why."""
        for group in self._scheme.groups:
            if _is_hidden(group):
                yield Text(
                    f"{self._code} {group.code}：单位按名单互评，事后无从得知哪张票用的是哪份名单；"
                    "各张票是否合乎问卷规则没有查",
                    f"{self._code} {group.code}: units rate those that a list names, and whose "
                    "ballot is whose nobody knows; whether ballots keep the questionnaire's rules "
                    "was not looked at",
                )
            elif group.code in self._costly:
                yield Text(
                    f"{self._code} {group.code}：不知是谁的票太多，可能的票面也太多；"
                    "这些票是否合乎问卷规则没有查",
                    f"{self._code} {group.code}: too many ballots that are nobody's by name, and "
                    "too many papers that each may be of; whether these keep the questionnaire's "
                    "rules was not looked at",
                )

    def _is_judged(self, group: Group, row: OpeningRow) -> bool:
        if group.identity == "unit":
            return not _is_hidden(group)
        return row.ballot in self._openings.listed or group.code not in self._costly

    @cached_property
    def _costly(self) -> frozenset[str]:
        """Groups whose ballots without a name have too many papers to be judged by.

        A file made to keep its reader busy could have a paper for each of ten thousand raters.
        """
        nameless = {
            leaf
            for leaf, row in self._openings.rows.items()
            if row.reason not in UNOPENED and row.ballot not in self._openings.listed
        }
        if not nameless:
            return frozenset()  # mostly so, and then the box is not read once more
        sealed = self._openings.list_sealed()
        counts = Counter(name for name, one in sealed if leaf_hash(one.sealed) in nameless)
        named = [one for one in self._scheme.groups if one.identity == "named"]
        return frozenset(
            one.code
            for one in named
            if counts[one.code] * len({*self._list_by_silent(one)}) > MOST_JUDGED
        )

    def _judge(self, group: Group, paper: Units, answers: Sequence[Answer]) -> tuple[Breach, ...]:
        shown = {unit.category for unit in paper}
        categories = [one for one in self._scheme.categories if one.code in shown]
        questionnaire = self._scheme.get_questionnaire(group.code)
        return list_breaches(questionnaire, categories, paper, answers)

    def _list_papers(self, group: Group, ballot: str, rated: set[str]) -> Iterator[Units]:
        """Those that the ballot may have been cast on."""
        if group.identity == "unit":
            members = [unit.code for unit in self._units if unit.category == group.members]
            # Of their papers one lacks a unit that is not rated, or has one that is, and any other
            # such paper differs from it in nothing that a rule asks for.
            for is_rated in (False, True):
                for own in [code for code in members if (code in rated) == is_rated][:1]:
                    yield self._get_paper(group, own, _NONE)
            return
        listed = self._openings.listed.get(ballot)
        if listed:
            yield self._get_paper_of(group, listed.rater)
        else:
            yield from self._list_by_silent(group)

    def _list_by_silent(self, group: Group) -> Iterator[Units]:
        for rater in self._list_silent(group.code):
            yield self._get_paper_of(group, rater)

    def _get_paper_of(self, group: Group, rater: str) -> Units:
        own_unit = self._package.facts.own_units.get((group.code, rater), "")
        return self._get_paper(group, own_unit, self._relations.get((group.code, rater), _NONE))

    def _list_silent(self, group: str) -> list[str]:
        """The raters of whom no answer is listed: a rejected ballot is one of theirs."""
        raters = [one.rater for one in self._package.raters if one.group == group]
        return [rater for rater in raters if (group, rater) not in self._heard] or raters

    @cached_property
    def _heard(self) -> set[tuple[str, str]]:
        return {(one.group, one.rater) for one in self._openings.listed.values()}

    @cached_property
    def _relations(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """By group and rater the units that the relations of this round name."""
        found: dict[tuple[str, str], set[str]] = {}
        for code, group, rater, unit in self._package.facts.roles:
            if code in ("", self._code):
                found.setdefault((group, rater), set()).add(unit)
        return {key: frozenset(units) for key, units in found.items()}

    def _get_paper(self, group: Group, own: str, listed: frozenset[str]) -> Units:
        key = (group.code, own, listed)
        if key not in self._papers:
            places = [(unit.code, unit.category) for unit in self._units]
            codes = {*pick_rated_units(group, places, own, listed)}
            self._papers[key] = tuple(unit for unit in self._units if unit.code in codes)
        return self._papers[key]


_NONE: frozenset[str] = frozenset()


def _is_hidden(group: Group) -> bool:
    """Whether who may rate whom by a list is known to nobody afterwards."""
    return group.identity == "unit" and any(one.relation == "listed" for one in group.sights)


def _find_breach(judged: Iterator[tuple[Breach, ...]]) -> Text | None:
    """What a counted ballot breaks on the likeliest paper, if it is valid on none."""
    first: tuple[Breach, ...] | None = None
    for breaches in judged:
        if not breaches:
            return None
        first = first or breaches
    if first is None:
        return Text("没有评价人能投，却计了票", "is counted, and no rater could have cast it")
    counted = Text("计了票，却不合规则：%(text)s", "is counted, yet breaks a rule: %(text)s")
    return counted.filled(text=first[0].text)


def _compare_reason(told: str, judged: Sequence[tuple[Breach, ...]]) -> Text | None:
    """That a rejected ballot breaks the told rule on a paper that its rater may have had."""
    kinds = [{breach.kind for breach in breaches} for breaches in judged]
    # On a paper of somebody else every ballot is wrong in some
    # way. Who rated a foreign unit could be anybody, though.
    fitting = [found for found in kinds if _FOREIGN not in found] or kinds
    if any(told in found for found in (kinds if told == _FOREIGN else fitting)):
        return None
    return Text(
        f"称为不合规则（{told}），打开却不是这样",
        f"is told as rejected ({told}), and does not break that rule",
    )
