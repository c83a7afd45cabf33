"""What guards refuse and which entry wins, on compiled sets made of a few names."""

from __future__ import annotations

from pathlib import Path

import pytest

import phrase_lists
from appliance.edge import list_compiler
from appliance.edge.list_compiler import Source, Tally, order
from appliance.edge.lists import compile_lists, open_lists
from appliance.judge.domains import DomainLists, Rule

HELP = Rule(list_name="help", kind="help", checked=True)
NEEDED = Rule(list_name="needed", kind="allow", checked=True, whole=True)
PARTLY = Rule(list_name="partly", kind="allow", checked=True)
SCHOOL = Rule(list_name="school allows", kind="allow", whole=True)
SEED = Rule(list_name="seed", category="social_media", checked=True)
PORN = Rule(list_name="porn", category="pornography")
GAMES = Rule(list_name="games", category="games")
GRAVE = Rule(list_name="grave", category="extremism")


class Compiled:
    """A set compiled from rules and the names under them."""

    def __init__(self, folder: Path, *lists: tuple[Rule, list[str]]) -> None:
        sources = [Source(rule=rule, entries=tuple(names)) for rule, names in lists]
        self.manifest = compile_lists(sources, folder)
        self.lists: DomainLists = open_lists(folder)

    def list_of(self, name: str) -> str | None:
        match = self.lists.match(name)
        return match.list_name if match and match.category else match.kind if match else None

    def tally(self, rule: Rule) -> Tally:
        return self.manifest.tallies[rule.list_name]


def from_file(folder: Path, rule: Rule, text: str, form: str = "auto") -> Source:
    file = folder / f"{rule.list_name}.txt"
    file.write_text(text)
    return Source(rule=rule, path=str(file), format=form)


def test_a_public_suffix_is_refused_and_counted(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (PORN, ["co.uk", "github.io", "sch.uk", "someone.github.io", "evil.example"]))
    assert compiled.list_of("innocent.co.uk") is None
    assert compiled.list_of("other.github.io") is None
    assert compiled.list_of("www.someone.github.io") == "porn"
    assert compiled.tally(PORN).reasons == {"a public suffix, not one site": 3}
    assert compiled.tally(PORN).examples["a public suffix, not one site"] == ["co.uk", "github.io", "sch.uk"]


def test_help_lines_win_over_every_list_also_below_them(tmp_path: Path) -> None:
    compiled = Compiled(
        tmp_path, (PORN, ["help.example", "forum.help.example"]), (GRAVE, ["help.example"]), (HELP, ["help.example"])
    )
    assert compiled.list_of("help.example") == "help"
    assert compiled.list_of("forum.help.example") == "help"
    assert compiled.tally(PORN).reasons == {"a help line": 2}
    assert compiled.tally(GRAVE).reasons == {"a help line": 1}


def test_a_help_line_below_a_listed_site_is_cleared(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (PORN, ["big.example"]), (HELP, ["help.big.example"]))
    assert compiled.list_of("www.big.example") == "porn"
    assert compiled.list_of("help.big.example") == "help"


def test_a_site_schools_need_can_not_be_flagged_by_a_downloaded_list(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (GAMES, ["needed.example", "teams.needed.example"]), (NEEDED, ["needed.example"]))
    assert compiled.list_of("teams.needed.example") == "allow"
    assert compiled.tally(GAMES).reasons == {"a site that schools need": 2}


def test_below_a_site_of_many_owners_lists_still_count(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (PORN, ["cdn.example", "bad.cdn.example"]), (PARTLY, ["cdn.example"]))
    assert compiled.list_of("cdn.example") == "allow"
    assert compiled.list_of("good.cdn.example") == "allow"
    assert compiled.list_of("bad.cdn.example") == "porn"


def test_a_checked_entry_below_a_needed_site_counts(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (NEEDED, ["cloud.example"]), (SEED, ["relay.cloud.example"]))
    assert compiled.list_of("relay.cloud.example") == "seed"
    assert compiled.list_of("www.cloud.example") == "allow"


def test_what_the_school_allows_beats_lists_but_never_the_serious_core(tmp_path: Path) -> None:
    compiled = Compiled(
        tmp_path,
        (SCHOOL, ["site.example", "grave.example", "part.grave.example"]),
        (PORN, ["site.example", "sub.site.example"]),
        (GRAVE, ["grave.example"]),
    )
    assert compiled.list_of("sub.site.example") == "allow"
    assert compiled.list_of("grave.example") == "grave"
    assert compiled.list_of("part.grave.example") == "grave"
    assert compiled.tally(SCHOOL).reasons == {"below a site that nobody may allow": 1}


