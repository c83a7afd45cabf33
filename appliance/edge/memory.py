"""How much memory this process has had, as the kernel counts it."""

from __future__ import annotations

from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_megabytes(status: Path = STATUS) -> float:
    """The most memory this process has had since it became its program; 0 where the machine doesn't say."""
    # Not getrusage: that also counts what the parent had at the moment of the fork.
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0.0
    return next((round(int(line.split()[1]) / 1024, 1) for line in lines if line.startswith("VmHWM:")), 0.0)
