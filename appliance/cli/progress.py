"""The progress bar of whatever takes long: on standard error, and only on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def bar(verb: str = "Reading") -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error, shown once a list of some size is being read."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def tell(label: str, done: int, whole: int) -> None:
            if label not in tasks:
                tasks[label] = bar.add_task(f"{verb} {label}".replace("[", r"\["), total=whole or None)
            bar.update(tasks[label], completed=done)

        yield tell
