from __future__ import annotations

import subprocess
import sys

SAFESPAN = (sys.executable, "-c", "from appliance.cli import main; main()")


def test_lamp_test_shows_each_state_in_the_terminal() -> None:
    command = [*SAFESPAN, "lamp", "test", "--seconds", "0.1", "--board", "mock"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 0
    assert [line.split(",")[0] for line in result.stdout.splitlines()[:4]] == [
        "Lamp: green", "Lamp: amber", "Lamp: blind", "Lamp: red",
    ]  # fmt: skip
    assert "mock pins" in result.stdout
