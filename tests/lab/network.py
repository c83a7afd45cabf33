"""Network namespaces, cables and a switch with a mirror port; everything carries the maker's process id and is removed."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

from appliance import config

Mirror = Literal["flood", "both", "upstream", "twice"]

RUN_NETNS = Path("/run/netns")
ETC_NETNS = Path("/etc/netns")
CLONE_NEWNET = 0x40000000
OFFLOADS = ("tso", "off", "gso", "off", "gro", "off", "tx", "off")
NAME = re.compile(r"^lab(\d+)x\d+-")
FOLDER = re.compile(r"^safespan-lab-(\d+)-")
NETWORK_NUMBERS = itertools.count(1)


class LabError(RuntimeError):
    """A piece of the lab that could not be built or did not answer; the message says which."""


def missing_tools(*names: str) -> str:
    """Why the lab can't be built here, or an empty string where it can: root and every program in `names` are needed."""
    if os.geteuid() != 0:
        return "the lab needs root to make network namespaces"
    absent = [name for name in ("ip", "ethtool", "setpriv", "tc", *names) if shutil.which(name) is None]
    return f"the lab needs {', '.join(absent)}" if absent else ""


def check(argv: Sequence[str], text: str | None = None) -> str:
    """Run a set-up command; its output, or `LabError` with what it complained of."""
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != 0:
        raise LabError(f"{' '.join(argv)} {text or ''}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Namespace:
    """One machine of the lab. Programs started in it die with the process that started them."""

    def __init__(self, full_name: str, folder: Path) -> None:
        self.full_name = full_name
        self.folder = folder
        check(["ip", "netns", "add", full_name])
        # An address that settles seconds later (duplicate detection) is a change of network to a browser, which starts over.
        self.tune("net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.router_solicitations=0")
        self.ip("link set lo up")

    def ip(self, *commands: str) -> None:
        """Run `ip` commands inside, in one go."""
        check(["ip", "-n", self.full_name, "-batch", "-"], "\n".join(commands) + "\n")

    def tune(self, *settings: str) -> None:
        """Set kernel parameters inside, each as `name=value`."""
        check(self.command(["sysctl", "-qw", *settings]))

    def command(self, argv: Sequence[str]) -> list[str]:
        """The command line that runs `argv` inside."""
        return ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", self.full_name, *argv]

    def start(self, argv: Sequence[str], log: str = "", **options: Any) -> subprocess.Popen[bytes]:
        """Start a program inside and leave it running; its output goes to the file `log` in the namespace's folder."""
        with (self.folder / (log or "output.log")).open("ab") as out:
            settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.STDOUT} | options
            process: subprocess.Popen[bytes] = subprocess.Popen(self.command(argv), **settings)
        return process

    def run(self, argv: Sequence[str], timeout: float = 30, **options: Any) -> subprocess.CompletedProcess[bytes]:
        """Run a program inside to its end; after `timeout` seconds it is killed and `LabError` is raised."""
        settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True} | options
        try:
            done: subprocess.CompletedProcess[bytes] = subprocess.run(
                self.command(argv), timeout=timeout, check=False, **settings
            )
        except subprocess.TimeoutExpired as error:
            raise LabError(f"{argv[0]} in {self.full_name} took more than {timeout} s") from error
        return done

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """The calling thread inside the namespace: sockets opened here stay there, the thread comes back."""
        with Path("/proc/thread-self/ns/net").open() as home, (RUN_NETNS / self.full_name).open() as there:
            _set_namespace(there)
            try:
                yield
            finally:
                _set_namespace(home)

    def use_resolver(self, *addresses: str) -> None:
        """Give the namespace its own resolv.conf."""
        folder = ETC_NETNS / self.full_name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "resolv.conf").write_text("".join(f"nameserver {address}\n" for address in addresses))

    def remove(self) -> None:
        """Kill what runs inside and remove the namespace."""
        remove_namespace(self.full_name)


