from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from appliance.edge import children


def test_arguments_for_a_live_interface_and_for_a_capture() -> None:
    assert children.sensor_arguments(interface="eth0", buffer_megabytes=4) == ["--interface", "eth0", "--buffer-megabytes", "4"]
    expected = ["--capture", "a b.pcap", "--pace", "real", "--loop"]
    assert children.sensor_arguments(capture=Path("a b.pcap"), pace="real", loop=True) == expected


def test_child_holds_the_other_end_of_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import socket, sys; s = socket.socket(fileno=int(sys.argv[sys.argv.index('--fd') + 1])); s.sendall(b'here')"
    monkeypatch.setattr(children, "python_module", lambda _module, *arguments: [sys.executable, "-c", script, *arguments])
    child, sock = children.spawn_sensor(["--capture", "x"])
    with sock:
        assert sock.recv(100) == b"here"
        assert sock.recv(100) == b""
    assert child.wait(10) == 0


@pytest.mark.parametrize("folder", ["near", "deep/" * 40])
def test_listener_is_found_however_deep_its_folder(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "guardian.sock"
    assert children.connect(path) is None
    with children.listen(path) as listener:
        ours = children.connect(path)
        assert ours is not None
        with ours, listener.accept()[0] as theirs:
            theirs.sendall(b"here")
            assert ours.recv(100) == b"here"
    assert path.is_socket()


def test_child_that_will_not_stop_is_made_to() -> None:
    script = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() == b"x\n"
    assert children.stop(child, seconds=0.2) == -9
    child.stdout.close()
    assert children.stop(child) == -9


def test_the_module_names_programs_and_imports_none_of_them() -> None:
    script = "import sys, appliance.edge.children; print([m for m in sys.modules if 'scapy' in m or 'sqlite_utils' in m])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
