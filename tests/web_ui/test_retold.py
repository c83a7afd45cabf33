"""The guardian's reasons on the page: every sentence that it can write is known, and nothing is lost on the way to Welsh."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from appliance.edge.list_seeds import EVASIONS
from appliance.judge.categories import CATEGORIES
from appliance.judge.intent import _span
from appliance.judge.shapes import SHAPES
from appliance.judge.tunnels import SIGNATURES
from appliance.school import STANDING
from web_ui.wording import categories, retold_words, shapes
from web_ui.wording.register import say_group
from web_ui.wording.retold import retell, split

APPLIANCE = Path(__file__).parents[2] / "appliance"
# Who writes what an incident says of itself.
WRITERS = [
    *("dark", "dns_tunnelling", "evasion", "foreign_resolvers", "hidden_names", "intent", "levels", "looking_back", "outcomes"),
    *("policy", "scales", "shapes", "sight_falls", "swarms", "tunnels", "verdicts", "words", "worries"),
]
# What these modules say elsewhere: to a person at the command line, or of names that never become an incident.
ELSEWHERE = re.compile(
    r"^(Probably |We can't tell whether a person|A rule |There is no category|“.*” (is not|belongs to the serious core)"
    r"|No list names \S+\.$|“.*” is a page's address"
    r"|\S+ (belongs to a help line|belongs to a test|is an address))|so no list can flag it\.$|write it like example\.com\.$"
)
# What stands in a place, by what the guardian calls it; anything else is a name.
EXAMPLES = {
    "phrase": "a VPN, which hides where a device goes", "category(finding.category).phrase": "a gambling site",
    "signature.label": "OpenVPN, a kind of VPN", "beat": "5 minutes", "n": "3", "titles": "Suicide, Violence and gore and Drugs",
    "CATEGORIES[finding.category].title": "Drugs", "asked": "300", "answered": "0", "share": "41", "ordinary": "96",
    "title": "Alcohol, tobacco and vapes", "day": "Tuesday 24 November", "whose": "www.bad.example is",
    "foreign_resolvers.whose": ", Quad9's,",
    "when": "on Tuesday",
    "spelled": "says “bet now”, which", "rule.by or 'the school'": "the school", "rule.reason": "Asked for. By parents",
    "_subject(name, match)": "www.bad.example belongs to bad.example, which is", "match.list_name": "Ways round, the list",
    "group": "Year 6 (Oak)", "topic": "The war", "by": "Mr Rees", "until": "11:15", "operator": "Quad9", "device": "iPad-07",
    "count": "12", "len(made_up)": "12", "len(talk.names)": "12", "len(window.places)": "12", "window.lit": "2",
    "moment.others": "4", "moment.followers": "4", "moment.followed_for": "9", "seen.port": "8443",
}  # fmt: skip


def fill(node: ast.JoinedStr, module: str) -> str:
    """An f-string with an example in each place."""
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            place = ast.unparse(part.value)
            parts.append(EXAMPLES.get(f"{module}.{place}") or EXAMPLES.get(place, "bad.example"))
    return "".join(parts)


def find_texts(module: str) -> Iterator[str]:
    tree = ast.parse((APPLIANCE / "judge" / f"{module}.py").read_text())
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield fill(node, module)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (inside | said):
            yield re.sub(r"\{(\w+)\}", lambda place: EXAMPLES.get(place[1], "bad.example"), node.value)


@cache
def written() -> list[str]:
    """Every sentence that the guardian's modules hold, with examples in its places."""
    found = []
    for module in WRITERS:
        found += [
            text for text in find_texts(module) if text.count(" ") > 2 and text.endswith(".") and not ELSEWHERE.search(text)
        ]
    return found


def is_known(text: str) -> bool:
    return all(known for _sentence, known in split(text))


