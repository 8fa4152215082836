"""One package under examination: each file is read once, when a check first asks for it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from analysis.panel.small_cells import DEFAULTS, Thresholds
from evalsvc.box.anchors import SignedAnchor
from evalsvc.box.chain import ChainedEvent, Event
from evalsvc.box.receipts import leaf_hash
from evalsvc.box.roll import RoundSeal
from evalsvc.box.sealing import ballot_message, verify_ballot
from evalsvc.evidence.manifest import MANIFEST, SignedManifest, read_manifest
from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import Recomputation, recompute
from evalsvc.evidence.verify import files as box
from evalsvc.evidence.verify.files import RollRow
from evalsvc.evidence.verify.findings import Malformed
from evalsvc.text import Text


@dataclass
class BoxSurvey:
    """What one pass over a round's sealed ballots gathers."""

    leaves: list[bytes] = field(default_factory=list)
    sequences: dict[bytes, list[int]] = field(default_factory=dict)
    nonces: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    unsigned: list[int] = field(default_factory=list)


class Evidence:
    """A package's files, and what follows from them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self._surveys: dict[str, BoxSurvey] = {}

    @property
    def is_public(self) -> bool:
        """The edition by its content, whatever the manifest says."""
        return "scores.csv" in self.files

    @cached_property
    def signed(self) -> SignedManifest:
        """The manifest with its signature."""
        content = box.get_content(self.files, MANIFEST)
        try:
            return read_manifest(content)
        except (RecursionError, ValueError) as error:
            raise Malformed(
                MANIFEST, 0, Text("不是系统写出的清单", f"no manifest: {error}")
            ) from error

    @cached_property
    def anchors(self) -> dict[str, tuple[SignedAnchor, ...]]:
        return box.read_anchors(self.files)

    @cached_property
    def log(self) -> list[ChainedEvent]:
        return box.read_log(self.files)

    @cached_property
    def seals(self) -> dict[str, RoundSeal]:
        return {code: box.read_seal(self.files, code) for code in self.rounds}

    @cached_property
    def thresholds(self) -> dict[str, Thresholds]:
        """Those of each round's own seal."""
        return {code: box.read_sealed_thresholds(self.files, code) for code in self.rounds}

    def get_thresholds(self, code: str) -> Thresholds:
        """By which a round is judged: the documented ones where it has no box."""
        # By the round's own seal: a later version with
        # other numbers would judge an old round wrongly.
        return self.thresholds.get(code, DEFAULTS)

    @cached_property
    def rolls(self) -> dict[str, list[RollRow]]:
        return {code: box.read_roll(self.files, code) for code in self.rounds}

    @property
    def recomputation(self) -> Recomputation:
        """Raises `PackageErrors` where nothing can be recomputed."""
        if isinstance(self._recomputed, PackageErrors):
            raise self._recomputed
        return self._recomputed

    @cached_property
    def _recomputed(self) -> Recomputation | PackageErrors:
        # Many checks ask: what can't be read is read once for all of them, too.
        try:
            return recompute(read_package(self.files))
        except PackageErrors as found:
            return found

    @property
    def rounds(self) -> list[str]:
        """The rounds whose boxes the package holds."""
        return list(self.anchors)

    def find_subject(self, code: str) -> str:
        """By which name the log speaks of a round; empty where it does not."""
        # The first anchor's hash names the round in the log. A
        # code or number typed there could be another round's.
        first = self.anchors[code][0].anchor.hash.hex() if self.anchors[code] else ""
        for one in self.log:
            if one.event.verb == "publish_anchor" and one.event.detail.get("sha256") == first:
                return one.event.subject
        return ""

    def commits(self, code: str) -> bool:
        """Whether the log commits to what the box left; boxes of before say nothing of it."""
        # A seal of format 2 says so by itself: leaving the
        # opening out of the log is no way around the check.
        return self.seals[code].ballot_format > 1 or (
            not self.is_public and "opening" in self.find_detail(code, "open_box")
        )

    def find_detail(self, code: str, verb: str) -> Mapping[str, str]:
        """What the log's last act of this verb says about a round; empty where there is none."""
        # The last one holds: keys may have been made twice.
        return next((act.detail for act in reversed(self.list_events(code, verb))), {})

    def list_events(self, code: str, *verbs: str) -> list[Event]:
        """What the log says about a round, by these verbs or by all."""
        subject = self.find_subject(code)
        about = (one.event for one in self.log if one.event.subject == subject)
        return [act for act in about if not verbs or act.verb in verbs]

    def survey(self, code: str) -> BoxSurvey:
        """One pass over a round's ballots, made once: each signature costs its time."""
        if code not in self._surveys:
            self._surveys[code] = self._survey(code)
        return self._surveys[code]

    def _survey(self, code: str) -> BoxSurvey:
        found = BoxSurvey()
        uid = self.seals[code].round_uid
        for ballot in box.read_ballots(self.files, code):
            key = ballot.credential
            message = ballot_message(uid, key, ballot.seq, ballot.nonce, ballot.sealed)
            if not verify_ballot(key, message, ballot.signature):
                found.unsigned.append(ballot.line)
            # Of ballots with a wrong signature as well: the
            # list is of everything that lies in the box.
            found.leaves.append(leaf_hash(ballot.sealed))
            found.sequences.setdefault(key, []).append(ballot.seq)
            found.nonces[key, ballot.nonce] += 1
        return found
