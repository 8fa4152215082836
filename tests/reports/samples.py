"""A small scheme and score trees made by hand, with the worked case as documents want it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from analysis import score
from analysis.score.facts import Adjustment
from analysis.score.rules import (
    Adjusted,
    AdjustmentRule,
    Given,
    Part,
    Rated,
    Rule,
    Satisfaction,
    Total,
    Weighted,
)
from analysis.score.tree import Input, Node, Remark, UnitResult
from evalsvc.questions.forced_ratio import Band, ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.question import Level
from evalsvc.questions.questionnaire import Questionnaire, ask
from evalsvc.reports.content import LetterText
from evalsvc.results.rejections import Rejections
from evalsvc.results.satisfaction import SatisfactionTable, UnitSatisfaction
from evalsvc.results.season import ReportHead, ResultContent
from evalsvc.results.turnout import Turnout
from evalsvc.scheme.model import (
    AdjustmentKind,
    Category,
    Group,
    Parameter,
    Publication,
    Round,
    Scheme,
    Stratum,
)
from evalsvc.scheme.presets import load_preset
from evalsvc.text import Text
from tests.evidence.panshan import package

F = Fraction


@dataclass(frozen=True)
class MadeCard:
    """A card as the domain issues it."""

    group: str
    addressee: str
    token: str
    stratum: str = ""


BANDS = ForcedRatioQuestion(
    "overall",
    Text("综合评价", "Overall"),
    (
        Band("A", Text("好", "Good"), Decimal(100), 50),
        Band("B", Text("一般", "Ordinary"), Decimal(70), 50),
    ),
    4,
)
LEVELS = LevelsQuestion(
    "satisfied",
    Text("满意度", "Satisfaction"),
    (
        Level("yes", Text("满意", "Satisfied"), Decimal(100), True),
        Level("fair", Text("基本满意", "Basically"), Decimal(80), False, True),
        Level("no", Text("不满意", "Dissatisfied"), Decimal(0), False),
        Level("unknown", Text("不了解", "Don't know"), None, False),
    ),
)
QUESTIONNAIRES = {
    "bands": Questionnaire("bands", Text("表一", "Form 1"), Text("", ""), ask(BANDS)),
    "levels": Questionnaire("levels", Text("表二", "Form 2"), Text("", ""), ask(LEVELS)),
}
GROUPS = (
    Group("leader", Text("县领导", "Leaders"), "named", "bands", ()),
    Group("peer", Text("部门互评", "Peers"), "unit", "bands", ()),
    Group(
        "panel",
        Text("评议团", "Panel"),
        "counts",
        "levels",
        (),
        strata=(
            Stratum("town", Text("城镇", "Town"), Decimal(60)),
            Stratum("country", Text("农村", "Country"), Decimal(40)),
        ),
    ),
)
POINTS: dict[str, Fraction | None] = {"A": F(100), "B": F(70)}

HOSTILE = '=HYPERLINK("http://evil")'
COUNTS = {"yes": 10, "fair": 6, "no": 4}


def _rated(code: str, group: str) -> Rated:
    return Rated(code, "year", {"office": group}, "overall", POINTS, None)


SCORE: Rule = Total(
    "total",
    Weighted(
        "total.base",
        (
            Part(F(1, 2), Given("goals", "year")),
            Part(F(3, 10), _rated("leaders", "leader")),
            Part(F(1, 10), _rated("peers", "peer")),
            Part(F(1, 10), Satisfaction("panel", "year", "panel", "satisfied", {}, {}, 30)),
        ),
        "centred",
    ),
    Adjusted("extra", (AdjustmentRule("prize", "times", F(1)),), (), None),
)
NAMES = {
    "total": Text("总分", "Total"),
    "goals": Text("目标", "Goals"),
    "leaders": Text("领导评价", "Leaders"),
    "peers": Text("互评", "Peers"),
    "panel": Text("社会评议", "Panel"),
    "extra": Text("加减分", "Adjustments"),
}
SCHEME = Scheme(
    code="made",
    version="1",
    title=Text("试行方案", "Trial scheme"),
    source="试行〔2026〕1号",
    sha256="5c" * 32,
    categories=(Category("office", Text("机关", "Offices")),),
    rounds=(Round("year", Text("年终", "Year-end")),),
    groups=GROUPS,
    questionnaires=QUESTIONNAIRES,
    parameters=(
        Parameter("trim", "6", Text("去掉极值的人数", "Raters from which to trim"), "未明确", True),
        Parameter("weight", "50", Text("目标权重", "Weight of goals"), "第三条", False),
    ),
    components=(),
    adjustments=(
        AdjustmentKind("prize", Text("表彰", "Prize"), "times", Decimal(1)),
        AdjustmentKind("fault", Text("通报批评", "Criticism"), "times", Decimal(-2)),
    ),
    score=SCORE,
    node_names=NAMES,
    publication=Publication(2),
)


def ballot(group: str, rater: str, raw: str, share: Fraction, note: str = "") -> Input:
    points = POINTS.get(raw) if not note.startswith("void") else None
    return Input(f"ballot:{group}:{rater}", raw, points, share, note)


HEAD = ReportHead(
    season_title="2026年度考评",
    office="县考评办",
    version=3,
    computed_at=datetime(2026, 12, 28, 2, 30, tzinfo=UTC),
    rounds=(Text("年终", "Year-end"),),
    scheme_sha256="5c" * 32,
    package_sha256="ab" * 32,
    custodian="李保管",
)
LETTER = LetterText(
    season_title="2026年度考评",
    office="县考评办",
    contact="考评办 0427-1234567",
    round_name=Text("年终", "Year-end"),
    deadline=datetime(2026, 12, 15, 10, 0, tzinfo=UTC),
    public_url="https://kaoping.example.gov.cn",
    groups={group.code: group for group in GROUPS},
)


def tree(goals: Fraction) -> Node:
    """A unit with goals and leaders only: goals × 5/8 + 88 × 3/8, no adjustments."""
    leaders = Node(
        "leaders",
        "rated",
        F(88),
        F(3, 10),
        F(3, 8),
        inputs=(
            *(ballot("leader", f"L{place}", "A", F(1, 5)) for place in range(3)),
            *(ballot("leader", f"L{place}", "B", F(1, 5)) for place in range(3, 5)),
        ),
    )
    entered = Node(
        "goals",
        "given",
        goals,
        F(1, 2),
        F(5, 8),
        inputs=(Input("indicators:year", str(goals), goals, F(1)),),
    )
    extra = Node("extra", "adjusted", F(0), applied=F(1))
    return Node(
        "total",
        "total",
        goals * F(5, 8) + 33,
        parts=(entered, leaders, extra),
        remarks=(Remark("missing_part", ("peers", "0.1", "proportional")),),
    )


def made_content() -> ResultContent:
    """Two units: 80 × 5/8 + 33 = 83.00 and 96 × 5/8 + 33 = 93.00; one has a hostile name."""
    return ResultContent(
        head=HEAD,
        scheme=SCHEME,
        names={"u1": HOSTILE, "u2": "信访局"},
        units=(
            UnitResult("u1", "office", tree(F(80)), "83.00", 2),
            UnitResult("u2", "office", tree(F(96)), "93.00", 1),
        ),
        turnout=(Turnout("year", "leader", 6, 5), Turnout("year", "peer", 4, 4)),
        rejections=(Rejections("year", "leader", "proportions", 1),),
        adjustments=(Adjustment("year", "u2", "prize", 2, None, "2026-11-01", "县发〔2026〕9号"),),
        satisfaction=(
            SatisfactionTable(
                "year",
                "panel",
                LEVELS,
                (
                    UnitSatisfaction("u1", HOSTILE, 20, 5, COUNTS, F(1, 2), F(4, 5)),
                    UnitSatisfaction("u2", "信访局", 7, 1, None, None, None),
                ),
            ),
        ),
    )


def worked_content() -> ResultContent:
    """The worked case of nine departments and seven towns."""
    scheme = load_preset("panshan-2018")
    facts = package().facts
    return ResultContent(
        head=HEAD,
        scheme=scheme,
        names={unit.code: unit.name for unit in facts.units},
        units=score(scheme.score, facts, 2),
        turnout=(Turnout("half_year", "leader", 8, 7), Turnout("year_end", "leader", 8, 8)),
        adjustments=facts.adjustments,
    )
