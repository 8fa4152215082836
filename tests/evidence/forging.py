"""What the holder of the signing key does to a package: signs it again, or chains it anew."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from nacl.signing import SigningKey

from evalsvc.box.anchors import SignedAnchor, sign_anchor
from evalsvc.box.chain import Event, event_hash
from evalsvc.evidence.computed import is_act, tell_comments, tell_computation
from evalsvc.evidence.editions import ANCHORS, LOG, SALT, build_public_manifest, write_anchors
from evalsvc.evidence.manifest import MANIFEST, PUBLIC_SIGNATURE, hash_files, read_manifest
from evalsvc.evidence.opening import OPENING_FILE, Opening
from evalsvc.evidence.recompute import Recomputation
from evalsvc.evidence.verify.count_checks import derive
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.opening_checks import _list_files

Files = Mapping[str, bytes]
# Signing and chaining change these alone, and no result follows from them.
OF_CHAIN = {Path(name).name for name in (MANIFEST, PUBLIC_SIGNATURE, LOG, ANCHORS, OPENING_FILE)}


def sign_again(files: Files, key: SigningKey) -> dict[str, bytes]:
    """The manifest of the changed files, and the public edition's signature, where one follows."""
    old = read_manifest(files[MANIFEST]).manifest
    new = replace(old, files=hash_files(files))
    signed = {**files, MANIFEST: new.sign(key).to_json()}
    if "scores.csv" in files:
        return signed
    try:
        public = _derive(signed)
    except Exception:  # nothing follows from files that can't be read
        return signed
    signature = build_public_manifest(new, public).sign(key).signature
    return {**signed, PUBLIC_SIGNATURE: f"{signature}\n".encode()}


def chain_again(files: Files, key: SigningKey) -> dict[str, bytes]:
    """All of it: commitments in the log as the files are now, every hash, anchor and signature."""
    made = dict(files)
    acts = [json.loads(line) for line in files[LOG].splitlines()]
    evidence = Evidence(files)
    for code in evidence.rounds:
        name = f"box/{code}/opening.json"
        first = Opening.from_json(files[name].decode())
        found = _list_files(evidence, code, first.format)
        digests = {n: hashlib.sha256(content).hexdigest() for n, content in found.items()}
        new = replace(first, files={**first.files, **digests})
        made[name] = new.to_json().encode()
        subject = evidence.find_subject(code)
        for act in acts:
            if act["verb"] == "open_box" and act["subject"] == subject:
                act["detail"]["opening"] = new.hash.hex()
    manifest = evidence.signed.manifest
    public = _derive(made)
    for act in acts:
        if is_act(act, manifest.season, manifest.version, "compute_result"):
            act["detail"].update(tell_computation(files[SALT], made, public))
        elif is_act(act, manifest.season, manifest.version, "begin_publicity"):
            act["detail"].update(tell_comments(files[SALT], made))
    return _chain(made, acts, evidence, key)


def _derive(files: Files) -> dict[str, bytes]:
    """The public edition; results are recomputed once for files that say the same of them."""
    evidence = Evidence(files)
    said = frozenset((name, files[name]) for name in files if Path(name).name not in OF_CHAIN)
    evidence._recomputed = _recompute(said)
    return derive(evidence)


@lru_cache(maxsize=1)
def _recompute(said: frozenset[tuple[str, bytes]]) -> Recomputation:
    return Evidence(dict(said)).recomputation


def _chain(
    files: dict[str, bytes], acts: list[dict[str, object]], evidence: Evidence, key: SigningKey
) -> dict[str, bytes]:
    """Events hashed in turn; each anchor signed again as its event comes by."""
    head, heads = bytes(32), {}
    anchors = {code: list(signed) for code, signed in evidence.anchors.items()}
    old = {
        one.anchor.hash.hex(): (code, place)
        for code, signed in anchors.items()
        for place, one in enumerate(signed)
    }
    for act in acts:
        detail = act["detail"]
        assert isinstance(detail, dict)
        if act["verb"] == "publish_anchor" and detail["sha256"] in old:
            code, place = old[detail["sha256"]]
            anchors[code][place] = _anchor(anchors[code], place, heads, key)
            detail["sha256"] = anchors[code][place].anchor.hash.hex()
        fields = {name: value for name, value in act.items() if name != "hash"}
        head = event_hash(head, Event(**fields))  # type: ignore[arg-type]  # as they were read
        act["hash"], heads[act["seq"]] = head.hex(), head.hex()
    for signed in anchors.values():
        signed[-1] = _anchor(signed, len(signed) - 1, heads, key)
    lines = (json.dumps(act, ensure_ascii=False, sort_keys=True) + "\n" for act in acts)
    made = {**files, LOG: "".join(lines).encode(), ANCHORS: write_anchors(anchors)}
    old_manifest = read_manifest(files[MANIFEST])
    new = replace(old_manifest.manifest, log_head=head.hex())
    made[MANIFEST] = replace(old_manifest, manifest=new).to_json()
    return sign_again(made, key)


def _anchor(
    signed: list[SignedAnchor], place: int, heads: Mapping[object, str], key: SigningKey
) -> SignedAnchor:
    anchor = signed[place].anchor
    previous = signed[place - 1].anchor.hash.hex() if place else anchor.previous
    return sign_anchor(key, replace(anchor, log_head=heads[anchor.log_seq], previous=previous))
