"""What somebody can tell who has docs/evidence and a package, and none of the product."""

import ast
import csv
import io
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from zipfile import BadZipFile

import pytest
import yaml

from analysis.score.rounding import half_up
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.editions import ANCHORS
from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.verify.verdict import verify
from evalsvc.evidence.write import build_zip
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.scheme.presets import list_presets, load_preset
from tests import second_verifier
from tests.evidence.seasons import play_season
from tests.second_verifier import forms
from tests.second_verifier import verify as alone
from tests.second_verifier.forms import read_yaml

MOST_LINES = 400  # of `verify`, which stands by itself, and of each part that builds on it
ITS_PARTS = sorted(Path(second_verifier.__file__).parent.glob("*.py"))
BY_ITSELF = Path(alone.__file__)
SCHEMES = [*Path("schemes").glob("*.yaml"), *Path("tests/data/schemes").glob("*.yaml")]
SUMS = ("w", "w2", "wy", "wy2", "w2y", "w2y2")


@pytest.mark.slow
@pytest.mark.parametrize("preset", list_presets())
def test_the_second_verifier_agrees_on_every_preset(preset: str) -> None:
    played = play_season(preset)
    for files in (played.audit, played.public):
        assert verify(files, published=[played.published]).failed == ()
        assert second_verifier.check(files, played.anchors_files) == set()


@pytest.mark.slow
def test_one_file_verifies_a_folder_by_itself(tmp_path: Path) -> None:
    played = play_season("golmud")
    (fetched,) = played.anchors_files
    (tmp_path / "anchors.json").write_bytes(fetched)
    for name, content in played.audit.items():
        file = tmp_path / "package" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    copy = tmp_path / "verify.py"
    copy.write_bytes(BY_ITSELF.read_bytes())

    def run() -> tuple[int, list[str]]:
        command = [sys.executable, "-I", copy, tmp_path / "package", tmp_path / "anchors.json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        return done.returncode, [line for line in done.stdout.splitlines() if "FAIL" in line]

    assert run() == (0, [])
    (tmp_path / "package" / "units.csv").write_bytes(b"unit,name,category,flags\n")
    code, failed = run()
    assert (code, [line.split(":")[0] for line in failed]) == (
        1,
        ["FAIL manifest", "FAIL computed"],
    )


@pytest.mark.parametrize("part", ITS_PARTS, ids=lambda part: part.stem)
def test_the_second_verifier_is_short_and_knows_nothing_of_the_product(part: Path) -> None:
    source = part.read_text()
    assert len(source.splitlines()) <= MOST_LINES
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    known = {*sys.stdlib_module_names, "cryptography"}
    foreign = {name for name in imported if name.split(".")[0] not in known}
    own = (
        set()
        if part == BY_ITSELF
        else {n for n in foreign if n.startswith("tests.second_verifier")}
    )
    assert foreign == own


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.stem)
def test_the_yaml_of_a_scheme_is_no_more_than_docs_schemes_says(scheme: Path) -> None:
    text = scheme.read_text()
    assert read_yaml(text) == yaml.load(text, yaml.BaseLoader)  # noqa: S506  # texts alone


@pytest.mark.slow
def test_the_social_score_follows_from_the_counts() -> None:
    """The formula of docs/evidence, written out here, gives the node of the score tree."""
    played = play_season("three-in-one")
    package = read_package(played.audit)
    (rule,) = {(one.round, one.group, one.item) for one in package.facts.counts}
    group = package.scheme.get_group(rule[1])
    (question,) = package.scheme.get_questionnaire(rule[1]).questions
    assert isinstance(question, LevelsQuestion)
    points = {one.code: Fraction(one.points) for one in question.levels if one.points is not None}
    answers: Counter[str] = Counter()
    for one in package.facts.counts:
        answers[one.stratum] += one.n
    plan = {one.code: Fraction(one.weight) for one in group.strata}
    nodes = {
        (result.unit, node.code): node.value
        for result in recompute(package).results
        for node in result.tree.walk()
        if node.rule == "satisfaction"
    }
    assert len(nodes) > 10
    for (unit, _), value in nodes.items():
        above = below = Fraction(0)
        for one in package.facts.counts:
            if one.unit == unit and one.level in points:
                share = sum((plan[name] for name in one.stratum.split("+")), Fraction(0))
                weight = share / answers[one.stratum]
                above += weight * one.n * points[one.level]
                below += weight * one.n
        assert value is not None
        assert half_up(above / below, 12) == half_up(value, 12)


