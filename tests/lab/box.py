"""The box in the lab: its four real programs on the mirror port, its mock pins, and the head at its page."""

from __future__ import annotations

import http.cookiejar
import json
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from msgspec import Struct

from appliance import config
from appliance.edge.store import Store, StoreError
from appliance.model import Incident

from .network import LabError, Namespace

ROOT: Final = Path(__file__).parents[2]
PORT: Final = 8080
PASSPHRASE: Final = "three otters read a long book"
LIST_NAME: Final = "the lab's own list"
TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class PinChange(Struct, frozen=True):
    """One line of the mock board's log: when (seconds since the epoch), which BCM pin, its level from 0 to 1."""

    time: float
    pin: int
    state: float


class Head:
    """The head teacher at the box's page, by HTTP as a browser would, with one session."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._jar = http.cookiejar.CookieJar()
        # No proxy of the machine's: the page is in the namespace.
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar), urllib.request.ProxyHandler({}))

    @property
    def cookies(self) -> dict[str, str]:
        """The session's cookies, for a browser that is to go on with it."""
        return {cookie.name: cookie.value or "" for cookie in self._jar}

    def get(self, path: str) -> str:
        """A page's HTML; raises `LabError` where it is not served."""
        return self._open(path, None)

    def post(self, path: str, form: str, **fields: str) -> str:
        """Fill in the form that stands on the page `form` and send it to `path`; the page that follows."""
        found = TOKEN.search(self.get(form))
        if found is None:
            raise LabError(f"no form on {form}")
        return self._open(path, urllib.parse.urlencode({"csrf_token": found[1], **fields}).encode())

    def set_up(self, code: str) -> None:
        """Make the head's account with the first-run code; the session is logged in from then on."""
        names = {"school": "Lab School", "full_name": "Sam Head", "username": "sam"}
        page = self.post("/set-up", "/set-up", code=code, passphrase=PASSPHRASE, again=PASSPHRASE, **names)
        if "/log-out" not in page:
            raise LabError(f"the first-run code did not let the head in: {page[:2000]}")

    def _open(self, path: str, data: bytes | None) -> str:
        try:
            with self._namespace.entered(), self._opener.open(f"http://127.0.0.1:{PORT}{path}", data, timeout=10) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, OSError) as error:
            raise LabError(f"{path}: {error}") from error