def _set_namespace(handle: IO[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
        raise LabError(f"setns: {os.strerror(ctypes.get_errno())}")


def remove_namespace(full_name: str) -> None:
    """Kill every process in a namespace, then remove it and its resolv.conf; quiet where it is gone already."""
    pids = subprocess.run(["ip", "netns", "pids", full_name], capture_output=True, text=True, timeout=10, check=False)
    for pid in pids.stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", full_name], capture_output=True, timeout=10, check=False)
    shutil.rmtree(ETC_NETNS / full_name, ignore_errors=True)


def remove_leftovers() -> list[str]:
    """Remove the namespaces and folders of labs whose process is gone; the namespaces' names."""
    folders = [folder for folder in (RUN_NETNS, ETC_NETNS) if folder.is_dir()]
    found = {entry.name for folder in folders for entry in folder.iterdir()}
    dead = [name for name in sorted(found) if (match := NAME.match(name)) and not Path(f"/proc/{match[1]}").exists()]
    for name in dead:
        remove_namespace(name)
    for folder in Path(tempfile.gettempdir()).glob("safespan-lab-*"):
        match = FOLDER.match(folder.name)
        if match and not Path(f"/proc/{match[1]}").exists():
            remove_folder(folder)
    return dead


def remove_folder(folder: Path) -> None:
    """Remove a lab's folder, and what a box in it kept in memory elsewhere."""
    for data_dir in folder.glob("*/box/data"):
        shutil.rmtree(config.recent_dir(data_dir), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


class Network:
    """A switch and what is plugged in to it. A context manager: on leaving, everything is gone.

    `mirror` says what reaches the box's port: `flood` (a bridge that forgets addresses at once sends every frame everywhere),
    or copies made with `tc` on the port of the gateway: `both` directions, `upstream` only (clients to gateway),
    `twice` (every frame two times, as switches do that mirror several ports).
    """

    def __init__(self, mirror: Mirror = "flood", mtu: int = 1500) -> None:
        self.mirror = mirror
        self.mtu = mtu
        self.prefix = f"lab{os.getpid()}x{next(NETWORK_NUMBERS)}"
        self.folder = Path(tempfile.mkdtemp(prefix=f"safespan-lab-{os.getpid()}-"))
        self.namespaces: dict[str, Namespace] = {}
        self._ports = 0

    def __enter__(self) -> Network:
        remove_leftovers()
        try:
            self.switch = self.namespace("switch")
            ageing = "ageing_time 0" if self.mirror == "flood" else ""
            self.switch.ip(f"link add br0 type bridge {ageing} stp_state 0 mcast_snooping 0", "link set br0 up")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Kill and remove everything; safe to call twice."""
        for namespace in self.namespaces.values():
            namespace.remove()
        self.namespaces.clear()
        remove_folder(self.folder)

    def namespace(self, name: str) -> Namespace:
        """A new machine without a cable."""
        folder = self.folder / name
        folder.mkdir()
        self.namespaces[name] = Namespace(f"{self.prefix}-{name}", folder)
        return self.namespaces[name]

    def plug(self, machine: Namespace, mac: str, offloads: bool = False) -> str:
        """A cable from the machine's `eth0` to the switch; the name of the switch's port.

        Segmentation offload is switched off unless asked for: with it a hello of 2 kB crosses as one frame, which no real
        wire does.
        """
        self._ports += 1
        port = f"port{self._ports}"
        self.switch.ip(f"link add {port} mtu {self.mtu} type veth peer name eth0 mtu {self.mtu} netns {machine.full_name}")
        machine.ip(f"link set eth0 address {mac}")
        if not offloads:
            check(machine.command(["ethtool", "-K", "eth0", *OFFLOADS]))
            check(self.switch.command(["ethtool", "-K", port, *OFFLOADS]))
        self.switch.ip(f"link set {port} master br0", f"link set {port} up")
        machine.ip("link set eth0 up")
        return port

    def mirror_to(self, box_port: str, watched: str) -> None:
        """Copy the frames of the port `watched` to `box_port`, which then gets nothing else; nothing to do for `flood`."""
        if self.mirror == "flood":
            return
        self.switch.ip(f"link set {box_port} nomaster")
        check(self.switch.command(["tc", "qdisc", "add", "dev", watched, "clsact"]))
        # What the switch sends out of the gateway's port is what the clients said.
        directions = {"upstream": ["egress"], "both": ["egress", "ingress"], "twice": ["egress", "egress", "ingress", "ingress"]}
        for number, direction in enumerate(directions[self.mirror]):
            self._copy(watched, direction, box_port, number + 1)

    def _copy(self, watched: str, direction: str, box_port: str, priority: int) -> None:
        """One `tc` rule; u32 because kernels without modules have no matchall."""
        action = f"action mirred egress mirror dev {box_port} continue"
        rule = f"tc filter add dev {watched} {direction} protocol all prio {priority} u32 match u32 0 0 {action}"
        check(self.switch.command(rule.split()))