def read_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@pytest.mark.slow
def test_the_sums_of_a_unit_follow_from_the_counts() -> None:
    """The formula of docs/evidence for one item, written out here."""
    files = play_season("three-in-one").audit
    scheme = read_package(files).scheme
    (group,) = (one for one in scheme.groups if one.identity == "counts")
    (question,) = scheme.get_questionnaire(group.code).questions
    assert isinstance(question, LevelsQuestion)
    points = {one.code: Fraction(one.points) for one in question.levels if one.points is not None}
    plan = {one.code: Fraction(one.weight) for one in group.strata}
    sums = read_rows(files["sums.csv"])
    valid = {
        one["subject"]: Fraction(one["value"])
        for one in sums
        if (one["kind"], one["name"]) == ("cell", "valid")
    }
    share = {h: sum((plan[part] for part in h.split("+")), Fraction(0)) for h in valid}
    weight = {
        h: share[h] / n * (sum(valid.values()) / sum(share.values())) for h, n in valid.items()
    }
    expected: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for one in read_rows(files["counts.csv"]):
        if one["level"] in points:
            w, y, n = weight[one["stratum"]], points[one["level"]], int(one["n"])
            values = (w, w**2, w * y, w * y**2, w**2 * y, w**2 * y**2)
            for name, each in zip(SUMS, values, strict=True):
                expected[one["unit"], name] += each * n
    stated = {
        (one["subject"], one["name"]): Fraction(one["value"])
        for one in sums
        if one["kind"] == "unit" and one["name"] in SUMS
    }
    assert len(stated) >= 60
    assert stated == expected


def test_every_preset_with_a_panel_asks_it_one_item() -> None:
    """What docs/evidence says of the presets: their sums over units all follow from the counts."""
    asked = {
        (preset, group.code): len(scheme.get_questionnaire(group.code).questions)
        for preset in list_presets()
        for scheme in (load_preset(preset),)
        for group in scheme.groups
        if group.identity == "counts"
    }
    assert asked == {("golmud", "society"): 1, ("three-in-one", "panel"): 1}


ZIPPED = build_zip({"units.csv": b"unit,name,category,flags\n", "scheme.yaml": b"x\n"})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"MZ\0\0" + content,
        lambda content: content + b"\0",
        lambda content: content[:-2] + b"\x02\x00hi",
    ],
    ids=["something before", "something behind", "a comment"],
)
def test_nothing_lies_beside_the_files_of_a_zip(spoil: Callable[[bytes], bytes]) -> None:
    assert set(read_zip(ZIPPED, 10**6)) == {"units.csv", "scheme.yaml"}
    with pytest.raises(PackageErrors):
        read_zip(spoil(ZIPPED), 10**6)
    assert set(forms.read_zip(ZIPPED)) == {"units.csv", "scheme.yaml"}
    with pytest.raises((ValueError, BadZipFile)):
        forms.read_zip(spoil(ZIPPED))


def test_a_unit_that_stands_twice_in_a_result_is_refused() -> None:
    twice = b'{"a": {"rank": 1, "published": "90"}, "a": {"rank": 2, "published": "80"}}'
    scheme = Path("schemes/three-in-one.yaml").read_bytes()
    units = b"unit,name,category,flags\na,A,general_service,\n"
    with pytest.raises(PackageErrors) as raised:
        read_package({"scheme.yaml": scheme, "units.csv": units, "result.json": twice})
    assert [error.file for error in raised.value.errors] == ["result.json"]


@pytest.mark.parametrize("edition", ["audit", "public"])
def test_a_package_made_before_the_log_committed_to_openings_still_verifies(edition: str) -> None:
    """Golmud's invented season as 5c8cc0c exported it."""
    path = Path(__file__).parent / "packages" / f"2026-11-{edition}.zip"
    files = read_zip(path.read_bytes(), 10**7)
    assert verify(files, published=[files]).failed == ()
    assert recompute(read_package(files)).differences == ()
    assert second_verifier.check(files, [files[ANCHORS]]) == set()
