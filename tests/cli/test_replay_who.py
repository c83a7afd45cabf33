"""From the wire to the one sentence: who had the device when it happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet, Raw
from scapy.utils import PcapWriter

from appliance.cli import main
from appliance.edge.store import Store
from appliance.school import Group, Lesson, Loan, Person, Vlan
from tests.wire.test_kerberos import as_req

ZONE = ZoneInfo("Europe/London")
IPAD, PHONE, GATEWAY = "f0:18:98:00:07:07", "da:a1:19:00:07:08", "18:e8:29:10:00:01"
PUPILS = 20  # the VLAN
SELF_HARM, GAMBLING = "selfharm.trigger.example", "www.bet365.com"


def at(clock: str) -> float:
    """A time on Tuesday, 24 November 2026."""
    return datetime.fromisoformat(f"2026-11-24T{clock}").replace(tzinfo=ZONE).timestamp()


def frame(time: float, mac: str, ip: Packet, payload: Packet, port: int) -> Packet:
    packet = Ether(src=mac, dst=GATEWAY) / Dot1Q(vlan=PUPILS) / ip / UDP(sport=40_000, dport=port) / payload
    packet.time = time
    return packet


def question(clock: str, mac: str, name: str, ip: Packet | None = None) -> Packet:
    ip = ip or IP(src="192.168.7.9" if mac == IPAD else "192.168.7.10", dst="192.168.7.2")
    return frame(at(clock), mac, ip, DNS(rd=1, qd=DNSQR(qname=name)), 53)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The records of a replayed morning: a log-on, a lesson's incident, one later from a new address, a phone."""
    capture, data = tmp_path / "day.pcap", tmp_path / "data"
    log_on = frame(at("08:40"), IPAD, IP(src="192.168.7.9", dst="192.168.7.3"), Raw(as_req("sb1")), 88)
    later = question("14:00", IPAD, GAMBLING, IPv6(src="2001:db8::9", dst="2001:db8::2"))
    with PcapWriter(str(capture)) as writer:
        for packet in (log_on, question("09:30", IPAD, SELF_HARM), question("09:31", PHONE, "bbc.co.uk"), later):
            writer.write(packet)
    result = CliRunner().invoke(main, ["replay", str(capture), "--data-dir", str(data), "--format", "jsonl"])
    assert result.exit_code == 0, result.output
    return data


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    """The same, with what the school says of itself."""
    with Store.open(folder) as opened:
        register = opened.register
        register.save_group(Group(id="blue", name="Blue trolley", kind="trolley"), by="head", now=0.0)
        register.save_vlan(Vlan(number=PUPILS, name="Pupils' Wi-Fi", group="blue"), by="head", now=0.0)
        register.add_person(Person(name="Sam B.", class_name="Year 6", log_on="SB1"), by="head", now=0.0)
        yield opened


def said(store: Store, category: str) -> str:
    (incident,) = (incident for incident in store.incidents() if incident.category == category)
    assert incident.mac == IPAD
    return store.who_had(incident.mac, incident.first_seen, ZONE).sentence


def test_an_incident_says_who_had_the_device_by_loan_else_timetable_else_log_on(store: Store) -> None:
    by_log_on = "The last log-on at this device before was by Sam B. (Year 6), at 8:40."
    assert said(store, "self_harm") == said(store, "gambling") == by_log_on
    lesson = Lesson(weekday=1, starts="09:15", ends="10:15", group="blue", class_name="Year 5", teacher="Mr Khan")
    store.register.add_lesson(lesson, by="head", now=at("16:00"))
    by_timetable = "By the timetable, Year 5 with Mr Khan had “Blue trolley” from 9:15 to 10:15."
    assert (said(store, "self_harm"), said(store, "gambling")) == (by_timetable, by_log_on)
    store.register.lend(Loan(mac=IPAD, person="Kim", since=at("09:20"), until=at("15:00")), by="head", now=at("16:00"))
    by_loan = "Signed out to Kim from 9:20 until 15:00."
    assert said(store, "self_harm") == said(store, "gambling") == by_loan


def test_a_machine_stays_one_over_addresses_and_a_private_one_is_marked(folder: Path) -> None:
    result = CliRunner().invoke(main, ["devices", "--data-dir", str(folder), "--format", "jsonl"])
    devices: dict[str, dict[str, Any]] = {line["mac"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert devices[IPAD]["addresses"] == ["192.168.7.9", "2001:db8::9"]
    assert (devices[IPAD]["private"], devices[IPAD]["last_user"], devices[IPAD]["vlan"]) == (False, "sb1", PUPILS)
    assert devices[PHONE]["private"]
