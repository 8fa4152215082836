"""A scheme of persons: what it must say of whom the public sees, and how it is told."""

import pytest

from evalsvc.scheme.comparison import list_differences
from evalsvc.scheme.explanation import explain
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import get_preset_text, load_preset
from evalsvc.scheme.reader import load_scheme

STAFF = get_preset_text("zaozhuang-staff")
SHOWS = ", shows: [excellent]"


def find_errors(text: str) -> list[tuple[str, str]]:
    with pytest.raises(SchemeErrors) as found:
        load_scheme(text)
    return [(error.field, error.found) for error in found.value.errors]


def test_a_scheme_says_what_it_evaluates_and_whom_it_shows():
    staff = load_preset("zaozhuang-staff")
    assert (staff.evaluates, staff.publication.shows) == ("persons", {"excellent"})
    units = load_preset("panshan-2018")
    assert (units.evaluates, units.publication.shows) == ("units", None)
    assert load_scheme(STAFF.replace(SHOWS, ", shows: []")).publication.shows == frozenset()


def test_who_is_public_is_no_slip_of_the_pen():
    assert find_errors(STAFF.replace(SHOWS, "")) == [("publication", "{places}")]
    assert find_errors(STAFF.replace(SHOWS, ", shows: [best]")) == [
        ("publication.shows[1]", "best")
    ]
    assert find_errors(STAFF.replace("evaluates: persons", "evaluates: people")) == [
        ("evaluates", "people")
    ]


def test_a_kept_scheme_without_the_words_stays_readable():
    """A season that was begun before goes on as it was."""
    before = STAFF.replace("evaluates: persons\n", "").replace(SHOWS, "")
    scheme = load_scheme(before, {})
    assert (scheme.evaluates, scheme.publication.shows) == ("units", None)


def test_both_words_are_explained_and_compared():
    told = [
        line.text.zh
        for section in explain(load_preset("zaozhuang-staff"))
        for line in section.lines
    ]
    assert "只公示这些等次的名单：优秀。其他人的等次、所有人的得分和名次都不公开。" in told
    before = load_scheme(STAFF.replace("evaluates: persons\n", "").replace(SHOWS, ""))
    changes = [
        (each.subject.zh, each.before.zh, each.after.zh)
        for each in list_differences(before, load_preset("zaozhuang-staff"))
    ]
    assert changes == [("考评对象", "单位", "人员"), ("公示哪些等次", "全部", "优秀")]
