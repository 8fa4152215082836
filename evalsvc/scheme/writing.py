"""Writes a questionnaire back as a scheme's file says it, into the place of the old one."""

import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from evalsvc.questions.conditions import Joined, When
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import PLAIN, Asked, Manner, Questionnaire
from evalsvc.scheme.file.entries import Entry, write_text
from evalsvc.scheme.file.source import LOADER
from evalsvc.scheme.model import Scheme

INDENT = 2
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
WIDTH = 10_000


def replace_questionnaire(text: str, scheme: Scheme, questionnaire: Questionnaire) -> str:
    """A scheme's file with another questionnaire under the same code; all else stays as it is.

    A value that was taken from a parameter, and is still the same, goes on being taken from it.
    Raises KeyError where the scheme has no such questionnaire.
    """
    _, section = _find_pair(yaml.compose(text, Loader=LOADER), "questionnaires")
    key, old = _find_pair(section, questionnaire.code)
    values = {each.code: each.value for each in scheme.parameters}
    entry = _keep_references(build_entry(questionnaire), _list_references(old), values, ())
    begin = text.rfind("\n", 0, key.start_mark.index) + 1
    end = _end_of_content(text, begin, old.end_mark.index)
    return text[:begin] + _write(questionnaire.code, entry, key.start_mark.column) + text[end:]


def write_questionnaires(questionnaires: Sequence[Questionnaire]) -> str:
    """A section `questionnaires` of a scheme's file."""
    return "questionnaires:\n" + "".join(
        _write(each.code, build_entry(each), INDENT) for each in questionnaires
    )


def build_entry(questionnaire: Questionnaire) -> Entry:
    """A questionnaire as its file has it."""
    entry: dict[str, Entry] = {
        "title": write_text(questionnaire.title),
        "introduction": write_text(questionnaire.introduction),
        "questions": {
            asked.question.code: _question(asked.question) | _settings(asked)
            for asked in questionnaire.asked
        },
    }
    return entry | _manner(questionnaire.manner)


def _question(question: Question) -> dict[str, Entry]:
    entry: dict[str, Entry] = {"kind": question.kind, "title": write_text(question.title)}
    return entry | question.write()


def _settings(asked: Asked) -> dict[str, Entry]:
    settings: dict[str, Entry] = {}
    if asked.note is not None:
        settings["note"] = write_text(asked.note)
    if asked.required != asked.question.required_by_itself:
        settings["required"] = asked.required
    if asked.condition is not None:
        settings["show_if"] = _write_condition(asked.condition)
    if asked.new_page:
        settings["new_page"] = True
    if asked.categories:
        settings["categories"] = [*sorted(asked.categories)]
    return settings


def _write_condition(condition: When) -> dict[str, Entry]:
    if isinstance(condition, Joined):
        return {condition.word: [_write_condition(part) for part in condition.parts]}
    return {"question": condition.question, "is": [*sorted(condition.values)]}


def _manner(manner: Manner) -> dict[str, Entry]:
    if manner == PLAIN:
        return {}
    entry: dict[str, Entry] = {
        "recusal": manner.recusal,
        "order": "shuffled" if manner.shuffled else "official",
        "dealt_with": manner.dealt_with,
        "account": manner.account,
    }
    if manner.figures:
        entry["figures"] = [*manner.figures]
    if manner.words_together:
        entry["words_together"] = manner.words_together
    return entry


class _Dumper(yaml.SafeDumper):
    """Numbers and switches without quotation marks, as people write them; texts in full."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # The reader takes every value as text, so a number needs no quotation marks to stay one.
    kind = "str"
    if NUMBER.fullmatch(text):
        kind = "float" if "." in text else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


def _represent_entry(dumper: yaml.SafeDumper, entry: dict[str, Entry]) -> yaml.MappingNode:
    """What people write on one line stands on one line: a text in both languages, a band."""
    short = entry.keys() == {"zh", "en"} or "points" in entry
    return dumper.represent_mapping("tag:yaml.org,2002:map", entry.items(), flow_style=short)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(dict, _represent_entry)


def _write(code: str, entry: Entry, indent: int) -> str:
    written = yaml.dump(
        {code: entry},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        indent=INDENT,
        width=WIDTH,
        default_flow_style=False,
    )
    return "".join(f"{' ' * indent}{line}" for line in written.splitlines(keepends=True))


def _find_pair(node: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    for key, value in pairs:
        if key.value == name:
            return key, value
    raise KeyError(name)


def _list_references(node: yaml.Node) -> Mapping[tuple[str, ...], str]:
    """Where the old text takes its value from a parameter, and from which."""
    return {
        path: scalar.value.removeprefix("$")
        for path, scalar in _walk(node, ())
        if scalar.value.startswith("$")
    }


def _walk(node: yaml.Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _walk(value, (*path, key.value))
    elif isinstance(node, yaml.ScalarNode):
        yield path, node


def _keep_references(
    entry: Entry,
    references: Mapping[tuple[str, ...], str],
    values: Mapping[str, str],
    path: tuple[str, ...],
) -> Entry:
    if isinstance(entry, dict):
        return {
            name: _keep_references(each, references, values, (*path, name))
            for name, each in entry.items()
        }
    parameter = references.get(path, "")
    return f"${parameter}" if values.get(parameter) == str(entry) else entry


def _end_of_content(text: str, begin: int, end: int) -> int:
    """Where the old section's own lines end; comments and empty lines below belong to the next."""
    lines = text[begin:end].splitlines(keepends=True)
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return begin + sum(len(line) for line in lines)
