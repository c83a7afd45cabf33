"""What the documents name exists, and what exists is named: commands, files, settings, pins, types. Tests mirror the source."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from appliance import config, model
from appliance.cli import COMMANDS, main
from hardware.mock_board import HEADER
from hardware.patterns import BLIND, LOOK, LOOK_AND_BLIND, URGENT, WELL

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "hardware/README.md"])
PACKAGES = ("appliance", "hardware", "web_ui", "phrase_lists")
# Folders of tests that mirror no folder of the source.
OTHER_TESTS = {"evaluation", "lab", "variants"}


@pytest.fixture(params=DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def document(request: pytest.FixtureRequest) -> Path:
    file = request.param
    assert isinstance(file, Path)
    return file


def quoted(document: Path) -> Iterator[str]:
    """What stands in back-ticks."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", text)


def find(words: list[str]) -> click.Command | None:
    """The command that a command line means; None where there is none."""
    command: click.Command | None = main
    for word in words:
        if not isinstance(command, click.Group) or not re.fullmatch(r"[a-z-]+", word):
            break
        command = command.get_command(click.Context(command), word)
    return command


def test_commands_that_documents_name_exist_with_their_options(document: Path) -> None:
    for text in quoted(document):
        if text.startswith("safespan "):
            words = text.split()[1:]
            command = find(words)
            assert command is not None, text
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known | {"--help"}, text


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_loads_says_what_it_does_and_is_in_the_readme(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    assert f"`safespan {name}" in (ROOT / "README.md").read_text()


def test_files_that_documents_name_exist(document: Path) -> None:
    for text in quoted(document):
        if re.fullmatch(rf"(?:{'|'.join(PACKAGES)}|tests|docs|image_build|hardware)/[\w./*-]*", text):
            assert list(ROOT.glob(text.rstrip("/"))), text


def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (document.parent / target).exists(), target


def test_the_glossary_names_types_of_the_model_and_all_that_matter() -> None:
    glossary = (ROOT / "ARCHITECTURE.md").read_text().partition("## Glossary")[2]
    named = set(re.findall(r"`([A-Z]\w+)`", glossary))
    assert all(hasattr(model, name) for name in named)
    types = {name for name, kind in vars(model).items() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)}
    sightings = {name for name in types if issubclass(getattr(model, name), model.Seen)}
    assert types - sightings - {"Struct"} <= named


def test_the_architecture_fits_on_two_pages() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 130


def test_every_decision_is_numbered_once_and_has_its_three_parts() -> None:
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [file.name[:4] for file in files]
    assert len(set(numbers)) == len(numbers)
    for file in files:
        text = file.read_text()
        assert text.startswith(f"# {file.name[:4]}. "), file.name
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, file.name


def test_pins_in_the_wiring_and_in_the_settings_are_the_same() -> None:
    text = (ROOT / "hardware/README.md").read_text()
    drawing = (ROOT / "hardware/wiring.svg").read_text()
    pins = config.Lights()
    for key in ("green", "amber", "red", "buzzer", "button"):
        number = getattr(pins, key)
        place = next(place for place, bcm in HEADER.items() if bcm == number)
        assert re.search(rf"\| `{key}` \| GPIO{number} \| {place} \|", text), key
        assert f"GPIO{number}, pin {place}" in drawing, key


def test_the_table_of_rhythms_has_a_row_for_each_pattern() -> None:
    rows = re.findall(
        r"^\| (green|amber|red[^|]*) \|", (ROOT / "hardware/README.md").read_text().partition("## Wiring")[0], re.MULTILINE
    )
    assert len(rows) == len((WELL, LOOK, LOOK_AND_BLIND, BLIND, URGENT))


def test_the_hardware_readme_names_each_module() -> None:
    named = set(quoted(ROOT / "hardware/README.md"))
    modules = {file.name for file in (ROOT / "hardware").glob("*.py") if not file.name.startswith("__")}
    assert modules <= named


def test_settings_that_documents_name_exist(document: Path) -> None:
    sections = {field.name for field in msgspec.structs.fields(config.Settings)}
    for text in quoted(document):
        if match := re.fullmatch(r"\[\[?(\w+)\]\]?", text):
            assert match[1] in sections, text


def test_readme_begins_with_what_it_is_a_picture_and_the_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:25])
    assert re.search(r'<img src="docs/screenshots/today\.png"[^>]* alt="[^"]{20,}">', first_screen)
    assert "    ./install.sh run" in first_screen
    assert "    ./install.sh test" in first_screen


def test_every_public_module_says_what_it_is_for() -> None:
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if not name.endswith("__main__"):
                assert importlib.import_module(name).__doc__, name


def mirrored(folder: Path) -> Path:
    """The folder of the source that a folder of tests mirrors: tests/wire is for appliance/wire, tests/web_ui for web_ui."""
    inner = folder.relative_to(ROOT / "tests")
    return ROOT / inner if inner.parts[0] in PACKAGES else ROOT / "appliance" / inner


def test_the_tree_of_tests_mirrors_the_source() -> None:
    folders = {file.parent for file in (ROOT / "tests").rglob("test_*.py")} - {ROOT / "tests"}
    for folder in folders:
        if folder.relative_to(ROOT / "tests").parts[0] not in OTHER_TESTS:
            assert mirrored(folder).is_dir(), folder


def test_no_two_test_files_share_a_name_that_python_would_mix_up() -> None:
    """Files outside a package of tests are imported by their bare name."""
    bare = [file.name for file in (ROOT / "tests").rglob("test_*.py") if not (file.parent / "__init__.py").exists()]
    assert sorted(bare) == sorted(set(bare))
