"""Makes all checks of a package, those of `verify` and those that ask its scheme."""

import sys
from pathlib import Path

from tests.second_verifier import verify_all
from tests.second_verifier.forms import read_zip


def main(package: Path, *anchors: Path) -> int:
    paths = [path for path in package.rglob("*") if path.is_file()]
    files = {path.relative_to(package).as_posix(): path.read_bytes() for path in paths}
    found = verify_all(
        files or read_zip(package.read_bytes()), [path.read_bytes() for path in anchors]
    )
    for name, wrong in found.items():
        print(f"FAIL {name}: {'; '.join(wrong[:5])}" if wrong else f"ok   {name}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
