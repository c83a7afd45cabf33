"""`safespan run`: its choices one by one, and the whole command with a real terminal's Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from appliance.cli import main
from appliance.cli import run as run_module
from appliance.cli.run import (
    DEMONSTRATION,
    Plan,
    checked_interface,
    choose_port,
    choose_source,
    is_free,
    parts,
    reachable,
    records,
)
from appliance.edge.interfaces import Interface

SAFESPAN = (sys.executable, "-c", "from appliance.cli import main; main()")
RUNNER = CliRunner()


def plan(**changes: object) -> Plan:
    fields: dict[str, object] = {
        "source": ("--interface", "eth1"), "live": True, "demonstration": False, "data_dir": Path("/data"), "settings_file": None,
        "address": "127.0.0.1", "port": 8080,
    }  # fmt: skip
    return Plan(**(fields | changes))  # type: ignore[arg-type]


def test_without_a_source_the_demonstration_is_played_over_and_over() -> None:
    assert choose_source(None, None) == ("--capture", str(DEMONSTRATION), "--pace", "real", "--loop")


def test_a_capture_is_played_once_at_its_own_speed(tmp_path: Path) -> None:
    file = tmp_path / "a.pcap"
    file.touch()
    assert choose_source(None, file) == ("--capture", str(file), "--pace", "real")


def test_a_missing_demonstration_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run_module, "DEMONSTRATION", tmp_path / "none")
    with pytest.raises(click.ClickException, match="--capture FILE"):
        choose_source(None, None)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--capture", "/no/such/file"], "can't be read"),
        (["--interface", "nix0"], "There is no interface 'nix0'"),
        (["--interface", "lo", "--capture", "x"], "not both"),
        (["--settings", "/no/such/file"], "settings file"),
    ],
)
def test_what_cannot_be_had_is_one_sentence(options: list[str], says: str) -> None:
    result = RUNNER.invoke(main, ["run", *options])
    assert result.exit_code == 1
    assert says in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_an_interface_without_the_right_to_listen_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "list_interfaces", lambda: [Interface("eth1")])
    monkeypatch.setattr(run_module, "may_listen", lambda: False)
    with pytest.raises(click.ClickException, match="sudo"):
        checked_interface("eth1")


def test_auto_takes_the_card_with_a_cable_and_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Interface("eth0", address=True), Interface("eth1", cable=False), Interface("eth2"), Interface("br0", real=False)]
    monkeypatch.setattr(run_module, "may_listen", lambda: True)
    monkeypatch.setattr(run_module, "list_interfaces", lambda: found)
    assert checked_interface("auto") == "eth2"
    monkeypatch.setattr(run_module, "list_interfaces", lambda: found[:1])
    with pytest.raises(click.ClickException, match="--interface NAME"):
        checked_interface("auto")


def test_a_taken_port_gives_way_to_the_next_free_one_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        chosen = choose_port("127.0.0.1", port, 8080)
    assert chosen > port
    assert f"Port {port} is taken" in capsys.readouterr().out


def test_an_address_that_is_not_this_machines_is_said() -> None:
    with pytest.raises(click.ClickException, match="--port"):
        choose_port("192.0.2.1", None, 8080)


def test_records_of_the_demonstration_are_gone_afterwards() -> None:
    with records(None, live=False) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_records_in_a_named_folder_stay(tmp_path: Path) -> None:
    with records(tmp_path / "kept", live=False) as folder:
        folder.mkdir()
    assert folder == tmp_path / "kept"
    assert folder.exists()


def test_every_part_is_told_where_to_meet_and_what_it_is() -> None:
    guardian, sensor, page, lights = parts(plan(demonstration=True, live=False), Path("/run/x"))
    assert [part.name for part in (guardian, sensor, page, lights)] == ["guardian", "sensor", "page", "lights"]
    assert guardian.command[-1] == "--demonstration"
    for part in (guardian, sensor):
        assert part.command[part.command.index("--socket") + 1] == "/run/x/guardian.sock"
    assert page.command[-2:] == ("--port", "8080")


@pytest.mark.parametrize(("demonstration", "live", "ends"), [(True, False, False), (False, True, False), (False, False, True)])
def test_only_a_capture_comes_to_an_end(demonstration: bool, live: bool, ends: bool) -> None:
    sensor = parts(plan(demonstration=demonstration, live=live), Path("/run/x"))[1]
    assert sensor.may_finish == ends


def test_a_settings_file_is_handed_on() -> None:
    for part in parts(plan(settings_file=Path("/x.toml")), Path("/run/x")):
        assert ("/x.toml" in part.command) == (part.name != "sensor")
    assert "--demonstration" not in parts(plan(), Path("/run/x"))[0].command


@pytest.mark.parametrize(
    ("address", "opened"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.0.0.2", "10.0.0.2")]
)  # fmt: skip
def test_an_address_for_everybody_is_opened_at_this_machine(address: str, opened: str) -> None:
    assert reachable(address) == opened


def running(data_dir: Path) -> list[str]:
    """The command lines of the programs that work on a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(data_dir) in line:
            found.append(line)
    return found


def test_the_demonstration_runs_without_an_account_and_ctrl_c_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    data_dir = tmp_path / "records"
    settings = tmp_path / "safespan.toml"
    settings.write_text('[lights]\nboard = "mock"\n')
    options = ["--data-dir", str(data_dir), "--settings", str(settings), "--port", "18480"]
    command = [*SAFESPAN, "run", *options]
    output = tmp_path / "output"
    with output.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            end = time.monotonic() + 40
            while "To stop: Ctrl-C." not in output.read_text() and time.monotonic() < end and process.poll() is None:
                time.sleep(0.1)
            assert len(running(data_dir)) >= 4
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(20) == 0
        finally:
            process.kill()
    text = output.read_text()
    assert "This is a demonstration" in text
    assert re.search(r"First-run code: [A-Z0-9]{4}-[A-Z0-9]{4}", text)
    assert re.search(r"http://127\.0\.0\.1:184\d\d/", text)
    assert "still starting" not in text
    assert "Safespan has stopped." in text
    assert "started again" not in text
    assert running(data_dir) == []
