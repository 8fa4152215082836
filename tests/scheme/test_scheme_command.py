"""`scheme check` and `scheme explain` as somebody runs them: what they print and how they end."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evalsvc.commands.scheme import scheme
from evalsvc.scheme.presets import list_presets, load_preset
from tests.scheme.test_errors import SMALL

PROJECT = Path(__file__).parents[2]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(scheme, [str(argument) for argument in arguments])


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding=encoding)
    return path


def test_a_sound_file(tmp_path: Path):
    result = run("check", write(tmp_path, SMALL))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "没有发现错误 / Nothing is wrong: 小方案 / Small scheme"
    )


def test_all_mistakes_at_once_in_both_languages(tmp_path: Path):
    wrong = SMALL.replace("weight: 40", "weight: ４０").replace("places: 2", "places: two")
    result = run("check", write(tmp_path, wrong))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "第 55 行第 15 列，score.parts[2].weight：现为“４０”，请用半角写成 40",
        "  line 55, column 15, score.parts[2].weight: found “４０”; write it in half width: 40",
        "第 67 行第 23 列，publication.places：现为“two”，"
        "应为数字，如 30 或 0.5，小数点前最多 12 位、后最多 6 位",
        "  line 67, column 23, publication.places: found “two”; expected a number such as "
        "30 or 0.5, with 12 digits at most before the point and 6 after it",
    ]


def test_that_there_may_be_more_is_said(tmp_path: Path):
    result = run("check", write(tmp_path, SMALL.replace(":", "：")))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        "可能还有：改好这些再检查，会列出其余的 / There may be more: correct these and check again"
    )


def test_another_encoding(tmp_path: Path):
    result = run("check", write(tmp_path, SMALL, "gb18030"))
    assert result.exit_code == 1
    assert "像是 GBK (ANSI)" in result.stderr


@pytest.mark.parametrize("verb", ["check", "explain"])
def test_a_file_that_is_not_there_is_a_wrong_call(verb: str):
    result = run(verb, "atlantis")
    assert result.exit_code == 2
    assert "no such preset or file" in result.stderr


def test_what_is_wrong_is_not_explained(tmp_path: Path):
    result = run("explain", write(tmp_path, "code: x\n"))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "缺少 score" in result.stderr


def test_a_scheme_is_explained_in_one_language(tmp_path: Path):
    path = write(tmp_path, SMALL)
    chinese, english = run("explain", path), run("explain", path, "--language", "en")
    assert chinese.exit_code == english.exit_code == 0
    assert chinese.stdout.splitlines()[:4] == [
        "小方案 (small, 1)",
        "自拟",
        "",
        "总分怎样得出：部门、镇",
    ]
    assert english.stdout.splitlines()[3] == "How the total comes about: Departments, Towns"
    assert "总分" not in english.stdout


@pytest.mark.parametrize("preset", list_presets())
def test_every_preset_is_sound_and_names_all_its_parts(preset: str):
    assert run("check", preset).exit_code == 0
    told = run("explain", preset).stdout
    assert [code for code in load_preset(preset).node_names if f"[{code}]" not in told] == []


def test_neither_server_nor_database_is_loaded():
    code = (
        "import sys; from click.testing import CliRunner; from evalsvc.__main__ import main;"
        "r = CliRunner().invoke(main, ['scheme', 'explain', 'panshan-2018']);"
        "assert r.exit_code == 0, r.output;"
        "sys.exit(str(sorted({'flask', 'sqlalchemy'} & sys.modules.keys())))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ended.stderr == "[]\n"
