"""统计和验算与另一版本之比 / statistics and recomputing beside another version, as ratios.

--other 指另一版本的文件夹。每项两个版本各起一个进程，轮流做，取最好的一次；这台机器上别人做什么，
对两者一样。装有 R 和 lme4 时，交叉模型也与它比。
`--other` is a folder with another version. Of each case both versions run in turns in processes of
their own, the best run counts; what else the machine does weighs on both alike. Where R and lme4
are installed, crossed effects are compared with them, too.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from shutil import which
from time import process_time

import numpy as np

from evalsvc.settings import PROJECT

SEED = 20180101
UNITS = 10_000


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--other", type=Path)
    asked.add_argument("--times", type=int, default=2)
    asked.add_argument("--case", help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.case:
        print(CASES[options.case][0](options.folder))
        return
    if options.other is None:
        sys.exit("请用 --other 指明另一版本的文件夹 / name the other version's folder with --other")
    with tempfile.TemporaryDirectory() as folder:
        held = [_compared(case, options, Path(folder)) for case in CASES]
        held += [_linear(Path(folder)), _lme4(Path(folder))]
    sys.exit(0 if all(held) else 1)


def _compared(case: str, options: argparse.Namespace, folder: Path) -> bool:
    _, unit, most = CASES[case]
    found: dict[Path, list[float]] = {PROJECT: [], options.other.resolve(): []}
    for _ in range(options.times):
        for version, figures in found.items():
            figures.append(_run(case, version, folder))
    ours, theirs = (min(figures) for figures in found.values())
    print(
        f"{case}: {ours:.3g} {unit}, other {theirs:.3g} {unit}; "
        f"{ours / theirs:.4f} (at most {most})",
        flush=True,
    )
    return ours / theirs <= most


def _run(case: str, version: Path, folder: Path) -> float:
    environment = {
        **os.environ,
        "PYTHONPATH": str(version),
        "PYTHONSAFEPATH": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, __file__, "--case", case, "--folder", str(folder)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.splitlines()[-1])


def _linear(folder: Path) -> bool:
    """Five times as many units in at most seven times the time."""
    few, many = (min(_run(c, PROJECT, folder) for _ in range(2)) for c in (FEW, MANY))
    print(f"recompute, 5 × as many units: × {many / few:.1f} (at most 7)", flush=True)
    return many <= 7 * few


def _lme4(folder: Path) -> bool:
    """The same ratings in R, where it is there."""
    if which("Rscript") is None:
        print("没有 R，不与 lme4 比 / no R: not compared with lme4")
        return True
    x = _thin_table()
    raters, units = np.nonzero(~np.isnan(x))
    table = folder / "ratings.csv"
    np.savetxt(table, np.column_stack([x[raters, units], raters, units]), delimiter=",")
    program = (
        "suppressMessages(library(lme4)); d <- read.csv(commandArgs(TRUE)[1], header=FALSE);"
        "d$V2 <- factor(d$V2); d$V3 <- factor(d$V3);"
        "t <- system.time(lmer(V1 ~ 1 + (1|V2) + (1|V3), d)); cat(t[1] + t[2])"
    )
    command = ["Rscript", "-e", program, str(table)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        print("没有 lme4，不与它比 / no lme4: not compared with it")
        return True
    theirs, ours = float(done.stdout), _run("crossed_effects of 73,421 ratings", PROJECT, folder)
    print(f"crossed_effects beside lme4's {theirs:.3g} s: {ours / theirs:.3f} (at most 1)")
    return ours <= theirs


def _plackett_luce(_: Path) -> float:
    """4,454 ballots of two among eight items, with ties."""
    import analysis

    rng = np.random.default_rng(SEED)
    worth = np.exp(0.6 * rng.normal(size=8))
    ballots: list[list[int] | list[list[int]]] = []
    for _ in range(4454):
        a, b = (int(j) for j in rng.choice(8, 2, replace=False))
        shares = np.array([worth[a], worth[b], 0.6 * np.sqrt(worth[a] * worth[b])])
        ballots.append(([a, b], [b, a], [[a, b]])[rng.choice(3, p=shares / shares.sum())])
    return _seconds(lambda: analysis.plackett_luce(ballots, 8))


def _side_by_side(_: Path) -> float:
    import analysis

    rng = np.random.default_rng(SEED)
    x = (
        80
        + 6 * rng.normal(size=60)
        + 3 * rng.normal(size=(300, 1))
        + 5 * rng.normal(size=(300, 60))
    )
    marks = np.clip(np.round(x), 0, 100)
    return _seconds(lambda: analysis.scores_side_by_side(marks, kind="numbers"))


def _crossed(_: Path) -> float:
    import analysis

    x = _thin_table()
    return _seconds(lambda: analysis.crossed_effects(x))


def _citizens(_: Path) -> float:
    """Megabytes that 2,000 citizens with forms of eight of 240 units take."""
    import analysis

    rng = np.random.default_rng(SEED)
    y = np.full((2000, 240), np.nan)
    for row in y:
        row[rng.choice(240, 8, replace=False)] = rng.normal(70, 10, 8)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sums = analysis.citizen_sums(y, y > 60, np.ones(len(y)))
    # Pages that were asked for and never written take no memory; a sum of two shards writes them.
    _ = sums + sums
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def _recompute(units: int) -> Callable[[Path], float]:
    def act(folder: Path) -> float:
        from evalsvc.evidence.archive import open_package
        from evalsvc.evidence.package import read_package
        from evalsvc.evidence.recompute import recompute

        package = _written(folder / f"package-{units}", units)
        return _seconds(lambda: recompute(read_package(open_package(package))))

    return act


FEW, MANY = f"recompute {UNITS // 5:,} units × 3 raters", f"recompute {UNITS:,} units × 3 raters"
# What each case measures in, and the share of the other version's that it may take.
CASES: dict[str, tuple[Callable[[Path], float], str, float]] = {
    "plackett_luce with ties, 4,454 ballots": (_plackett_luce, "s", 0.05),
    "scores_side_by_side, 300 × 60 numbers": (_side_by_side, "s", 0.05),
    "crossed_effects of 73,421 ratings": (_crossed, "s", 1 / 4.7),
    "citizen_sums, 240 units in forms of 8": (_citizens, "MB", 0.1),
    FEW: (_recompute(UNITS // 5), "s", 0.5),
    MANY: (_recompute(UNITS), "s", 0.1),
}


def _thin_table() -> np.ndarray:
    """As many ratings, raters and units as in lme4's own data on lecturers (InstEval)."""
    rng = np.random.default_rng(SEED)
    x = np.full((2972, 1128), np.nan)
    cells = rng.choice(x.size, 73_421, replace=False)
    raters, units = np.unravel_index(cells, x.shape)
    level, severity = 0.5 * rng.normal(size=1128), 0.33 * rng.normal(size=2972)
    x[raters, units] = 3.2 + level[units] + severity[raters] + 1.18 * rng.normal(size=cells.size)
    return x


