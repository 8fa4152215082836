"""Who is in charge of a unit may change between rounds; what was cast before stays valid."""

import pytest
from sqlalchemy import delete

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.domain.preparing import rosters
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.voting import casting
from evalsvc.errors import Problem
from evalsvc.models.roster import Relation
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panshan,
    get_card,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.domain.test_casting import visit_and_fill

pytestmark = pytest.mark.usefixtures("database_url")


def count_leaders(place: Installation, season_id: int) -> str:
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    tree = results.get_unit_result(place.database, season_id, "u01").tree
    node = next(node for node in tree.walk() if node.code == "C.half_year.leader")
    return next(remark.figures[0] for remark in node.remarks if remark.code == "raters")


def test_a_relation_taken_away_later_voids_no_ballot_cast_before(place: Installation) -> None:
    season_id = add_panshan(place)
    round_id = get_round_id(place, season_id, "half_year")
    cards = open_with_cards(place, round_id)
    visit, answers = visit_and_fill(place, get_card(cards, "leader").token)
    casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    with pytest.raises(Problem) as caught:  # closed but not counted: the box needs its relations
        rosters.import_roster(Act(place.database, MANAGER, MORNING), season_id, rosters.Roster(()))
    assert caught.value.kind.code == "roster_in_use"
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    assert count_leaders(place, season_id) == "1"
    with place.database.writing() as session:
        session.execute(delete(Relation).where(Relation.season_id == season_id))
    assert count_leaders(place, season_id) == "1"
