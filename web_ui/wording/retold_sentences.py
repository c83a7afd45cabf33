"""The sentences in which the guardian gives its reasons, as it writes them: what `retold` knows them by.

A test reads them out of the guardian's own modules, so that none is missing here.
"""

from __future__ import annotations

from web_ui.wording.marked import Marked, ngettext
from web_ui.wording.marked import gettext as _

# Why a name came up: what a list, the school or the words say.
NAMES: tuple[Marked, ...] = (
    _("%(name)s is on the list “%(list)s” as %(phrase)s."),
    _("%(name)s belongs to %(parent)s, which is on the list “%(list)s” as %(phrase)s."),
    _("%(name)s is a harmless test name that stands for %(phrase)s."),
    _("%(name)s is on the school’s own list (“%(reason)s”, %(by)s)."),
    _("%(name)s belongs to %(parent)s, which is on the school’s own list (“%(reason)s”, %(by)s)."),
    _("No list names %(name)s, but it says “%(words)s”, which may mean %(phrase)s."),
    _("No list names %(name)s, but it reads as “%(read)s”: “%(words)s” may mean %(phrase)s."),
    _("The words typed into a search on %(name)s may mean %(phrase)s."),
    _("This is a guess from the words alone."),
    _("Apple’s devices ask for this name by themselves; asking alone hides nothing."),
    _("%(device)s went there earlier today, before the name was known: no list held it yet."),
    _("%(device)s went there on %(weekday)s, before the name was known: no list held it yet."),
)

# What a device did that looks like a way round the filter, and what the box makes of it.
SHAPES: tuple[Marked, ...] = (
    _("The first packets look like %(label)s."),
    _("It asked another machine to fetch a site for it."),
    _("It asked %(name)s, %(operator)s’s, which is neither announced to devices nor used by several of them."),
    _("It asked %(name)s which is neither announced to devices nor used by several of them."),
    _("It made an encrypted connection to %(name)s, a look-up service of %(operator)s."),
    ngettext(
        "It asked for %(num)d name of %(name)s within five minutes, long or of unusual kinds.",
        "It asked for %(num)d different names of %(name)s within five minutes, long or of unusual kinds.",
    ),
    ngettext(
        "It tried %(num)d address within a minute and had looked up none of them.",
        "It tried %(num)d addresses within a minute and had looked up none of them.",
    ),
    ngettext(
        "It gave %(num)d made-up site name like %(name)s without looking any of them up.",
        "It gave %(num)d made-up site names like %(name)s without looking any of them up.",
    ),
    _("It made encrypted connections to port %(port)s of %(name)s, which it had not looked up."),
    ngettext(
        "It went to %(num)d place in a quarter of an hour, and looked up %(lit)s of them in sight.",
        "It went to %(num)d places in a quarter of an hour, and looked up %(lit)s of them in sight.",
    ),
    _("It showed the cover name %(name)s, and its look-up of the site itself was out of sight."),
    _("The box saw how it began; it can’t see whether it worked, nor what is inside."),
    _("Few devices use it."),
    _("If it is the school’s own, IT support can say so."),
    _("People who run servers use it every day, and so do ways round a filter."),
    _("The box can’t tell which."),
    _("IT support works like this."),
    _("Ask them whether it was theirs."),
    _("Which names it asked for is out of the box’s sight, and out of the filter’s where that works by names."),
    _("A filter that works by names may be passed by."),
    _("Some televisions and speakers do this by themselves."),
    _("Ordinary software does not ask so many different names of one site."),
    _("Such programs try many addresses at once, by several doors, without looking any of them up."),
    _("Old programs and gadgets do this too."),
    _("Other devices’ look-ups are in sight, so it is this device and not the box’s place on the network."),
    _("Browsers do this by themselves where they can."),
    _("It says nothing of the person."),
)

# How the box knows what became of it.
OUTCOMES: tuple[Marked, ...] = (
    _("The answer to the look-up leads nowhere, which is how a filter stops a site."),
    _("The answer to the look-up was a filter’s block page."),
    _("The answer to the look-up said that the site is blocked."),
    _("The look-up was refused, which is how a filter stops a site."),
    _("The answer was that there is no such site; filters say so, and so does a site that has gone."),
    _("The answer was that there is no such site, while others are given its address."),
    _("The answer was that there is no such site, which this resolver says of sites that it blocks."),
    _("The answer to the look-up was an address inside the school, where filters show their own page."),
    _("The connection was cut as soon as it said where it was going."),
    _("The address that the look-up gave answered, over a connection that hides its name, so it was probably opened."),
    _("The site answered."),
    _("We can see that it was opened, not what was read or typed."),
)

