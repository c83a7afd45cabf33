from __future__ import annotations

import dnslib

from appliance.wire.mdns import MAX_ANNOUNCEMENTS, Announcement, read_announcements
from tests.wire.rubbish import survives


def told(zone: str) -> bytes:
    """A multicast response with these records."""
    record = dnslib.DNSRecord(dnslib.DNSHeader(qr=1, aa=1))
    record.add_answer(*dnslib.RR.fromZone(zone))
    return bytes(record.pack())


AIRPLAY = told(
    """
_airplay._tcp.local 4500 PTR Hall-TV._airplay._tcp.local
Hall-TV._airplay._tcp.local 120 SRV 0 0 7000 Hall-TV.local
Hall-TV._airplay._tcp.local 4500 TXT "deviceid=AA" "model=AppleTV6,2"
Hall-TV.local 120 A 10.0.0.9
"""
)


def test_host_service_and_model_are_told() -> None:
    assert read_announcements(AIRPLAY) == (
        Announcement("Hall-TV", "_airplay._tcp"),
        Announcement("Hall-TV", "_airplay._tcp", host="Hall-TV"),
        Announcement("Hall-TV", "_airplay._tcp", model="AppleTV6,2"),
        Announcement("Hall-TV", address=b"\x0a\0\0\x09"),
    )


def test_names_with_dots_and_blanks_stay_whole() -> None:
    record = dnslib.DNSRecord(dnslib.DNSHeader(qr=1))
    labels = ["Mrs. O’Neill’s iPad".encode(), b"_companion-link", b"_tcp", b"local"]
    record.add_answer(dnslib.RR("_companion-link._tcp.local", dnslib.QTYPE.PTR, rdata=dnslib.PTR(dnslib.DNSLabel(labels)), ttl=9))
    assert read_announcements(bytes(record.pack())) == (Announcement("Mrs. O’Neill’s iPad", "_companion-link._tcp"),)


def test_questions_goodbyes_catalogues_and_names_outside_of_local_tell_nothing() -> None:
    assert read_announcements(bytes(dnslib.DNSRecord.question("hall-tv.local").pack())) == ()
    assert read_announcements(told("hall-tv.local 0 A 10.0.0.9")) == ()
    assert read_announcements(told("_services._dns-sd._udp.local 9 PTR _airplay._tcp.local")) == ()
    assert read_announcements(told("www.example.org 9 A 10.0.0.9")) == ()


def test_what_is_told_twice_counts_once() -> None:
    assert len(read_announcements(told("a.local 9 A 10.0.0.9\na.local 9 A 10.0.0.9"))) == 1


def test_flood_of_announcements_is_read_up_to_its_bound() -> None:
    assert len(read_announcements(told("\n".join(f"host-{n}.local 9 A 10.0.0.9" for n in range(200))))) == MAX_ANNOUNCEMENTS


def test_any_bytes_are_announcements_or_malformed() -> None:
    survives(read_announcements, AIRPLAY)
