"""The lines of list files: one small reader for each format, and the guess which format a file has.

A reader takes a line and gives the names in it: `()` for a comment, `None` for rubbish. A name in a line that makes an exception
(`@@||x^`, `rpz-passthru`) comes as `Exempt`. Readers do not check names, judge them or open files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from appliance.edge.stamps import host_of

Names = Sequence[str] | None
Reader = Callable[[str], Names]

# What every hosts file says of the machine itself.
_OWN_HOSTS = re.compile(r"localhost(?:\.localdomain)?|local|broadcasthost|ip6-[a-z]+|0\.0\.0\.0", re.IGNORECASE)
_HOSTS_LINE = re.compile(r"(?:(?:0|127)(?:\.\d{1,3}){3}|::1?|fe80::\S*|ff0\d::\d|255\.255\.255\.255)\s+\S")
_ADDRESS = re.compile(
    r"\[?(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*)\]?(?:[/:]\d{1,5})?(?:-\S*)?", re.IGNORECASE
)
_STAMP = re.compile(r"sdns://[A-Za-z0-9_-]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,15}://", re.IGNORECASE)
_DNSMASQ = re.compile(r"(?:local|server|address)=/([^#\s]*)/[^/]*$")
_UNBOUND_ZONE = re.compile(r'local-zone:\s*"?([^"\s]+)"?\s+"?(\S+?)"?\s*(?:#.*)?$')
_RPZ_DATA = re.compile(r"(\S+)\s+(?:\d+\s+)?(?:IN\s+)?(CNAME|A|AAAA|TXT)\s+(\S+)", re.IGNORECASE)
_ADBLOCK_HOST = re.compile(r"(@@)?\|\|([^/^|*$\s]+)\^?\|?(?:\$(\S+))?$")
# Modifiers under which a rule still speaks of the whole site; `domain=`, `client=`, `badfilter` narrow or undo it.
_ADBLOCK_WHOLE = frozenset(("document", "doc", "all", "important", "third-party", "3p"))
_NOWHERE = re.compile(r"(?:(?:0|127)(?:\.\d{1,3}){3}|::1?|#)?")  # where blocked names are sent
_UNBOUND_BLOCKS = ("always_", "static", "refuse", "deny", "redirect", "inform_deny", "block_")


class Exempt(str):
    """A name that the list itself excepts."""

    __slots__ = ()


def is_address(text: str) -> bool:
    """Whether a word is an IP address, a network or an address with a port: kept for a matcher of addresses, never a name."""
    return _ADDRESS.fullmatch(text) is not None


def read_domain(line: str) -> Names:
    """A bare name, `*.name`, `.name` or `http://name/`; the rest of a line after a blank is a comment."""
    word = line.partition("#")[0].split(None, 1)
    if not word:
        return ()
    return _one(word[0])


def _one(word: str) -> Names:
    """A word as a name: without scheme, wildcard and port. A path means one page only, and would accuse the whole site."""
    if not word:
        return None
    if not word[0].isalnum() or "/" in word or ":" in word:
        if word.startswith(("!", ";", "//")):
            return ()
        if word.startswith("sha256:") or is_address(word):
            return (word,)
        word = _SCHEME.sub("", word, count=1)
        host, slash, path = word.partition("/")
        if slash and path:
            return None
        word = host.removeprefix("*.").removeprefix(".")
        name, colon, port = word.partition(":")
        word = name if colon and port.isdigit() else word
    return (word,) if word else None


def read_hosts(line: str) -> Names:
    """`0.0.0.0 name name ...`; what the file says of the machine itself is passed over."""
    words = line.partition("#")[0].split()
    if len(words) < 2:
        return () if not words else _one(words[0])
    if not _HOSTS_LINE.match(line.lstrip()):
        return None
    return [word for word in words[1:] if not _OWN_HOSTS.fullmatch(word)]


def read_adblock(line: str) -> Names:
    """`||name^` and `@@||name^`. Rules for pages, paths, elements and patterns say nothing of a whole site."""
    rule = line.strip()
    if not rule or rule[0] == "!" or rule.startswith(("[", "# ")):
        return ()
    found = _ADBLOCK_HOST.fullmatch(rule)
    if found is None or (found[3] and not _ADBLOCK_WHOLE.issuperset(found[3].lower().split(","))):
        return None
    return (Exempt(found[2]) if found[1] else found[2],)


def read_dnsmasq(line: str) -> Names:
    """`local=/a/b/`, `server=/a/`, `address=/a/0.0.0.0`; `server=/a/8.8.8.8` and `/a/#` send a name on, so they except it.

    `address=/a/192.0.2.9` gives a name a place of its own, such as a search engine's strict one: that blocks nothing.
    """
    rule = line.strip()
    if not rule or rule[0] == "#":
        return ()
    found = _DNSMASQ.match(rule)
    if found is None:
        return None
    names = [name.removeprefix("*.").removeprefix(".") for name in found[1].split("/") if name]
    if rule.startswith("server=") and not rule.endswith("/"):
        return [Exempt(name) for name in names]
    if rule.startswith("address=") and not _NOWHERE.fullmatch(rule.rpartition("/")[2].partition("#")[0].strip() or "#"):
        return None
    return names


def read_unbound(line: str) -> Names:
    """`local-zone: "name" always_nxdomain`; `transparent` zones are exceptions, zones that only tell (`inform`) are none.

    Data and server lines are passed over.
    """
    rule = line.strip()
    if not rule or rule[0] == "#" or rule.startswith(("server:", "local-data")):
        return ()
    found = _UNBOUND_ZONE.match(rule)
    if found is None:
        return None
    if "transparent" in found[2]:
        return (Exempt(found[1]),)
    return (found[1],) if found[2].startswith(_UNBOUND_BLOCKS) else None


class ReadRpz:
    """A response policy zone: `name CNAME .`, also `*.name`; `rpz-passthru.` excepts. Names may be relative to `$ORIGIN`."""

    def __init__(self) -> None:
        self._origin = ""
        self._depth = 0

    def __call__(self, line: str) -> Names:
        """The name of one line; the zone's own records are passed over."""
        text = line.partition(";")[0].rstrip()
        inside = self._depth > 0
        self._depth = max(0, self._depth + text.count("(") - text.count(")"))
        if not text or inside or text[0] in "$@#" or text[0].isspace():
            self._note_origin(text)
            return ()
        found = _RPZ_DATA.match(text)
        if found is None:
            return () if re.match(r"\S+\s+(?:\d+\s+)?(?:IN\s+)?(?:SOA|NS)\s", text, re.IGNORECASE) else None
        return self._name(found[1], found[3])

    def _note_origin(self, text: str) -> None:
        words = text.split()
        if len(words) == 2 and words[0].upper() == "$ORIGIN":
            self._origin = words[1].strip(".").lower()

    def _name(self, owner: str, target: str) -> Names:
        """The owner as a name. Triggers on addresses and name servers are refused: they are not names that devices ask for."""
        name = owner.lower().rstrip(".").removeprefix("*.")
        if owner.endswith(".") and self._origin:
            name = name.removesuffix("." + self._origin)
        if re.search(r"(?:^|\.)rpz-(?:ip|client-ip|nsip|nsdname)$", name) or target.lower().startswith("rpz-tcp-only"):
            return None
        return (Exempt(name) if target.lower().startswith("rpz-passthru") else name,)