class Box:
    """Guardian, sensor, page and lights as processes of their own in a namespace; a context manager that ends them."""

    def __init__(self, namespace: Namespace, lists: Mapping[str, Sequence[str]], *, lights: bool = True) -> None:
        """`lists` are names by category: a list file each, as a school's own would be."""
        self.namespace = namespace
        self.folder = namespace.folder / "box"
        self.folder.mkdir()
        self.data_dir = self.folder / "data"
        self.pin_log = self.folder / "pins.jsonl"
        self.settings_file = self.folder / "safespan.toml"
        self.recent_dir = config.recent_dir(self.data_dir)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, list[str]] = {}
        self._with_lights = lights
        self._write_settings(lists)
        self.settings = config.load(self.settings_file)

    def __enter__(self) -> Box:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the programs, the last one started first, and forget what they kept in memory."""
        for process in reversed(self._processes.values()):
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.recent_dir, ignore_errors=True)

    def pid(self, program: str) -> int:
        """The process id of `guardian`, `sensor`, `page` or `lights`."""
        return self._processes[program].pid

    def runs(self, program: str) -> bool:
        """Whether a program has not ended."""
        return self._processes[program].poll() is None

    def problems(self) -> tuple[str, ...]:
        """What the box says is wrong with it."""
        with self.store(readonly=True) as store:
            health = store.health()
        return health.problems if health else ()

    def kill(self, program: str) -> None:
        """End a program as a power cut or the kernel would, without a word."""
        self._processes[program].kill()
        self._processes[program].wait()

    def start_again(self, program: str) -> None:
        """Start a program that was killed, as systemd would."""
        self._processes[program] = self.namespace.start(self._commands[program], f"{program}.log", cwd=ROOT)

    def head(self) -> Head:
        """The head, logged in with the code that the box shows on its first run."""
        with self.store() as store:
            code = store.first_run_code(time.time())
        head = Head(self.namespace)
        head.set_up(code)
        return head

    def store(self, *, readonly: bool = False) -> Store:
        """The box's records, opened from outside."""
        return Store.open(self.data_dir, self.recent_dir, readonly=readonly)

    def incidents(self) -> list[Incident]:
        """What the box has recorded up to now."""
        with self.store(readonly=True) as store:
            return store.incidents()

    def pin_changes(self) -> list[PinChange]:
        """What the mock pins went through."""
        if not self.pin_log.exists():
            return []
        return [PinChange(**json.loads(line)) for line in self.pin_log.read_text().splitlines() if line.endswith("}")]

    def lit_since(self, pin: int, since: float) -> float | None:
        """When `pin` was first lit at or after `since` (both in seconds since the epoch), None where it was not."""
        return next(
            (change.time for change in self.pin_changes() if change.pin == pin and change.state and change.time >= since), None
        )

    def said(self) -> str:
        """The last words of every program, for a test that failed."""
        logs = [self.namespace.folder / f"{name}.log" for name in self._processes]
        return "\n".join(f"{log.stem}: {log.read_text(errors='replace')[-800:]}" for log in logs if log.exists())

    def check(self) -> None:
        """Raise `LabError` with its last words where a program has ended."""
        if ended := [name for name, process in self._processes.items() if process.poll() is not None]:
            raise LabError(f"{', '.join(ended)} ended\n{self.said()}")

    def wait_until_well(self) -> None:
        """Until the sensor reports, the lists are compiled and the page is served; raises `LabError` where one is missing."""
        self._wait(self._watches, "the sensor's first report")
        # A new list is compiled beside the guardian; until then only the box's own are in force.
        self._wait(lambda: self.settings.lists == () or LIST_NAME in self._lists(), "the lab's own lists", seconds=90)
        self._wait(self._serves, "the page")

    def _write_settings(self, lists: Mapping[str, Sequence[str]]) -> None:
        text = f'[page]\nport = {PORT}\n[lights]\nboard = "mock"\n'
        for category, names in lists.items():
            file = self.folder / f"{category}.txt"
            file.write_text("".join(f"{name}\n" for name in names))
            text += f'[[lists]]\npath = "{file}"\ncategory = "{category}"\nname = "{LIST_NAME}"\n'
        self.settings_file.write_text(text)

    def _start(self) -> None:
        common = ["--data-dir", str(self.data_dir), "--settings", str(self.settings_file)]
        meeting = ["--socket", str(self.recent_dir / "guardian.sock")]
        self._run("guardian", "appliance.guardian", *common, *meeting)
        self._run("sensor", "appliance.sensor", *meeting, "--interface", "eth0")
        self._run("page", "web_ui", *common)
        if self._with_lights:
            self._run("lights", "hardware", *common, "--board", "mock", "--pin-log", str(self.pin_log))
        self.wait_until_well()

    def _run(self, name: str, module: str, *arguments: str) -> None:
        self._commands[name] = [sys.executable, "-m", module, *arguments]
        self.start_again(name)

    def _wait(self, ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise LabError(f"{what} did not come\n{self.said()}")
            time.sleep(0.05)

    def _watches(self) -> bool:
        try:
            with self.store(readonly=True) as store:
                health = store.health()
        except StoreError:  # the guardian has not made its records yet
            return False
        return health is not None and health.live

    def _lists(self) -> set[str]:
        with self.store(readonly=True) as store:
            return {status.name for status in store.lists()}

    def _serves(self) -> bool:
        try:
            Head(self.namespace).get("/set-up")
        except LabError:
            return False
        return True