def test_between_lists_the_checked_one_wins_then_the_graver(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (GAMES, ["a.example", "b.example"]), (PORN, ["a.example", "b.example"]), (SEED, ["b.example"]))
    assert compiled.list_of("a.example") == "porn"
    assert compiled.list_of("b.example") == "seed"


def test_the_serious_core_is_not_hidden_by_a_milder_checked_entry(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (SEED, ["a.example"]), (GRAVE, ["a.example"]))
    assert compiled.list_of("a.example") == "grave"


def test_the_more_specific_entry_wins_whatever_the_category(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (PORN, ["a.example"]), (GAMES, ["play.a.example"]))
    assert compiled.list_of("play.a.example") == "games"


def test_children_of_a_listed_parent_are_dropped_only_under_the_same_rule(tmp_path: Path) -> None:
    compiled = Compiled(
        tmp_path, (PORN, ["a.example", "www.a.example", "a-b.example", "x.a-b.example"]), (GAMES, ["b.a.example", "c.a.example"])
    )
    assert (compiled.tally(PORN).entries, compiled.tally(PORN).covered) == (2, 2)
    assert compiled.tally(GAMES).entries == 2
    assert compiled.list_of("www.a.example") == "porn"


def test_a_parent_is_seen_even_if_a_hyphenated_name_sorts_between(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (HELP, ["a.example"]), (PORN, ["a-b.example", "a.a.example", "a0.example"]))
    assert compiled.list_of("a.a.example") == "help"
    assert compiled.list_of("a-b.example") == compiled.list_of("a0.example") == "porn"


def test_doubles_count_once(tmp_path: Path) -> None:
    compiled = Compiled(tmp_path, (PORN, ["a.example", "a.example", "a.example"]))
    assert compiled.tally(PORN).entries == 1


def test_a_lists_own_exception_clears_below_its_own_entry_only(tmp_path: Path) -> None:
    adblock = "||a.example^\n@@||fine.a.example^\n||b.example^\n@@||b.example^\n@@||c.example^\n"
    sources = [from_file(tmp_path, PORN, adblock), Source(rule=GAMES, entries=("b.example", "c.example"))]
    compile_lists(sources, tmp_path / "lists")
    lists = open_lists(tmp_path / "lists")
    kinds = {
        name: (match.kind, match.list_name) if (match := lists.match(name)) else None
        for name in ("www.a.example", "x.fine.a.example", "b.example", "c.example")
    }
    assert kinds == {
        "www.a.example": ("block", "porn"),
        "x.fine.a.example": ("allow", "porn"),
        "b.example": ("block", "games"),
        "c.example": ("block", "games"),
    }


def test_an_exception_can_not_clear_everything(tmp_path: Path) -> None:
    source = from_file(tmp_path, PORN, "@@||example^\n@@||co.uk^\n||a.co.uk^\n")
    manifest = compile_lists([source], tmp_path / "lists")
    match = open_lists(tmp_path / "lists").match("a.co.uk")
    assert match is not None
    assert match.kind == "block"
    assert sum(manifest.tallies["porn"].reasons.values()) == 2


def test_sealed_names_of_a_file_are_matched(tmp_path: Path) -> None:
    names = ["grave.example", "grave.co.uk", "grave.blogspot.com", "grave.com.np", "grave.github.io"]
    source = from_file(tmp_path, GRAVE, "".join(f"{phrase_lists.seal(name)}\n" for name in names))
    compile_lists([source], tmp_path / "lists")
    lists = open_lists(tmp_path / "lists")
    for name in names:
        for asked in (name, f"www.{name}"):
            match = lists.match(asked)
            assert match is not None
            assert (match.category, match.entry) == ("extremism", name)


def test_sealed_names_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_compiler, "MOST_SEALED", 3)
    compiled = Compiled(tmp_path, (GRAVE, [phrase_lists.seal(f"site{number}.example") for number in range(10)]))
    assert len(compiled.manifest.sealed) == 3
    assert compiled.tally(GRAVE).reasons == {"too many sealed names": 7}


def test_all_names_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_compiler, "MOST_NAMES", 5)
    compiled = Compiled(tmp_path, (PORN, [f"site{number}.example" for number in range(10)]))
    assert compiled.tally(PORN).entries == 5
    assert "more than 5 names" in compiled.tally(PORN).problem


def test_sources_are_ordered_from_help_to_the_mildest_list() -> None:
    sources = [Source(rule=rule) for rule in (GAMES, PORN, SEED, SCHOOL, GRAVE, NEEDED, HELP)]
    assert [source.rule.list_name for source in order(sources)] == [
        "help", "needed", "grave", "school allows", "seed", "porn", "games",
    ]  # fmt: skip
