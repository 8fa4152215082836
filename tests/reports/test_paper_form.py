"""Questionnaires on paper: every kind of question, the exact numbers, nobody asked about itself."""

from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.errors import Problem
from evalsvc.reports.documents.paper_form import (
    NumberLine,
    QuestionBlock,
    TickColumn,
    build_blocks,
    render_paper_form,
)
from evalsvc.scheme.presets import get_preset_text
from evalsvc.text import Text
from evalsvc.work.paper_forms import build_paper_form
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    build_installation,
    get_round_id,
)
from tests.public.every_question import open_place
from tests.reports.reading import list_texts

pytestmark = pytest.mark.slow

GOOD, FAIR, ORDINARY = Text("好", "Good"), Text("较好", "Fair"), Text("一般", "Ordinary")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def every(tmp_path: Path) -> Iterator[Installation]:
    with open_place(tmp_path) as (built, _app, _cards):
        yield built


def list_blocks(installation: Installation, round_id: int, group: str) -> tuple[QuestionBlock, ...]:
    form = build_paper_form(installation.database, round_id, group)
    return build_blocks(form, form.sheets[0])


def test_numbers_of_a_forced_ratio_are_the_ones_that_the_box_asks_for(
    installation: Installation,
) -> None:
    """30/50/20 of 6 departments: 1.8 and 3 rounded down, the rest 2; of 4 towns 1, 2 and 1."""
    round_id = get_round_id(installation, add_panshan(installation))

    departments, towns = list_blocks(installation, round_id, "office")

    assert [column.n for column in departments.columns] == [1, 3, 2]
    assert [column.n for column in towns.columns] == [1, 2, 1]
    assert [unit.name for unit in towns.units] == ["镇07", "镇08", "镇09", "镇10"]


def test_who_may_leave_units_out_gets_the_numbers_for_fewer(every: Installation) -> None:
    """30/40/30 of 5: 1.5 and 2 rounded down, the rest 2; of 4: 1.2, 1.6, the rest 2."""
    block = list_blocks(every, 1, "leader")[0]

    assert block.columns == (
        TickColumn(GOOD, n=1),
        TickColumn(FAIR, n=2),
        TickColumn(ORDINARY, n=2),
    )
    assert block.numbers == (NumberLine(5, (1, 2, 2)), NumberLine(4, (1, 1, 2)))
    assert block.question.is_ordered


def test_items_on_one_scale_share_a_table_and_other_questions_stand_alone(
    every: Installation,
) -> None:
    blocks = list_blocks(every, 1, "leader")

    assert [(len(one.asked), one.question.code, len(one.units)) for one in blocks] == [
        (1, "overall", 5),
        (1, "overall", 2),
        (1, "mark", 5),
        (1, "mark", 2),
        (3, "service.speed", 5),
        (3, "service.speed", 2),
        (1, "why", 5),
        (1, "why", 2),
        (1, "order", 5),
        (1, "order", 2),
        (1, "share", 5),
        (1, "share", 2),
        (1, "points", 5),
        (1, "points", 2),
        (1, "met", 0),
        (1, "visits", 0),
        (1, "wishes", 0),
    ]


def test_points_in_bands_are_written_and_their_limit_is_of_all_units(every: Installation) -> None:
    """20% of 5 departments and 2 towns are 1.4."""
    found = [one for one in list_blocks(every, 1, "leader") if one.question.code == "points"]

    assert [(one.columns, one.quota) for one in found] == [((), {"A": 1}), ((), {"A": 1})]


def test_conditions_are_said_in_words(every: Installation) -> None:
    told = {one.question.code: one.condition for one in list_blocks(every, 1, "leader")}

    assert told["why"] == Text("“办事效率”选了“不满意”", "“Speed” is answered “Not satisfied”")
    assert told["visits"] == Text(
        "“今年到过基层吗”选了“是”", "“Have you been to the grassroots this year” is answered “Yes”"
    )
    assert told["order"] is None


def test_raters_with_the_same_units_share_one_form(installation: Installation) -> None:
    round_id = get_round_id(installation, add_panshan(installation))

    towns = build_paper_form(installation.database, round_id, "mutual_town")

    assert [(one.names, one.left_out, len(one.units)) for one in towns.sheets] == [((), "", 6)]


def test_whoever_would_meet_themselves_has_a_form_of_their_own(installation: Installation) -> None:
    season_id = add_panshan(installation)
    towns = "members: department\n    questionnaire: ranking\n    sees:\n      town: {units: all}\n"
    text = get_preset_text("panshan-2018").replace(
        towns, f"{towns}      department: {{units: all_but_own}}\n"
    )
    seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, text)

    form = build_paper_form(
        installation.database, get_round_id(installation, season_id), "mutual_department"
    )

    assert [(one.names, one.left_out) for one in form.sheets] == [
        ((f"部门0{number}",), f"部门0{number}") for number in range(1, 7)
    ]
    # 5 departments: 1.5, 2.5 and the rest; 4 towns as ever.
    assert [
        [column.n for column in block.columns] for block in build_blocks(form, form.sheets[0])
    ] == [[1, 2, 2], [1, 2, 1]]


def test_a_dealt_panel_has_one_form_with_all_units_in_the_official_order(
    installation: Installation,
) -> None:
    round_id = get_round_id(installation, add_panel_city(installation))

    form = build_paper_form(installation.database, round_id, "panel")

    assert [len(one.units) for one in form.sheets] == [12]
    assert [unit.name for unit in form.sheets[0].units][:3] == ["单位04", "单位08", "单位12"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            [
                "编码标签贴在这里",
                "共5个单位，每个单位只选一档：好1个，较好2个，一般2个。",
                "只有“办事效率”选了“不满意”才回答。",
                "最多选2项。",
                "合计应为100",
                "今年到过基层吗",
                "需要回避的，不评，写理由",
                "—1—",
            ],
        ),
        (
            "en",
            [
                "Stickthelabelhere",
                "5units,onebandeach:Good1,Fair2,Ordinary2.",
                "Mustaddupto100",
                "Leftout,because",
                "—1—",
            ],
        ),
    ],
)
def test_every_kind_of_question_is_printed(
    every: Installation, tmp_path: Path, language: str, said: list[str]
) -> None:
    form = build_paper_form(every.database, 1, "leader")

    pages = list_texts(render_paper_form(form, language), tmp_path)

    text = "".join(pages)
    assert [part for part in said if part not in text] == []


def test_each_form_begins_on_a_page_of_its_own_and_counts_from_one(
    installation: Installation, tmp_path: Path
) -> None:
    season_id = add_panshan(installation)
    form = build_paper_form(installation.database, get_round_id(installation, season_id), "leader")
    seen: list[tuple[int, int]] = []

    pdf = render_paper_form(form, "zh", lambda done, total: seen.append((done, total)))

    pages = list_texts(pdf, tmp_path)
    assert seen == [(1, 1)]
    assert [page.count("—1—") for page in pages] == [1] + [0] * (len(pages) - 1)
    assert "县领导" in (pypdf.PdfReader(tmp_path / "document.pdf").pages[0].extract_text())


def test_without_a_roster_nothing_is_printed(installation: Installation) -> None:
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "新年度",
        "考评办",
        "110",
        get_preset_text("panshan-2018"),
    )

    with pytest.raises(Problem) as refused:
        build_paper_form(installation.database, get_round_id(installation, season_id), "office")

    assert refused.value.kind.code == "roster_empty"
