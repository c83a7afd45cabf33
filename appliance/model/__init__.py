"""The frozen types that the stages exchange: frames, sightings, devices, verdicts, incidents, health.

A `Sighting` is one fact read off the wire. Each kind is a class of its own, tagged with the `kind` that the command line
prints; all of them say which machine it concerns (`mac`, `vlan`, `client`) and when. Times are seconds since the epoch.
Names are lower case without the final dot, but what a machine calls itself keeps its case; addresses and MACs are text,
IPv6 in its shortest form, MACs `aa:bb:cc:dd:ee:ff`.
"""

from __future__ import annotations

from appliance.model.findings import (
    GUESSED,
    Device,
    Incident,
    Intent,
    Note,
    Tally,
    Verdict,
)
from appliance.model.kinds import (
    Confidence,
    Decision,
    IntentKind,
    LampColour,
    Level,
    NoteKind,
    Outcome,
    Role,
)
from appliance.model.people import (
    Account,
    AuditEntry,
    Session,
)
from appliance.model.sightings import (
    Announced,
    DhcpSeen,
    DnsAnswer,
    Frame,
    HelloAnswered,
    HttpHost,
    LlmnrAsked,
    LoggedOn,
    MdnsAsked,
    NameAsked,
    Neighbour,
    NetbiosAsked,
    Opened,
    QuicHello,
    Seen,
    SensorMessage,
    SensorReport,
    Sighting,
    TlsHello,
    TunnelSeen,
)
from appliance.model.state import (
    Health,
    Lamp,
    ListStatus,
    RecentName,
    Sight,
)

__all__ = [
    "GUESSED",
    "Account",
    "Announced",
    "AuditEntry",
    "Confidence",
    "Decision",
    "Device",
    "DhcpSeen",
    "DnsAnswer",
    "Frame",
    "Health",
    "HelloAnswered",
    "HttpHost",
    "Incident",
    "Intent",
    "IntentKind",
    "Lamp",
    "LampColour",
    "Level",
    "ListStatus",
    "LlmnrAsked",
    "LoggedOn",
    "MdnsAsked",
    "NameAsked",
    "Neighbour",
    "NetbiosAsked",
    "Note",
    "NoteKind",
    "Opened",
    "Outcome",
    "QuicHello",
    "RecentName",
    "Role",
    "Seen",
    "SensorMessage",
    "SensorReport",
    "Session",
    "Sight",
    "Sighting",
    "Tally",
    "TlsHello",
    "TunnelSeen",
    "Verdict",
]
