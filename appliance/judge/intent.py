"""Person or page: was a listed name typed or followed by a person, part of another page, or an app in the background?

    moment before and after -> clues, each for one kind with a weight and a sentence -> Intent

Nothing here is certain: a box that sees names only can say "probably", and does. What is weighed is stated in every reason.
"""

from __future__ import annotations

from statistics import median

from msgspec import Struct

from appliance.model import Confidence, Intent, IntentKind

BURST = 3  # other sites: the first parts of a page; in the evaluation a higher bar took one advert in eight for a person's choice
QUIET = 2.0  # seconds without any other name: shorter is within one page load
LONG_QUIET = 10.0  # a page has long finished loading
FOLLOWERS = 3  # further names that make a page of what came before them
ADVERTS = 2  # adverts or trackers in the same moment
LASTING = 4.0  # seconds over which a site was connected to again: more than one picture
RETURNS = 2  # earlier visits that make a habit of it
# Apps ask by the clock. A person who comes back does so by whole minutes differing; a timer is within one part in six.
REGULAR = 4  # gaps between visits that must agree
REGULAR_SPREAD = 1 / 6
SHORTEST_BEAT = 20.0  # seconds: faster repeats are one visit's own
REASONS = 3
# What hides traffic or steers a screen does so by the clock, without anybody touching it.
TOOLS = frozenset(("encrypted_dns", "proxy_avoidance", "remote_control"))

TITLES: dict[IntentKind, str] = {
    "person": "Probably typed or followed by a person.",
    "page": "Probably part of another page.",
    "background": "Probably an app or the device itself, in the background.",
    "unclear": "We can't tell whether a person opened it.",
}


class Moment(Struct, frozen=True, kw_only=True):
    """What the wire showed around one visit to a listed name. `settled`: the seconds after it are in as well.

    `quiet`: seconds since the device's last other name, None where it was heard for the first time; `gaps`: seconds between the
    device's visits to the site, oldest first, this one's included; `others` and `adverts` are names of other sites just before;
    `in_sight`: connections of the device are seen at all, so that one that is missing says something.
    """

    quiet: float | None = None
    others: int = 0
    led_by_another: bool = False  # the burst that it stands in began with another site
    adverts: int = 0
    is_advert: bool = False  # it is itself an advert or tracker
    is_background: bool = False  # it is itself a name that machines ask for by themselves
    searched: bool = False  # a search engine was asked for shortly before
    gaps: tuple[float, ...] = ()
    followers: int = 0
    followed_for: float = 0.0  # seconds from the first to the last connection to the site
    looked_up: bool = False  # the look-up was in sight and gave an address
    connected: bool = False
    in_sight: bool = False
    settled: bool = False


class Clue(Struct, frozen=True):
    """One thing that speaks for a kind, how strongly, and as a sentence."""

    kind: IntentKind
    weight: int
    sentence: str


def read_intent(moment: Moment) -> Intent:
    """Weigh everything: the kind that leads by two or more, the surer the further it leads."""
    clues = sorted(_clues(moment), key=lambda clue: -clue.weight)
    weights = {kind: sum(clue.weight for clue in clues if clue.kind == kind) for kind in TITLES}
    (leading, most), (_, next_most), *_ = sorted(weights.items(), key=lambda item: -item[1])
    lead = most - next_most
    if lead < 2:
        return Intent("unclear", "low", _reasons(clues) or ("Nothing around it speaks for a person or against one.",))
    kept = [clue for clue in clues if clue.kind == leading] + [clue for clue in clues if clue.kind != leading]
    return Intent(leading, _sureness(lead), _reasons(kept))


def intent_weight(intent: Intent | None, category: str = "") -> int:
    """What a reading does to a level: -1 a doubt (page or app, not merely suspected), +1 a person for certain, else 0.

    +1 takes one other doubt away; it never lifts a name above its category's own level. A serious name with -1 stays at least
    something to look at: whoever weighs levels sees to that. That tools work in the background is no doubt.
    """
    if intent is None or intent.confidence == "low" or intent.kind == "unclear":
        return 0
    if intent.kind == "person":
        return int(intent.confidence == "high")
    return 0 if intent.kind == "background" and category in TOOLS else -1


def graver(one: Intent, other: Intent) -> Intent:
    """The reading that speaks more for a person; the first of two that speak alike."""
    return other if _gravity(other) > _gravity(one) else one


