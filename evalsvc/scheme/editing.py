"""Changes single values of a scheme's file and leaves every other character as it is.

For what offices change every year: parameters, names of rounds, groups and categories, shares,
points. Comments and lines stay; the changed text goes through the same reader as any file.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from evalsvc.scheme.file.source import LOADER
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

Path = tuple[str, ...]

LONGEST_VALUE = 500
# Without quotation marks such a value is itself, in a list on one line as well.
PLAIN = re.compile(r"[\w.%$/+][\w.%$/+\-]*( [\w.%$/+][\w.%$/+\-]*)*|-[0-9][0-9.]*")
# `*` stands for any name on its level.
EDITABLE: tuple[tuple[Path, Text], ...] = (
    (("parameters", "*", "value"), Text("参数", "Parameters")),
    (("version",), Text("名称", "Names")),
    (("title", "*"), Text("名称", "Names")),
    (("rounds", "*", "*"), Text("名称", "Names")),
    (("categories", "*", "*"), Text("名称", "Names")),
    (("groups", "*", "name", "*"), Text("名称", "Names")),
    (("bodies", "*", "*"), Text("名称", "Names")),
    (("groups", "*", "strata", "*", "weight"), Text("比例和分值", "Shares and points")),
    (
        ("questionnaires", "*", "questions", "*", "bands", "*", "points"),
        Text("比例和分值", "Shares and points"),
    ),
    (
        ("questionnaires", "*", "questions", "*", "bands", "*", "share"),
        Text("比例和分值", "Shares and points"),
    ),
    (
        ("questionnaires", "*", "questions", "*", "levels", "*", "points"),
        Text("比例和分值", "Shares and points"),
    ),
    (("adjustments", "*", "points"), Text("比例和分值", "Shares and points")),
    *(
        ((("grading", "grades", "*", name)), Text("比例和分值", "Shares and points"))
        for name in ("share", "count", "from", "below", "last")
    ),
)


@dataclass(frozen=True)
class Editable:
    """One value that may be changed in the page: where it stands, what it means, its source."""

    path: str
    section: Text
    about: Text
    value: str
    source: str = ""
    open: bool = False


@dataclass(frozen=True)
class _Scalar:
    """A value's place in the text; `style` is its quotation mark, if any."""

    value: str
    begin: int
    end: int
    style: str


def list_editable(text: str, scheme: Scheme) -> tuple[Editable, ...]:
    """The values of a scheme's file that may be changed, in the order of the file.

    `scheme` is what the text reads as: its rounds may have sealed other thresholds than today's.
    """
    parameters = {each.code: each for each in scheme.parameters}
    found = []
    for path, scalar in _read_scalars(text).items():
        section = _find_section(path)
        # A value that refers to a parameter is changed there.
        if section is None or scalar.value.startswith("$"):
            continue
        own = parameters.get(path[1]) if path[0] == "parameters" else None
        found.append(
            Editable(
                ".".join(path),
                section,
                own.about if own else _describe(scheme, path),
                scalar.value,
                own.source if own else "",
                own.open if own else False,
            )
        )
    return tuple(found)


def edit(text: str, values: Mapping[str, str]) -> str:
    """The file with these values in the place of others; raises KeyError for any other place.

    All are written at once, and the text is read again once: some hundred values one by one would
    hold a worker for minutes.
    """
    scalars = _read_scalars(text)
    places = {".".join(path): path for path in scalars if _find_section(path)}
    typed = {places[place]: value.strip() for place, value in values.items()}
    changed = {path: value for path, value in typed.items() if scalars[path].value != value}
    written = text
    for path in sorted(changed, key=lambda path: scalars[path].begin, reverse=True):
        old = scalars[path]
        written = written[: old.begin] + _write(changed[path], old) + written[old.end :]
    if not _says(written, {path: old.value for path, old in scalars.items()} | changed):
        raise ValueError(f"{'、'.join(map('.'.join, changed))} can't be written")
    return written


