"""install.sh: what it says, what it refuses, and that it makes an environment once and finds it the next time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "install.sh"


def install(*arguments: str, script: Path = SCRIPT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run install.sh with its words; `environment` adds to or replaces this process's."""
    return subprocess.run(
        [str(script), *arguments],
        capture_output=True, text=True, timeout=110, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", **environment},
    )  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """A copy of what install.sh needs, in a folder with a space in its name."""
    folder = tmp_path / "a copy"
    folder.mkdir()
    for name in ("install.sh", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, folder / name)
    for name in ("appliance", "hardware", "web_ui", "phrase_lists", "image_build"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").touch()
    yield folder


@pytest.fixture
def fake_bin(tmp_path: Path) -> Path:
    """A folder of programs that go before the machine's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def fake(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/bash\n{script}\n")
    (folder / name).chmod(0o755)


def test_help_names_every_command_and_is_no_error() -> None:
    result = install("--help")
    assert result.returncode == 0
    assert all(word in result.stdout for word in ("run", "test", "setup", "appliance", "--dry-run"))


def test_without_a_word_it_shows_its_help_as_an_error() -> None:
    result = install()
    assert result.returncode == 2
    assert "Usage" in result.stderr


@pytest.mark.parametrize("words", [("frobnicate",), ("setup", "now"), ("--quiet", "setup")])
def test_what_it_does_not_know_is_one_sentence(words: tuple[str, ...]) -> None:
    result = install(*words)
    assert result.returncode == 1
    assert result.stderr.startswith("install.sh: ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["setup", "run", "test", "appliance"])
def test_a_dry_run_says_each_step_and_changes_nothing(copy: Path, command: str) -> None:
    before = sorted(copy.rglob("*"))
    result = install("--dry-run", command, script=copy / "install.sh")
    assert result.returncode == 0, result.stderr
    assert [line for line in result.stdout.splitlines() if line.startswith("Would: ")]
    assert sorted(copy.rglob("*")) == before


def test_a_dry_run_may_be_asked_for_after_the_command_too(copy: Path) -> None:
    assert "Would: " in install("setup", "--dry-run", script=copy / "install.sh").stdout


def test_a_dry_run_of_the_box_names_its_units_users_and_folders() -> None:
    text = install("--dry-run", "appliance").stdout
    for word in ("sysusers", "tmpfiles", "safespan-sensor", "safespan-guardian", "safespan-web", "safespan-lights"):
        assert word in text


def test_the_box_needs_root(fake_bin: Path) -> None:
    fake(fake_bin, "id", "echo 1000")
    result = install("appliance", PATH=f"{fake_bin}:{os.environ['PATH']}")
    assert result.returncode == 1
    assert "needs root" in result.stderr


def test_a_machine_without_a_new_enough_python_is_told_so(copy: Path, fake_bin: Path) -> None:
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        fake(fake_bin, name, "exit 1")
    result = install("setup", script=copy / "install.sh", PATH=f"{fake_bin}:/usr/bin:/bin")
    assert result.returncode == 1
    assert "Python 3.11 or newer" in result.stderr
    assert not (copy / ".venv").exists()


def test_packages_that_cannot_be_fetched_are_one_sentence_after_pips_own_last_lines(copy: Path) -> None:
    (copy / "requirements.lock").write_text("click==8.5.1 --hash=sha256:" + "0" * 64 + "\n")
    result = install("setup", script=copy / "install.sh", PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE="/dev/null")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("install.sh: The Python packages could not be installed: check")
    assert not (copy / ".venv" / "safespan-installed").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said(copy: Path) -> None:
    copy.chmod(0o555)
    result = install("setup", script=copy / "install.sh")
    copy.chmod(0o755)
    assert result.returncode == 1
    assert "you may not write in" in result.stderr


def test_something_else_called_venv_is_left_alone(copy: Path) -> None:
    (copy / ".venv").mkdir()
    (copy / ".venv" / "precious").touch()
    result = install("setup", script=copy / "install.sh")
    assert result.returncode == 1
    assert "is in the way" in result.stderr
    assert (copy / ".venv" / "precious").exists()


def small_lock() -> str:
    """The lock file's entries for what building needs: enough for an environment that installs in seconds."""
    entries = re.split(r"\n(?=[a-z])", (ROOT / "requirements.lock").read_text())
    return "\n".join(entry for entry in entries if re.match(r"(setuptools|click)==", entry)) + "\n"


def test_an_environment_is_made_once_found_again_and_made_anew_when_the_lock_changes(copy: Path) -> None:
    script = copy / "install.sh"
    (copy / "requirements.lock").write_text(small_lock())
    first = install("setup", script=script)
    if "could not be installed" in first.stderr:
        pytest.skip("no package index can be reached from here")
    assert first.returncode == 0, first.stderr
    assert "WARNING" not in first.stdout + first.stderr
    assert (copy / ".venv/bin/safespan").exists()

    start = time.monotonic()
    second = install("setup", script=script)
    assert second.returncode == 0
    assert "Installing" not in second.stdout
    assert time.monotonic() - start < 5.0, "half a second is usual, a minute if it were all made anew"

    with (copy / "requirements.lock").open("a") as lock:
        lock.write("# a changed lock\n")
    third = install("setup", "--dry-run", script=script).stdout
    assert "installing the Python packages" in third
    assert "making a Python environment" not in third

    (copy / ".venv/bin/python").unlink()
    (copy / ".venv/bin/python").symlink_to("/no/such/python")
    assert "making a Python environment" in install("setup", "--dry-run", script=script).stdout


def test_an_environment_that_was_copied_with_its_folder_is_made_anew(copy: Path) -> None:
    (copy / ".venv/bin").mkdir(parents=True)
    (copy / ".venv/pyvenv.cfg").touch()
    (copy / ".venv/bin/python").symlink_to(sys.executable)
    fake(copy / ".venv/bin", "safespan", "# written for /somewhere/else/.venv/bin/python")
    assert "making a Python environment" in install("setup", "--dry-run", script=copy / "install.sh").stdout


def test_ci_calls_the_readmes_test_command_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "exec ./install.sh test"
    assert len(lines) == 3
    assert "./install.sh test" in (ROOT / "README.md").read_text()


def test_the_packages_of_both_locks_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE))

    dev = pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


def test_scripts_pass_shellcheck() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    subprocess.run(["shellcheck", str(SCRIPT), str(ROOT / ".ci/run"), str(ROOT / "tests/lab/installed.sh")], check=True)
