"""The project's own lists, read from `phrase_lists/`, as sources to compile."""

from __future__ import annotations

import hashlib
from calendar import timegm
from collections.abc import Callable
from datetime import date

import msgspec

import phrase_lists
from appliance.edge.list_compiler import Source
from appliance.judge.domains import Rule

# class in evasion.tsv -> category, and the words that say more than the category's own
EVASIONS: dict[str, tuple[str, str]] = {
    "private_relay": ("encrypted_dns", "Apple's Private Relay, which hides where a device goes"),
    "doh": ("encrypted_dns", "an encrypted look-up service, which hides which sites a device looks up"),
    "vpn": ("proxy_avoidance", "a VPN, which hides where a device goes"),
    "mesh": ("proxy_avoidance", "a private network tool, which can carry a device past the filter"),
    "tunnel": ("proxy_avoidance", "a tunnel service, which can carry a device past the filter"),
    "web_proxy": ("proxy_avoidance", "a web proxy, which opens other sites past the filter"),
    "circumvention": ("proxy_avoidance", "a tool made to get round filters"),
    "tor": ("proxy_avoidance", "the Tor network, which hides where a device goes"),
    "darknet": ("proxy_avoidance", "a hidden network, which hides where a device goes"),
    "remote_control": ("remote_control", ""),
}


def _evasion(kind: str) -> Rule:
    category, phrase = EVASIONS[kind]
    return Rule(list_name="Safespan: ways round the filter", category=category, phrase=phrase)


# file -> what the second column of its rows makes of a row
_FILES: dict[str, Callable[[str], Rule]] = {
    "domains/help_lines.tsv": lambda _: Rule(list_name="Safespan: help lines", kind="help"),
    "domains/witness.tsv": lambda _: Rule(list_name="Safespan: filter tests", kind="witness"),
    "domains/school_essential.tsv": lambda scope: Rule(
        list_name="Safespan: sites schools need", kind="allow", whole=scope == "whole"
    ),
    "domains/triggers.tsv": lambda category: Rule(list_name="Safespan: test names", category=category, exercise=True),
    "domains/gravest.tsv": lambda category: Rule(list_name="Safespan: gravest sites", category=category),
    "domains/harm.tsv": lambda category: Rule(list_name="Safespan: known services", category=category),
    "domains/evasion.tsv": _evasion,
}


def seed_sources() -> list[Source]:
    """Everything the box knows before it has fetched any list: one source for each file and each thing its rows can mean."""
    return [source for file in _FILES for source in _sources_of(file)]


def _sources_of(file: str) -> list[Source]:
    head = phrase_lists.heading(file)
    groups: dict[Rule, list[str]] = {}
    for row in phrase_lists.rows(file):
        groups.setdefault(_FILES[file](row[1]), []).append(row[0])
    updated = float(timegm(date.fromisoformat(head.date).timetuple()))
    return [
        Source(
            rule=msgspec.structs.replace(rule, version=head.date, checked=True),
            entries=tuple(names),
            licence=head.licence,
            updated=updated,
            stamp=hashlib.sha256("\n".join(names).encode()).hexdigest(),
        )
        for rule, names in groups.items()
    ]
