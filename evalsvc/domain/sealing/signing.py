"""The service's signing key: a file of the instance, made when the first round opens."""

import os

from nacl.signing import SigningKey

from evalsvc.settings import Settings


def load_signing_key(settings: Settings) -> SigningKey:
    """The key that signs anchors and packages; made on first use, never in the database."""
    path = settings.instance / "signing.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SigningKey(path.read_bytes())
    key = SigningKey.generate()
    with os.fdopen(descriptor, "wb") as file:
        file.write(bytes(key))
        file.flush()
        os.fsync(file.fileno())
    return key
