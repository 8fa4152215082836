"""`recompute` as an auditor runs it: what it prints and how it ends."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evalsvc.commands.recompute import command
from evalsvc.evidence.write import build_zip
from evalsvc.scheme.presets import get_preset_text
from tests.evidence.panshan import EXPECTED, FOLDER, files


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def case(folder: Path, changed: dict[str, bytes] | None = None) -> Path:
    path = folder / "case.zip"
    path.write_bytes(build_zip({**files(), **(changed or {})}))
    return path


def test_the_worked_case_is_reproduced():
    result = run(FOLDER, "--scheme", "panshan-2018")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[2] == "部门 / Departments"
    assert lines[3].split() == [
        "1",
        "县民政局",
        "(u09)",
        "91.29",
        "由票数据复现",
        "/",
        "reproduced",
        "from",
        "ballots",
    ]
    assert lines[-1] == "288 个数由票数据复现 / 288 figures reproduced from ballots"


def test_json_has_every_expected_node_and_nothing_else_is_printed():
    result = run(FOLDER, "--scheme", "panshan-2018", "--json")
    found = json.loads(result.stdout)
    assert found.keys() == {"nodes", "published", "rank"}
    for unit, figures in EXPECTED.items():
        expected = dict(figures)
        assert found["published"][unit] == expected.pop("published")
        assert found["rank"][unit] == expected.pop("rank")
        for node, value in expected.items():
            assert found["nodes"][unit][node] == pytest.approx(value, abs=1e-9)


STAFF = FOLDER.parent / "zaozhuang-staff"


def test_awards_bars_and_consequences_are_printed_below_their_unit():
    result = run(STAFF, "--scheme", "zaozhuang-staff")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    # o5 was punished, which the third column of its adjustment says; o4 is incompetent again.
    for unit, told in (
        (
            "o5",
            "      “违纪违法”（2018-10-01 处分决定）：不能得优秀、称职、表彰。 / "
            '"Misconduct" (2018-10-01 处分决定): no Excellent, Competent, Commended.',
        ),
        (
            "o4",
            "      “连续两年不称职，提请研究”：2017、2018年。 / "
            '"Incompetent two years running: to be decided": 2017, 2018.',
        ),
    ):
        place = next(n for n, line in enumerate(lines) if f"({unit})" in line)
        assert lines[place + 1] == told
    assert sum(line.startswith("      ") for line in lines) == 2


def test_json_has_them_by_code():
    found = json.loads(run(STAFF, "--scheme", "zaozhuang-staff", "--json").stdout)
    assert found["bars"]["o5"] == ["misconduct"]
    assert found["consequences"]["o4"] == ["twice_incompetent"]
    assert [unit for unit, codes in found["awards"].items() if codes] == []
    assert found["confirmations"]["o1"] == []


def test_a_public_package_says_that_they_need_the_audit_edition(tmp_path: Path):
    shutil.copytree(STAFF, tmp_path / "public")
    (tmp_path / "public" / "expected.json").unlink()
    # What a package has that holds the figures from a start upward.
    (tmp_path / "public" / "scores.csv").write_text("unit,node,value\n", encoding="utf-8")
    result = run(tmp_path / "public", "--scheme", "zaozhuang-staff")
    assert not [line for line in result.stdout.splitlines() if line.startswith("      ")]
    # Of persons it holds nobody, and says so.
    assert "公开版里没有人，要用审计版推出" in result.stdout
    printed = run(tmp_path / "public", "--scheme", "zaozhuang-staff", "--json").stdout
    assert "awards" not in json.loads(printed)


def test_one_changed_figure_is_named(tmp_path: Path):
    text = files()["expected.json"].decode()
    assert text.count("90.27") == 0
    changed = text.replace('"total": 89.255', '"total": 89.256')
    result = run(case(tmp_path, {"expected.json": changed.encode()}), "--scheme", "panshan-2018")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == (
        "未复现 / NOT reproduced: u05 total 公布 / stated 89.256, 计算 / computed 89.255"
    )


@pytest.mark.parametrize(
    ("old", "new"), [('"published": "89.26"', '"published": "89.25"'), ('"rank": 8', '"rank": 7')]
)
def test_a_changed_published_figure_or_rank(tmp_path: Path, old: str, new: str):
    text = files()["expected.json"].decode()
    assert text.count(old) == 1
    changed = {"expected.json": text.replace(old, new).encode()}
    assert run(case(tmp_path, changed), "--scheme", "panshan-2018").exit_code == 1


def test_one_changed_ballot_is_found(tmp_path: Path):
    # L6 has two departments in charge, so that its bands are free and the ballot stays valid.
    lines = files()["ballots.csv"].decode().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if ",L6,u01," in line)
    old = lines[place].strip()[-1]
    lines[place] = lines[place].replace(f",{old}\n", f",{'C' if old == 'A' else 'A'}\n")
    changed = {"ballots.csv": "".join(lines).encode()}
    result = run(case(tmp_path, changed), "--scheme", "panshan-2018")
    assert result.exit_code == 1
    assert "u01 published" in result.stdout


def test_a_void_ballot_is_named_with_its_reason(tmp_path: Path):
    # The office's half-year ballot puts one town more into the lowest band.
    lines = files()["ballots.csv"].decode().splitlines(keepends=True)
    place = next(
        n
        for n, line in enumerate(lines)
        if line.startswith("half_year,office,") and ",u1" in line and line.endswith(",B\n")
    )
    ballot = lines[place].split(",")[2]
    lines[place] = lines[place].replace(",B\n", ",C\n")
    result = run(
        case(tmp_path, {"ballots.csv": "".join(lines).encode()}), "--scheme", "panshan-2018"
    )
    assert result.exit_code == 1
    assert (
        f"无效票 / void ballot: half_year office {ballot}: proportions (town, B, 3, 2)"
        in result.stdout.splitlines()
    )


def test_a_scheme_file_and_a_scheme_inside(tmp_path: Path):
    scheme = tmp_path / "mine.yaml"
    scheme.write_text(get_preset_text("panshan-2018"), encoding="utf-8")
    assert run(FOLDER, "--scheme", scheme).exit_code == 0
    inside = {"scheme.yaml": get_preset_text("panshan-2018").encode()}
    assert run(case(tmp_path, inside)).exit_code == 0


def test_without_any_scheme_the_presets_are_named():
    result = run(FOLDER)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "请用 --scheme 指明预设（" in result.stderr
    assert "panshan-2018" in result.stderr


def test_an_unknown_scheme_is_a_wrong_call():
    result = run(FOLDER, "--scheme", "atlantis")
    assert result.exit_code == 2
    assert "no such preset or file" in result.stderr


def test_an_unreadable_package_says_why_in_both_languages(tmp_path: Path):
    broken = files()["ballots.csv"].replace(b"overall,A", b"overall,D", 1)
    result = run(case(tmp_path, {"ballots.csv": broken}), "--scheme", "panshan-2018")
    assert result.exit_code == 2
    assert result.stderr == (
        "ballots.csv 第 2 行 value 列：现为“D”，没有这个档次，已有：A、B、C\n"
        "  ballots.csv, line 2, column value: found “D”; there is no such band; "
        "there are: A、B、C\n"
    )


def test_a_scheme_file_that_is_wrong(tmp_path: Path):
    scheme = tmp_path / "mine.yaml"
    scheme.write_text("code: x\n", encoding="utf-8")
    result = run(FOLDER, "--scheme", scheme)
    assert result.exit_code == 2
    assert "缺少 score" in result.stderr


def test_nothing_stated_is_nothing_wrong(tmp_path: Path):
    bare = tmp_path / "bare"
    bare.mkdir()
    for name, content in files().items():
        if name.endswith(".csv"):
            (bare / name).write_bytes(content)
    result = run(bare, "--scheme", "panshan-2018")
    assert result.exit_code == 0
    assert "states no result to compare with" in result.stdout


def test_a_unit_left_out_of_the_stated_result_is_missed(tmp_path: Path):
    stated = json.loads(files()["expected.json"])
    del stated["expected"]["u08"]
    changed = {"expected.json": json.dumps(stated).encode()}
    result = run(case(tmp_path, changed), "--scheme", "panshan-2018")
    assert result.exit_code == 1
    assert "u08 published" in result.stdout


def test_recomputing_loads_neither_server_nor_database():
    code = (
        "import sys; from click.testing import CliRunner; from evalsvc.__main__ import main;"
        f"r = CliRunner().invoke(main, ['recompute', {str(FOLDER)!r}, '--scheme', 'panshan-2018']);"
        "assert r.exit_code == 0, r.output;"
        "sys.exit(str(sorted({'flask', 'sqlalchemy'} & sys.modules.keys())))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=FOLDER.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == "[]\n"
