"""The hand-kept lists: every row reads, says what the code knows, and hurts nobody."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import phrase_lists
from appliance.edge.list_files import is_sealed
from appliance.edge.list_seeds import EVASIONS, seed_sources
from appliance.edge.lists import compile_lists, open_lists
from appliance.edge.suffixes import PublicSuffixes
from appliance.judge.categories import CATEGORIES
from appliance.judge.domains import DomainLists
from appliance.judge.names import normalise
from appliance.judge.verdicts import judge_name

FILES = sorted(str(path.relative_to(phrase_lists.FOLDER)) for path in phrase_lists.FOLDER.rglob("*.tsv"))
DOMAIN_FILES = [file for file in FILES if file.startswith("domains/")]
AWKWARD = Path(__file__).parent / "benign_scunthorpe.tsv"
GRAVEST = {"suicide", "self_harm", "cse", "extremism", "eating_disorders", "nudify"}


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> DomainLists:
    folder = tmp_path_factory.mktemp("lists")
    compile_lists(seed_sources(), folder)
    return open_lists(folder)


@pytest.mark.parametrize("file", FILES)
def test_every_file_says_its_source_licence_and_date(file: str) -> None:
    head = phrase_lists.heading(file)
    assert head.title
    assert head.source
    assert head.licence
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", head.date)


@pytest.mark.parametrize(
    ("file", "dated"), [("harm", 2), ("evasion", 2), ("gravest", 2), ("help_lines", 3), ("school_essential", 2)]
)
def test_every_entry_says_when_it_was_read_and_of_harm_who_names_it_too(file: str, dated: int) -> None:
    newest = phrase_lists.heading(f"domains/{file}.tsv").date
    for row in phrase_lists.rows(f"domains/{file}.tsv"):
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row[dated]) and row[dated] <= newest, row
        assert row[-1] and len(row) == dated + (2 if file in ("harm", "evasion") else 1), row


@pytest.mark.parametrize("file", DOMAIN_FILES)
def test_every_row_is_a_name_in_normal_form_and_stands_once(file: str) -> None:
    names = [row[0] for row in phrase_lists.rows(file)]
    assert len(names) == len(set(names)) > 0
    for name in names:
        assert is_sealed(name) if name.startswith("sha256:") else normalise(name) == name


def test_every_category_and_class_of_the_files_is_known() -> None:
    for file in ("domains/harm.tsv", "domains/gravest.tsv", "domains/triggers.tsv"):
        assert {row[1] for row in phrase_lists.rows(file)} <= set(CATEGORIES)
    assert {row[1] for row in phrase_lists.rows("domains/evasion.tsv")} == set(EVASIONS)
    assert {row[1] for row in phrase_lists.rows("domains/help_lines.tsv")} == {"S1", "S2", "S3"}
    assert {row[1] for row in phrase_lists.rows("domains/school_essential.tsv")} == {"whole", "part"}


def test_every_category_has_a_test_name() -> None:
    assert {row[1] for row in phrase_lists.rows("domains/triggers.tsv")} == set(CATEGORIES)


def test_test_names_never_resolve() -> None:
    assert all(row[0].endswith(".trigger.example") for row in phrase_lists.rows("domains/triggers.tsv"))


def test_names_of_the_gravest_sites_do_not_stand_in_clear() -> None:
    assert not GRAVEST & {row[1] for row in phrase_lists.rows("domains/harm.tsv")}
    assert all(row[0].startswith("sha256:") for row in phrase_lists.rows("domains/gravest.tsv"))


def test_a_harmful_site_is_one_owners_whole_site_and_not_below_a_safe_one() -> None:
    suffixes, safe = PublicSuffixes.bundled(), {row[0] for row in phrase_lists.rows("domains/school_essential.tsv")}
    names = {row[0] for row in phrase_lists.rows("domains/harm.tsv")}
    # Boards of their own below somebody else's name.
    assert {name for name in names if suffixes.registrable(name) != name} == {
        "cs.rin.ru",
        "danbooru.donmai.us",
        "rule34.paheal.net",
    }
    parents = {name[match.end() :] for name in names for match in re.finditer(r"^|\.", name)}
    assert not parents & (safe | phrase_lists.help_names())
    sealed = {row[0] for row in phrase_lists.rows("domains/gravest.tsv")}
    assert not sealed & {phrase_lists.seal(name) for name in (*names, *safe, *phrase_lists.help_names())}


def test_the_box_knows_a_thousand_names_before_it_has_fetched_any_list() -> None:
    files = ("domains/harm.tsv", "domains/gravest.tsv", "domains/evasion.tsv")
    counts = Counter(row[1] for file in files for row in phrase_lists.rows(file))
    assert counts.total() > 1_200
    known = {EVASIONS[kind][0] if kind in EVASIONS else kind for kind in counts}
    # No name of such a site is known to us that we could be sure of; words and the school's filter are what there is.
    assert set(CATEGORIES) - known == {"self_harm", "cse"}


def test_a_seal_hides_the_name_and_is_always_the_same() -> None:
    seal = phrase_lists.seal("example.com")
    assert seal == phrase_lists.seal("example.com") != phrase_lists.seal("example.org")
    assert is_sealed(seal)
    assert "example" not in seal


def test_no_own_entry_is_refused_by_the_guards(tmp_path: Path) -> None:
    manifest = compile_lists(seed_sources(), tmp_path)
    assert {name: tally.reasons for name, tally in manifest.tallies.items() if tally.reasons} == {}


def test_every_entry_is_found_as_what_it_is_listed_as(seeds: DomainLists) -> None:
    for name, category, *_ in phrase_lists.rows("domains/harm.tsv"):
        assert judge_name(f"www.{name}", seeds).category == category, name
    for name, kind, *_ in phrase_lists.rows("domains/evasion.tsv"):
        assert judge_name(name, seeds).category == EVASIONS[kind][0], name


def test_help_lines_and_school_sites_are_never_flagged(seeds: DomainLists) -> None:
    for row in (*phrase_lists.rows("domains/help_lines.tsv"), *phrase_lists.rows("domains/school_essential.tsv")):
        assert judge_name(row[0], seeds).category is None, row[0]
        assert judge_name(f"www.{row[0]}", seeds).category is None, row[0]


def test_filter_tests_have_no_category(seeds: DomainLists) -> None:
    for row in phrase_lists.rows("domains/witness.tsv"):
        assert judge_name(row[0], seeds).category is None


def test_benign_names_with_bad_words_in_them_are_not_flagged(seeds: DomainLists) -> None:
    names = [
        row[0]
        for line in AWKWARD.read_text().splitlines()
        if not line.startswith("#")
        if (row := line.split("\t"))[1] == "domain"
    ]
    assert len(names) > 80
    assert [name for name in names if judge_name(f"www.{name}", seeds).category] == []


def test_third_parties_are_no_help_lines_and_of_the_harmful_sites_only_social_media(seeds: DomainLists) -> None:
    names = phrase_lists.third_parties()
    assert len(names) > 100 and all(normalise(name) == name for name in names)
    flagged = {match.category for name in names if (match := seeds.match(name)) is not None and match.kind == "block"}
    # Their counters stand on everybody's pages.
    assert flagged <= {"social_media"} and not names & phrase_lists.help_names()


def test_names_of_the_background_are_no_help_lines_and_hardly_listed(seeds: DomainLists) -> None:
    names = phrase_lists.background_names()
    assert len(names) > 100 and all(normalise(name) == name for name in names)
    flagged = {match.category for name in names if (match := seeds.match(name)) is not None and match.kind == "block"}
    # Apps report to Facebook whoever made them.
    assert flagged <= {"social_media"} and not names & (phrase_lists.help_names() | phrase_lists.third_parties())


def test_help_names_are_the_help_lines() -> None:
    names = phrase_lists.help_names()
    wanted = """childline.org.uk samaritans.org giveusashout.org papyrus-uk.org nspcc.org.uk ceop.police.uk
        beateatingdisorders.org.uk themix.org.uk kooth.com refuge.org.uk womensaid.org.uk mermaidsuk.org.uk galop.org.uk
        myh.org.uk karmanirvana.org.uk meiccymru.org selfharm.co.uk nationaldahelpline.org.uk support.trigger.example"""
    assert set(wanted.split()) <= names
    assert len(names) > 300


def test_help_names_load_without_any_library() -> None:
    heavy = "marisa_trie", "msgspec", "sqlite3"
    code = f"import sys, phrase_lists; phrase_lists.help_names(); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=phrase_lists.FOLDER.parent
    )
    assert done.stdout.strip() == "[]"
