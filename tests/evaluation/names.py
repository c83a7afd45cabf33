"""The names that simulated machines ask for: pools for the scripts, ordinary pages with what they load, and background look-ups.

Harmful names are those of the hand-kept lists and made-up ones under `.example`; nothing is ever resolved or opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

import phrase_lists
from appliance.edge.list_compiler import Source
from appliance.edge.list_seeds import EVASIONS
from appliance.judge.domains import Rule

# The gravest sites are kept as hashes, so the simulation has sites of its own that nobody could confuse with real ones.
MADE_UP: Final = ("kelmora", "tarvenny", "oskibel", "quorlane", "mirrowath", "dunstrel")
GRAVE: Final = (
    *("suicide", "self_harm", "cse", "extremism", "eating_disorders", "nudify", "violence", "vawg", "bullying", "discrimination"),
    "malware",
)
# Of a downloaded list, which nobody has read through.
LISTED: Final = ("suicide", "self_harm")

SHOPS: Final = (
    "www.amazon.co.uk", "www.tesco.com", "www.argos.co.uk", "www.johnlewis.com", "www.next.co.uk", "www.boots.com",
    "www.sainsburys.co.uk", "www.screwfix.com", "www.rightmove.co.uk", "www.ebay.co.uk", "www.booking.com", "www.vinted.co.uk",
    "www.ticketmaster.co.uk", "www.autotrader.co.uk", "www.moneysavingexpert.com", "www.britishairways.com",
)  # fmt: skip
AWKWARD: Final = (
    "www.1001cocktails.com", "www.cockburnspath.example", "www.visitscunthorpe.example", "www.scunthorpeunited.example",
    "www.essex.ac.uk", "www.middlesexcricket.example", "www.sussexwildlifetrust.org.uk", "www.penistonechurch.example",
    "www.lightwater.example", "www.arsenal.com", "www.butterfly-conservation.org", "www.shitake-recipes.example",
    "www.cockermouth.org.uk", "www.analyticsvidhya.com", "www.therapistfinder.example", "www.penisland.example",
    "www.titmuss.example", "www.dickens-museum.example", "www.charlesdickensmuseum.example", "www.grapeseedoil.example",
    "www.drugsalliance.example", "www.gunnersbury-park.example", "www.shotgunwedding-film.example", "www.killingworth.example",
    "www.bloodbrothers-musical.example", "www.weedon-bec.example", "www.bongo-drums.example", "www.hoare-lea.example",
    "www.assassins-creed-history.example", "www.magnacarta-barons.example", "www.hitchcock-films.example",
    "www.basingstoke.gov.uk", "www.battleofbritain.example", "www.knife-crime-lesson.example", "www.witchcraft-trials.example",
    "www.poker-hand-probability-maths.example", "www.betws-y-coed.example", "www.sexeducationforum.org.uk",
    "www.proxy-indicators-climate.example", "www.torquay.example", "www.vpncricketclub.example", "www.stpancras.example",
    "www.spotted-dick-recipe.example", "www.blackcock-farm.example", "www.crackpot-village.example", "www.tithe-barn.example",
    "www.hotwheels.example", "www.bigcocklane-history.example", "www.childrens-escort-service-ambulance.example",
    "www.naked-mole-rat.example", "www.adultlearning.example", "www.suicide-bridge-poetry.example", "www.slaughterbridge.example",
)  # fmt: skip
HOSTED: Final = (
    "unblocked-games-66.github.io", "unblockedgamesworld.pages.dev", "unblocked-proxy-school.vercel.app",
    "unblockedgames77.netlify.app", "webproxyunblocked.onrender.com", "unblocked76.github.io",
)  # fmt: skip
BAD_WORDS: Final = ("www.freepornvideos.example", "hotxxxtube.example", "www.milfporn.example", "nudesexcams.example")
IDN_PROXY: Final = ("www.xn--unblckedproxy-mmb.example", "unbl0cked-pr0xy.example", "www.unbiockedproxy-games.example")
NEUTRAL: Final = (
    "www.maple-otter.example", "www.river-lemon.example", "www.harbour-piano.example", "www.meadow-comet.example",
    "www.oakfield-primary.example", "www.stmarysparish.example", "www.littlehamptonbakery.example",
    "www.greenlane-dental.example",
)  # fmt: skip
ALLOWED: Final = "www.reddit.com"

# What ordinary pages load from elsewhere. Names that lists know stand in the scripts only, never here.
PARTS: Final = (
    "www.googletagmanager.com", "www.google-analytics.com", "fonts.googleapis.com", "fonts.gstatic.com", "cdn.jsdelivr.net",
    "cdnjs.cloudflare.com", "code.jquery.com", "securepubads.g.doubleclick.net", "pagead2.googlesyndication.com",
    "tpc.googlesyndication.com", "www.googleadservices.com", "cdn.cookielaw.org", "geolocation.onetrust.com",
    "consent.cookiebot.com", "static.cloudflareinsights.com", "sb.scorecardresearch.com", "bam.nr-data.net",
    "js-agent.newrelic.com", "widgets.outbrain.com", "cdn.taboola.com", "trc.taboola.com", "ib.adnxs.com",
    "c.amazon-adsystem.com",
    "bidder.criteo.com", "gum.criteo.com", "fastlane.rubiconproject.com", "hbopenbid.pubmatic.com", "ads.pubmatic.com",
    "eus.rubiconproject.com", "match.adsrvr.org", "cm.g.doubleclick.net", "ad.doubleclick.net", "static.criteo.net",
    "script.hotjar.com", "static.hotjar.com", "browser.sentry-cdn.com", "o4504.ingest.sentry.io", "use.typekit.net",
    "p.typekit.net", "maxcdn.bootstrapcdn.com", "unpkg.com", "i.ytimg.com", "www.youtube-nocookie.com", "maps.googleapis.com",
    "polyfill.io", "d1l6p2sc9645hc.cloudfront.net", "dpm.demdex.net", "assets.adobedtm.com", "cdn.optimizely.com",
    "logx.optimizely.com", "cdn.segment.com", "api.segment.io", "imasdk.googleapis.com", "vid.pubmatic.com",
    "ssum.casalemedia.com",
    "js.stripe.com", "www.recaptcha.net", "hcaptcha.com", "s.gravatar.com", "i0.wp.com", "stats.wp.com", "cdn.speedcurve.com",
)  # fmt: skip
OWN_PARTS: Final = ("static", "cdn", "img", "api", "assets", "media")
SITES: Final = (
    "www.bbc.co.uk", "www.theguardian.com", "www.britannica.com", "en.wikipedia.org", "www.natgeokids.com", "www.topmarks.co.uk",
    "www.twinkl.co.uk", "ttrockstars.com", "www.purplemash.com", "www.phonicsplay.co.uk", "scratch.mit.edu", "www.mymaths.co.uk",
    "www.oxfordowl.co.uk", "wordwall.net", "www.nhm.ac.uk", "www.sciencemuseum.org.uk", "www.rspb.org.uk", "kahoot.it",
    "quizlet.com", "www.spellingframe.co.uk", "www.oaknational.academy", "classroom.google.com", "docs.google.com",
    "www.youtube.com", "www.canva.com", "www.metoffice.gov.uk", "www.dkfindout.com", "www.ducksters.com", "code.org",
    "www.coolmathgames.com", "www.primarygames.com", "www.worldometers.info", "www.tate.org.uk", "www.bbc.com",
    "www.skysports.com",
    "www.dailymail.co.uk", "www.mirror.co.uk", "www.history.com", "www.goodreads.com", "www.weather.com", "www.imdb.com",
    "www.lego.com", "www.rottentomatoes.com", "www.thefa.com", "www.chess.com", "www.timeanddate.com", "www.etymonline.com",
)  # fmt: skip
STAFF_SITES: Final = (
    "outlook.office.com", "www.arbor-education.com", "www.cpoms.net", "www.tes.com", "www.gov.uk", "login.parentpay.com",
    "www.twinkl.co.uk", "www.whiterosemaths.com", "www.bbc.co.uk", "www.theguardian.com", "www.yell.com", "www.edukey.co.uk",
    "www.ttsgroup.example", "www.office.com", "teams.microsoft.com", "www.trainline.com", "www.nationalrail.co.uk",
)  # fmt: skip
SEARCHES: Final = (
    ("www.google.com", ("www.gstatic.com", "ogs.google.com", "apis.google.com", "encrypted-tbn0.gstatic.com", "id.google.com")),
    ("www.bing.com", ("th.bing.com", "r.bing.com", "login.live.com")),
    ("duckduckgo.com", ("external-content.duckduckgo.com", "links.duckduckgo.com")),
)
# What each kind of machine asks by itself: name, and seconds between.
_APPLE: Final = {
    "gateway.icloud.com": 1700, "gsp-ssl.ls.apple.com": 2400, "configuration.apple.com": 5000, "time.apple.com": 3000,
    "captive.apple.com": 6000, "mesu.apple.com": 9000, "1-courier.push.apple.com": 2700, "bag.itunes.apple.com": 4200,
    "xp.apple.com": 3300, "init.itunes.apple.com": 8000, "weather-data.apple.com": 4400, "p42-keyvalueservice.icloud.com": 3900,
    "swscan.apple.com": 12000, "ocsp2.apple.com": 5200,
}  # fmt: skip
_CHROME: Final = {
    "clients4.google.com": 1900, "connectivitycheck.gstatic.com": 2500, "update.googleapis.com": 4000, "mtalk.google.com": 2600,
    "time.google.com": 3600, "safebrowsing.googleapis.com": 1800, "clientservices.googleapis.com": 3100,
    "accounts.google.com": 2900, "content-autofill.googleapis.com": 2700, "optimizationguide-pa.googleapis.com": 4100,
    "edgedl.me.gvt1.com": 7000, "chromeos-ca.gstatic.com": 9000,
}  # fmt: skip
_WINDOWS: Final = {
    "settings-win.data.microsoft.com": 2000, "v10.events.data.microsoft.com": 1500, "ctldl.windowsupdate.com": 5000,
    "www.msftconnecttest.com": 6000, "time.windows.com": 3600, "login.live.com": 4000, "ecs.office.com": 2600,
    "nexusrules.officeapps.live.com": 4300, "fe3cr.delivery.mp.microsoft.com": 5200, "smartscreen.microsoft.com": 2200,
    "config.edge.skype.com": 3000, "login.microsoftonline.com": 2500, "arc.msn.com": 4700, "edge.microsoft.com": 3500,
}  # fmt: skip
_PHONE: Final = {
    **_APPLE, "app-measurement.com": 2100, "firebaselogging-pa.googleapis.com": 3300, "graph.facebook.com": 3000,
    "api.revenuecat.com": 7000, "sdk.iad-01.braze.com": 5000, "app.adjust.com": 6000, "api2.branch.io": 6600,
    "outlook.office365.com": 1300, "imap.gmail.com": 1500,
}  # fmt: skip
_THING: Final = {"api.sonos.com": 1800, "time.cloudflare.com": 3600, "msmetrics.ws.sonos.com": 2400, "update.sonos.com": 8000}
BACKGROUND: Final[Mapping[str, Mapping[str, int]]] = {
    "ipad": _APPLE, "chromebook": _CHROME, "teacher": _WINDOWS, "office": _WINDOWS, "phone": _PHONE, "speaker": _THING,
    "printer": {"www.hpeprint.example": 3000, "pool.ntp.org": 3600},
}  # fmt: skip


def extra_sources() -> list[Source]:
    """Lists of the simulation's own sites: checked ones in every grave category, and a downloaded list of two."""
    checked = [_source("checked by hand", key, [f"{name}-{key.replace('_', '')}.example" for name in MADE_UP]) for key in GRAVE]
    listed = [_source("downloaded", key, _listed(key)) for key in LISTED]
    return [*(msgspec.structs.replace(one, rule=_checked(one.rule)) for one in checked), *listed]


