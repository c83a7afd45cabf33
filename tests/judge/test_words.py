"""What names and texts suggest: town names stay towns, tricks are seen through, help is never flagged, and no input raises."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.edge.word_lists import open_words
from appliance.judge.categories import CATEGORIES
from appliance.judge.verdicts import judge_name
from appliance.judge.words import Words, judge_text, judge_words, query_text
from tests.judge.test_domains import ALLOW, HELP, PORN, lists_of

WORDS = open_words()


def _punycode(label: str) -> str:
    return "xn--" + label.encode("punycode").decode("ascii")


def _category(name: str) -> str | None:
    verdict = judge_words(name, WORDS)
    return verdict.category if verdict else None


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("freepornvideos.example", "pornography"),
        ("www.free-porn-videos.co.uk", "pornography"),
        ("bestonlinecasino.example", "gambling"),
        ("howtokillmyself.example", "suicide"),
        ("how-to-self-harm.example", "self_harm"),
        ("myproanadiary.example", "eating_disorders"),
        ("buyweedonline.example", "drugs"),
        ("cheapvapes.example", "alcohol_tobacco"),
        ("zombieknives.example", "weapons"),
        ("talktostrangers.example", "stranger_chat"),
        ("undressai.example", "nudify"),
        ("aigirlfriend.example", "ai_companion"),
        ("watchpeopledie.example", "violence"),
        ("meetsinglesonline.example", "dating"),
        ("free-robux-generator.example", "hacking"),
        ("darmowe-porno.example", "pornography"),
        ("pariurisportive.example", "gambling"),
        ("anything.xxx", "pornography"),
    ],
)
def test_a_name_made_of_telling_words_is_flagged(name: str, category: str) -> None:
    verdict = judge_words(name, WORDS)
    assert verdict is not None
    assert verdict.category == category
    assert verdict.entry
    assert verdict.source.startswith("Safespan: words (")
    assert name in verdict.reason
    assert "guess" in verdict.reason


@pytest.mark.parametrize(
    ("name", "level"),
    [
        # One unmistakable phrase: a cricket club may be called so.
        ("vpnroofing.example", "note"),
        ("bestonlinecasino.example", "note"),
        # Two that share no word, or one where mirrors are put up by the thousand.
        ("casino-poker-slots.example", "look"),
        ("unblocked-games-66.github.io", "look"),
        # Where a child may be in danger a guess is enough to be looked at.
        ("howtokillmyself.example", "look"),
    ],
)
def test_a_name_must_tell_twice_to_begin_as_more_than_a_note(name: str, level: str) -> None:
    verdict = judge_words(name, WORDS)
    assert verdict is not None and verdict.guess and verdict.level == level


@pytest.mark.parametrize(
    "name",
    [
        "scunthorpe-united.co.uk",
        "penistonechurchfc.example",
        "clitheroeadvertiser.co.uk",
        "therapistfinder.example",
        "expertsexchange.com",
        "penisland.example",
        "1001cocktails.com",
        "essexcricket.example",
        "cockermouthschool.example",
        "analytics.example",
        "skyscanner.net",
        "skysports.com",
        "interface.example",
        "fishmongers.example",
        "proanalytics.example",
        "sunblock.example",
        "unblockdrains.co.uk",
        "drainsunblocked.example",
        "thenakedscientists.com",
        "dickssportinggoods.com",
        "maine-coon-cats.example",
        "bluetits.example",
        "gluegun.example",
        "rapeseedoil.example",
        "babcockinternational.com",
        "nflxvideo.net",
    ],
)
def test_good_names_with_bad_words_in_them_are_left_alone(name: str) -> None:
    assert judge_words(name, WORDS) is None


@pytest.mark.parametrize(
    "name",
    [
        "suicidepreventiontrust.example",
        "selfharmsupport.example",
        "gamblinghelp.example",
        "stopgambling.example",
        "drugrehab.example",
        "rapecrisis.example",
        "eatingdisorders-recovery.example",
        "sexeducationforum.example",
        "pornaddictionhelp.example",
        "casino.essex.police.uk",
        "porn.someuniversity.ac.uk",
    ],
)
def test_help_teaching_and_officials_are_never_flagged(name: str) -> None:
    assert judge_words(name, WORDS) is None


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("p0rn.example", "pornography"),
        ("cas1no.example", "gambling"),
        (f"{_punycode('роrn')}.example", "pornography"),
        (f"{_punycode('сasinο')}.example", "gambling"),
        (f"{_punycode('cásinó')}.example", "gambling"),
        ("selfharmmmm.example", "self_harm"),
        ("thinnnspo.example", "eating_disorders"),
        (f"{_punycode('سكس-عربي')}.example", "pornography"),
    ],
)
def test_spelling_tricks_are_seen_through(name: str, category: str) -> None:
    assert _category(name) == category


@pytest.mark.parametrize("name", ["1001nights.example", "4x4parts.example", "b4bbc0de1337.cloudfront.net", "123456789.example"])
def test_digits_are_letters_only_where_the_label_then_reads_as_words(name: str) -> None:
    assert judge_words(name, WORDS) is None


def test_a_hosting_suffix_is_never_flagged_but_its_children_are_read() -> None:
    for suffix in WORDS.hosting:
        assert judge_words(suffix, WORDS) is None
    assert _category("unblockedgames.github.io") == "proxy_avoidance"
    assert _category("oakfieldprimary.github.io") is None
    assert _category("oakfieldschoolgames.weebly.com") in (None, "games")


def test_a_mirror_needs_less_where_mirrors_are_put_up() -> None:
    assert _category("ultraviolet.pages.dev") == "proxy_avoidance"
    assert _category("ultraviolet.example") is None
    assert _category("ultraviolet.wordpress.com") is None


def test_a_guess_is_never_urgent_and_never_certain() -> None:
    verdicts = [judge_words(f"{''.join(phrase.pieces)}.example", WORDS) for group in WORDS.in_names.values() for phrase in group]
    found = [verdict for verdict in verdicts if verdict]
    assert len(found) > 1_000
    assert {verdict.level for verdict in found} <= {"look", "note"}
    assert {verdict.confidence for verdict in found} <= {"medium", "low"}


def test_a_single_doubtful_word_is_a_note_of_low_confidence() -> None:
    verdict = judge_words("erotik.example", WORDS)
    assert verdict is not None
    assert (verdict.level, verdict.confidence) == ("note", "low")


def test_what_no_native_speaker_has_read_is_of_low_confidence() -> None:
    verdict = judge_words("samobojstwo.example", WORDS)
    assert verdict is not None
    assert (verdict.category, verdict.confidence, verdict.level) == ("suicide", "low", "look")


def test_what_a_list_says_comes_before_words() -> None:
    rules = {"porn.example": ALLOW, "casino.example": HELP, "cheapvapes.example": PORN}
    lists, _ = lists_of(rules)
    assert judge_name("porn.example", lists, WORDS).category is None
    assert judge_name("casino.example", lists, WORDS).category is None
    assert judge_name("cheapvapes.example", lists, WORDS).category == "pornography"
    assert judge_name("otherporn.example", lists, WORDS).category == "pornography"
    assert judge_name("otherporn.example", lists).category is None


def test_without_words_nothing_is_said() -> None:
    assert judge_words("porn.example", Words({}, [])) is None
    assert judge_text("porn", Words({}, [])) == ()


@pytest.mark.parametrize("name", ["", ".", "uk", "192.0.2.1", "a..b", "porn", "x" * 300 + ".com", "[::1]", "\x00.porn.com"])
def test_what_is_no_name_gets_no_verdict(name: str) -> None:
    assert judge_words(name, WORDS) is None


def test_the_longest_names_are_read_in_little_time() -> None:
    name = ".".join(["porn" * 15 + "por"] * 3 + ["sex" * 20])[:249] + ".com"
    assert len(name) <= 253
    assert judge_words(name, WORDS) is not None


def test_the_memory_of_labels_is_bounded() -> None:
    words = Words(WORDS.costs, [])
    for number in range(20_000):
        words.read(f"label{number}")
    assert len(words._cache) <= 8_192


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.from_regex(r"(xn--)?[a-z0-9-]{1,40}\.(com|github\.io|xxx)", fullmatch=True)))
@example("xn--" + "9" * 50 + ".com")
@example("xn--a-ecp.ru.com")
@example("xn--0000h.xn--0000h.com")
def test_any_text_given_as_a_name_gets_a_verdict_or_none(text: str) -> None:
    verdict = judge_words(text, WORDS)
    assert verdict is None or (verdict.category in CATEGORIES and verdict.level in ("look", "note"))


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("She said she wants to kill herself, she said: I want to die.", "suicide"),
        ("I don't want to be here anymore", "suicide"),
        ("he has been CUTTING HIMSELF", "self_harm"),
        ("selfharmmm", "self_harm"),
        ("a man online asked me for pictures", "cse"),
        ("everyone hates me and they call me names, kys they said", "bullying"),
        ("he brought a knife, knife to school", "weapons"),
        ("p0rn on the ipad", "pornography"),
        ("i wanna k1ll mys3lf now", "suicide"),
        ("my friend says she will k1ll hers3lf", "suicide"),
        ("he wants to end his life", "suicide"),
        ("they talk about killing themselves, kill themselves", "suicide"),
        ("end my l1fe.", "suicide"),
        ("i want 2 die", "suicide"),
        ("s3lf-h4rm", "self_harm"),
        ("h4ng mys3lf", "suicide"),
        ("chcę umrzeć", "suicide"),
        ("vreau să mor", "suicide"),
        ("dw i eisiau marw", "suicide"),
        ("main marna chahta hoon", "suicide"),
        ("میں مرنا چاہتا ہوں", "suicide"),
        ("أريد الموت", "suicide"),
    ],
)
def test_a_worry_is_told_by_whole_words(text: str, category: str) -> None:
    assert category in {finding.category for finding in judge_text(text, WORDS)}


@pytest.mark.parametrize(
    "text",
    [
        "We went to Scunthorpe with skysports",
        "The glue gun is hot",
        "Offa's Dyke is 100 kms long",
        "He lives in Essex",
        "",
        "the assembly",
        "room b4, a5 paper, yr3 and year4, covid19, ps5, 1st, 3rd, 4x4, mp3 and 7up at 10am",
        "we want 2 dice, 3d printing and h2o",
        "3 4 5 1 2",
    ],
)
def test_ordinary_texts_say_nothing(text: str) -> None:
    assert judge_text(text, WORDS) == ()


def test_findings_come_gravest_first_and_never_above_look() -> None:
    findings = judge_text("he takes drugs, plays in a casino and says i want to die", WORDS)
    assert findings[0].category == "suicide"
    assert len(findings) >= 3
    assert {finding.level for finding in findings} <= {"look", "note"}


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    assert judge_text("word " * 2_000 + "want to die", WORDS) == ()
    assert judge_text("want to die " + "word " * 100_000, WORDS)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=500))
def test_any_text_is_judged(text: str) -> None:
    for finding in judge_text(text, WORDS):
        assert finding.category in CATEGORIES


def test_what_was_asked_for_is_taken_from_plain_requests() -> None:
    assert query_text("/search?q=how+to%20die&page=2") == "how to die"
    assert query_text("http://www.example/find?hl=en&Query=a%FFb") == "a\ufffdb"
    assert query_text("/index.html") == ""
    assert judge_text(query_text("/search?q=i+want+to+die"), WORDS)[0].category == "suicide"


@given(st.text(max_size=300))
def test_any_target_is_read(target: str) -> None:
    assert isinstance(query_text("/?" + target), str)


def test_a_request_of_a_thousand_fields_is_left_alone() -> None:
    assert query_text("/?" + "q=a&" * 1_000) == ""
