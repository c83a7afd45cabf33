"""Every list format, each with the traps of real files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.edge.list_files import Refusals, names_of
from appliance.edge.list_formats import READERS, Exempt, guess_format, is_address

from .stamps import stamp


def read(form: str, text: str) -> tuple[list[str], Refusals]:
    """The names in `text`, exceptions marked `@`, and what was refused."""
    refusals = Refusals()
    names = [f"@{name}" if isinstance(name, Exempt) else name for name in names_of(iter(text.splitlines()), form, refusals)]
    return names, refusals


PLAIN = """
# Title: a list
example.com
WWW.Example.NET.   # with a note
*.wild.example
.dotted.example
http://scheme.example/
https://port.example:8443
   indented.example
! an adblock comment
http://page.example/only/this
cg\u2011dialup.net
bücher.example
uk
1.0.0.1   # one.one
10.0.0.0/8
2001:db8::/32
198.51.100.7:9001
not a name at all
"""


def test_plain_names_with_comments_wildcards_schemes_and_ports() -> None:
    names, refusals = read("domains", PLAIN)
    assert names == [
        "example.com",
        "www.example.net",
        "wild.example",
        "dotted.example",
        "scheme.example",
        "port.example",
        "indented.example",
        "xn--bcher-kva.example",
    ]
    assert refusals.reasons == {"not a whole site": 1, "not a name": 1, "a single word, not a site": 2, "an address": 4}
    assert refusals.examples["not a whole site"] == ["http://page.example/only/this"]


HOSTS = """
127.0.0.1 localhost localhost.localdomain
255.255.255.255 broadcasthost
::1 ip6-localhost ip6-loopback
fe80::1%lo0 localhost
0.0.0.0 0.0.0.0
0.0.0.0 one.example two.example # comment
127.0.0.1\tthree.example
:: four.example
0.0.0.0 bad_entry!
203.0.113.9 redirected.example
"""


def test_hosts_files_with_several_names_and_the_machines_own_lines() -> None:
    names, refusals = read("hosts", HOSTS)
    assert names == ["one.example", "two.example", "three.example", "four.example"]
    assert refusals.total == 2


ADBLOCK = """[Adblock Plus]
! Title: a list
||one.example^
||two.example^$document
||three.example^$third-party,important
@@||fine.two.example^
||four.example/path^
||five.*^
/banner[0-9]+/
example.com##.advert
|https://six.example|
||seven.example
||eight.example^$domain=news.example
||nine.example^$important,badfilter
||ten.example^$doc,important
@@||one.example^$client=192.168.7.9
(^|\\.)eleven[0-9]+\\.example$
"""


def test_adblock_takes_whole_hosts_and_exceptions_only() -> None:
    names, refusals = read("adblock", ADBLOCK)
    assert names == ["one.example", "two.example", "three.example", "@fine.two.example", "seven.example", "ten.example"]
    assert refusals.reasons == {"not a whole site": 9}


DNSMASQ = """# comment
local=/one.example/
server=/two.example/three.example/
address=/four.example/0.0.0.0
address=/five.example/#
address=/six.example/
address=/search.example/192.0.2.9
server=/resolve.four.example/192.0.2.53
no-resolv
"""


def test_dnsmasq_with_several_names_on_a_line_and_forwarded_names_as_exceptions() -> None:
    names, refusals = read("dnsmasq", DNSMASQ)
    assert names == [
        "one.example",
        "two.example",
        "three.example",
        "four.example",
        "five.example",
        "six.example",
        "@resolve.four.example",
    ]
    assert refusals.total == 2


UNBOUND = """server:
    # comment
    local-zone: "one.example" always_nxdomain
    local-zone: two.example. static
    local-zone: "fine.one.example" transparent
    local-zone: "told.example" inform
    local-zone: "stopped.example" inform_deny
    local-data: "one.example A 0.0.0.0"
    interface: 0.0.0.0
"""


def test_unbound_zones() -> None:
    names, refusals = read("unbound", UNBOUND)
    assert names == ["one.example", "two.example", "@fine.one.example", "stopped.example"]
    assert refusals.total == 2


RPZ = """$TTL 3600
$ORIGIN rpz.lists.example.
@ SOA localhost. root.localhost. (
    2026082301 43200 3600
    259200 300 )
  NS localhost.
