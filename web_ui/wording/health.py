"""Whether the box works, as a list of sentences, each with what to do where something is wrong."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from appliance.model import Health, ListStatus
from web_ui.hostnames import clean
from web_ui.wording import categories, repairs
from web_ui.wording.dates import say_ago, say_date
from web_ui.wording.lamp import STALE, named_share
from web_ui.wording.repairs import Check
from web_ui.wording.retold import retell
from web_ui.wording.slips import MIRROR
from web_ui.wording.texts import format_number, ngettext
from web_ui.wording.texts import gettext as _

# Below these numbers of questions or connections a silence proves nothing.
ENOUGH_QUESTIONS, ENOUGH_CONNECTIONS = 50, 50
# What the guardian calls wrong and a check of ours says; with these the box is not watching as it should.
BLINDING = frozenset(
    {"no-sensor", "store", "interface-down", "no-packets", "no-mirror", "drops", "sight-fell", "no-lists", "touch"}
)
SAID = frozenset({"interface-down", "no-packets", "no-mirror", "drops", "no-lists", "clock"})
# Lists of names that never count against a device: allowed, helpful, or there to try the filter with.
HARMLESS = frozenset({"allow", "help", "witness"})


def checks(health: Health | None, now: float) -> list[Check]:
    """Every check, those that are wrong first."""
    if health is None or now - health.time > STALE:
        return [_lost(health, now)]
    makers: tuple[Callable[[Health, float], Check | None], ...] = (
        _cable, _hears, _mirror, _both_ways, _losses, _names, _lists, _clock
    )  # fmt: skip
    made = [check for check in (maker(health, now) for maker in makers) if check]
    made += [repairs.find(problem) for problem in health.problems if problem not in SAID]
    return sorted(made, key=lambda check: ("wrong", "look", "unknown", "well").index(check.state))


def blinding(found: list[Check]) -> list[Check]:
    """Those that keep the box from watching: the first screen shows them."""
    return [check for check in found if check.state == "wrong" and check.id in BLINDING]


def _lost(health: Health | None, now: float) -> Check:
    sentence = (
        _("This page has not heard from the box’s listening part since it was started.")
        if health is None
        else _("This page last heard from the box’s listening part %(ago)s.", ago=say_ago(health.time, now))
    )
    steps = (
        _("Look at the box: is its lamp lit?"),
        _("If not, check its plug and its power supply."),
        _("If it is, unplug the box, wait ten seconds, and plug it in again. Nothing recorded is lost."),
        _("If this page still says so after five minutes, ring your supplier."),
    )
    return Check("touch", "wrong", _("We have lost touch with the box"), sentence, steps)


def _cable(health: Health, now: float) -> Check | None:
    if not health.live:
        return None
    if "interface-down" not in health.problems:
        return Check("interface-down", "well", _("The cable"), _("The listening cable is plugged in at both ends."))
    steps = (
        _("Find the network cable from the box to the switch."),
        _("Push both ends in until they click. A small light beside each socket should come on."),
        _("Try another cable if there is one."),
    )
    return Check(
        "interface-down", "wrong", _("The listening cable has no signal"), _("The box can’t hear anything through it."), steps
    )


def _hears(health: Health, now: float) -> Check:
    if "no-packets" not in health.problems and health.last_packet:
        count = format_number(health.packets)
        sentence = _(
            "Last heard %(ago)s; %(count)s packets since the box started.", ago=say_ago(health.last_packet, now), count=count
        )
        return Check("no-packets", "well", _("The box hears the network"), sentence)
    sentence = (
        _("The last thing it heard was %(ago)s.", ago=say_ago(health.last_packet, now))
        if health.last_packet
        else _("It has not heard anything since it started.")
    )
    steps = (
        _("If nobody is in school, this may be right: look again when devices are in use."),
        _("Check the cable between the box and the switch."),
        _("If the cable is in, ask IT support whether the mirror setting on the switch was changed."),
    )
    return Check(
        "no-packets",
        "wrong" if "no-packets" in health.problems else "unknown",
        _("The box hears nothing from the network"),
        sentence,
        steps,
        str(MIRROR),
    )


def _mirror(health: Health, now: float) -> Check:
    if "no-mirror" in health.problems:
        return _no_mirror()
    if health.foreign_unicast:
        sentence = _("The switch copies other devices’ traffic to the box, as it should.")
        return Check("no-mirror", "well", _("The mirror works"), sentence)
    sentence = _("We have not heard enough yet to tell whether the switch copies the school’s traffic to the box.")
    return Check("no-mirror", "unknown", _("The mirror"), sentence)


def _no_mirror() -> Check:
    sentence = _(
        "It hears its own switch, but not what the school’s devices do. The cable or the mirror setting may have been changed."
    )
    steps = (
        _("Check that the cable from the box is in the socket of the switch that IT support marked for it."),
        _("Print the note for IT support and give it to them."),
    )
    return Check("no-mirror", "wrong", _("The box does not hear the school’s devices"), sentence, steps, str(MIRROR))


def _both_ways(health: Health, now: float) -> Check:
    if health.queries < ENOUGH_QUESTIONS:
        return Check(
            "both-ways",
            "unknown",
            _("Both directions"),
            _("We have not heard enough yet to tell whether we hear the answers too."),
        )
    if health.answers * 10 >= health.queries:
        return Check("both-ways", "well", _("Both directions"), _("We hear what devices ask for, and the answers."))
    sentence = _("We hear what devices ask for, but not the answers. So we can’t tell whether the filter stopped something.")
    steps = (_("Print the note for IT support and give it to them."),)
    return Check("both-ways", "look", _("We hear one direction only"), sentence, steps, str(MIRROR))


def _losses(health: Health, now: float) -> Check:
    offered = health.packets + health.dropped
    if "drops" not in health.problems:
        sentence = (
            ngettext(
                "One packet was lost since the box started. That is fine.",
                "%(num)s packets were lost. That is fine.",
                health.dropped,
            )
            if health.dropped
            else _("Nothing was lost since the box started.")
        )
        return Check("drops", "well", _("Nothing is missed"), sentence)
    share = format_number(round(100 * health.dropped / offered, 1))
    sentence = _(
        "%(share)s%% of what came since the start came faster than the box could read them. Names may have been missed.",
        share=share,
    )
    steps = (
        _("This can happen for a moment when many devices start at once. Look again in an hour."),
        _("If it stays, ask IT support whether the switch mirrors more than the one port to the router."),
    )
    return Check("drops", "wrong", _("The box can’t keep up"), sentence, steps)


def _names(health: Health, now: float) -> Check:
    share = named_share(health)
    if share is None or health.named + health.unnamed < ENOUGH_CONNECTIONS:
        sentence = _("Not enough has happened yet to tell how much of it we can name.")
        return Check("names", "unknown", _("What we can name"), sentence)
    sentence = _("We could name %(share)d%% of what devices connected to.", share=share)
    if share >= 80:
        return Check("names", "well", _("What we can name"), sentence)
    steps = (
        _("See under Today which devices hide the sites they visit."),
        _("Ask IT support to switch off private relays, encrypted look-ups and VPN apps on the school’s devices."),
    )
    return Check("names", "look", _("Much of the traffic has no name that we can see"), sentence, steps)


def _lists(health: Health, now: float) -> Check:
    listed = [status for status in health.lists if status.category not in HARMLESS]
    entries = sum(status.entries for status in listed)
    if not entries:
        sentence = _("The box has no list of sites to look out for, so nothing can come up.")
        steps = (_("Restart the box. If this stays, ring your supplier: the lists came with the box."),)
        return Check("no-lists", "wrong", _("No lists are in force"), sentence, steps)
    sentence = ngettext(
        "One list is in force, with %(entries)s sites.",
        "%(num)d lists are in force, with %(entries)s sites.",
        len(listed),
        entries=format_number(entries),
    )
    troubled = [_list_problem(status, now) for status in health.lists if status.problem]
    if troubled:
        return Check("lists", "look", _("A list could not be read"), sentence, (*troubled, _("The other lists go on working.")))
    return Check("lists", "well", _("The lists"), sentence)


def _list_problem(status: ListStatus, now: float) -> Markup:
    template = _("%(name)s: %(problem)s", name="%(name)s", problem="%(problem)s")
    return escape(template) % {"name": clean(status.name, 80), "problem": retell(clean(status.problem, 300))}


def _clock(health: Health, now: float) -> Check:
    if health.clock_synced and "clock" not in health.problems:
        return Check("clock", "well", _("The clock"), _("The box’s clock is right."))
    if health.clock_synced is None or "clock" not in health.problems:
        return Check(
            "clock", "unknown", _("The clock"), _("We can’t tell on this machine whether the clock is set by the network.")
        )
    steps = (
        _("Compare the time at the foot of this page with your watch."),
        _("If it is wrong, ask IT support to let the box reach a time server (NTP, UDP port 123)."),
    )
    sentence = _("It has not been set by a time server, so the times of what came up may be wrong.")
    return Check("clock", "wrong", _("The clock may be wrong"), sentence, steps)


def say_list(status: ListStatus, now: float) -> str:
    """A list in one sentence: what it is for, how many sites, how old."""
    entries = format_number(status.entries)
    title = categories.title(status.category) if categories.find(status.category) else clean(status.name, 80)
    if not status.updated:
        return _("%(title)s: %(entries)s sites.", title=title, entries=entries)
    return _("%(title)s: %(entries)s sites, from %(day)s.", title=title, entries=entries, day=say_date(status.updated, now))
