"""`safespan judge NAME...`: what the box thinks of a name, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from appliance.cli.lists import lists_in_force, settings_option
from appliance.cli.output import data_dir_option, format_option, print_records
from appliance.edge.word_lists import open_words
from appliance.judge.domains import DomainLists
from appliance.judge.verdicts import judge_name
from appliance.judge.words import Words

_COLUMNS = ("name", "category", "level", "confidence", "reason")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@data_dir_option
@settings_option
@format_option
def judge(names: tuple[str, ...], data_dir: Path, settings_file: Path | None, form: str | None) -> None:
    """Say what the box thinks of each NAME, and why. `-` reads names from standard input, one a line."""
    lists = lists_in_force(settings_file, data_dir)
    print_records(_verdicts(names, lists, open_words()), _COLUMNS, form)


def _verdicts(names: tuple[str, ...], lists: DomainLists, words: Words) -> Iterator[dict[str, Any]]:
    for name in _spelled_out(names):
        verdict = judge_name(name, lists, words)
        yield {
            "name": verdict.name,
            "category": verdict.category,
            "level": verdict.level,
            "source": verdict.source,
            "reason": verdict.reason,
            "confidence": verdict.confidence,
            "entry": verdict.entry,
            "exercise": verdict.exercise,
        }


def _spelled_out(names: tuple[str, ...]) -> Iterator[str]:
    """The names as given, and those of standard input in the place of `-`."""
    for name in names:
        if name == "-":
            yield from (line.decode("utf-8", "replace").strip() for line in sys.stdin.buffer)
        else:
            yield name
