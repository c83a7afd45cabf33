"""An incident in plain words: what happened, when, how sure, what became of it, and what is unknown."""

from __future__ import annotations

import re
from datetime import timedelta

from markupsafe import Markup, escape

from appliance.model import Incident
from web_ui.hostnames import clean
from web_ui.wording import deeds, shapes, sight_falls, worry
from web_ui.wording.dates import local, say_date, say_time, say_when
from web_ui.wording.devices import say_name
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext

_DOT = re.compile(r"(?<=\w)\.(?=\w)")


def say(incident: Incident, device: str, now: float) -> Markup:
    """The incident as one sentence, the device's name in bold."""
    if worry.is_worry(incident):
        return escape(_("Somebody reported a worry %(when)s.", when=say_times(incident, now)))
    if sight_falls.is_fall(incident):
        return escape(sight_falls.say(incident, now))
    template = deeds.find_template(incident)
    if template is None:
        return escape(break_dots(clean(incident.sentence, 500)))
    name = Markup("<strong><bdi>{}</bdi></strong>").format(say_name(device))
    return escape(template) % {"device": name, "when": say_times(incident, now)}


def say_times(incident: Incident, now: float) -> str:
    """How often and when, inside a sentence."""
    first, last, count = incident.first_seen, incident.last_seen, incident.count
    if count <= 1:
        return say_when(first, now)
    if local(first).date() != local(last).date():
        days = {"first": say_date(first, now), "last": say_date(last, now)}
        return ngettext(
            "%(num)d time between %(first)s and %(last)s", "%(num)d times between %(first)s and %(last)s", count, **days
        )
    if local(first).date() == local(now).date():
        return _say_twice(say_time(first), say_time(last)) if count == 2 else _say_today(count, say_time(first), say_time(last))
    if local(first).date() == local(now).date() - timedelta(days=1):
        return _say_yesterday(count, say_time(first), say_time(last))
    return _say_another_day(count, say_date(first, now), say_time(first), say_time(last))


def _say_twice(start: str, end: str) -> str:
    if start == end:
        return _("twice at %(time)s", time=start)
    return _("twice, at %(start)s and %(end)s", start=start, end=end)


def _say_today(count: int, start: str, end: str) -> str:
    if start == end:
        return ngettext("%(num)d time at %(time)s", "%(num)d times at %(time)s", count, time=start)
    return ngettext(
        "%(num)d time between %(start)s and %(end)s", "%(num)d times between %(start)s and %(end)s", count, start=start, end=end
    )


def _say_yesterday(count: int, start: str, end: str) -> str:
    return ngettext(
        "%(num)d time yesterday between %(start)s and %(end)s",
        "%(num)d times yesterday between %(start)s and %(end)s",
        count,
        start=start,
        end=end,
    )


def _say_another_day(count: int, day: str, start: str, end: str) -> str:
    if start == end:
        return ngettext("%(num)d time on %(day)s at %(time)s", "%(num)d times on %(day)s at %(time)s", count, day=day, time=start)
    return ngettext(
        "%(num)d time on %(day)s, between %(start)s and %(end)s",
        "%(num)d times on %(day)s, between %(start)s and %(end)s",
        count,
        day=day,
        start=start,
        end=end,
    )


def say_outcome(incident: Incident) -> str:
    """What became of it, as a sentence."""
    if worry.is_worry(incident):
        return _("Nobody knows what it is about until somebody reads it.")
    if sight_falls.is_fall(incident):
        return sight_falls.say_outcome()
    if shapes.find(incident.source):
        return _("We can’t tell whether it worked, nor what is inside.")
    return {
        "reached": _("The school’s filter did not stop it."),
        "stopped": _("The school’s filter seems to have stopped it."),
        "tried": _("We saw the device ask for the site, but not whether the site opened."),
    }.get(incident.outcome, _("We can’t tell whether the site opened."))