def is_regular(gaps: tuple[float, ...]) -> bool:
    """Whether the last gaps between visits are alike, as a timer makes them."""
    last = gaps[-REGULAR:]
    return len(last) == REGULAR and min(last) >= SHORTEST_BEAT and is_even(last)


def site_of(name: str) -> str:
    """Roughly the registrable part: the last two labels, three where the second is as short as in `co.uk`."""
    labels = name.rsplit(".", 3)
    if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def is_even(gaps: tuple[float, ...]) -> bool:
    """Whether gaps are alike, to a part in six of the usual one."""
    return max(gaps) - min(gaps) <= REGULAR_SPREAD * median(gaps)


def _only_looked_up(moment: Moment) -> bool:
    """Whether a look-up was answered and no connection followed, now that it would have."""
    return moment.looked_up and _is_missing(moment)


def _is_missing(moment: Moment) -> bool:
    """Whether a connection to it would have been seen by now, and was not."""
    return moment.settled and moment.in_sight and not moment.connected


def _clues(moment: Moment) -> list[Clue]:
    if is_regular(moment.gaps):
        beat = _span(median(moment.gaps[-REGULAR:]))
        # What comes by the clock comes out of silence too: that says nothing of a person then.
        return [Clue("background", 5, f"It comes back every {beat} as if by a clock."), *_after(moment), *_among(moment)]
    return [*_silence(moment), *_among(moment), *_habit(moment), *_after(moment)]


def _silence(moment: Moment) -> list[Clue]:
    """Nothing before it: a page's parts come together, a person's choice comes alone."""
    if moment.is_advert or moment.is_background or moment.others or (moment.quiet is not None and moment.quiet <= QUIET):
        return []
    weight = 3 if moment.quiet is None or moment.quiet > LONG_QUIET else 2
    return [Clue("person", weight, "No other site was asked for just before, so it does not look like part of another page.")]


def _among(moment: Moment) -> list[Clue]:
    """What it stood among."""
    clues = []
    if moment.is_background:
        clues.append(Clue("background", 4, "It is a name that browsers and systems ask for by themselves."))
    if moment.is_advert:
        clues.append(Clue("page", 4, "It is itself a name that pages load adverts or counters from."))
    if moment.others >= BURST and moment.led_by_another:
        told = f"{moment.others} other sites were asked for in the same moment, so it may be part of another page."
        clues.append(Clue("page", 3, told))
    if moment.adverts >= ADVERTS:
        clues.append(Clue("page", 1, "Names of adverts or trackers came just before it, as while a page loads."))
    return clues


def _habit(moment: Moment) -> list[Clue]:
    """How it was come to."""
    clues = []
    # A name that was only looked up after a search is one of the results, not the one that was chosen.
    if moment.searched and not _only_looked_up(moment):
        clues.append(Clue("person", 1, "A search engine was asked for shortly before."))
    if len(moment.gaps) >= RETURNS and not is_even(moment.gaps):
        clues.append(Clue("person", 1, "The device came back to it at uneven times, as people do."))
    return clues


def _after(moment: Moment) -> list[Clue]:
    """What followed within seconds. A look-up that the filter stopped has no connection to wait for: nothing is said then."""
    if not moment.settled:
        return []
    clues = []
    if _only_looked_up(moment):
        clues.append(Clue("page", 3, "It was looked up but nothing was loaded from it, as when a browser prepares links."))
    # What was never connected to, say for the filter, can't have led to the names after it.
    if moment.followers >= FOLLOWERS and not moment.led_by_another and not _is_missing(moment):
        clues.append(Clue("person", 2, f"It came first and {moment.followers} other names followed, as when a page is opened."))
    if moment.followed_for >= LASTING:
        clues.append(Clue("person", 1, f"The device went on connecting to it for {moment.followed_for:.0f} seconds."))
    return clues


def _reasons(clues: list[Clue]) -> tuple[str, ...]:
    return tuple(clue.sentence for clue in clues[:REASONS])


def _sureness(lead: int) -> Confidence:
    if lead >= 4:
        return "high"
    return "medium" if lead == 3 else "low"


def _gravity(intent: Intent) -> int:
    """From an app for certain (-3) over what can't be told (0) to a person for certain (3)."""
    steps = {"low": 1, "medium": 2, "high": 3}[intent.confidence]
    return {"person": steps, "unclear": 0}.get(intent.kind, -steps)


def _span(seconds: float) -> str:
    """`40 seconds`, `5 minutes`, `2 hours`."""
    for unit, length in (("hour", 3600.0), ("minute", 60.0)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.0f} {unit}s"
    return f"{seconds:.0f} seconds"
