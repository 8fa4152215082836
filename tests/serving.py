"""Serves an application to a browser, on a port of its own, as long as a test wants it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

from tests.patience import PATIENCE_S


@contextmanager
def serve(app: Flask, port: int = 0) -> Iterator[str]:
    """Under its address; ends also where the test fails, which would wait for it for ever."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    # No test process stays for it.
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(PATIENCE_S)
        server.server_close()
