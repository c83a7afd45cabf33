"""What machines tell about themselves by multicast DNS: names, services and models (RFC 6762, RFC 6763)."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from appliance.wire.dns import parse_message
from appliance.wire.dns_names import read_name
from appliance.wire.dns_records import AAAA, PTR, SRV, TXT, A, Record, records
from appliance.wire.reader import Reader

PORT: Final = 5353
MAX_ANNOUNCEMENTS: Final = 64  # of one message: a machine that offers more is not telling its name

_LOCAL: Final = ".local"
_CATALOGUE: Final = "_services._dns-sd._udp"  # lists the kinds of service, not machines (RFC 6763 section 9)
_MODEL: Final = (b"model=", b"md=", b"ty=", b"am=")  # Apple, Chromecast, printers, AirPlay receivers


class Announcement(Struct, frozen=True):
    """One thing that a machine says of itself: its host name, or the name under which it offers a service.

    `name` is without `.local`, `host` the machine's name where a service says which it is, `address` packed where one is told.
    """

    name: str
    service: str = ""
    host: str = ""
    model: str = ""
    address: bytes = b""


def read_announcements(data: bytes) -> tuple[Announcement, ...]:
    """What a multicast response tells, each thing once; empty for queries; raises `Malformed`."""
    message = parse_message(data)
    header = message.header
    if not header.response:
        return ()
    found: dict[Announcement, None] = {}
    for record in records(data, message.records_at, header.answers, header.authorities, header.additionals):
        announcement = _announcement(data, record)
        if announcement is not None and len(found) < MAX_ANNOUNCEMENTS:
            found[announcement] = None
    return tuple(found)


def _announcement(data: bytes, record: Record) -> Announcement | None:
    # A lifetime of nought takes a record back (RFC 6762 section 10.1).
    if not record.ttl:
        return None
    if record.rtype in (A, AAAA):
        return _host(data, record)
    if record.rtype in (PTR, SRV, TXT):
        return _service(data, record)
    return None


def _host(data: bytes, record: Record) -> Announcement | None:
    owner = _own_name(data, record.name_at)
    address = data[record.start : record.end]
    if not owner.endswith(_LOCAL) or len(address) not in (4, 16):
        return None
    return Announcement(owner.removesuffix(_LOCAL), address=address)


def _service(data: bytes, record: Record) -> Announcement | None:
    instance = _own_name(data, record.start if record.rtype == PTR else record.name_at)
    name, mark, service = instance.removesuffix(_LOCAL).partition("._")
    if not mark or not name or name.startswith("_") or not instance.endswith(_LOCAL) or _CATALOGUE in instance:
        return None
    host = _own_name(data, record.start + 6).removesuffix(_LOCAL) if record.rtype == SRV else ""
    model = _model(data, record) if record.rtype == TXT else ""
    return Announcement(name, f"_{service}", host, model)


def _own_name(data: bytes, at: int) -> str:
    """A name in the case that its owner gave it; only the service's part and `.local` are folded."""
    name, mark, service = read_name(data, at, fold=False)[0].partition("._")
    return f"{name}{mark}{service.lower()}" if mark else re.sub(r"(?i)\.local$", _LOCAL, name)


def _model(data: bytes, record: Record) -> str:
    """The first of a TXT record's strings that states a model (RFC 6763 section 6.1)."""
    reader = Reader(data, record.start, record.end)
    while reader.left:
        text = reader.take(reader.u8())
        if text.lower().startswith(_MODEL):
            return text.partition(b"=")[2].decode("utf-8", "replace")
    return ""
