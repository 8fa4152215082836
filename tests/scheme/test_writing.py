"""A questionnaire written back into a scheme's file: the same values, and nothing else touched."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalsvc.scheme.presets import list_presets
from evalsvc.scheme.reader import load_scheme
from evalsvc.scheme.writing import replace_questionnaire
from evalsvc.text import Text
from tests.xlsform.forms import FORMS

PRESETS = Path(__file__).parents[2] / "schemes"


@pytest.mark.parametrize("code", list_presets())
def test_what_is_put_back_unchanged_reads_the_same(code: str) -> None:
    text = (PRESETS / f"{code}.yaml").read_text(encoding="utf-8")
    scheme = load_scheme(text)
    for questionnaire in scheme.questionnaires.values():
        again = load_scheme(replace_questionnaire(text, scheme, questionnaire))
        assert replace(again, sha256=scheme.sha256) == scheme


def test_other_lines_and_references_to_parameters_stay() -> None:
    text = (PRESETS / "panshan-2018.yaml").read_text(encoding="utf-8")
    scheme = load_scheme(text)
    renamed = replace(scheme.questionnaires["ranking"], title=Text("新的评价表", "A new form"))
    changed = replace_questionnaire(text, scheme, renamed)
    assert load_scheme(changed).questionnaires["ranking"] == renamed
    before, after = text.split("questionnaires:\n"), changed.split("questionnaires:\n")
    assert after[0] == before[0]
    assert after[1].partition("\ngroups:")[2] == before[1].partition("\ngroups:")[2]
    assert "share: $band_a_share" in after[1]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_kind_of_question_is_written(form) -> None:
    text = (PRESETS / "three-in-one.yaml").read_text(encoding="utf-8")
    scheme = load_scheme(text)
    # Conditions name categories; those of the sample forms are not the preset's.
    asked = tuple(replace(each, categories=frozenset()) for each in form.asked)
    panel = replace(scheme.questionnaires["panel"], asked=asked, manner=form.manner)
    changed = replace_questionnaire(text, scheme, panel)
    for each in asked:
        assert f"      {each.question.code}:\n" in changed


def test_an_unknown_questionnaire_has_no_place() -> None:
    text = (PRESETS / "panshan-2018.yaml").read_text(encoding="utf-8")
    scheme = load_scheme(text)
    with pytest.raises(KeyError, match="nowhere"):
        replace_questionnaire(
            text, scheme, replace(scheme.questionnaires["ranking"], code="nowhere")
        )
