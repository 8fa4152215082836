"""What the packages of the worked cases state is what the tests work out, and is reproduced."""

import importlib
import json

import pytest

from tests.worked.cases import DATA, lines, read_case

MODULES = {
    "bureau-400": "test_bureau_400",
    "golmud": "test_golmud",
    "luoyang-2018": "test_luoyang",
    "three-in-one": "test_three_in_one",
    "zaozhuang-departments": "test_zaozhuang_departments",
    "zaozhuang-districts": "test_zaozhuang_districts",
    "zaozhuang-staff": "test_zaozhuang_staff",
}


@pytest.mark.parametrize("code", MODULES)
def test_a_case_states_the_figures_worked_by_hand(code: str):
    worked = importlib.import_module(f"tests.worked.{MODULES[code]}").WORKED
    text = (DATA / code / "expected.json").read_text(encoding="utf-8")
    stated = json.loads(text)["expected"]
    for unit, figures in worked.items():
        said = {node: stated[unit][node] for node in figures}
        assert said == {n: None if v is None else float(v) for n, v in figures.items()}


@pytest.mark.parametrize("code", MODULES)
def test_every_stated_figure_is_reproduced(code: str):
    case = read_case(code)
    assert case.differences == ()
    stated = {f.node for f in case.figures}
    assert {"published", "rank", "grade", "total"} <= stated
    assert {f.unit for f in case.figures} == lines(case).keys()