# Person or page.
INTENTS: tuple[Marked, ...] = (
    _("Nothing around it speaks for a person or against one."),
    _("No other site was asked for just before, so it does not look like part of another page."),
    _("It comes back every %(beat)s as if by a clock."),
    _("It is a name that browsers and systems ask for by themselves."),
    _("It is itself a name that pages load adverts or counters from."),
    ngettext(
        "%(num)d other site was asked for in the same moment, so it may be part of another page.",
        "%(num)d other sites were asked for in the same moment, so it may be part of another page.",
    ),
    _("Names of adverts or trackers came just before it, as while a page loads."),
    _("A search engine was asked for shortly before."),
    _("The device came back to it at uneven times, as people do."),
    _("It was looked up but nothing was loaded from it, as when a browser prepares links."),
    ngettext(
        "It came first and %(num)d other name followed, as when a page is opened.",
        "It came first and %(num)d other names followed, as when a page is opened.",
    ),
    ngettext(
        "The device went on connecting to it for %(num)d second.", "The device went on connecting to it for %(num)d seconds."
    ),
)

# Why it is as urgent as it is.
LEVELS: tuple[Marked, ...] = (
    _("It counts as urgent because the school chose so for “%(group)s”."),
    _("It counts as something to look at because the school chose so for “%(group)s”."),
    _("It is only noted because the school chose so for “%(group)s”."),
    _("It counts as urgent because of the age of those who use “%(group)s”."),
    _("It counts as something to look at because of the age of those who use “%(group)s”."),
    _("It is only noted because “%(group)s” is used by adults."),
    _("Lowered because no list knows this site: only its name says so."),
    _("By itself a name that no list knows is only noted: any word can stand in an innocent one."),
    ngettext(
        "Raised because this device opened %(num)d site whose name speaks of the same.",
        "Raised because this device opened %(num)d sites whose names speak of the same.",
    ),
    ngettext(
        "This device opened %(num)d site whose name speaks of the same.",
        "This device opened %(num)d sites whose names speak of the same.",
    ),
    _("Lowered because it is not certain what this name stands for."),
    _("Lowered because it may have been part of another page."),
    _("Lowered because the school’s filter seems to have stopped it."),
    _("A person probably chose it, so it counts although the school’s filter seems to have stopped it."),
    ngettext(
        "Raised because this device did so on %(num)d day within a week.",
        "Raised because this device did so on %(num)d days within a week.",
    ),
    ngettext("This device did so on %(num)d day within a week.", "This device did so on %(num)d days within a week."),
    ngettext(
        "Raised because this device touched %(num)d worrying subject within a week: %(titles)s.",
        "Raised because this device touched %(num)d worrying subjects within a week: %(titles)s.",
    ),
    ngettext(
        "This device touched %(num)d worrying subject within a week: %(titles)s.",
        "This device touched %(num)d worrying subjects within a week: %(titles)s.",
    ),
    _("Raised because it happened outside school hours."),
    _("It happened outside school hours."),
    _("Raised because the same device also came up for “%(titles)s” on %(day)s."),
    _("The same device also came up for “%(titles)s” on %(day)s."),
    _("Only noted because of the lesson “%(topic)s” (%(by)s), until %(until)s."),
)

# A reported worry.
WORRIES: tuple[Marked, ...] = (
    _("Whoever wrote it says that somebody may get hurt today."),
    _("Its words may be about: %(titles)s."),
    _("By its words it may be about: %(titles)s."),
    _("The word lists say nothing about it."),
    _("Only reading it tells."),
)

# Why the box sees less than it did.
FALLS: tuple[Marked, ...] = (
    _("The cable, the switch or its mirror setting may have been changed, or the box has stopped listening."),
    _("More came than the box could read, so some of what devices asked for was missed."),
    _("It heard %(asked)s look-ups and %(answered)s answers in an hour."),
    _("Devices connect as before, but are seen to look up far less."),
    _("Hidden look-ups do that, and so does a mirror that misses the machine that looks names up."),
    _("It could tell of %(share)s in 100 connections where they went, and of %(ordinary)s in a usual hour."),
    _("%(count)s devices were heard that named nothing, far more than usual."),
    _("Part of the network may be missing from the mirror."),
    _("Most of the others went through Apple’s Private Relay."),
    _("Most of the others went into something that looks like a VPN or a proxy."),
    _("Most of the others had no name, and the look-ups before them were hidden."),
    _("Most of the others showed only a cover name."),
    _("Most of the others gave no name."),
    _("Most of the others did not reach the box whole."),
)

# Who says so.
SOURCES: tuple[Marked, ...] = (_("The school’s own rules"),)

SENTENCES = (*NAMES, *SHAPES, *OUTCOMES, *INTENTS, *LEVELS, *WORRIES, *FALLS, *SOURCES)
