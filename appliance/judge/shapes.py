"""What traffic can look like when it hides from a filter: each shape's category, level, and words. "Looks like", never "is".

A shape reaches the records as a `Verdict` whose `source` names it; the sentence of the incident is chosen by that.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from appliance.model import Confidence, Level, Verdict

ShapeId = Literal[
    "vpn", "tor", "proxy", "inner-proxy", "ssh", "remote", "hidden-lookups", "foreign-resolver", "dns-tunnel", "swarm",
    "nameless", "dark", "hidden-name",
]  # fmt: skip
Deed = Literal["started", "used"]

_SOURCE = "rule: "


class Shape(Struct, frozen=True, kw_only=True):
    """One shape. `phrase` completes "iPad started ..."; `why` is what the box makes of it, one or two sentences."""

    category: str
    phrase: str
    why: str
    level: Level = "look"
    deed: Deed = "started"


_BEGINNING = "The box saw how it began; it can't see whether it worked, nor what is inside."

SHAPES: dict[ShapeId, Shape] = {
    "vpn": Shape(category="proxy_avoidance", phrase="something that looks like a VPN", why=_BEGINNING),
    "tor": Shape(category="proxy_avoidance", phrase="something that looks like Tor", why=_BEGINNING),
    "proxy": Shape(category="proxy_avoidance", phrase="something that looks like a proxy outside the school", why=_BEGINNING),
    "inner-proxy": Shape(
        category="proxy_avoidance",
        phrase="something that looks like a proxy on another device in the school",
        why="Few devices use it. If it is the school's own, IT support can say so.",
        level="note",
    ),
    "ssh": Shape(
        category="proxy_avoidance",
        phrase="a connection that could carry a tunnel (SSH)",
        why="People who run servers use it every day, and so do ways round a filter. The box can't tell which.",
        level="note",
    ),
    "remote": Shape(
        category="remote_control",
        phrase="something that looks like remote control from outside the school",
        why="IT support works like this. Ask them whether it was theirs.",
    ),
    "hidden-lookups": Shape(
        category="encrypted_dns",
        phrase="something that looks like hidden look-ups",
        why="Which names it asked for is out of the box's sight, and out of the filter's where that works by names.",
        deed="used",
    ),
    "foreign-resolver": Shape(
        category="proxy_avoidance",
        phrase="a look-up service on the internet instead of the school's",
        why="A filter that works by names may be passed by. Some televisions and speakers do this by themselves.",
        level="note",
        deed="used",
    ),
    "dns-tunnel": Shape(
        category="proxy_avoidance",
        phrase="look-ups that look like a tunnel",
        why="Ordinary software does not ask so many different names of one site.",
        deed="used",
    ),
    "swarm": Shape(
        category="proxy_avoidance",
        phrase="something that looks like a program for getting round the filter",
        why="Such programs try many addresses at once, by several doors, without looking any of them up.",
    ),
    "nameless": Shape(
        category="proxy_avoidance",
        phrase="connections that say nothing of where they go",
        why="Old programs and gadgets do this too.",
        level="note",
    ),
    "dark": Shape(
        category="encrypted_dns",
        phrase="something that looks like a hidden way of looking up names",
        why="Other devices' look-ups are in sight, so it is this device and not the box's place on the network.",
        deed="used",
    ),
    "hidden-name": Shape(
        category="encrypted_dns",
        phrase="a connection whose site is hidden",
        why="Browsers do this by themselves where they can. It says nothing of the person.",
        level="note",
        deed="used",
    ),
}  # fmt: skip


class Finding(Struct, frozen=True, kw_only=True):
    """One thing found. `name` is where to (a name or an address), `evidence` one sentence on what was seen.

    `level` lowers or raises the shape's own; `protocol` is what a group may be allowed.
    """

    shape: ShapeId
    name: str
    evidence: str
    protocol: str = ""
    confidence: Confidence = "medium"
    level: Level | None = None


def verdict_of(finding: Finding) -> Verdict:
    """The finding as folding takes it. All of one shape to one place count as one visit."""
    shape = SHAPES[finding.shape]
    return Verdict(
        name=finding.name,
        category=shape.category,
        level=finding.level or shape.level,
        source=f"{_SOURCE}{finding.shape}",
        entry=f"{finding.shape}:{finding.name}",
        reason=f"{finding.evidence} {shape.why}",
        confidence=finding.confidence,
    )


def shape_of(source: str) -> Shape | None:
    """The shape that a verdict's or incident's source names; None for a list's."""
    for key, shape in SHAPES.items():
        if source == f"{_SOURCE}{key}":
            return shape
    return None
