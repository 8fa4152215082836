"""Keys made and rehearsed once for a season: each round opens by itself, and is destroyed alone."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evalsvc.box.keys import CHEAPEST, PassphraseCheck
from evalsvc.box.round_keys import RoundKey
from evalsvc.commands import custodian as command
from evalsvc.domain import events, seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import custody, offline, rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.errors import (
    PASSPHRASE_OF_WRONG,
    PASSPHRASES_WRONG,
    UPLOAD_REFUSED,
    WRONG_STATE,
    Kind,
    Problem,
)
from evalsvc.models.season import Round
from tests.cast import (
    CUSTODIAN,
    DEADLINE,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panshan,
    build_installation,
    get_round_id,
    ignore_progress,
)

pytestmark = pytest.mark.slow

THREE = {
    "甲": "甲的口令 一句自己记得住的话",
    "乙": "乙的口令 也是一句话记得住",
    "丙": "丙的口令 又一句话很容易记",
}
TWO = {name: THREE[name] for name in ("丙", "甲")}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path / "service")
    yield built
    built.database.close()


@pytest.fixture
def both(place: Installation) -> tuple[int, int]:
    """The half-year's round and the year's end."""
    season_id = add_panshan(place)
    return get_round_id(place, season_id, "half_year"), get_round_id(place, season_id)


def act_of(place: Installation, actor: object = CUSTODIAN) -> Act:
    return Act(place.database, actor, MORNING)  # type: ignore[arg-type]  # one of the cast


def make(place: Installation, round_id: int) -> None:
    custody.make_keys_for_three(act_of(place), round_id, THREE, cost=CHEAPEST, season=True)


def run_round(place: Installation, round_id: int) -> None:
    """Issued, begun, closed: nobody answers."""
    manager = act_of(place, MANAGER)
    rounds.issue(manager, place.settings, round_id, DEADLINE)
    rounds.open_round(manager, place.settings, round_id)
    rounds.close_round(manager, place.settings, round_id)


def find_checks(place: Installation, round_id: int) -> Mapping[str, PassphraseCheck]:
    with place.database.reading() as session:
        return RoundKey.from_json(session.get_one(Round, round_id).wrapped_key or "").checks


def refuses(kind: Kind, act: object) -> None:
    with pytest.raises(Problem) as raised:
        act()  # type: ignore[operator]  # a lambda of the test's
    assert raised.value.kind is kind


def test_once_made_and_rehearsed_every_round_may_begin(
    place: Installation, both: tuple[int, int]
) -> None:
    make(place, both[0])
    custody.rehearse_opening(act_of(place), both[0], THREE)
    views = [seasons.get_round(place.database, each) for each in both]
    assert [(each.custody, each.rehearsed_at) for each in views] == [("pairs", MORNING)] * 2
    assert custody.count_under(place.database, both[1]) == 2
    told = [each for each in events.list_events(place.database) if each.verb == "make_keys"]
    details = [json.loads(each.detail) for each in told]
    # A key of its own for each, under one of the season.
    assert len({each["public_key"] for each in details}) == 2
    assert len({each["season_key"] for each in details}) == 1
    for round_id in both:
        run_round(place, round_id)
        open_box(act_of(place), place.settings, round_id, TWO, ignore_progress)
        assert seasons.get_round(place.database, round_id).state == "counted"


def test_a_destroyed_round_stays_shut_while_the_other_opens(
    place: Installation, both: tuple[int, int]
) -> None:
    make(place, both[0])
    custody.rehearse_opening(act_of(place), both[0], THREE)
    run_round(place, both[0])
    open_box(act_of(place), place.settings, both[0], TWO, ignore_progress)
    custody.destroy_keys(act_of(place), place.settings, both[0])
    with place.database.reading() as session:
        gone, kept = (session.get_one(Round, each) for each in both)
        assert gone.wrapped_key == "[]"
        refuses(WRONG_STATE, lambda: custody.unlock_box(gone, TWO))
        # What the other round's row holds opens that round, not the destroyed one.
        private = custody.unlock_box(kept, TWO)
        assert custody.rehearse(kept.public_key or b"", private)
        assert not custody.rehearse(gone.public_key or b"", private)
    assert custody.count_under(place.database, both[1]) == 1


def test_a_wrong_pass_phrase_rehearses_no_round(place: Installation, both: tuple[int, int]) -> None:
    make(place, both[0])
    # One slip in 256 fits the byte that is kept of a pass-phrase; this one is made not to.
    slip = next(
        typed
        for typed in (f"另外一句很长的口令 不对 {n}" for n in range(99))
        if not find_checks(place, both[1])["丙"].fits(typed)
    )
    wrong = {**THREE, "丙": slip}
    with pytest.raises(Problem) as raised:
        custody.rehearse_opening(act_of(place), both[1], wrong)
    assert raised.value.kind is PASSPHRASE_OF_WRONG
    assert raised.value.text.zh.startswith("丙的口令不对，")
    views = [seasons.get_round(place.database, each) for each in both]
    assert [each.rehearsed_at for each in views] == [None, None]


def test_a_round_with_own_keys_keeps_them(place: Installation, both: tuple[int, int]) -> None:
    custody.make_keys(act_of(place), both[1], PASSPHRASE, cost=CHEAPEST)
    custody.rehearse_opening(act_of(place), both[1], PASSPHRASE)
    make(place, both[0])
    custody.rehearse_opening(act_of(place), both[0], THREE)
    assert seasons.get_round(place.database, both[1]).custody == "sole"
    assert custody.count_under(place.database, both[1]) == 0
    with place.database.reading() as session:
        row = session.get_one(Round, both[1])
        refuses(PASSPHRASES_WRONG, lambda: custody.unlock_box(row, TWO))


def test_new_keys_of_one_round_leave_the_others_rehearsed(
    place: Installation, both: tuple[int, int]
) -> None:
    make(place, both[0])
    custody.rehearse_opening(act_of(place), both[0], THREE)
    custody.make_keys(act_of(place), both[1], PASSPHRASE, cost=CHEAPEST)
    views = [seasons.get_round(place.database, each) for each in both]
    assert [each.rehearsed_at for each in views] == [MORNING, None]


def test_one_custodian_makes_them_for_a_season_too(
    place: Installation, both: tuple[int, int]
) -> None:
    custody.make_keys(act_of(place), both[1], PASSPHRASE, cost=CHEAPEST, season=True)
    custody.rehearse_opening(act_of(place), both[1], PASSPHRASE)
    run_round(place, both[0])
    open_box(act_of(place), place.settings, both[0], PASSPHRASE, ignore_progress)
    assert seasons.get_round(place.database, both[0]).state == "counted"


# ---- on a machine of the custodians ----


def run(arguments: list[str], typed: list[str]) -> Result:
    return CliRunner().invoke(command.custodian, arguments, input="\n".join(typed) + "\n")


def test_a_season_is_made_and_opened_off_the_network(
    place: Installation, both: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "COST", CHEAPEST)
    folder = tmp_path / "laptop"
    names = [part for name in THREE for part in ("--name", name)]
    codes = ["--round", "half_year", "--round", "year_end"]
    made = run(["make", str(folder), *names, *codes], [p for p in THREE.values() for _ in (1, 2)])
    assert made.exit_code == 0, made.output
    keys = custody.read_public_key((folder / command.PUBLIC).read_bytes())
    assert sorted(keys.rounds) == ["half_year", "year_end"]
    custody.take_public_key(act_of(place), both[1], keys)
    test = folder / "test.sealed"
    test.write_bytes(custody.build_test_text(place.database, place.settings, both[1]))
    wrapped = str(folder / command.WRAPPED)
    word = run(["rehearse", wrapped, str(test)], list(THREE.values())).stdout.strip()
    custody.confirm_rehearsal(act_of(place), place.settings, both[1], word.rpartition(" ")[2])
    for round_id in both:
        assert seasons.get_round(place.database, round_id).rehearsed_at == MORNING
        run_round(place, round_id)
        box = folder / f"box-{round_id}.jsonl.gz"
        box.write_bytes(offline.export_box(act_of(place), round_id))
        present = ["--name", "丙", "--name", "甲"]
        opened = run(["open", wrapped, str(box), *present], list(TWO.values()))
        assert opened.exit_code == 0, opened.output
        content = (folder / f"opened-box-{round_id}.json.gz").read_bytes()
        offline.take_opened(act_of(place), place.settings, round_id, content)
        assert seasons.get_round(place.database, round_id).state == "counted"


def test_keys_of_another_seasons_rounds_are_refused_by_name(
    place: Installation, both: tuple[int, int]
) -> None:
    for rounds_of in ({"q1": bytes(32)}, {"half_year": bytes(32), "q1": bytes(32)}):
        keys = custody.PublicKeys(bytes(32), tuple(THREE), rounds_of)
        with pytest.raises(Problem) as raised:
            custody.take_public_key(act_of(place), both[0], keys)
        assert raised.value.kind is UPLOAD_REFUSED
        assert "q1" in raised.value.text.zh
    assert not seasons.get_round(place.database, both[0]).has_keys