def _write(value: str, old: _Scalar) -> str:
    """As people write it where that can't mean anything else, or in quotation marks."""
    plain = not old.style and PLAIN.fullmatch(value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _says(text: str, wanted: Mapping[Path, str]) -> bool:
    """Whether a text has exactly these values, read the way that YAML reads them."""
    try:
        return {path: scalar.value for path, scalar in _read_scalars(text).items()} == wanted
    except yaml.YAMLError:
        return False


def _read_scalars(text: str) -> dict[Path, _Scalar]:
    root = yaml.compose(text, Loader=LOADER)
    return dict(_walk(root, ())) if root else {}


def _walk(node: yaml.Node, path: Path) -> Iterator[tuple[Path, _Scalar]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _walk(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _walk(value, (*path, f"[{place}]"))
    elif isinstance(node, yaml.ScalarNode):
        style = node.style or ""
        yield path, _Scalar(node.value, node.start_mark.index, node.end_mark.index, style)


def _find_section(path: Path) -> Text | None:
    return next((section for pattern, section in EDITABLE if _matches(path, pattern)), None)


def _matches(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(
        wanted in ("*", name) for name, wanted in zip(path, pattern, strict=True)
    )


def _describe(scheme: Scheme, path: Path) -> Text:
    """What a value outside the parameters is, in words."""
    tongue = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}.get(path[-1])
    name = _find_name(scheme, path)
    if tongue:
        return Text(f"{name.zh}（{tongue.zh}）", f"{name.en} ({tongue.en})")
    what = _PARTS.get(path[-1], Text(path[-1], path[-1]))
    return Text(f"{name.zh}{what.zh}", f"{name.en}{what.en}")


def _find_name(scheme: Scheme, path: Path) -> Text:
    if path[0] == "title":
        return Text("方案名称", "Scheme title")
    if path[0] == "version":
        return Text("方案", "Scheme")
    kind = _KINDS.get(path[0], Text(path[0], path[0]))
    own = _names(scheme, path)
    return Text(f"{kind.zh}“{own.zh}”", f"{kind.en} “{own.en}”")


def _names(scheme: Scheme, path: Path) -> Text:
    known: dict[str, Mapping[str, Text]] = {
        "rounds": {each.code: each.name for each in scheme.rounds},
        "categories": {each.code: each.name for each in scheme.categories},
        "groups": {each.code: each.name for each in scheme.groups},
        "bodies": {each.code: each.name for each in scheme.bodies},
        "adjustments": {each.code: each.name for each in scheme.adjustments},
        "grading": scheme.outcome_names.grades,
    }
    codes = path[2:3] if path[0] == "grading" else path[1:2]
    found = known.get(path[0], {}).get(codes[0])
    if found is not None and path[0] != "groups":
        return found
    further = ".".join(path[1:-1] if path[0] != "groups" else path[3:-1])
    if found is None:
        return Text(further, further)
    return Text(f"{found.zh} {further}".strip(), f"{found.en} {further}".strip())


_KINDS = {
    "rounds": Text("轮次", "Round"),
    "categories": Text("类别", "Category"),
    "groups": Text("评价主体", "Rater group"),
    "bodies": Text("考核主体", "Assessing body"),
    "adjustments": Text("加减分", "Adjustment"),
    "grading": Text("等次", "Grade"),
    "questionnaires": Text("问卷", "Questionnaire"),
}
_PARTS = {
    "version": Text("版本", " version"),
    "points": Text("的分值", ", points"),
    "share": Text("的比例（%）", ", share (%)"),
    "count": Text("的名额", ", places"),
    "from": Text("的最低分", ", lowest score"),
    "below": Text("的界限（低于）", ", bound (below)"),
    "last": Text("的末位比例（%）", ", last share (%)"),
    "weight": Text("的权重", ", weight"),
}
