"""What a field's condition is to the script, and in words: by the fields of its own unit."""

from pathlib import Path

from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.reader import load_scheme
from evalsvc.text import Text
from forms.answer import AnswerField
from forms.ballot import BallotForm, Dependence

SCHEME = Path(__file__).parents[1] / "data" / "schemes" / "joined-conditions.yaml"
UNITS = (PaperUnit("d1", "部门", "dep", ""), PaperUnit("t1", "镇", "town", ""))
MET = {"field": "a.met.", "is": ["yes"]}


def find(name: str) -> Dependence | None:
    scheme = load_scheme(SCHEME.read_text())
    form = BallotForm(scheme.questionnaires["joined"], scheme.categories, UNITS)
    field = form[name]
    assert isinstance(field, AnswerField)
    return form.find_condition(field)


def test_each_part_is_of_the_units_own_field_or_of_the_whole_ballots() -> None:
    visits = "a.visits.t1"
    told = find("a.why.t1")

    assert told is not None
    assert told.rule == {
        "any": [
            {"field": "a.work.t1", "is": ["poor"]},
            {
                "all": [
                    MET,
                    {"field": visits, "is": ["other", "papers"]},
                    {"field": visits, "is": ["advice"]},
                ]
            },
        ]
    }
    assert told.said == Text(
        "“工作”选了“差”，或者（“打过交道吗”选了“是”，并且“办过什么事”选了“办证”或“其他”，并且“办过什么事”选了“咨询”）",
        "“Work” is answered “Poor”, or (“Have you dealt with them” is answered “Yes”, and “What "
        "for” is answered “Papers” or “other”, and “What for” is answered “Advice”)",
    )


def test_what_is_asked_about_other_units_only_is_never_answered() -> None:
    """Departments are not asked what for: no field, and no page that fails for want of one."""
    told, towns = find("a.why.d1"), find("a.towns.d1")

    assert told is not None
    assert towns is not None
    assert towns.rule == {"field": "", "is": ["papers"]}
    assert find("a.work.d1") is None
