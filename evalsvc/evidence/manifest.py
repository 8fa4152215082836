"""The signed list of a package's files, by which no byte of it changes unseen."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from nacl.signing import SigningKey

from evalsvc.box.roll import hash_text
from evalsvc.box.statements import hash_statement, is_signed, sign_statement
from evalsvc.evidence.model import Edition

MANIFEST = "box/manifest.json"
PUBLIC_SIGNATURE = "box/public.sig"
UNLISTED = frozenset({MANIFEST, PUBLIC_SIGNATURE})
"""The list can't hold its own hash, nor the signature of the edition that names it by hash."""
_KIND = "manifest"


@dataclass(frozen=True)
class Manifest:
    """Which result of which season, how far the log goes, and every file's SHA-256.

    `program`: which version of the program computed it, if the log says so; else left out.
    """

    edition: Edition
    season: str
    version: int
    log_seq: int
    log_head: str
    files: Mapping[str, str]
    program: str = ""

    @property
    def hash(self) -> bytes:
        """One hash for the whole package."""
        return hash_statement(_KIND, self.content)

    @property
    def content(self) -> dict[str, object]:
        """What is signed, by name."""
        content = {**vars(self), "files": dict(self.files)}
        # Manifests of before have no such field, and must keep their hash.
        if not self.program:
            del content["program"]
        return content

    def sign(self, key: SigningKey) -> "SignedManifest":
        """The manifest with the service's signature."""
        signature = sign_statement(key, _KIND, self.content)
        return SignedManifest(self, bytes(key.verify_key).hex(), signature.hex())

    def is_signed(self, key: str, signature: str) -> bool:
        """Whether the holder of a key signed it; malformed parts are a no."""
        try:
            parts = bytes.fromhex(key), bytes.fromhex(signature)
        except ValueError:
            return False
        return is_signed(parts[0], _KIND, self.content, parts[1])


@dataclass(frozen=True)
class SignedManifest:
    """A manifest as a package carries it."""

    manifest: Manifest
    key: str
    signature: str

    @property
    def is_genuine(self) -> bool:
        """Whether the key it names signed it."""
        return self.manifest.is_signed(self.key, self.signature)

    def to_json(self) -> bytes:
        """The file; there is one way to write it, so that no byte of it is free."""
        parts = {**self.manifest.content, "key": self.key, "signature": self.signature}
        return (json.dumps(parts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def hash_files(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of every file that a manifest lists."""
    return {name: hash_text(files[name]) for name in sorted(files) if name not in UNLISTED}


def read_manifest(content: bytes) -> SignedManifest:
    """Read what to_json wrote; raises ValueError for every other text."""
    record = json.loads(content)
    if not isinstance(record, dict):
        raise ValueError("a manifest is an object")
    key, signature = str(record.pop("key", "")), str(record.pop("signature", ""))
    # A field more would be signed by nobody.
    if {*record, "program"} != set(Manifest.__dataclass_fields__):
        raise ValueError(f"a manifest has the fields {', '.join(Manifest.__dataclass_fields__)}")
    texts = [record["edition"], record["season"], record["log_head"], record.get("program", "-")]
    numbers = [record["version"], record["log_seq"]]
    files = record["files"]
    digest = re.compile("[0-9a-f]{64}")
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(files, dict):
        raise ValueError("edition, season, log_head and program are texts, files an object")
    # `True` is an int to isinstance.
    if not all(type(number) is int for number in numbers):
        raise ValueError("version and log_seq are numbers")
    hashes = [record["log_head"], *files.values()]
    if not all(isinstance(one, str) and digest.fullmatch(one) for one in hashes):
        raise ValueError("the log's head and each file have their SHA-256")
    signed = SignedManifest(Manifest(**record), key, signature)
    # Spaces, another order or a name that stands twice would be read and not seen.
    if signed.to_json() != content:
        raise ValueError("written in another way than the service writes it")
    return signed
