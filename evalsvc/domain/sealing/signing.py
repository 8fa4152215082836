"""The service's signing key: a file of the instance, made when the first round opens."""

import hmac
import os

from nacl.signing import SigningKey

from evalsvc.settings import Settings


def derive_secret(settings: Settings, name: str) -> bytes:
    """32 bytes for one purpose, the same every time, that no copy of the database holds."""
    # Beside the signing key and not in the database, so
    # that a copy of the one says nothing without the other.
    return hmac.digest(bytes(load_signing_key(settings)), name.encode(), "sha256")


def load_signing_key(settings: Settings) -> SigningKey:
    """The key that signs anchors and packages; made on first use, never in the database."""
    path = settings.instance / "signing.key"
    try:
        # Of two processes that need the first key at once, one makes it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SigningKey(path.read_bytes())
    key = SigningKey.generate()
    with os.fdopen(descriptor, "wb") as file:
        file.write(bytes(key))
        file.flush()
        # On the disk before anything is signed: anchors under a key that is lost prove nothing.
        os.fsync(file.fileno())
    return key