@pytest.fixture
def speaking(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def test_the_guardians_sentences_are_found() -> None:
    assert len(written()) > 60
    assert "Raised because it happened outside school hours." in written()


@pytest.mark.parametrize("text", written())
def test_every_sentence_of_the_guardian_is_known(speaking: None, text: str) -> None:
    assert is_known(text), text
    assert "".join(sentence for sentence, _ in split(text)).replace(" ", "") == text.replace(" ", "").replace("'", "’")
    with force_locale("cy"):
        assert is_known(text)
        assert not {sentence for sentence, _ in split(text)} & {sentence.replace("'", "’") for sentence in text.split(". ")}


def test_both_ends_of_a_reason_are_told(speaking: None) -> None:
    text = "bad.example is on the list “Ways round” as a gambling site. The site answered."
    with force_locale("cy"):
        assert len(split(text)) == 2 and is_known(text)
        assert "hapchwarae" in retell(text) and "bad[.]example" in retell(text) and 'lang="en"' not in retell(text)


@pytest.mark.parametrize(
    "phrase", [*(c.phrase for c in CATEGORIES.values()), *(words for _, words in EVASIONS.values() if words)]
)
def test_every_kind_of_site_is_known(speaking: None, phrase: str) -> None:
    assert is_known(f"bad.example is on the list “Any” as {phrase}.")


@pytest.mark.parametrize("label", [signature.label for signature in SIGNATURES.values()])
def test_every_kind_of_tunnel_is_known(speaking: None, label: str) -> None:
    assert is_known(f"The first packets look like {label}.")


@pytest.mark.parametrize("seconds", [20.0, 95.0, 300.0, 6_000.0, 90_000.0])
def test_every_length_of_time_is_known(speaking: None, seconds: float) -> None:
    assert is_known(f"It comes back every {_span(seconds)} as if by a clock.")


def test_every_category_and_shape_of_the_guardian_is_known() -> None:
    assert {retold_words.TITLES[category.title]: category.id for category in CATEGORIES.values()} == {
        key: key for key in CATEGORIES
    }
    assert set(categories.known()) == set(CATEGORIES)
    assert set(shapes.SHAPES) == set(SHAPES)


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        ("Suicide", "Hunanladdiad"),
        ("Violence and gore and Drugs", "Trais a lluniau gwaedlyd, Cyffuriau"),
        (
            "Alcohol, tobacco and vapes, Suicide and Hate and discrimination",
            "Alcohol, tybaco a fêps, Hunanladdiad, Casineb a gwahaniaethu",
        ),
    ],
)
def test_lists_of_titles_are_told_apart(speaking: None, titles: str, said: str) -> None:
    with force_locale("cy"):
        assert said in str(retell(f"This device touched 3 worrying subjects within a week: {titles}."))


def test_days_are_told_in_welsh(speaking: None) -> None:
    with force_locale("cy"):
        told = str(retell("The same device also came up for “Drugs” on Tuesday 24 November."))
        assert "ddydd Mawrth 24 Tachwedd" in told


def test_what_is_not_known_is_marked_as_english(speaking: None) -> None:
    text = "Something new was seen. The site answered. And <b>more</b> of www.bad.example"
    with force_locale("cy"):
        told = str(retell(text))
        assert told.count('<bdi lang="en">') == 2 and "&lt;b&gt;" in told and "bad[.]example" in told
        assert told.startswith('<bdi lang="en">Something new was seen.</bdi> <bdi>')
    assert 'lang="en"' not in retell(text)


@pytest.mark.parametrize(
    "text",
    [
        "bad.example is on the list “Any” as a site of some new kind.",
        "This device touched 3 worrying subjects within a week: Knitting and Drugs.",
        "The same device also came up for “Drugs” on Blursday 24 November.",
        "The same device also came up for “Drugs” on Tuesday x November.",
        "It comes back every 3 fortnights as if by a clock.",
        "It comes back every so often as if by a clock.",
        "",
        " ",
        "“" * 500,
        ("a " * 400) + "went there on Tuesday, before the name was known: no list held it yet.",
    ],
)
def test_what_nobody_wrote_breaks_nothing(speaking: None, text: str) -> None:
    with force_locale("cy"):
        assert 'lang="en"' in retell(text) or not text.strip()


def test_a_long_hostile_text_is_soon_looked_through(speaking: None) -> None:
    began = time.process_time()
    retell("x went there on " * 60)
    retell("bad.example is on the school's own list (“" + "”, a" * 200)
    assert time.process_time() - began < 1.0


def test_the_groups_that_every_box_has_are_told_in_welsh(speaking: None) -> None:
    with force_locale("cy"):
        told = [say_group(group) for group in STANDING]
    assert not {group.name for group in STANDING} & set(told)
    assert [say_group(group) for group in STANDING] == [group.name for group in STANDING]
