"""Lists of addresses: one address or network a line, `1.2.3.4`, `1.2.3.0/24`, `1.2.3.4:443`, with a comment behind it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

from appliance.edge.list_files import Refusals, read_lines
from appliance.judge.address_lists import Network

_WIDEST = {4: 8, 6: 16}  # a wider network is no list's business: it would hold millions of sites


def read_networks(path: Path, refusals: Refusals) -> Iterator[Network]:
    """The networks of a file; what is none, private or too wide is a counted refusal. Raises ListError."""
    for line in read_lines(path, refusals):
        word = line.partition("#")[0].partition(";")[0].strip().partition(" ")[0].partition("\t")[0]
        if word:
            network = read_network(word)
            if network is None:
                refusals.add("not a public address or network", line)
            else:
                yield network


def read_network(word: str) -> Network | None:
    """One word as a network, or None."""
    bare = word.strip("[]")
    host, colon, port = bare.partition(":")
    if colon and port.isdecimal() and "." in host:
        bare = host
    try:
        network = ipaddress.ip_network(bare, strict=False)
    except ValueError:
        return None
    if network.prefixlen < _WIDEST[network.version] or not network.is_global or network.is_multicast:
        return None
    one = network.prefixlen == network.max_prefixlen
    text = str(network.network_address) if one else str(network)
    return Network(network.version, int(network.network_address), int(network.broadcast_address), text)
