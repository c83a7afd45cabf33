"""Serves the page with gunicorn: one process with a few threads, until it is told to stop."""

from __future__ import annotations

import os
import socket
import time
from concurrent import futures
from contextlib import suppress

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from appliance.config import Page

THREADS = 16
PATIENCE = 10.0  # seconds that one request may keep a thread


class PageWorker(ThreadWorker):
    """Gunicorn's threaded worker, with names that a process list can show, and with an end to its patience.

    A browser sends its request at once and a page takes milliseconds. Whoever sends one letter at a time, or never reads the
    answer, is cut off, so that a few such clients can't keep the head out.
    """

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)
        self._since: dict[TConn, float] = {}

    def get_thread_pool(self) -> futures.ThreadPoolExecutor:
        """A pool whose threads are called after the page."""
        return futures.ThreadPoolExecutor(max_workers=self.cfg.threads, thread_name_prefix="page")

    def handle(self, conn: TConn) -> object:
        """Answer one request."""
        self._since[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            self._since.pop(conn, None)

    def murder_pending(self) -> None:
        """Once a second: cut those off that take too long."""
        super().murder_pending()
        late = time.monotonic() - PATIENCE
        for conn, since in list(self._since.items()):
            if since < late:
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)


class Server(BaseApplication):
    """Gunicorn without its own command line and files: one worker, so that one process counts the wrong tries."""

    def __init__(self, app: Flask, page: Page) -> None:
        self._app, self._page = app, page
        super().__init__()

    def load_config(self) -> None:
        """The few settings that matter."""
        address = f"[{self._page.address}]" if ":" in self._page.address else self._page.address
        chosen = {
            "bind": f"{address}:{self._page.port}",
            "workers": 1,
            "threads": THREADS,
            "worker_class": PageWorker,
            "proc_name": "safespan-web",
            # The heartbeat file is touched every second: in memory, not on the card.
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108
            "timeout": 60,
            "keepalive": 15,
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application."""
        return self._app
