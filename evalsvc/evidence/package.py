"""Reading a package: every file checked against the scheme, all errors raised at once."""

import re
from collections.abc import Mapping

from analysis.panel.small_cells import Thresholds
from analysis.score.facts import LEAST, LEFT_OUT, Facts, Unit
from evalsvc.box.roll import RoundSeal
from evalsvc.evidence.model import Edition, Package, PackageError, PackageErrors
from evalsvc.evidence.package_facts import PackageReader
from evalsvc.evidence.sheets import Sheets, unguarded
from evalsvc.evidence.shown_from import list_hidden_nodes, read_starts
from evalsvc.evidence.stated import read_stated
from evalsvc.evidence.thresholds import read_thresholds
from evalsvc.evidence.write import LAW_FILE
from evalsvc.scheme.file.encoding import decode_scheme
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import list_presets, load_scheme
from evalsvc.text import Text


def read_package(files: Mapping[str, bytes], scheme: Scheme | None = None) -> Package:
    """The package that the files make under `scheme`, or under their own `scheme.yaml`.

    Raises `PackageErrors` with everything that is wrong in any file.
    """
    sheets = Sheets(files)
    scheme = scheme or _own_scheme(sheets)
    # Nothing else can be judged without it.
    if "units.csv" not in files:
        sheets.report_file("units.csv", Text("缺少这个文件", "this file is missing"))
    units = _units(sheets, scheme) if scheme else {}
    if scheme is None or (sheets.errors and not units):
        raise PackageErrors(tuple(sheets.errors))  # every row would be wrong for want of these
    reader = PackageReader(sheets, scheme, units)
    raters = reader.raters()
    ballots = reader.ballots(raters)
    counts = reader.counts()
    facts = Facts(
        units=tuple(reader.units.values()),
        ballots=ballots,
        counts=counts,
        indicators=reader.indicators(),
        adjustments=reader.adjustments(),
        roles=reader.roles(raters),
        own_units={(r.group, r.rater): r.unit for r in raters if r.unit},
        known=reader.known(),
        history=reader.history(),
        exclusions=reader.exclusions(ballots),
        year=reader.year(),
        attachments=reader.attachments(),
        law=_read_law(sheets),
    )
    stated, tolerance = read_stated(sheets, facts.units)
    starts = read_starts(sheets, scheme) or ()
    # All mistakes of all files at once: who corrects one at a time gives up.
    if sheets.errors:
        raise PackageErrors(tuple(sheets.errors))
    # By its content, whatever the package calls itself.
    edition: Edition = "public" if "scores.csv" in files else "audit"
    hidden = list_hidden_nodes(scheme, starts) if edition == "public" else {}
    return Package(edition, scheme, facts, raters, facts.history, stated, tolerance, hidden)


def _own_scheme(sheets: Sheets) -> Scheme | None:
    content = sheets.files.get("scheme.yaml")
    if content is None:
        known = "、".join(list_presets())
        sheets.report_file(
            "scheme.yaml",
            Text(
                f"包里没有方案，请用 --scheme 指明预设（{known}）或方案文件",
                f"the package has no scheme; name a preset ({known}) or a file with --scheme",
            ),
        )
        return None
    try:
        return load_scheme(decode_scheme(content), _read_sealed(sheets))
    except SchemeErrors as found:
        sheets.errors += [
            PackageError("scheme.yaml", e.line, e.field, e.found, e.expected) for e in found.errors
        ]
        return None


def _read_law(sheets: Sheets) -> int:
    """By which law the package's result was computed; it recomputes to what it said by no other."""
    content = sheets.files.get(LAW_FILE)
    if content is None:
        # Results had no such file as long as a forbidden figure was left out.
        return LEFT_OUT if "result.json" in sheets.files else LEAST
    if content != f"{LEAST}\n".encode():
        sheets.report_file(
            LAW_FILE,
            Text(
                f"应为 {LEAST}；别的数是以后版本的算法，请用写这个包的版本重新计算",
                f"expected {LEAST}; by another number a later version computed it: recompute with "
                "the version that wrote the package",
            ),
        )
    return LEAST


def _read_sealed(sheets: Sheets) -> dict[str, Thresholds]:
    """The thresholds under which each round opened, as its seal tells."""
    sealed = {}
    # Older rounds may have other numbers than this program: the scheme is read under their own.
    for name in sheets.files:
        found = re.fullmatch(r"box/([^/]+)/seal\.json", name)
        if found:
            try:
                seal = RoundSeal.from_json(sheets.files[name].decode())
                sealed[found[1]] = read_thresholds(seal)
            except (RecursionError, TypeError, ValueError):
                sheets.report_file(name, Text("封存内容格式不对", "this is not a round's seal"))
    return sealed


def _units(sheets: Sheets, scheme: Scheme) -> dict[str, Unit]:
    rows = sheets.rows("units.csv", ("unit", "name", "category"), ("flags",))
    sheets.once(rows, ("unit",))
    categories = [category.code for category in scheme.categories]
    units = {}
    for row in rows:
        # Codes stand in names of columns, files and addresses.
        if not re.fullmatch(r"\w[^\s\"';,]{0,79}", row["unit"]):
            sheets.report(
                row,
                "unit",
                Text(
                    "应为单位代码：以文字或数字开头，无空格和引号",
                    "expected a unit's code: a letter or digit first, no spaces or quotes",
                ),
            )
        sheets.known(row, "category", categories, Text("类别", "category"))
        flags = frozenset(filter(None, re.split(r"[;；,\s]+", row["flags"])))
        units[row["unit"]] = Unit(row["unit"], unguarded(row["name"]), row["category"], flags)
    return units
