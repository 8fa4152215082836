"""Where a public package starts, and that it can be recomputed from there."""

from analysis import score
from evalsvc.evidence.package import read_package
from evalsvc.evidence.public import build_public_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.shown_from import Start
from evalsvc.scheme.presets import get_preset_text, load_preset
from tests.evidence.panshan import package

PANSHAN = load_preset("panshan-2018")


def build(*starts: Start) -> dict[str, bytes]:
    facts = package().facts
    results = score(PANSHAN.score, facts, PANSHAN.publication.places)
    text = get_preset_text("panshan-2018")
    return build_public_package(facts, PANSHAN, text, results, starts=starts)


def at(node: str) -> tuple[Start, ...]:
    return tuple(Start(category, node, "raised") for category in ("department", "town"))


def test_nothing_below_the_start_is_in_it():
    files = build(*at("C"))
    assert files["shown_from.csv"] == (b"category,node,why\ndepartment,C,raised\ntown,C,raised\n")
    nodes = {line.split(",")[1] for line in files["scores.csv"].decode().splitlines()[1:]}
    assert nodes == {"C"}
    assert b"C.half_year" not in files["result.json"]
    assert b"I.common" in files["indicators.csv"]


def test_everything_above_is_recomputed():
    outcome = recompute(read_package(build(*at("C"))))
    assert outcome.differences == ()
    assert {f.level for f in outcome.figures if f.node in ("published", "C")} == {"scores"}
    assert {f.level for f in outcome.figures if f.node == "I"} == {"ballots"}


def test_of_totals_alone_no_entered_figure_is_told():
    files = build(*at("total"))
    assert files["indicators.csv"] == b"round,unit,component,value\n"
    values = [line.split(",")[2] for line in files["scores.csv"].decode().splitlines()[1:]]
    assert all(len(value.partition(".")[2]) <= 2 for value in values)  # no finer than published
    assert recompute(read_package(files)).differences == ()


def test_bonuses_and_deductions_are_public_though_their_sum_is_below_the_total():
    files = build(*at("total"))
    assert b'"adjustments"' not in files["result.json"]
    assert len(files["adjustments.csv"].splitlines()) > 1


def test_a_package_that_does_not_say_starts_at_the_groups():
    facts = package().facts
    results = score(PANSHAN.score, facts, PANSHAN.publication.places)
    files = build_public_package(facts, PANSHAN, get_preset_text("panshan-2018"), results)
    assert "shown_from.csv" not in files
    assert b"C.half_year.leader" in files["scores.csv"]
    assert recompute(read_package(files)).differences == ()
