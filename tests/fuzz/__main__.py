"""Fuzz one parser, or all of them one after the other, each in a process of its own.

    .venv/bin/pip install --require-hashes -r requirements-fuzz.lock
    .venv/bin/python -m tests.fuzz --minutes 10 dns-message
    .venv/bin/python -m tests.fuzz --minutes 10 all

What was learnt is kept in `--corpus` and used by the next run; an input that escapes the contract is kept beside it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from tests.fuzz.seeds import write_seeds


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("targets", nargs=-1, required=True)
@click.option("--minutes", type=click.FloatRange(0.05, 600), default=10.0, show_default=True, help="How long, for each target.")
@click.option(
    "--corpus", type=click.Path(path_type=Path), default=Path(".fuzz"), show_default=True, help="Where inputs are kept."
)
@click.option(
    "--captures", type=click.Path(path_type=Path), default=Path("../shared/captures/dev"), help="Real captures to start from."
)
def main(targets: tuple[str, ...], minutes: float, corpus: Path, captures: Path) -> None:
    """Fuzz the parsers TARGETS (or `all`); exit 1 where any of them let something escape."""
    from tests.fuzz.targets import TARGETS

    chosen = sorted(TARGETS) if "all" in targets else list(targets)
    if unknown := [name for name in chosen if name not in TARGETS]:
        raise click.UsageError(f"No such target: {', '.join(unknown)}. There are: {', '.join(sorted(TARGETS))}.")
    findings = [name for name in chosen if not _fuzz(name, minutes, corpus / name, captures)]
    click.echo(
        f"{len(chosen)} targets, {minutes:g} minutes each: "
        + (f"findings in {', '.join(findings)}" if findings else "no finding")
    )
    sys.exit(1 if findings else 0)


def _fuzz(name: str, minutes: float, corpus: Path, captures: Path) -> bool:
    """Run one target in its own process; whether it came through."""
    corpus.mkdir(parents=True, exist_ok=True)
    write_seeds(name, corpus, captures)
    limits = [
        f"-max_total_time={round(minutes * 60)}",
        "-max_len=4096",
        "-rss_limit_mb=1024",
        "-timeout=300",
        "-print_final_stats=1",
    ]
    command = [sys.executable, "-m", "tests.fuzz.one", name, *limits, f"-artifact_prefix={corpus}/finding-", str(corpus)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    executed = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
    click.echo(f"{name}: {executed[0] if executed else '?'} inputs, " + ("no finding" if done.returncode == 0 else "FINDING"))
    if done.returncode:
        click.echo(done.stdout[-2000:] + done.stderr[-3000:])
    return done.returncode == 0


if __name__ == "__main__":
    main()
