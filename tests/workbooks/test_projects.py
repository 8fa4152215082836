"""Where a scheme counts one project once, and only there, the sheet of adjustments asks for it."""

from evalsvc.domain.preparing.figures import AdjustmentRow
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.presets import load_preset
from evalsvc.workbooks.figures import read_figures
from evalsvc.workbooks.figures_layout import figures_layouts
from evalsvc.workbooks.templates import figures_template
from tests.workbooks.filling import fill, show

SCHEME = load_preset("zaozhuang-departments")
UNIT = UnitRow("e01", "市发改委", "economy")


def test_a_project_is_read_and_may_be_left_out():
    rows = [
        [None, "市发改委", "上级主管部门在市级推广", 1, None, "2018-05-10", "简报", "一网通办"],
        [None, "市发改委", "公开通报批评", 1, None, "2018-06-01", "通报", None],
    ]
    filled = fill(
        figures_template(SCHEME, (UNIT,)), {"指标": [["市发改委", 60, 9, 9, 4, 4]], "加减分": rows}
    )
    reading = read_figures(filled, SCHEME, (UNIT,))
    assert show(reading.problems) == []
    assert reading.figures is not None
    assert reading.figures.adjustments == (
        AdjustmentRow(
            "year_end", "e01", "ministry.city", 1, None, "2018-05-10", "简报", "一网通办"
        ),
        AdjustmentRow("year_end", "e01", "criticised", 1, None, "2018-06-01", "通报"),
    )


def test_no_column_where_projects_do_not_matter():
    with_projects = {
        code
        for code in ("panshan-2018", "golmud", "zaozhuang-departments", "zaozhuang-districts")
        if asks(code)
    }
    assert with_projects == {"zaozhuang-departments", "zaozhuang-districts"}


def asks(code: str) -> bool:
    return any(
        column.key == "project"
        for layout in figures_layouts(load_preset(code))
        for column in layout.columns
    )