def pools() -> dict[str, tuple[str, ...]]:
    """Every `@pool` of the scripts."""
    found: dict[str, list[str]] = {}
    for name, category, *_ in phrase_lists.rows("domains/harm.tsv"):
        if f"www.{name}" != ALLOWED:
            found.setdefault(category, []).append(f"www.{name}")
    for name, kind, *_ in phrase_lists.rows("domains/evasion.tsv"):
        if kind in EVASIONS:
            found.setdefault(kind, []).append(name)
    for key in GRAVE:
        # The lists name a few of these by hand as well; made-up ones do for all.
        found[key] = [f"www.{name}-{key.replace('_', '')}.example" for name in MADE_UP]
    for key in LISTED:
        found[f"listed_{key}"] = [f"www.{name}" for name in _listed(key)]
    found["help"] = [f"www.{row[0]}" for row in phrase_lists.rows("domains/help_lines.tsv")]
    found["witness"] = ["testfiltering.com", "iwf.testfiltering.com", "ctiru.testfiltering.com"]
    fixed = {
        "shops": SHOPS, "awkward": AWKWARD, "hosted_unblocker": HOSTED, "bad_words": BAD_WORDS, "idn_proxy": IDN_PROXY,
        "unseen": _unseen(), "neutral": NEUTRAL, "allowed": (ALLOWED,),
    }  # fmt: skip
    return {key: tuple(names) for key, names in found.items()} | fixed


def _unseen() -> tuple[str, ...]:
    """Awkward names drawn by lot (`draw_unseen.py`)."""
    lines = Path(__file__).with_name("unseen.tsv").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))


def _listed(key: str) -> list[str]:
    return [f"{name}board.example" if key == "suicide" else f"{name}forum.example" for name in MADE_UP]


def _checked(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, checked=True)


def _source(name: str, category: str, entries: list[str]) -> Source:
    return Source(rule=Rule(list_name=f"Evaluation: {name}", category=category, version="1"), entries=tuple(entries), stamp="1")
