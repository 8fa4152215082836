"""What gunicorn does by itself in this folder: it looks at the database before a worker begins, and
calls the service started once a worker answers.

A worker looks again, for other servers know nothing of this file; but two workers that refuse at
once make gunicorn die of its own traceback.
"""

import os

from gunicorn import systemd

from evalsvc.settings import read_settings
from evalsvc.standing import serve_or_stop

_manager: list[str] = []


def on_starting(_server: object) -> None:
    serve_or_stop(read_settings().database_url)
    # gunicorn itself would tell systemd that it is ready now, when no worker has loaded the
    # program yet. And whatever a worker starts later has nothing to tell systemd.
    _manager[:] = filter(None, [os.environ.pop("NOTIFY_SOCKET", None)])


def post_worker_init(worker: object) -> None:
    """The program is loaded, and this worker takes its first request next."""
    for address in _manager:
        os.environ["NOTIFY_SOCKET"] = address
        systemd.sd_notify("READY=1", worker.log, unset_environment=True)  # type: ignore[attr-defined]
