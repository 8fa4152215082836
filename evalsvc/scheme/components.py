"""Entered figures as a scheme writes them: bounds, choices, who enters them, in which rounds."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from evalsvc.scheme.file.limits import LONGEST_CODE, MOST_BODIES, MOST_COMPONENTS, MOST_OPTIONS
from evalsvc.scheme.file.reading import ROUND_HOLDER, Reading, fill_round
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.groups import CATEGORY
from evalsvc.scheme.model import Body, Choice, Component, Round
from evalsvc.text import Text

OPTIONAL = ("round", "rounds", "categories", "from", "to", "choices", "body")


def read_bodies(reading: Reading, field: Field) -> tuple[Body, ...]:
    declared = reading.declared(field, MOST_BODIES)
    return tuple(Body(code, reading.words(f)) for code, f in declared.items())


def read_components(
    reading: Reading,
    field: Field,
    categories: tuple[str, ...],
    rounds: tuple[Round, ...],
    bodies: tuple[Body, ...],
) -> dict[str, tuple[Component, Field]]:
    """By code, with its place in the file; one with `rounds` is written out for each of them."""
    found: dict[str, tuple[Component, Field]] = {}
    declared = reading.declared(field, MOST_COMPONENTS, holder=ROUND_HOLDER)
    for code, entry in declared.items():
        parts = reading.record(entry, ("name",), OPTIONAL)
        component = _component(reading, code, parts, categories, bodies)
        for each in _in_rounds(reading, entry, parts, component, rounds):
            if len(each.code) > LONGEST_CODE:
                reading.check_code(entry, each.code, LONGEST_CODE)
            if each.code in found:
                reading.report(
                    entry, Text("这个代码已经用过", "this code is used already"), found=each.code
                )
            found[each.code] = each, entry
        reading.check_count(field, len(found), MOST_COMPONENTS)
    return found


def _component(
    reading: Reading,
    code: str,
    parts: Mapping[str, Field],
    categories: tuple[str, ...],
    bodies: tuple[Body, ...],
) -> Component:
    only = tuple(
        reading.known(category, categories, CATEGORY)
        for category in reading.sequence(parts["categories"])
    )
    lowest, highest = (_bound(reading, parts[name]) for name in ("from", "to"))
    if lowest is not None and highest is not None:
        reading.check_rising(parts["from"], lowest, highest)
    if parts["choices"].content is not None and (lowest, highest) != (None, None):
        reading.report(
            parts["choices"],
            Text("有 choices 时不写 from 和 to", "with choices there is no from and to"),
        )
    known = tuple(body.code for body in bodies)
    body = parts["body"]
    return Component(
        code,
        reading.words(parts["name"]),
        only or categories,
        "",
        lowest,
        highest,
        _choices(reading, parts["choices"]),
        reading.known(body, known, Text("考核主体", "assessing body")) if body.content else "",
    )


def _bound(reading: Reading, field: Field) -> Decimal | None:
    return None if field.content is None else reading.number(field)


def _choices(reading: Reading, field: Field) -> tuple[Choice, ...]:
    choices = []
    reading.check_count(field, len(reading.entries(field)), MOST_OPTIONS)
    for text, name in reading.entries(field).items():
        value = reading.choice_value(name, text)
        if value is not None:
            choices.append(Choice(value, reading.words(name)))
    if field.content is not None and len(choices) < 2:
        reading.report(field, Text("至少要有两个选项", "expected at least two choices"))
    return tuple(choices)


def _in_rounds(
    reading: Reading,
    entry: Field,
    parts: Mapping[str, Field],
    component: Component,
    rounds: tuple[Round, ...],
) -> list[Component]:
    known = {each.code: each for each in rounds}
    kind = Text("轮次", "round")
    repeated = ROUND_HOLDER in component.code
    if repeated == (parts["rounds"].content is None):
        reading.report(
            entry,
            Text(
                "代码里的 {round} 与 rounds 要一起写",
                "{round} in the code and “rounds” go together",
            ),
            found=component.code,
        )
    if repeated and parts["round"].content is not None:
        reading.report(
            parts["round"], Text("round 和 rounds 只能写一个", "expected round or rounds, not both")
        )
    if not repeated:
        if parts["round"].content is None and isinstance(entry.content, Mapping):
            reading.report(entry, Text("缺少 round", "expected “round” here"))
        return [replace(component, round=reading.known(parts["round"], tuple(known), kind))]
    listed = [reading.known(r, tuple(known), kind) for r in reading.sequence(parts["rounds"])]
    return [_in_round(reading, entry, component, known[code]) for code in listed if code in known]


def _in_round(reading: Reading, entry: Field, component: Component, at: Round) -> Component:
    return replace(
        component,
        code=component.code.replace(ROUND_HOLDER, at.code),
        name=fill_round(reading, entry, component.name, at.name),
        round=at.code,
    )
