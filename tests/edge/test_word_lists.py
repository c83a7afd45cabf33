"""The files of phrase_lists/words: every row reads, every word is where it belongs, and loading is quick and small."""

from __future__ import annotations

import gzip
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import phrase_lists
from appliance.edge import word_lists
from appliance.edge.word_lists import LANGUAGES, open_words, phrases_of
from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.names import normalise
from appliance.judge.words_folding import plain

FOLDER = phrase_lists.FOLDER / "words"
WORDS = open_words()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_speaks_of_the_gravest_categories(language: str) -> None:
    phrases = list(phrases_of(language))
    assert {phrase.category for phrase in phrases} >= {"suicide", "bullying", "cse"}
    assert all(phrase.pieces and 1 <= phrase.weight <= 5 for phrase in phrases)
    assert all(phrase.reviewed == (language == "en") for phrase in phrases)


def test_what_no_native_speaker_has_read_says_so_in_its_heading() -> None:
    for language in LANGUAGES:
        said = "Unreviewed" in phrase_lists.heading(f"words/{language}.tsv").title
        assert said == (language != "en")


def test_english_has_words_for_every_category() -> None:
    assert {phrase.category for phrase in phrases_of("en")} == set(CATEGORIES)
    assert {phrase.category for phrase in phrases_of("en") if phrase.where != "name"} >= SERIOUS_CORE


def test_no_phrase_stands_twice_with_different_weights_for_the_same_place() -> None:
    seen: dict[tuple[object, ...], int] = {}
    for phrase in phrases_of("en"):
        for where in ("name", "text") if phrase.where == "both" else (phrase.where,):
            assert seen.setdefault((phrase.category, where, phrase.pieces), phrase.weight) == phrase.weight, phrase


def test_benign_rows_name_known_categories() -> None:
    rows = list(phrase_lists.rows("words/calm.tsv"))
    assert {row[0] for row in rows} <= {"*", *CATEGORIES}
    assert {row[1] for row in rows} == {"covers", "clears"}


def test_hosting_suffixes_are_names_and_endings_are_labels() -> None:
    assert all(normalise(suffix) == suffix for suffix in WORDS.hosting)
    assert all(phrase.category in CATEGORIES and "." not in ending for ending, phrase in WORDS.endings.items())


def test_foreign_words_that_are_english_too_say_nothing_in_names() -> None:
    assert "curve" in {piece for phrase in phrases_of("ro") for piece in phrase.pieces}
    assert "curve" not in WORDS.in_names
    assert "curve" in WORDS.in_texts


def test_hundreds_of_places_are_known_words() -> None:
    places = [text for row in phrase_lists.rows("words/places.tsv") for text in row[1].split(", ")]
    assert len(set(places)) > 900
    assert all(plain(place).replace(" ", "") in WORDS.costs for place in places)


def test_a_row_that_says_something_unknown_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "en.tsv").write_text("# x\nweather\tboth\t3\train\n", encoding="utf-8")
    monkeypatch.setattr(phrase_lists, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="weather"):
        list(word_lists.phrases_of("en"))


def test_the_packaged_words_are_small_and_say_where_they_are_from() -> None:
    packed = FOLDER / "vocabulary.txt.gz"
    assert packed.stat().st_size < 1_000_000
    text = gzip.decompress(packed.read_bytes()).decode("ascii")
    assert all(f"# {key}: " in text[:1_000] for key in ("source", "licence", "date"))
    assert "Kevin Atkinson" in (FOLDER / "SCOWL-COPYRIGHT.txt").read_text(encoding="utf-8")


def test_the_words_load_in_little_time_and_memory() -> None:
    program = """
import resource, time
import appliance.edge.word_lists as lists
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
words = lists.open_words()
print(time.process_time() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    seconds, megabytes = map(float, told.split())
    assert seconds < 0.5, "a busy machine may take three times the 150 ms that are meant"
    assert megabytes < 32


def test_the_vocabulary_is_made_from_word_lists_by_size(tmp_path: Path) -> None:
    (tmp_path / "english-words.10").write_text("the\nof\nxq\nit's\n", encoding="latin-1")
    (tmp_path / "english-upper.50").write_text("Leeds\nYes\n", encoding="latin-1")
    (tmp_path / "british-words.70").write_text("colourise\nzoa\n", encoding="latin-1")
    spec = importlib.util.spec_from_file_location("make", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    costs = make.costs(tmp_path)
    assert set(costs) == {"the", "of", "leeds", "colourise"}
    assert costs["the"] < costs["leeds"] < costs["colourise"]
    assert make.render(costs).startswith("# ")
