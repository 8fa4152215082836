"""When a question is asked, from LimeSurvey's expressions into those of a form."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evalsvc.xlsform.limesurvey.survey import Condition

OTHER = "-oth-"
LONGEST = 2_000
# The versions wrote the same comparison in many ways; the last two words are its spelling in words.
_COMPARED = re.compile(
    r"\b([A-Za-z0-9][\w.]{0,80}?)(?:\.NAOK|\.code|\.value)?\s*(?:==|=|\beq\b)\s*"
    r"(?:\"([^\"']*)\"|'([^\"']*)'|([0-9]+))"
)
# What stands in quotes is a value, whatever it looks like.
_JOINED = re.compile(r"\"[^\"]*\"|'[^']*'|&&|\|\||\b(?:AND|OR)\b")
_WORDS = {"&&": " and ", "||": " or ", "AND": "and", "OR": "or"}
_ALWAYS = ("", "1", "true")


@dataclass(frozen=True)
class Answer:
    """What a name in an expression stands for: a question, or one option of several.

    `values` are the codes that are spelt otherwise in the form.
    """

    question: str
    option: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def write(self, value: str) -> str | None:
        """That it has this value; None where the form has no such answer."""
        if self.option:
            return f"selected(${{{self.question}}}, '{self.option}')" if value == "Y" else None
        value = "other" if value == OTHER else self.values.get(value, value)
        return f"${{{self.question}}} = '{value}'" if value else None


def translate(expression: str, names: Mapping[str, Answer]) -> str:
    """The expression in a form's words; what has none is left as it is, and refused there."""
    if expression.strip().lower() in _ALWAYS:
        return ""
    if len(expression) > LONGEST:
        return expression

    def write(found: re.Match[str]) -> str:
        answer = names.get(found[1])
        value = next(each for each in found.groups()[1:] if each is not None)
        return (answer and answer.write(value)) or found[0]

    said = _COMPARED.sub(write, expression)
    return _JOINED.sub(lambda found: _WORDS.get(found[0], found[0]), said)


def write_table(conditions: Sequence[Condition]) -> str:
    """The conditions of old versions as an expression: scenarios are alternatives.

    Inside one, several values of a question are alternatives, and questions hold together.
    """
    scenarios: dict[str, dict[str, list[Condition]]] = {}
    for each in conditions:
        by_field = scenarios.setdefault(each.scenario, {})
        by_field.setdefault(each.field.lstrip("+"), []).append(each)
    return _join(
        " or ",
        [
            _join(" and ", [_join(" or ", map(_write, same)) for same in by_field.values()])
            for by_field in scenarios.values()
        ],
    )


def _write(condition: Condition) -> str:
    # A box that is ticked has a field of its own, which holds Y.
    return f'{condition.field.lstrip("+")} {condition.method} "{condition.value}"'


def _join(word: str, parts: Iterable[str]) -> str:
    found = list(parts)
    return f"({word.join(found)})" if len(found) > 1 else "".join(found)
