"""What gunicorn does by itself in this folder: it looks at the database before a worker begins.

A worker looks again, for other servers know nothing of this file; but two workers that refuse at
once make gunicorn die of its own traceback.
"""

from evalsvc.settings import read_settings
from evalsvc.standing import serve_or_stop


def on_starting(_server: object) -> None:
    serve_or_stop(read_settings().database_url)
