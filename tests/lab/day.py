"""The demonstration's day, told in two and a half minutes: who is in the made-up school, and what they open when."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from .school import Machine

Verb = Literal["page", "page-quic", "fetch", "ask", "announce", "look"]

SECONDS: Final = 150.0

MACHINES: Final = (
    Machine("iPad-03", "f0:18:98:00:07:03", "ipad"),
    Machine("iPad-07", "f0:18:98:00:07:07", "ipad"),
    Machine("iPad-11", "f0:18:98:00:07:11", "ipad"),
    Machine("Chromebook-02", "f4:f5:d8:00:05:02", "chromebook"),
    Machine("Chromebook-05", "f4:f5:d8:00:05:05", "chromebook"),
    Machine("Laptop-02", "3c:52:82:00:02:02", "windows", ipv6=False),
    Machine("Laptop-04", "3c:52:82:00:02:04", "windows"),
    Machine("Library-PC", "f8:b1:56:00:09:03", "windows", ipv6=False),
    Machine("Office-PC", "f8:b1:56:00:09:01", "windows"),
    Machine("Hall-Printer", "00:1b:a9:00:03:01", "printer", ipv6=False),
)

# What the school's filter stops by answering that there is no such name.
REFUSED: Final = ("www.bet365.com",)


class Act(Struct, frozen=True):
    """At `at` seconds into the day, `device` does `verb` with `name` (a host, or a service for `announce` and `look`)."""

    at: float
    device: str
    verb: Verb
    name: str


LESSONS: Final = (
    Act(2, "Hall-Printer", "announce", "_ipp._tcp"),
    Act(3, "iPad-03", "announce", "_airplay._tcp"),
    Act(3.5, "iPad-07", "look", "_ipp._tcp"),
    Act(4, "Office-PC", "page", "outlook.office.com"),
    Act(6, "iPad-03", "fetch", "gsp-ssl.ls.apple.com"),
    Act(6.5, "iPad-07", "fetch", "configuration.apple.com"),
    Act(8, "Chromebook-02", "page-quic", "classroom.google.com"),
    Act(10, "Library-PC", "page", "www.britannica.com"),
    Act(12, "Laptop-02", "page", "www.mymaths.co.uk"),
    Act(15, "iPad-11", "fetch", "ttrockstars.com"),
    Act(17, "Office-PC", "fetch", "login.microsoftonline.com"),
    Act(19, "Chromebook-05", "page-quic", "docs.google.com"),
    Act(22, "iPad-03", "page", "www.bbc.co.uk"),
    Act(25, "Laptop-04", "page", "scratch.mit.edu"),
    Act(28, "Chromebook-02", "page", "en.wikipedia.org"),
    Act(31, "iPad-11", "look", "_airplay._tcp"),
    Act(33, "Library-PC", "page", "www.nhm.ac.uk"),
    Act(37, "Office-PC", "page", "www.arbor-education.com"),
    Act(41, "Laptop-02", "page", "www.oaknational.academy"),
    Act(44, "iPad-03", "fetch", "www.phonicsplay.co.uk"),
    Act(48, "Chromebook-05", "page", "www.spellingframe.co.uk"),
    Act(52, "Laptop-04", "page-quic", "www.youtube.com"),
    Act(57, "iPad-11", "page", "www.topmarks.co.uk"),
    Act(61, "Office-PC", "ask", "www.metoffice.gov.uk"),
    Act(66, "Library-PC", "page", "www.theguardian.com"),
    Act(70, "Chromebook-02", "page-quic", "drive.google.com"),
    Act(75, "iPad-03", "page", "www.natgeokids.com"),
    Act(79, "Laptop-02", "fetch", "code.org"),
    Act(84, "Laptop-04", "page", "www.sciencemuseum.org.uk"),
    Act(89, "Office-PC", "page", "teams.microsoft.com"),
    Act(95, "iPad-11", "page", "www.purplemash.com"),
    Act(100, "Library-PC", "fetch", "www.bbc.co.uk"),
    Act(107, "Chromebook-02", "page", "quizlet.com"),
    Act(113, "Laptop-02", "page", "www.rspb.org.uk"),
    Act(118, "iPad-03", "fetch", "gateway.icloud.com"),
    Act(123, "Office-PC", "fetch", "www.gov.uk"),
    Act(128, "Laptop-04", "page", "www.canva.com"),
    Act(134, "iPad-11", "page", "wordwall.net"),
    Act(139, "Chromebook-05", "page-quic", "classroom.google.com"),
    Act(144, "Library-PC", "page", "www.britishmuseum.org"),
)

# What the box is there for. The name under trigger.example is a harmless test that no server answers outside the lab; the
# call to the help line is there to be seen by nobody: the box drops it.
FINDINGS: Final = (
    Act(21, "iPad-07", "page", "www.croxyproxy.com"),
    Act(45, "Chromebook-05", "fetch", "www.bet365.com"),
    Act(54, "Chromebook-02", "page", "www.childline.org.uk"),
    Act(63, "Laptop-04", "fetch", "cloudflare-dns.com"),
    Act(82, "iPad-07", "page", "www.croxyproxy.com"),
    Act(103, "Library-PC", "page", "selfharm.trigger.example"),
)

ACTS: Final = tuple(sorted((*LESSONS, *FINDINGS), key=lambda act: act.at))
