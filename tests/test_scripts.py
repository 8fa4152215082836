"""The raters' script is joined from all its parts, each once, without what only readers need."""

import shutil
from pathlib import Path

import pytest

from evalsvc import scripts
from evalsvc.scripts import PARTS, build_script, get_script, list_parts


def test_every_part_is_joined_once() -> None:
    assert sorted(list_parts()) == sorted(PARTS.rglob("*.js"))


def test_a_new_kind_of_question_is_one_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found among the kinds: after the ballot, which it needs, and before what opens the ballot."""
    before = list_names()
    parts = Path(shutil.copytree(PARTS, tmp_path / "rater"))
    (parts / "questions" / "a_new_kind.js").write_text("/* A new kind. */")
    monkeypatch.setattr(scripts, "PARTS", parts)

    kinds = list_names()[len(scripts.FIRST) : -len(scripts.LAST)]

    assert kinds[0] == "questions/a_new_kind.js"
    assert kinds[1:] == [name for name in before if name.startswith("questions/")]


def list_names() -> list[str]:
    return [part.relative_to(scripts.PARTS).as_posix() for part in list_parts()]


def test_comments_and_indentation_stay_with_their_readers() -> None:
    part = """/* What it is for,
   in two lines. */
(function () {
  "use strict";

  /* why */
  act(1); /* beside code it stays: where a text ends is not looked for */
}());
"""

    assert build_script([part, "last();\n"]) == (
        "(function () {\n"
        '"use strict";\n'
        "act(1); /* beside code it stays: where a text ends is not looked for */\n"
        "}());\n"
        "last();\n"
    )


def test_no_part_has_what_is_lost_line_by_line() -> None:
    """Text over several lines, and a comment that ends in the middle of a line."""
    code = [part.read_text(encoding="utf-8") for part in list_parts()]

    assert "`" not in get_script().content.decode()
    assert [
        line
        for text in code
        for line in text.splitlines()
        if line.strip().startswith("/*") and "*/" in line and not line.endswith("*/")
    ] == []


def test_the_script_fits_what_a_form_may_weigh() -> None:
    """In four files it was 37 kB, of which a form asked for two at least."""
    content = get_script().content.decode()

    assert len(content) < 34_000
    assert max(len(line) for line in content.splitlines()) < 200


def test_each_part_says_what_it_is_for() -> None:
    assert [part.name for part in list_parts() if not part.read_text().startswith("/* ")] == []
