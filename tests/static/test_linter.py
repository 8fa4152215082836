"""What `./run check` finds in script and style: each fault that the linter is there for."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from evalsvc.settings import PROJECT

CONFIGURATION = "biome.jsonc"


@pytest.fixture(scope="module")
def biome() -> Path:
    """The program beside this Python."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("biome has no wheel for this machine; ./run check says so, too")
    return Path(sys.executable).parent / "biome"


def lint(biome: Path, folder: Path, name: str, text: str) -> tuple[int, str]:
    """What the check's own command says of one file."""
    (folder / "static").mkdir()
    (folder / "static" / name).write_text(text, encoding="utf-8")
    (folder / CONFIGURATION).write_bytes((PROJECT / CONFIGURATION).read_bytes())
    done = subprocess.run(
        [biome, "lint", "--error-on-warnings", "."], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("unused.js", "const a = 1;", "noUnusedVariables"),
        ("unused_parameter.js", "window.act = (a) => 1;", "noUnusedFunctionParameters"),
        ("undefined.js", "window.act = () => later();", "noUndeclaredVariables"),
        ("shadow.js", "window.act = (a) => [1].map((a) => a);", "noShadow"),
        ("var.js", "var a = 1; window.act = a;", "noVar"),
        ("let.js", "let a = 1; window.act = a;", "useConst"),
        ("double.js", "window.act = { a: 1, a: 2 };", "noDuplicateObjectKeys"),
        ("equal.js", "window.act = (a) => a == 1;", "noDoubleEquals"),
        ("property.css", "a { colour: red; }", "noUnknownProperty"),
        ("unit.css", "a { width: 1pxx; }", "noUnknownUnit"),
        ("shorthand.css", "a { margin-top: 1px; margin: 0; }", "noShorthandPropertyOverrides"),
    ],
)
def test_fault_is_found(biome: Path, tmp_path: Path, name: str, text: str, rule: str) -> None:
    status, said = lint(biome, tmp_path, name, text)

    assert status == 1, said
    assert rule in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sound.js", '(function () {\n  "use strict";\n  window.act = (a) => a;\n}());\n'),
        ("sound.css", "a { color: red; -webkit-appearance: none; }\n"),
    ],
)
def test_sound_file_passes(biome: Path, tmp_path: Path, name: str, text: str) -> None:
    assert lint(biome, tmp_path, name, text)[0] == 0
