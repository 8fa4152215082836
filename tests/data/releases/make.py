"""Makes a release's databases, packages and pages with that release's own code.

    git worktree add --detach /tmp/release v0.1.0
    cd /tmp/release && ./run setup dev
    PYTHONPATH=. .venv/bin/python THIS_FOLDER/make.py THIS_FOLDER/v0.1.0

Run once for a release, when it is tagged. Keys and pass-phrases in what it writes were made for
the tests and open nothing else. Both databases hold seasons of every preset and of every state;
SQLite's has the whole demonstration season besides.
"""
# ruff: noqa: E402 (the clock is stopped before anything of the program is loaded)

import json
import lzma
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import walking
from sqlalchemy import select, text

walking.stop_the_clock()

from analysis.score.facts import Answer
from evalsvc.attached.kinds import CheckedFile
from evalsvc.box.cards import Card
from evalsvc.box.keys import CHEAPEST
from evalsvc.db import Database, connect
from evalsvc.demo.ballots import fill_ballot
from evalsvc.demo.season import Office, found_season
from evalsvc.demo.story import Story, tell_story
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor, build_outsider
from evalsvc.domain.assessing import assessments, task_reports, tasks
from evalsvc.domain.assessing.assessments import Entry, Remark
from evalsvc.domain.assessing.tasks import Proposal
from evalsvc.domain.concluding import (
    archive,
    archiving,
    exclusions,
    periods,
    publishing,
    results,
    reviews,
)
from evalsvc.domain.concluding.periods import Period, Terms
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import bodies, liaisons, staff
from evalsvc.domain.preparing import attachments, figures
from evalsvc.domain.preparing.attachments import Belonging
from evalsvc.domain.sealing import anchors, custody, opening, reissue, rounds
from evalsvc.domain.voting import card_reports, casting, drafts
from evalsvc.domain.words import comments
from evalsvc.domain.words.comments import CommentQuery, CommentVerdict
from evalsvc.migrating import migrate
from evalsvc.models.job import Job
from evalsvc.models.roster import Unit
from evalsvc.models.staff import RecoveryCode, Staff
from evalsvc.scheme.presets import list_presets
from evalsvc.settings import Settings, prepare_instance
from tests.cast import add_panshan
from tests.flagged_cast import add_flagged, find_flagged_ballot
from tests.office_cast import SAFETY, add_bodies_season, add_figures, fill
from tests.postgres import find_binaries, running_cluster

NOW = walking.NOW
LONG_AGO = NOW - timedelta(days=90)
SOON = NOW + timedelta(days=20)
PASSPHRASE = walking.PASSPHRASE
MANAGER = Actor(1, "manager", "考评办", frozenset({"administrator", "manager", "distributor"}))
CUSTODIAN = Actor(2, "custodian", "保管人", frozenset({"custodian"}))
COMMENT_QUESTION = """
      comment:
        kind: text
        about: units
        title: {zh: 想说的话, en: Anything to say}
        longest: 200
      age:
        kind: choice
        title: {zh: 年龄, en: Age}
        options:
          young: {zh: 35岁以下, en: Under 35}
          older: {zh: 35岁以上, en: 35 and over}
"""


