"""The box's units: systemd understands them, they are locked down, and what they start exists as they start it."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.edge.store import Store
from appliance.model import Lamp

ROOT = Path(__file__).parent.parent
ROOTFS = ROOT / "image_build/rootfs"
UNITS = sorted((ROOTFS / "etc/systemd/system").glob("*.service"))
# What systemd 252 gives, with a little room; a unit without a sandbox has 9 or 10.
EXPOSED_AT_MOST = {
    "safespan-guardian": 1.0,
    "safespan-sensor": 2.2,
    "safespan-web": 1.8,
    "safespan-lights": 1.2,
    "safespan-lists": 2.0,
}


class Unit(configparser.RawConfigParser):
    """A unit file; keys that come twice are joined."""

    def __init__(self, file: Path) -> None:
        super().__init__(strict=False)
        self.optionxform = str  # type: ignore[assignment, method-assign]
        self.read_string(file.read_text())


@pytest.fixture(params=UNITS, ids=lambda file: file.stem)
def unit(request: pytest.FixtureRequest) -> Path:
    file = request.param
    assert isinstance(file, Path)
    return file


def command(unit: Path) -> list[str]:
    return shlex.split(Unit(unit)["Service"]["ExecStart"])


def test_there_is_one_unit_for_each_process() -> None:
    assert {file.stem for file in UNITS} == set(EXPOSED_AT_MOST)


def test_install_sh_starts_exactly_these_units() -> None:
    named = re.search(r'^readonly units="(.*)"$', (ROOT / "install.sh").read_text(), re.MULTILINE)
    assert named is not None
    assert {name.removesuffix(".timer") for name in named[1].split()} == set(EXPOSED_AT_MOST)


def test_what_runs_once_has_a_timer_and_all_else_starts_at_boot(unit: Path) -> None:
    timer = unit.with_suffix(".timer")
    once = Unit(unit)["Service"]["Type"] == "oneshot"
    assert once == timer.exists()
    assert Unit(timer if once else unit)["Install"]["WantedBy"] == ("timers.target" if once else "multi-user.target")


def test_the_fetcher_of_lists_can_not_read_the_records() -> None:
    service = Unit(ROOTFS / "etc/systemd/system/safespan-lists.service")["Service"]
    users = (ROOTFS / "usr/lib/sysusers.d/safespan.conf").read_text().splitlines()
    assert service["Group"] == "safespan-lists"
    assert [line for line in users if line.startswith("m safespan-lists ")] == []
    assert "m safespan safespan-lists" in users
    assert service["ReadWritePaths"] == "/var/lib/safespan/lists"


def test_each_unit_starts_a_program_that_has_the_options_it_gives(unit: Path) -> None:
    program, *words = command(unit)
    assert program in ("/opt/safespan/current/bin/python", "/opt/safespan/current/bin/safespan")
    begins = [word for word in words if word == "-m" or not word.startswith("-")][:2]
    told = subprocess.run(
        [Path(sys.executable).parent / Path(program).name, *begins, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    options = [word for word in words if word.startswith("--")]
    assert options and all(re.search(rf"{word}\b", told) for word in options), told


def test_each_unit_has_its_own_user_and_may_gain_nothing(unit: Path) -> None:
    service = Unit(unit)["Service"]
    users = [Unit(file)["Service"]["User"] for file in UNITS]
    assert len(set(users)) == len(users)
    assert "root" not in users
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert f"u {service['User']} " in (ROOTFS / "usr/lib/sysusers.d/safespan.conf").read_text()


def test_only_the_sensor_has_a_capability_and_only_page_and_fetcher_the_internet() -> None:
    for file in UNITS:
        service = Unit(file)["Service"]
        assert bool(service["CapabilityBoundingSet"]) == (file.stem == "safespan-sensor")
        assert ("AF_INET6" in service["RestrictAddressFamilies"]) == (file.stem in ("safespan-web", "safespan-lists"))


def test_the_guardian_and_the_lights_have_no_network() -> None:
    for name in ("safespan-guardian", "safespan-lights"):
        service = Unit(ROOTFS / f"etc/systemd/system/{name}.service")["Service"]
        assert service["PrivateNetwork"] == "yes"
        assert service["RestrictAddressFamilies"] == "AF_UNIX"


def test_folders_that_units_write_are_made_by_tmpfiles(unit: Path) -> None:
    made = {line.split()[1] for line in (ROOTFS / "usr/lib/tmpfiles.d/safespan.conf").read_text().splitlines() if line[:1] == "d"}
    assert set(Unit(unit)["Service"].get("ReadWritePaths", "").split()) <= made


def test_sensor_and_guardian_meet_at_the_same_socket() -> None:
    sockets = {words[words.index("--socket") + 1] for words in map(command, UNITS) if "--socket" in words}
    assert len(sockets) == 1


def test_systemd_understands_each_unit(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    shutil.copy2(python, tmp_path / "safespan")
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace("/opt/safespan/current/bin", str(tmp_path)))
    for other in UNITS:
        if other != unit:
            (tmp_path / other.name).write_text(other.read_text().replace("/opt/safespan/current/bin", str(tmp_path)))
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True, check=False)
    complaints = [line for line in result.stderr.splitlines() if "safespan" in line]
    assert (result.returncode, complaints) == (0, [])


def test_each_unit_is_exposed_no_more_than_is_stated(unit: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    result = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit)], capture_output=True, text=True, check=False
    )
    level = re.search(r"exposure level for \S+: ([\d.]+)", result.stdout)
    assert level is not None, result.stderr
    assert float(level[1]) <= EXPOSED_AT_MOST[unit.stem]


def test_records_made_under_the_units_umask_can_be_written_by_their_group(tmp_path: Path) -> None:
    for file in UNITS:
        writes = "/var/lib/safespan" in Unit(file)["Service"].get("ReadWritePaths", "")  # the lists' folder too
        assert not writes or Unit(file)["Service"]["UMask"] == "0007"
    before = os.umask(0o007)
    try:
        with Store.open(tmp_path / "data", tmp_path / "recent") as store:
            store.save_lamp(Lamp(colour="green", sentence=""))
            store.set_setting("school_name", "Hill Top", by="test", now=0.0)
            files = [*(tmp_path / "data").glob("*.db*"), *(tmp_path / "recent").glob("*.db*")]
            assert len(files) == 6
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o660}
    finally:
        os.umask(before)


def test_systemd_understands_the_users(tmp_path: Path) -> None:
    if not shutil.which("systemd-sysusers"):
        pytest.skip("systemd-sysusers is not installed")
    (tmp_path / "etc").mkdir()
    target = tmp_path / "usr/lib/sysusers.d"
    target.mkdir(parents=True)
    shutil.copy2(ROOTFS / "usr/lib/sysusers.d/safespan.conf", target)
    result = subprocess.run(
        ["systemd-sysusers", f"--root={tmp_path}", "safespan.conf"], capture_output=True, text=True, check=False
    )
    if "Permission denied" in result.stderr or "Operation not permitted" in result.stderr:
        pytest.skip("making users in a folder needs root")
    assert result.returncode == 0, result.stderr
    users = {line.split(":")[0] for line in (tmp_path / "etc/passwd").read_text().splitlines()}
    assert {"safespan", "safespan-sensor", "safespan-web", "safespan-lights", "safespan-lists"} <= users
    members = {line.split(":")[0]: line.split(":")[3] for line in (tmp_path / "etc/group").read_text().splitlines()}
    assert set(members["safespan"].split(",")) >= {"safespan-web", "safespan-lights"}
    assert "safespan-sensor" not in members["safespan"]
