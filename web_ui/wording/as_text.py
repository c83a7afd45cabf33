"""Everything about an incident as plain text: to be pasted into the program with the school's child protection files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from appliance.model import Incident
from web_ui.hostnames import reveal
from web_ui.wording.dates import say_moment
from web_ui.wording.devices import say_name
from web_ui.wording.record import Entry
from web_ui.wording.retold import retell
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext

Told = Mapping[str, Any]  # what `casefile.gather` knows of an incident
UNDER = "-"


def write(told: Told, frame: Mapping[str, str], now: float) -> str:
    """The text. `frame` has the school, who made it, when, the box's id and the evidence code."""
    parts = [_title(told, frame)]
    if told["worry"]:
        parts.append(_worry(told, now))
    elif told["fall"]:
        parts.append(_fall(told, now))
    else:
        parts += [_known(told, now), _limits(told), _around(told)]
    parts += [_linked(told), _record(told), _proof(frame)]
    text = "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"
    return str(reveal(text))


def _title(told: Told, frame: Mapping[str, str]) -> list[str]:
    card = told["card"]
    marks = [card.tag, card.state_word, *([_("Exercise")] if card.exercise else [])]
    school = [frame["school"]] if frame["school"] else []
    return [*school, _("Incident %(number)d", number=told["incident"].id), _plain(card.sentence), ", ".join(marks)]


def _worry(told: Told, now: float) -> list[str]:
    worry, incident = told["worry"], told["incident"]
    return [
        *_heading(_("What they wrote")),
        worry.text,
        _line(_("Who wrote it"), say_name(worry.name) if worry.name else _("They did not say.")),
        _line(_("When"), say_moment(worry.time, now)),
        *_lines(_("What the box reads in it"), [retell(incident.reason)] if incident.reason else []),
    ]


def _fall(told: Told, now: float) -> list[str]:
    return [
        *_heading(_("What we know")),
        _line(_("First"), say_moment(told["first"], now)),
        _line(_("Last"), say_moment(told["last"], now)),
        _line(_("Why it came up"), retell(told["incident"].reason)),
        _line(_("How sure we are"), told["card"].confidence),
        *_lines(_("Note for IT support"), told["fall"]),
    ]


def _known(told: Told, now: float) -> list[str]:
    incident: Incident = told["incident"]
    title, explained = told["outcome"]
    return [
        *_heading(_("What we know")),
        _line(_("Device"), f"{_device(told)}, {say_name(incident.mac)}"),
        _line(_("Who had it then"), told["holder"]),
        _line(_("First"), say_moment(told["first"], now)),
        _line(_("Last"), say_moment(told["last"], now)),
        _line(_("How often"), ngettext("once", "%(num)d times", incident.count)),
        *_lines(ngettext("Site", "Sites", len(told["sites"])), told["sites"]),
        *_lines(told["intent_title"], map(retell, incident.intent_reasons)),
        *_lines(title, explained),
        _line(_("Why it came up"), retell(incident.reason)),
        _line(_("List or rule"), retell(incident.source)),
        _line(_("How sure we are"), told["card"].confidence),
        *_lines(_("Why it is this urgent"), map(retell, incident.reasons)),
    ]


def _device(told: Told) -> str:
    name, then = say_name(told["device"]), say_name(told["incident"].device)
    return name if name == then else f"{name} {_('(called %(name)s at the time)', name=then)}"


def _limits(told: Told) -> list[str]:
    return [
        *_heading(_("What the box could see then, and what it couldn’t")),
        *_lines(_("In sight"), [told["coverage"], *told["unseen"]]),
        _line(_("Clock"), told["clock"]),
        _line(_("Never in sight"), _("What was read or typed there, and who held the device.")),
    ]


def _around(told: Told) -> list[str]:
    steps = [_line(step.when, f"{_flagged(step.flagged)}{_plain(step.sites)}") for step in told["timeline"]]
    forgotten = _("The box no longer has it. It remembers what was harmless for two days at most, then forgets it.")
    return [*_heading(_("What the device did around that time")), *(steps or [forgotten])]


def _flagged(sites: Markup) -> str:
    return f"{_('This is what came up:')} {_plain(sites)}; " if sites else ""


def _linked(told: Told) -> list[str]:
    lines = [_line(_("Incident %(number)d", number=card.id), card.sentence) for card in told["linked"]]
    return [*_heading(_("What belongs to it")), *lines] if lines else []


def _record(told: Told) -> list[str]:
    entries = [line for entry in told["record"] for line in _entry(entry)]
    return [*_heading(_("What was done about it")), *(entries or [_("Nothing is written down yet.")])]


def _entry(entry: Entry) -> Iterator[str]:
    yield _line(f"{entry.when}, {entry.by}", entry.what)
    yield from (f"  {UNDER} {action}" for action in entry.actions)
    yield from (f"  {line}" for line in entry.text.splitlines())
    if entry.corrects:
        yield f"  {_('It puts right the entry of %(moment)s.', moment=entry.corrects[1])}"
    if entry.corrected:
        yield f"  {_('Put right later:')} {_('see the entry of %(moment)s', moment=entry.corrected[1])}"


def _proof(frame: Mapping[str, str]) -> list[str]:
    return [
        *_heading(_("How to check this text")),
        _("Evidence code: %(code)s.", code=frame["code"]),
        _("This code stands for every entry that the box had written when this was made. IT support can check it on the box:"),
        f"safespan audit verify --code {frame['code']}",
        _("Box %(box)s. Made %(moment)s for %(name)s.", box=frame["box"], moment=frame["time"], name=frame["who"]),
    ]


def _heading(words: str) -> list[str]:
    return [words, UNDER * len(words)]


def _line(heading: str, words: str) -> str:
    return f"{heading}: {_plain(words)}"


def _lines(heading: str, items: Iterable[str]) -> list[str]:
    """A heading with one item beside it, or several beneath; nothing where there are none."""
    told = [_plain(item) for item in items]
    if len(told) < 2:
        return [f"{heading}: {told[0]}"] if told else []
    return [f"{heading}:", *(f"  {UNDER} {item}" for item in told)]


def _plain(words: str) -> str:
    """Words without markup."""
    return words.striptags() if isinstance(words, Markup) else str(words)
