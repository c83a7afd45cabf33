"""Serves the page with gunicorn: one process with eight threads, until it is told to stop."""

from __future__ import annotations

import os
from concurrent import futures

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from appliance.config import Page

THREADS = 8


class NamedThreadWorker(ThreadWorker):
    """Gunicorn's threaded worker, with names that a process list can show."""

    def get_thread_pool(self) -> futures.ThreadPoolExecutor:
        """A pool whose threads are called after the page."""
        return futures.ThreadPoolExecutor(max_workers=self.cfg.threads, thread_name_prefix="page")


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
            "worker_class": NamedThreadWorker,
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
