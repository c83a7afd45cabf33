"""The shipped settings file is the manual: it and the code name the same keys, with the same values, each explained."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance import config

FILE = Path(__file__).parent.parent / "image_build/rootfs/etc/safespan/safespan.toml"
LINES = FILE.read_text().splitlines()


def keys_in_code(kind: type[msgspec.Struct] = config.Settings, before: str = "") -> set[str]:
    """Every key of the settings, dotted; those of a list entry under `lists`."""
    keys: set[str] = set()
    for field in msgspec.structs.fields(kind):
        inner = config.ListFile if field.name == "lists" else field.type
        name = before + field.name
        keys |= keys_in_code(inner, name + ".") if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else {name}
    return keys


def with_the_example() -> str:
    """The file with the example at its end taken out of its remarks."""
    start = LINES.index("# [[lists]]")
    return "\n".join([*LINES[:start], *(line.removeprefix("# ") for line in LINES[start:])])


def flat(tree: dict[str, Any], before: str = "") -> set[str]:
    keys: set[str] = set()
    for key, value in tree.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        keys |= flat(inner, f"{before}{key}.") if isinstance(inner, dict) else {before + key}
    return keys


def test_every_key_in_the_code_is_in_the_file_and_back() -> None:
    assert flat(tomllib.loads(with_the_example())) == keys_in_code()


def test_the_files_values_are_the_usual_ones() -> None:
    assert config.load(FILE) == config.Settings()


def test_the_example_of_a_list_is_good() -> None:
    (entry,) = config.parse(with_the_example()).lists
    assert (entry.category, entry.format) == ("pornography", "auto")


def test_every_key_has_a_remark_above_it() -> None:
    for number, line in enumerate(LINES):
        if re.match(r"(# )?[a-z_]+ = ", line) and not re.match(r"(# )?[a-z_]+ = ", LINES[number - 1]):
            assert LINES[number - 1].startswith("#"), f"line {number + 1} has no remark: {line}"


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [("recent_hours", 1, 48), ("recent_rows", 1000, 5_000_000), ("incident_days", 1, 3650), ("worry_days", 1, 3650)],
)
def test_the_ranges_in_the_remarks_are_those_that_are_checked(key: str, low: int, high: int) -> None:
    remark = LINES[LINES.index(next(line for line in LINES if line.startswith(key))) - 1]
    assert f"({low} to {high})" in remark
    for value, good in ((low, True), (high, True), (low - 1, False), (high + 1, False)):
        text = f"[keep]\n{key} = {value}\n"
        if good:
            config.parse(text)
        else:
            with pytest.raises(config.SettingsError, match=key):
                config.parse(text)
