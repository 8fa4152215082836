"""Places and shares from the raters' ballots to the archive: the documents' own example."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from analysis.score.facts import Answer
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.preparing.trial import try_out
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.voting import casting
from evalsvc.errors import BALLOT_REFUSED, Problem
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.models.roster import Rater, Unit
from evalsvc.reports.words.explain import explain
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.saying import spoken
from tests.scheme.test_documents import ENGLISH, blocks, sketch

F = Fraction
(TEXT,) = [block for block in blocks(ENGLISH, "yaml") if "code: full-order\n" in block]
UNITS = ("d1", "d2", "d3", "d4")
RATERS = {"leader": ("L1", "L2"), "office": ("O1",), "expert": ("E1", "E2")}
BALLOTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "L1": {"order": "1234"},
    "L2": {"order": "2143"},
    "O1": {"band": "BABC", "band.place": "2111"},
    "E1": {"share": ("40", "30", "20", "10")},
    "E2": {"share": ("20", "30", "40", "10")},
}
# Leaders, by (units behind + 1/2) / 4 between 60 and 100: places 1 to 4 are 95, 85, 75, 65, so
# that the means are 90, 90, 70, 70. The office has d2, d3, d1, d4: 85 + 5 x 1.029375, .297011 and
# their negatives. Experts: 30, 30, 30, 10. Weights 50, 30, 20.
TOTALS = {
    "d1": F("45") + F("0.3") * (85 - 5 * F("0.297011")) + 6,  # 76.05
    "d2": F("45") + F("0.3") * (85 + 5 * F("1.029375")) + 6,  # 78.04
    "d3": F("35") + F("0.3") * (85 + 5 * F("0.297011")) + 6,  # 66.95
    "d4": F("35") + F("0.3") * (85 - 5 * F("1.029375")) + 2,  # 60.96
}


def found_season(place: Installation) -> int:
    season_id = seasons.create_season(
        Act(place.database, MANAGER, MORNING), "名次年度", "考评办公室", "0427-0000000", TEXT
    )
    with place.database.writing() as session:
        for position, code in enumerate(UNITS, 1):
            session.add(
                Unit(
                    season_id=season_id,
                    position=position,
                    code=code,
                    name=f"部门{position}",
                    category="department",
                )
            )
        for group, raters in RATERS.items():
            session.add_all(
                Rater(season_id=season_id, group=group, code=code, name=f"评价人{code}")
                for code in raters
            )
    return season_id


def fill(ballot: Mapping[str, Sequence[str]]) -> list[Answer]:
    return [
        Answer(unit, item, value)
        for item, given in ballot.items()
        for unit, value in zip(UNITS, given, strict=True)
    ]


@pytest.mark.usefixtures("database_url")
def test_a_season_of_places_from_ballots_to_package(place: Installation, tmp_path: Path) -> None:
    season_id = found_season(place)
    round_id = get_round_id(place, season_id)
    cards = {card.addressee: card for card in open_with_cards(place, round_id)}
    for rater, ballot in BALLOTS.items():
        token = cards[f"评价人{rater}"].token
        visit = casting.admit(place.database, place.settings, token, MORNING)
        casting.cast(place.database, visit, fill(ballot), casting.new_nonce(), MORNING)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)

    found = results.get_result(place.database, season_id).units
    assert {one.unit: one.tree.value for one in found} == TOTALS
    assert [(one.published, one.rank) for one in found] == [
        ("76.05", 2),
        ("78.04", 1),
        ("66.95", 3),
        ("60.96", 4),
    ]
    packages = archive.build_packages(place.database, place.settings, season_id)
    for edition in (packages.audit, packages.public):
        (tmp_path / "package.zip").write_bytes(edition)
        files = open_package(tmp_path / "package.zip")
        again = recompute(read_package(files, sketch("full-order")))
        assert again.differences == ()


@pytest.mark.usefixtures("database_url")
@pytest.mark.parametrize(
    ("rater", "wrong"),
    [
        ("L1", {"order": "1134"}),
        ("L1", {"order": "1235"}),
        ("O1", {"band": "BABC", "band.place": "1111"}),
        ("O1", {"band": "BABC", "band.place": "3111"}),
        ("E1", {"share": ("40", "30", "20", "11")}),
    ],
)
def test_a_broken_order_or_sum_is_not_accepted(
    place: Installation, rater: str, wrong: Mapping[str, Sequence[str]]
) -> None:
    round_id = get_round_id(place, found_season(place))
    cards = {card.addressee: card for card in open_with_cards(place, round_id)}
    token = cards[f"评价人{rater}"].token
    visit = casting.admit(place.database, place.settings, token, MORNING)
    with pytest.raises(Problem) as caught:
        casting.cast(place.database, visit, fill(wrong), casting.new_nonce(), MORNING)
    assert caught.value.kind is BALLOT_REFUSED


def test_the_sheet_says_what_each_place_is_worth() -> None:
    scheme = sketch("full-order")
    trial = try_out(scheme)
    assert all(one.tree.value is not None for one in trial.results)
    band = next(n for n in trial.results[0].tree.walk() if n.code == "band")
    told = spoken(explain(replace(band, inputs=band.inputs[:1]), scheme))
    assert told.remarks == (
        "票上的名次折算成分：85 + 5 × 名次的期望正态分，限60到100分；并列的取所占各名次的平均。",
    )
    (row,) = told.rows
    names = {"A": "好", "B": "较好", "C": "一般"}
    value, held, score = band.inputs[0].raw.split("|")
    place = held.partition("-")[0]
    assert row.raw == f"{names[value]}，第{place}名，共6个，正态分{score}"
    order = next(n for n in trial.results[0].tree.walk() if n.code == "order")
    first = order.inputs[0].raw.partition("|")[0]
    assert f"第{first}名，共6个" in [row.raw for row in spoken(explain(order, scheme)).rows]
    english = spoken(explain(order, scheme), "en")
    assert english.remarks == (
        "Places on ballots become points: by the share of units placed behind this one (itself "
        "counted half), from 60 to 100; ties get the mean of the places that they hold.",
    )


def test_a_ballot_of_several_questions_says_how_they_make_its_points() -> None:
    scheme = sketch("few-nineties")
    tree = next(one.tree for one in try_out(scheme).results if one.unit == "department-1")
    rating = next(node for node in tree.walk() if node.code == "rating")
    told = spoken(explain(rating, scheme))
    assert told.sentence.startswith(
        "每票按工作实绩 × 70% + 工作作风 × 30%合成。7票，去掉1个最高、1个最低，其余5票平均："
    )
    # .7 × 74 + .3 × 85 = 77.3
    points = {row.raw: row.points for row in told.rows}
    assert points["工作实绩 74；工作作风 85"] == F("77.3")
    assert spoken(explain(rating, scheme), "en").sentence.startswith(
        "On each ballot: Work × 70% + Style × 30%. 7 ballots"
    )
