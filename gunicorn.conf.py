"""What gunicorn does by itself in this folder: it looks at the database before a worker begins.

A worker looks again, for other servers know nothing of this file; but two workers that refuse at
once make gunicorn die of its own traceback.
"""

import sys

from evalsvc.errors import Problem
from evalsvc.settings import read_settings
from evalsvc.standing import check_for_serving

# What gunicorn itself says where an application does not load.
DOES_NOT_LOAD = 4


def on_starting(_server: object) -> None:
    try:
        check_for_serving(read_settings().database_url)
    except Problem as problem:
        print(f"{problem.text('zh')}\n{problem.text('en')}", file=sys.stderr, flush=True)
        sys.exit(DOES_NOT_LOAD)
