"""Rater groups as a scheme writes them: who they are, what they answer and about whom."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from analysis.score.rules import Relation
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.file.limits import (
    LONGEST_SHORT_CODE,
    MOST_GROUPS,
    MOST_ROLES,
    MOST_STRATA,
    MOST_UNITS,
)
from evalsvc.scheme.file.reading import Reading, read_by_category, say_known
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Group, Identity, Public, Sight, Stratum
from evalsvc.text import Text

IDENTITIES = ("named", "unit", "counts", "entries")
PUBLIC = ("score", "joined", "total")
RELATIONS = ("all", "all_but_own", "listed", "own")
CATEGORY = Text("类别", "category")


def read_groups(
    reading: Reading,
    field: Field,
    categories: tuple[str, ...],
    questionnaires: Mapping[str, Questionnaire],
) -> tuple[Group, ...]:
    return tuple(
        _group(reading, code, found, categories, tuple(questionnaires))
        for code, found in reading.declared(field, MOST_GROUPS, LONGEST_SHORT_CODE).items()
    )


def _group(
    reading: Reading,
    code: str,
    field: Field,
    categories: tuple[str, ...],
    questionnaires: tuple[str, ...],
) -> Group:
    parts = reading.record(
        field,
        ("name", "identity", "questionnaire", "sees"),
        ("members", "strata", "form_size", "public"),
    )
    identity = cast(Identity, reading.choice(parts["identity"], IDENTITIES))
    members, form_size = parts["members"], parts["form_size"]
    group = Group(
        code,
        reading.words(parts["name"]),
        identity,
        reading.known(parts["questionnaire"], questionnaires, Text("问卷", "questionnaire")),
        _sights(reading, parts["sees"], categories),
        reading.known(members, categories, CATEGORY) if members.content is not None else "",
        _strata(reading, parts["strata"], categories),
        reading.integer(form_size, 1, MOST_UNITS) if form_size.content is not None else 0,
        cast(Public, reading.choice(parts["public"], PUBLIC, "joined")),
    )
    _check_identity(reading, parts, group)
    return group


def _sights(reading: Reading, field: Field, categories: tuple[str, ...]) -> tuple[Sight, ...]:
    sights = []
    for category, found in reading.entries(field).items():
        if category not in categories:
            known = say_known(categories)
            expected = Text(
                f"没有这个类别，已有：{known}", f"there is no such category; there are: {known}"
            )
            near = reading.suggest(category, categories)
            reading.report(found, expected + near, found=category)
        sights.append(_sight(reading, category, found))
    if field.content is not None and not sights:
        reading.report(field, Text("至少要评价一个类别", "expected at least one category"))
    return tuple(sights)


def _sight(reading: Reading, category: str, field: Field) -> Sight:
    parts = reading.record(field, ("units",), ("roles", "default_role"))
    relation = cast(Relation, reading.choice(parts["units"], RELATIONS))
    roles = tuple(
        reading.code(role, LONGEST_SHORT_CODE)
        for role in reading.sequence(parts["roles"], MOST_ROLES)
    )
    return Sight(category, relation, roles, reading.code(parts["default_role"], LONGEST_SHORT_CODE))


def _strata(reading: Reading, field: Field, categories: tuple[str, ...]) -> tuple[Stratum, ...]:
    strata = []
    for code, found in reading.declared(field, MOST_STRATA, LONGEST_SHORT_CODE).items():
        parts = reading.record(found, ("name", "weight"))
        name = reading.words(parts["name"])
        if isinstance(parts["weight"].content, Mapping):
            weights = read_by_category(reading, parts["weight"], categories, Reading.weight)
            mean = sum(weights.values(), Decimal(0)) / max(len(weights), 1)
            strata.append(Stratum(code, name, mean, weights))
        else:
            strata.append(Stratum(code, name, reading.weight(parts["weight"])))
    for category in categories if any(stratum.weights for stratum in strata) else ("",):
        kind = Text(f"各层权重{_told(category)}", f"weights of the strata{_told(category)}")
        weights_here = [stratum.weights.get(category, stratum.weight) for stratum in strata]
        reading.sums_to_100(field, weights_here, kind)
    return tuple(strata)


def _told(category: str) -> str:
    return f" ({category})" if category else ""


def _check_identity(reading: Reading, parts: Mapping[str, Field], group: Group) -> None:
    if group.identity == "unit" and not group.members:
        reading.report(
            parts["identity"],
            Text(
                "identity 为 unit 时要写 members（由哪类单位评价）",
                "with identity unit, “members” names the category of units that evaluate",
            ),
        )
    if group.identity == "unit" and any(sight.relation == "own" for sight in group.sights):
        reading.report(
            parts["sees"],
            Text(
                "自评的主体不能匿名，identity 应为 named 或 entries",
                "units that rate themselves are not anonymous: identity named or entries",
            ),
        )
    if group.identity != "counts" and parts["strata"].content is not None:
        reading.report(
            parts["strata"],
            Text(
                "只有 identity 为 counts 的主体才分层",
                "only a group with identity counts has strata",
            ),
        )
    if group.identity != "counts" and group.form_size:
        reading.report(
            parts["form_size"],
            Text(
                "只有 identity 为 counts 的主体才发分卷",
                "only a group with identity counts has dealt forms",
            ),
        )
    if not group.keeps_ballots and parts["public"].content is not None:
        reading.report(
            parts["public"],
            Text(
                "只有 identity 为 named 或 unit 的主体才写 public",
                "only a group with identity named or unit says what of it is public",
            ),
        )
