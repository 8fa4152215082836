"""Exported workbooks: read back as the same questionnaire, and accepted by the reference reader."""

from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from evalsvc.questions.questionnaire import Asked, Questionnaire
from evalsvc.questions.ranking import RankingQuestion
from evalsvc.questions.sum import SumQuestion
from evalsvc.scheme.model import Category
from evalsvc.scheme.presets import list_presets, load_preset
from evalsvc.text import Text
from evalsvc.xlsform.reading import read_form
from evalsvc.xlsform.writing import ListedUnit, render_form
from tests.xlsform.forms import BEFORE, CATEGORIES, FORMS, QUESTIONNAIRES, Form

pytestmark = pytest.mark.slow

NAMED = tuple(Category(code, Text(code, code)) for code in CATEGORIES)
UNITS = (ListedUnit("u1", "甲局", "county"), ListedUnit("u2", "乙镇", "town"))
OF_PRESETS = [
    (preset, code) for preset in list_presets() for code in load_preset(preset).questionnaires
]


def build_questionnaire(form: Form) -> Questionnaire:
    return Questionnaire("survey", form.title, form.introduction, form.asked, form.manner)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_kind_of_question_comes_back(form: Form, tmp_path: Path) -> None:
    data = render_form(build_questionnaire(form), NAMED, UNITS)
    reading = read_form(data, QUESTIONNAIRES, CATEGORIES)
    assert not reading.problems
    assert reading.questionnaire is not None
    again = render_form(reading.questionnaire, NAMED, UNITS)
    assert again == data
    convert_with_the_reference(data, tmp_path)


@pytest.mark.parametrize(("preset", "code"), OF_PRESETS)
def test_questionnaires_of_the_presets_come_back(preset: str, code: str, tmp_path: Path) -> None:
    scheme = load_preset(preset)
    questionnaire = scheme.questionnaires[code]
    data = render_form(questionnaire, scheme.categories, ())
    reading = read_form(data, scheme.questionnaires, [each.code for each in scheme.categories])
    assert reading.problems == ()
    assert reading.questionnaire == questionnaire
    convert_with_the_reference(data, tmp_path)


def test_questions_before_between_and_after_units_keep_their_order() -> None:
    asked = (
        *FORMS[0].asked,
        Asked(SumQuestion("s", Text("分", "Points"), 5)),
        Asked(RankingQuestion("order", Text("排序", "Order"))),
        Asked(SumQuestion("further", Text("再分", "Again"), 10), categories=frozenset(("town",))),
    )
    questionnaire = Questionnaire("survey", BEFORE.title, BEFORE.introduction, asked)
    reading = read_form(render_form(questionnaire, NAMED, UNITS), QUESTIONNAIRES, CATEGORIES)
    assert reading.problems == ()
    assert reading.questionnaire == questionnaire


def convert_with_the_reference(data: bytes, folder: Path) -> None:
    path = folder / "form.xlsx"
    path.write_bytes(data)
    assert "<h:html" in convert(path).xform
