"""The page as it is really served: a handful of clients that are slow on purpose can't keep the head out."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.web_ui import school, served

BEGINNING = b"GET /log-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The page's own program; its threads and patience cut short."""
    folder = tmp_path_factory.mktemp("served")
    school.open_store(folder).close()
    served.add_head(folder)
    number = free_port()
    code = f"""
from pathlib import Path
from appliance.config import Page, Settings
from web_ui import create_app, server
server.THREADS, server.PATIENCE = 3, 1.0
server.Server(create_app(Settings(), Path({str(folder / "data")!r}), Path({str(folder / "recent")!r})), Page(port={number})).run()
"""
    with subprocess.Popen([sys.executable, "-c", code]) as program:
        wait_for(number)
        yield number
        program.terminate()


def wait_for(number: int) -> None:
    for _ in range(600):
        try:
            ask(number)  # the first answer takes longer than those after it, and longer than the patience of this test
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the page did not start")


def ask(number: int, patience: float = 30) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{number}/log-in", timeout=patience) as answer:
        return int(answer.status)


def test_clients_that_send_a_letter_at_a_time_are_cut_off(port: int) -> None:
    assert ask(port) == 200
    slow = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(6)]
    for client in slow:
        client.sendall(BEGINNING)
    assert ask(port) == 200
    for client in slow:
        client.settimeout(20)
        assert client.recv(100) == b"", "cut off without an answer"
        client.close()


def test_a_client_that_never_reads_its_answer_holds_nobody_up(port: int) -> None:
    deaf = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(6)]
    for client in deaf:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        client.sendall((b"GET /what-this-box-sees HTTP/1.1\r\nHost: localhost\r\n\r\n") * 40)
    assert ask(port) == 200
    for client in deaf:
        client.close()


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Y: z\r\n" * 200 + b"\r\n",
        b"POST /log-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /log-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 60 + b"\r\n\r\n",
    ],
    ids=["long-line", "many-headers", "negative-length", "two-lengths", "tls"],
)
def test_what_is_no_request_gets_a_plain_refusal_without_a_trace(port: int, request_line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        client.sendall(request_line)
        answer = b"".join(iter(lambda: client.recv(65_536), b""))
    assert b"Traceback" not in answer and b"/web_ui" not in answer
    assert not answer or answer.split(b" ")[1][:1] == b"4"
    assert ask(port) == 200