SCHEME = """\
code: marks
version: "1"
title: {zh: 打分, en: Marks}
source: 基准测试
parameters: {}
components: {}
categories:
  department: {zh: 部门, en: Departments}
rounds:
  year_end: {zh: 年终, en: Year-end}
questionnaires:
  marks:
    title: {zh: 打分表, en: Marks}
    introduction: {zh: 请打分。, en: Please give marks.}
    questions:
      overall: {kind: number, title: {zh: 总体, en: Overall}, from: 0, to: 100}
groups:
  leader:
    name: {zh: 领导, en: Leaders}
    identity: named
    questionnaire: marks
    sees:
      department: {units: all}
score:
  code: total
  name: {zh: 总分, en: Total}
  rule: rated
  round: year_end
  group: leader
  question: overall
publication: {places: 2}
"""


def _written(folder: Path, units: int) -> Path:
    rng = np.random.default_rng(SEED)
    folder.mkdir(exist_ok=True)
    codes = [f"d{k:05d}" for k in range(units)]
    marks = rng.integers(60, 101, size=(3, units))
    tables = {
        "units.csv": ["unit,name,category", *(f"{code},{code},department" for code in codes)],
        "raters.csv": ["group,rater", *(f"leader,l{i}" for i in range(3))],
        "ballots.csv": [
            "round,group,ballot,rater,unit,item,value",
            *(
                f"year_end,leader,y{i},l{i},{code},overall,{marks[i, j]}"
                for i in range(3)
                for j, code in enumerate(codes)
            ),
        ],
    }
    for name, lines in tables.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    return folder


def _seconds(act: Callable[[], object]) -> float:
    start = process_time()
    act()
    return process_time() - start


if __name__ == "__main__":
    main()