; comment
one.example CNAME .
*.one.example CNAME .
two.example 300 IN CNAME *. ; no data
three.example.rpz.lists.example. CNAME .
fine.one.example CNAME rpz-passthru.
32.1.2.0.192.rpz-ip CNAME .
ns.bad.example.rpz-nsdname CNAME .
slow.example CNAME rpz-tcp-only.
four.example A 0.0.0.0
five.example TXT "text"
nonsense
"""


def test_rpz_zones_relative_names_wildcards_and_passthru() -> None:
    names, refusals = read("rpz", RPZ)
    assert names == [
        "one.example",
        "one.example",
        "two.example",
        "three.example",
        "@fine.one.example",
        "four.example",
        "five.example",
    ]
    assert refusals.reasons == {"not a whole site": 4}


CSV = """URI,RMM_Tool
*.one.example,Tool
"two.example",Tool
https://three.example/agent/download,Tool
relay-[a-f0-9]{8}.four.example:443,Tool
five.example:443,Tool
192.0.2.9,Tool
"""


def test_csv_strips_wildcard_scheme_port_and_path_and_drops_patterns() -> None:
    names, refusals = read("csv", CSV)
    assert names == ["one.example", "two.example", "three.example", "five.example"]
    assert refusals.reasons == {"not a whole site": 1, "an address": 1}


STAMPS = f"""# Resolvers

## one
A resolver without logs. See example.org for more.

{stamp(2, "192.0.2.1", [b"hash one", b"hash two"], "doh.one.example:8443", "/dns-query")}
{stamp(3, "", [b""], "dot.two.example")} and {stamp(4, "", [b""], "doq.three.example")}
{stamp(5, None, None, "odoh.four.example", "/dns-query")}
{stamp(1, "192.0.2.1:443", None, "2.dnscrypt-cert.example.com")}
sdns://gQk
sdns://AgcAAAAAAAAA
"""


def test_stamps_give_their_hosts_and_the_text_around_them_nothing() -> None:
    names, refusals = read("stamps", STAMPS)
    assert names == ["doh.one.example", "dot.two.example", "doq.three.example", "odoh.four.example"]
    assert refusals.reasons == {"not a whole site": 1}


def test_regular_expressions_are_never_run() -> None:
    names, refusals = read("auto", "(^|\\.)bad[0-9]+\\.example$\n^ads?[0-9]*\\.\nfine.example\n")
    assert (names, refusals.total) == (["fine.example"], 2)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("domains", PLAIN),
        ("hosts", HOSTS),
        ("adblock", ADBLOCK),
        ("dnsmasq", DNSMASQ),
        ("unbound", UNBOUND),
        ("rpz", RPZ),
        ("csv", CSV),
        ("stamps", STAMPS),
        ("domains", ""),
        ("domains", "# only a comment"),
        ("domains", "198.51.100.0/24\n203.0.113.0/24"),
        ("hosts", "# Title: hosts\n\n0.0.0.0 a.example\n0.0.0.0 b.example"),
        ("adblock", "! Title\n@@||fine.example^\n||a.example^"),
        ("rpz", "a.example CNAME .\n*.a.example CNAME ."),
    ],
)
def test_a_format_is_guessed_and_auto_reads_the_same(form: str, text: str) -> None:
    assert guess_format(text.splitlines()) == form
    assert read("auto", text)[0] == read(form, text)[0]


def test_sealed_names_pass_through_and_false_seals_do_not() -> None:
    good = "sha256:0af:" + "1b" * 32
    names, refusals = read("domains", f"{good}\nsha256:{'1b' * 32}\nsha256:zzz:{'1b' * 32}\n")
    assert names == [good]
    assert refusals.reasons == {"not a name": 2}


@pytest.mark.parametrize(
    "text", ["192.0.2.1", "192.0.2.0/24", "192.0.2.1:8080", "2001:db8::1", "2001:db8::/32", "[2001:db8::1]:443"]
)
def test_addresses_are_told_from_names(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["example.com", "192-0-2-1.example", "dead.beef.example", "example.com:443"])
def test_names_are_told_from_addresses(text: str) -> None:
    assert not is_address(text)


@given(st.sampled_from(sorted(READERS)), st.lists(st.text(max_size=60), max_size=20))
def test_no_line_breaks_a_reader(form: str, lines: list[str]) -> None:
    for name in names_of(iter(lines), form, Refusals()):
        assert name.isascii()
