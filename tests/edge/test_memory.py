from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from appliance.edge.memory import peak_megabytes


def test_peak_is_the_programs_own_and_not_what_its_parent_had() -> None:
    ballast = bytearray(b"x" * 200_000_000)
    script = "from appliance.edge.memory import peak_megabytes; print(peak_megabytes())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert 1 < float(done.stdout) < 100 < len(ballast) / 1_000_000 < peak_megabytes()


def test_machine_that_does_not_say_has_none(tmp_path: Path) -> None:
    assert peak_megabytes(tmp_path / "status") == 0.0