def read_csv(line: str) -> Names:
    """The first column: a name with `*.`, scheme, port or path; the path is an end point of a program that owns the host."""
    cell = line.strip().partition(",")[0].strip().strip('"')
    if not cell or cell.lower() in ("uri", "domain", "host", "hostname", "name") or cell[0] == "#":
        return ()
    if any(char in cell for char in "[](){}\\|+?^$"):
        return None
    host = _SCHEME.sub("", cell, count=1)
    return _one(host if is_address(host) else host.partition("/")[0])


def read_stamps(line: str) -> Names:
    """The hosts of the DNS stamps in a line; all text around them is passed over."""
    stamps = _STAMP.findall(line)
    hosts = [host_of(stamp) for stamp in stamps]
    return None if None in hosts else [host for host in hosts if host]


READERS: dict[str, Callable[[], Reader]] = {
    "domains": lambda: read_domain,
    "ut1": lambda: read_domain,
    "hosts": lambda: read_hosts,
    "adblock": lambda: read_adblock,
    "dnsmasq": lambda: read_dnsmasq,
    "unbound": lambda: read_unbound,
    "rpz": ReadRpz,
    "csv": lambda: read_csv,
    "stamps": lambda: read_stamps,
}

# A line of this shape decides at once; the order matters where one line could be two things.
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("adblock", re.compile(r"\[adblock|@@\|\||\|\|", re.IGNORECASE)),
    ("rpz", re.compile(r"\$TTL\b|\$ORIGIN\b|@\s.*\bSOA\b|\S+\s+(?:\d+\s+)?(?:IN\s+)?CNAME\s+(?:\.|rpz-)", re.IGNORECASE)),
    ("unbound", re.compile(r"local-zone:|server:\s*$")),
    ("dnsmasq", re.compile(r"(?:local|server|address)=/")),
    ("hosts", _HOSTS_LINE),
    ("stamps", _STAMP),
    ("csv", re.compile(r'"?(?:uri|domain|host|hostname|name)"?,', re.IGNORECASE)),
)


def guess_format(sample: Sequence[str]) -> str:
    """The format of a file by its first lines: that of most telling lines, or plain domains where none tells."""
    votes = dict.fromkeys((name for name, _ in _SIGNS), 0)
    for line in sample:
        for name, sign in _SIGNS:
            if sign.match(line.strip()):
                votes[name] += 1
                break
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] else "domains"