def main(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        make_sqlite(Path(folder) / "sqlite", out)
    binaries = find_binaries()
    with running_cluster(binaries) as cluster, tempfile.TemporaryDirectory() as folder:
        make_postgresql(Path(folder) / "postgresql", cluster, out)


def make_sqlite(instance: Path, out: Path) -> None:
    url = f"sqlite:///{instance / 'evalsvc.sqlite'}"
    made = Maker(instance, url)
    made.play(every=1)
    for edition, content in made.packages.items():
        (out / f"package-{edition}.zip").write_bytes(content)
    made.close()
    small = instance / "small.sqlite"
    with sqlite3.connect(instance / "evalsvc.sqlite") as connection:
        connection.execute("VACUUM INTO ?", (str(small),))
    keep(out / "sqlite.xz", small.read_bytes())
    keep_instance(instance, out / "sqlite-instance.tar.xz")
    keep(out / "sqlite-known.json.xz", write_json(made.known))
    keep(out / "sqlite-pages.json.xz", write_json(walking.walk(instance, url)))


def make_postgresql(instance: Path, cluster, out: Path) -> None:
    url = cluster.create_database()
    made = Maker(instance, url)
    made.play(every=3)
    made.close()
    database = url.split("@/")[1].split("?")[0]
    dumped = subprocess.run(
        [cluster.binaries / "pg_dump", "--host", cluster.folder, "--username", "postgres",
         "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=200", database],
        capture_output=True, text=True, check=True,
    ).stdout  # a table, read by rows  # fmt: skip
    keep(out / "postgresql.sql.xz", strip_dump(dumped).encode())
    keep_instance(instance, out / "postgresql-instance.tar.xz")
    keep(out / "postgresql-known.json.xz", write_json(made.known))
    keep(out / "postgresql-pages.json.xz", write_json(walking.walk(instance, url)))


def strip_dump(dumped: str) -> str:
    """Without psql's own commands and without settings that only some servers know.

    A text that runs over several lines, such as a scheme, keeps every one of them.
    """
    kept, within = [], False
    for line in dumped.split("\n"):
        if within or not (line.startswith(("SET ", "\\", "--")) or not line.strip()):
            kept.append(line)
        if within or not line.startswith("--"):
            within ^= line.count("'") % 2 == 1
    assert not within
    return "\n".join(kept) + "\n"


class Maker:
    """One installation, and everything that happens in it."""

    def __init__(self, instance: Path, url: str) -> None:
        self.settings = Settings(
            instance=instance,
            database_url=url,
            public_url="http://localhost",
            trusted_hosts=(),
            secure_cookies=False,
            small_office=True,
            second_factor=False,
        )
        prepare_instance(self.settings)
        migrate(url)
        self.database: Database = connect(url, self.settings.peppers)
        self.packages: dict[str, bytes] = {}
        self.known: dict[str, object] = {"seasons": {}, "cards": {}}
        self._hire()
        self.office = Office(self.database, self.settings, MANAGER, CUSTODIAN, PASSPHRASE)

    def close(self) -> None:
        self.database.close()

    def play(self, every: int) -> None:
        """Every preset, every state; `every` says how many of the invitees answer."""
        panshan = tell_story("panshan-2018")
        if every == 1:
            season = self._counted(panshan, "演示全年", every)
            self.packages["year-public"] = self._pack(season).public
        self._preparing()
        self._issued()
        self._open()
        self._closed()
        self._published()
        self._archived()
        self._city()
        for preset in list_presets():
            if preset not in ("panshan-2018", "three-in-one"):
                self._counted(tell_story(preset), preset, 5 * every)
        seasons_made = self.known["seasons"]
        published = self._pack(seasons_made["published"])
        self.packages["published-audit"] = published.audit
        self.packages["published-public"] = published.public
        self.packages["city-public"] = self._pack(seasons_made["city"]).public

    def _pack(self, season_id: int) -> archive.Packages:
        return archive.build_packages(self.database, self.settings, season_id)

    # ---- people ----

    def _hire(self) -> None:
        people = (
            ("manager", "考评办", "administrator,manager,distributor"),
            ("custodian", "保管人", "custodian"),
            ("auditor", "监督人", "auditor"),
            *((role, f"{role}同事", role) for role in ("liaison", "assessor", "assistant")),
            ("lead", "牵头单位同事", "assessor"),
            ("leader", "分管领导", "assessor"),
            ("group", "领导小组", "assessor"),
        )
        self.actors = {}
        with self.database.writing() as session:
            for login, name, roles in people:
                row = Staff(login=login, name=name, roles=roles)
                session.add(row)
                session.flush()
                actor = Actor(row.id, login, name, frozenset(roles.split(",")))
                self.actors[login] = actor
        for login, name, roles in people:
            link = staff.make_link(
                Act(self.database, build_outsider("shell"), NOW), login, name, roles.split(",")
            )
            secret = staff.use_link(self.database, link, walking.PASSWORD, NOW)
            assert staff.find_actor(self.database, secret, NOW) is not None
        with self.database.writing() as session:
            session.add(RecoveryCode(hash=secrets.token_bytes(32), staff_id=1))
        staff.make_link(
            Act(self.database, build_outsider("shell"), NOW), "newcomer", "新同事", ("manager",)
        )

    # ---- seasons ----

    def _note(self, name: str, season_id: int) -> int:
        self.known["seasons"][name] = season_id
        return season_id

    def _round(self, season_id: int, code: str) -> int:
        season = seasons.get_season(self.database, season_id)
        return next(one.id for one in season.rounds if one.code == code)

    def _issue(self, round_id: int) -> tuple[Card, ...]:
        custody.make_keys(
            Act(self.database, CUSTODIAN, LONG_AGO), round_id, PASSPHRASE, cost=CHEAPEST
        )
        custody.rehearse_opening(Act(self.database, CUSTODIAN, LONG_AGO), round_id, PASSPHRASE)
        return rounds.issue(Act(self.database, MANAGER, LONG_AGO), self.settings, round_id, SOON)

    def _start(self, round_id: int) -> tuple[Card, ...]:
        cards = self._issue(round_id)
        rounds.open_round(Act(self.database, MANAGER, LONG_AGO), self.settings, round_id)
        return cards

    def _end(self, round_id: int) -> None:
        rounds.close_round(Act(self.database, MANAGER, NOW), self.settings, round_id)
        act = Act(self.database, CUSTODIAN, NOW)
        opening.open_box(act, self.settings, round_id, PASSPHRASE, lambda *_: None)

    def _cast(self, story: Story, code: str, cards: Sequence[Card]) -> None:
        for card in cards:
            visit = casting.admit(self.database, self.settings, card.token, LONG_AGO)
            paper = casting.get_paper(self.database, visit, LONG_AGO)
            units = [unit.code for unit in paper.units]
            answers = fill_ballot(story, card.group, units, card.addressee, code)
            casting.cast(self.database, visit, answers, casting.new_nonce(), LONG_AGO)

    def _counted(self, story: Story, name: str, every: int) -> int:
        season_id = self._note(name, found_season(self.office, story, name, LONG_AGO))
        for one in story.scheme.rounds:
            if story.scheme.list_groups(one.code):
                round_id = self._round(season_id, one.code)
                cards = self._start(round_id)
                self._cast(story, one.code, cards[::every])
                self._end(round_id)
        figures.import_figures(Act(self.database, MANAGER, NOW), season_id, story.figures)
        results.compute_result(Act(self.database, MANAGER, NOW), self.settings, season_id)
        return season_id

    def _preparing(self) -> None:
        """With assessing bodies, tasks, files and accounts: the office's spring."""
        season_id = self._note("preparing", add_bodies_season(self))
        database, assessor = self.database, self.actors["assessor"]
        liaison = self.actors["liaison"]
        for login, body in (
            ("assessor", "emergency"),
            ("lead", "u02"),
            ("leader", "leader"),
            ("group", "leading_group"),
        ):
            bodies.bind_member(Act(database, MANAGER, NOW), season_id, login, body)
        liaisons.bind_liaison(Act(database, MANAGER, NOW), season_id, "liaison", "u01")
        assessments.ask_for_sheets(Act(database, MANAGER, NOW), season_id, SOON)
        entries = [*fill("88.5")]
        assessments.save_entries(
            Act(database, assessor, NOW),
            season_id,
            "year_end",
            "emergency",
            entries,
            [Remark("u01", "说明", "依据")],
        )
        file = CheckedFile("台账.pdf", "pdf", b"%PDF-1.4 made for the tests")
        at = Belonging("figure", "year_end", "u01", "emergency", SAFETY)
        attachments.attach(Act(database, assessor, NOW), season_id, at, file)
        wrong = CheckedFile("别的.pdf", "pdf", b"%PDF-1.4 made for the tests, too")
        gone = attachments.attach(Act(database, assessor, NOW), season_id, at, wrong)
        attachments.remove_attachment(Act(database, assessor, NOW), gone, "传错了")
        assessments.hand_in(Act(database, assessor, NOW), season_id, "year_end", "emergency")
        assessments.accept_sheet(Act(database, MANAGER, NOW), season_id, "year_end", "emergency")
        self._change_figure_after_acceptance(season_id, assessor)
        proposal = Proposal("u01", "u02", "农村公路改造", "改造农村公路120公里", "120", "100", "2")
        waiting = replace(proposal, title="等审的任务")
        tasks.propose_task(Act(database, liaison, NOW), season_id, waiting)
        standing = tasks.propose_task(Act(database, liaison, NOW), season_id, proposal)
        for login in ("lead", "manager", "leader", "group"):
            tasks.decide_task(Act(database, self.actors[login], NOW), standing, "", agreed=True)
        task_reports.ask_for_reports(Act(database, MANAGER, NOW), season_id, "year_end", SOON)
        report = self._first("task_report")
        task_reports.report_task(Act(database, liaison, NOW), report, "完成80公里")
        grades = task_reports.PLAIN_GRADES
        task_reports.grade_report(
            Act(database, self.actors["lead"], NOW), report, next(iter(grades)), "好"
        )

    def _change_figure_after_acceptance(self, season_id: int, assessor: Actor) -> None:
        database = self.database
        assessments.return_sheet(
            Act(database, MANAGER, NOW), season_id, "year_end", "emergency", "请再核对"
        )
        assessments.save_entries(
            Act(database, assessor, NOW),
            season_id,
            "year_end",
            "emergency",
            [Entry("u02", SAFETY, "90")],
            [],
        )
        assessments.hand_in(Act(database, assessor, NOW), season_id, "year_end", "emergency")
        assessments.accept_sheet(Act(database, MANAGER, NOW), season_id, "year_end", "emergency")

    def _issued(self) -> None:
        season_id = self._note("issued", add_panshan(self))
        round_id = self._round(season_id, "year_end")
        cards = self._issue(round_id)
        self.known["cards"]["issued"] = [card.token for card in cards[:3]]
        states = (("issue", "done"), ("paper_form", "failed"), ("audit", "running"))
        with self.database.writing() as session:
            for kind, state in states:
                session.add(
                    Job(
                        id=secrets.token_hex(16),
                        kind=kind,
                        season_id=season_id,
                        round_id=round_id,
                        staff_id=1,
                        started_at=NOW,
                        beat_at=NOW,
                        state=state,
                        done=3,
                        total=9,
                        filename="invitations.zip" if state == "done" else "",
                        problem='{"zh": "出了问题", "en": "a fault"}' if state == "failed" else "",
                    )
                )

    def _open(self) -> None:
        season_id = self._note("open", add_panshan(self))
        round_id = self._round(season_id, "year_end")
        cards = self._start(round_id)
        story = self._story_of(season_id)
        self._cast(story, "year_end", cards[::3])
        self._cast(story, "year_end", cards[:2])  # answers changed once
        left = [card for card in cards if card not in cards[::3]][1:]
        visit = casting.admit(self.database, self.settings, left[0].token, NOW)
        lengths = casting.get_paper(self.database, visit, NOW).lengths
        drafts.save_draft(self.database, visit, [("a.overall.u01", "A")], 0, NOW, lengths)
        card_reports.report_card(self.database, visit, NOW)
        exchanged = reissue.propose_by_code(
            Act(self.database, MANAGER, NOW),
            self.settings,
            "reissue",
            round_id,
            left[-1].token,
            "信丢了",
        )
        reissue.reissue(Act(self.database, MANAGER, NOW), self.settings, exchanged)
        reissue.propose_by_code(
            Act(self.database, MANAGER, NOW),
            self.settings,
            "revoke",
            round_id,
            left[-2].token,
            "调离",
        )
        anchors.publish_anchor(self.database, self.settings, round_id, NOW)
        self.known["cards"]["open"] = [card.token for card in left[:3]]

    def _closed(self) -> None:
        season_id = self._note("closed", add_panshan(self))
        round_id = self._round(season_id, "year_end")
        cards = self._start(round_id)
        self._cast(self._story_of(season_id), "year_end", cards[::2])
        rounds.close_round(Act(self.database, MANAGER, NOW), self.settings, round_id)

    def _published(self) -> None:
        """A flagged ballot excluded, the result shown, a review asked for."""
        season_id = self._note("published", add_flagged(self))
        database = self.database
        ballot = find_flagged_ballot(self, season_id, "leader")
        exclusions.propose_exclusion(
            Act(database, MANAGER, NOW),
            self.settings,
            season_id,
            "year_end",
            ballot,
            "本人确认把次序看反了",
        )
        results.compute_result(Act(self.database, MANAGER, NOW), self.settings, season_id)
        periods.set_terms(Act(database, MANAGER, NOW), season_id, Terms(5, 9, 8, 7))
        self._publish(season_id, 2)
        liaisons.bind_liaison(Act(database, MANAGER, NOW), season_id, "liaison", "t01")
        reason = "请复核民主测评得分，与公布的数不一致"
        reviews.ask_review(Act(database, self.actors["liaison"], NOW), season_id, "t01", reason)

    def _publish(self, season_id: int, version: int, moment=NOW) -> None:
        publishing.propose(Act(self.database, MANAGER, moment), season_id, "")
        today = office_day(moment)
        period = Period(today, today + timedelta(days=5))
        act = Act(self.database, MANAGER, moment)
        publishing.begin_publicity(act, self.settings, season_id, version, period)

    def _archived(self) -> None:
        """A year that is over: final, its packages kept, its keys destroyed."""
        season_id = self._note("archived", add_panshan(self))
        scheme = seasons.get_season(self.database, season_id).scheme_text
        scheme = scheme.replace("value: not_ranked", "value: proportional")
        seasons.change_scheme(Act(self.database, MANAGER, LONG_AGO), season_id, scheme)
        story = self._story_of(season_id)
        round_id = self._round(season_id, "year_end")
        self._cast(story, "year_end", self._start(round_id)[::2])
        self._end(round_id)
        add_figures(self, season_id)
        results.compute_result(Act(self.database, MANAGER, LONG_AGO), self.settings, season_id)
        self._publish(season_id, 1, LONG_AGO)
        publishing.make_final(Act(self.database, MANAGER, NOW), self.settings, season_id, 1)
        archiving.archive_version(Act(self.database, MANAGER, NOW), self.settings, season_id, 1)
        custody.destroy_keys(Act(self.database, CUSTODIAN, NOW), round_id)

    def _city(self) -> None:
        """A panel that has answered, with comments, some of them reviewed, and a shown result."""
        story = tell_story("three-in-one")
        seats = tuple(replace(row, seats=12) for row in story.roster.seats)
        story = replace(story, roster=replace(story.roster, seats=seats))
        season_id = self._note("city", found_season(self.office, story, "city", LONG_AGO))
        scheme = seasons.get_season(self.database, season_id).scheme_text
        scheme = scheme.replace("\ngroups:\n", COMMENT_QUESTION + "\ngroups:\n", 1)
        seasons.change_scheme(Act(self.database, MANAGER, LONG_AGO), season_id, scheme)
        round_id = self._round(season_id, "year_end")
        cards = self._start(round_id)
        written = ("办事快", "等太久", "窗口热情", "态度差")
        for number, card in enumerate(cards):
            visit = casting.admit(self.database, self.settings, card.token, LONG_AGO)
            paper = casting.get_paper(self.database, visit, LONG_AGO)
            units = [unit.code for unit in paper.units]
            answers = list(fill_ballot(story, card.group, units, card.addressee, "year_end"))
            if card.group == "panel":
                answers.append(Answer(units[0], "comment", written[number % 4]))
                answers.append(Answer("", "age", "young" if number % 3 else "older"))
            casting.cast(
                self.database,
                visit,
                answers,
                casting.new_nonce(),
                LONG_AGO,
                assisted=number % 9 == 8 and card.group == "panel",
            )
        self._end(round_id)
        self._review_comments(season_id, round_id)
        figures.import_figures(Act(self.database, MANAGER, NOW), season_id, story.figures)
        results.compute_result(Act(self.database, MANAGER, NOW), self.settings, season_id)
        self._publish(season_id, 1)

    def _review_comments(self, season_id: int, round_id: int) -> None:
        page = comments.list_for_review(self.database, season_id, CommentQuery("", ""), MANAGER)
        states = ("public", "internal", "withheld")
        verdicts = [
            CommentVerdict(
                round_id,
                row.number,
                state,
                "abuse" if state == "withheld" else "",
                "办事很快" if state == "public" else "",
            )
            for row, state in zip(page.rows, states, strict=False)
        ]
        comments.decide_comments(Act(self.database, MANAGER, NOW), season_id, verdicts)

    def _story_of(self, season_id: int) -> Story:
        """Panshan's story, told of the units that a season has."""
        story = tell_story("panshan-2018")
        with self.database.reading() as session:
            units = session.scalars(select(Unit).where(Unit.season_id == season_id)).all()
            return replace(
                story,
                qualities={unit.code: number * 0.37 % 2 - 1 for number, unit in enumerate(units)},
                categories={unit.code: unit.category for unit in units},
            )

    def _first(self, table: str) -> int:
        with self.database.reading() as session:
            question = text(f"SELECT min(id) FROM {table}")  # noqa: S608 (our own name)
            return session.execute(question).scalar_one()


def keep_instance(instance: Path, path: Path) -> None:
    """The keys, peppers and archived packages that belong to a database."""
    with lzma.open(path, "wb", preset=9) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("secret.key", "signing.key", "peppers", "archive"):
            if (instance / name).exists():
                tar.add(instance / name, name)


def write_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def keep(path: Path, content: bytes) -> None:
    path.write_bytes(lzma.compress(content, preset=9))
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