def explain_outcome(incident: Incident) -> tuple[str, ...]:
    """What the outcome means, in whole sentences: what was seen, and what that leaves open."""
    return {
        "reached": (
            _("The site answered, and more came back than a refusal."),
            _("So something of it was on the screen, or a program fetched it. We can’t see what was read, typed or watched."),
        ),
        "stopped": (
            _("The device asked, and was turned away: by the filter’s own page, a refusal, or silence."),
            _("So nothing of the site was shown, as far as we saw. That the device tried may still matter."),
        ),
        "tried": (
            _("The device asked where the site is. We saw no connection to it afterwards."),
            _("It may have been stopped on the way, given up, or opened where the box can’t see."),
        ),
    }.get(
        incident.outcome,
        (
            _("We saw the connection begin, but not how it went on."),
            _("Treat it as if the site had opened until somebody has asked."),
        ),
    )


def outcome_title(incident: Incident) -> str:
    """The outcome in two or three words."""
    opened = _("It opened") if incident.intent == "person" else _("It got through")
    titles = {"reached": opened, "stopped": _("It was stopped"), "tried": _("It was tried")}
    return titles.get(incident.outcome) or _("We can’t tell")


def intent_title(incident: Incident) -> str:
    """Person or page in a few words; empty where it was not read."""
    if incident.intent is None:
        return ""
    titles = {
        "person": _("Probably a person"),
        "page": _("Probably part of another page"),
        "background": _("Probably in the background"),
    }
    return titles.get(incident.intent) or _("We can’t tell")


def say_confidence(incident: Incident) -> str:
    """How sure we are of the kind of site, as a sentence."""
    if sight_falls.is_fall(incident):
        return sight_falls.say_confidence()
    if incident.guess or worry.is_worry(incident):
        return _("This is a guess from the words alone.")
    return {
        "high": _("We are sure what kind of site this is."),
        "medium": _("We are fairly sure what kind of site this is."),
    }.get(incident.confidence, _("We are not sure what kind of site this is."))


def say_intent(incident: Incident) -> str:
    """Person or page, as a sentence; empty where it was not read."""
    if incident.intent is None:
        return ""
    return {
        "person": _("Probably a person, not part of another page."),
        "page": _("Probably part of another page. Nobody seems to have gone there."),
        "background": _("Probably an app or the device itself, in the background."),
    }.get(incident.intent, _("We can’t tell whether a person opened it."))


def break_dots(text: str) -> str:
    """A sentence in which no site's name can be taken for a link."""
    return _DOT.sub("[.]", text)


def level_word(incident: Incident) -> str:
    """The level as the words on its tag."""
    return levels().get(incident.level) or _("Note")


def state_of(incident: Incident) -> str:
    """Where it stands: `new`, `seen`, `looking` or `closed`."""
    if incident.decision:
        return "closed"
    if incident.acknowledged:
        return "looking"
    return "seen" if incident.seen else "new"


def state_word(state: str) -> str:
    """The state as words."""
    return {"new": _("New"), "seen": _("Seen"), "looking": _("Being looked at")}.get(state, _("Closed"))


def levels() -> dict[str, str]:
    """The levels, the gravest first."""
    return {"urgent": _("Urgent"), "look": _("Look today"), "note": _("Note")}


def decisions() -> dict[str, tuple[str, str]]:
    """What can be decided: the words on the form, and when they fit."""
    return {
        "no_concern": (_("No concern"), _("For example a lesson, a mistake or a wrong alarm.")),
        "behaviour": (_("Behaviour"), _("Dealt with under the behaviour policy.")),
        "safeguarding": (_("Safeguarding"), _("Recorded in the child’s file and acted on.")),
        "technical": (_("Technical"), _("A matter for IT support, such as an app acting by itself.")),
        "staff_matter": (_("Staff matter"), _("About an adult’s device, and recorded elsewhere.")),
        "filter_fault": (_("Filter fault"), _("The filter should have stopped this, and IT support has been told.")),
        "exercise": (_("Exercise"), _("We were testing the box.")),
    }


def decision_word(decision: str) -> str:
    """A decision's words; the id itself where it is unknown."""
    known = decisions().get(decision)
    return known[0] if known else decision


def clean_text(text: str) -> str:
    """Typed text with its line breaks as one sign each."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
