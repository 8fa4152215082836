"""One way to say a sentence: both languages side by side, said once, at the outer edge."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import Environment

from evalsvc.language import load_catalogue
from evalsvc.text import Text, same, say

PROJECT = Path(__file__).parents[1]
ROOMS = ("analysis", "evalsvc", "forms")
MODULES = sorted(path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
TEMPLATES = sorted(
    path for path in (PROJECT / "templates").rglob("*") if path.suffix in (".html", ".svg")
)
CHINESE = re.compile("[\u4e00-\u9fff]")
PLACE = re.compile(r"%\((\w+)\)s|\{(\w+)\}")

# A language is taken by whoever writes a document or answers a request, and by nobody inside.
LANGUAGE_TAKERS = 40
# The catalogue is the templates': only what renders them asks it.
MAY_TRANSLATE = ("evalsvc/app.py", "evalsvc/reports/markup.py")
# Where one language says more: the English what Python's own reader found, the Chinese which group;
# and numerals, which are counted in English.
OF_ONE_LANGUAGE = (
    "evalsvc/evidence/verify/",
    "evalsvc/workbooks/roster.py",
    "evalsvc/reports/documents/report.py",
)
DOORS = ("evalsvc/admin/", "evalsvc/public/")


@dataclass(frozen=True)
class Message:
    """A sentence as the source has it; `places` are what is put into it."""

    where: str
    zh: str
    en: str
    zh_places: frozenset[str]
    en_places: frozenset[str]


def list_messages(path: Path) -> Iterator[Message]:
    """Every text written out in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] != "Text":
            continue
        if len(node.args) == 2 and all(map(_is_written, node.args)):
            zh, en = node.args
            where = f"{path.relative_to(PROJECT)}:{node.lineno}"
            yield Message(where, _read(zh), _read(en), _list_places(zh), _list_places(en))


def _is_written(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _read(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


def _list_places(node: ast.expr) -> frozenset[str]:
    return frozenset("".join(found) for found in PLACE.findall(_read(node)))


MESSAGES = [message for path in MODULES for message in list_messages(path)]


def test_messages_are_found_where_they_are_written():
    assert len(MESSAGES) > 800, "else this looks in the wrong place"


def test_every_message_has_both_languages():
    one_sided = [
        message.where
        for message in MESSAGES
        if bool(message.zh.strip()) != bool(message.en.strip()) or CHINESE.search(message.en)
    ]
    assert one_sided == []


def test_every_message_has_the_same_places_in_both_languages():
    differing = [m.where for m in MESSAGES if m.zh_places != m.en_places]
    assert differing == []


def list_put_in(path: Path) -> Iterator[tuple[str, set[str], set[str]]]:
    """Of each text in which something stands already: the names used in Chinese, in English."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "Text"
            and any(isinstance(arg, ast.JoinedStr) for arg in node.args)
        ):
            zh, en = (
                {part.id for part in ast.walk(arg) if isinstance(part, ast.Name)} - {"str"}
                for arg in node.args
            )
            yield f"{path.relative_to(PROJECT)}:{ast.unparse(node.args[0])}", zh, en


def test_what_is_put_in_at_once_is_the_same_in_both_languages():
    differing = [where for path in MODULES for where, zh, en in list_put_in(path) if zh != en]
    assert [where for where in differing if not where.startswith(OF_ONE_LANGUAGE)] == []


def list_template_texts(template: Path) -> Iterator[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    for _, _, message in environment.extract_translations(template.read_text(encoding="utf-8")):
        text = message[0] if isinstance(message, tuple) else message
        if text:  # a text held in a variable is found where it is written
            yield text


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT / "templates"))
)
def test_every_text_of_a_template_has_its_english_with_the_same_places(template: Path):
    english = load_catalogue("en")
    found = {text: english.gettext(text) for text in list_template_texts(template)}
    assert [zh for zh, en in found.items() if CHINESE.search(en)] == []
    assert [
        zh for zh, en in found.items() if sorted(PLACE.findall(zh)) != sorted(PLACE.findall(en))
    ] == []


def test_few_take_a_language():
    takers = [
        f"{path.relative_to(PROJECT)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and {"language", "speaker", "lang"} & {arg.arg for arg in _list_arguments(node)}
    ]
    assert len(takers) <= LANGUAGE_TAKERS, takers


def _list_arguments(node: ast.FunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def test_nothing_below_the_doors_asks_the_catalogue():
    asking = [
        str(path.relative_to(PROJECT))
        for path in MODULES
        if {"translate", "load_catalogue"} & _list_imported(path, "evalsvc.language")
    ]
    below = [name for name in asking if name not in MAY_TRANSLATE and not name.startswith(DOORS)]
    assert below == []


def _list_imported(path: Path, module: str) -> set[str]:
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }


def test_a_filled_text_says_each_language_its_own():
    told = Text("%(who)s：%(n)s票", "%(who)s: %(n)s ballots").filled(who=Text("甲", "A"), n=3)
    assert told == Text("甲：3票", "A: 3 ballots")


def test_texts_are_put_together_in_both_languages():
    listed = Text("、", ", ").join((Text("甲", "A"), "u2"))
    assert listed + same("。") == Text("甲、u2。", "A, u2。")
    assert [say(each, "en") for each in (listed, 3, "c")] == ["A, u2", 3, "c"]


def test_a_text_never_becomes_a_string_by_accident():
    with pytest.raises(TypeError, match="say it with in_language"):
        f"{Text('甲', 'A')}"
