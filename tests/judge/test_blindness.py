from __future__ import annotations

import pytest

from appliance.judge.blindness import DEVICES, HOUR, TUNNEL_SECONDS, WAITING, Meter
from appliance.judge.hidden_names import HiddenNames
from appliance.judge.lookups import Lookups
from appliance.model import DnsAnswer, Neighbour, Seen, Sight

from .seen import INSIDE, IPAD, LAPTOP, NOON, OUTSIDE, answer, asked, http, opened, quic, tls, tunnel


def meter_of(*sightings: Seen) -> Meter:
    """A meter that has seen these, with the look-ups in them taken in first, as the pipeline does."""
    meter = Meter(Lookups(), HiddenNames())
    for seen in sightings:
        feed(meter, seen)
    return meter


def feed(meter: Meter, seen: Seen) -> None:
    if isinstance(seen, DnsAnswer):
        meter._lookups.answered(seen.mac, seen)
        meter._hidden.learn(seen.mac, seen)
    meter.observe(seen.mac, seen)


@pytest.mark.parametrize(
    ("sightings", "seen", "named", "reasons"),
    [
        ([tls("a.example"), quic("a.example"), http("a.example")], 3, 3, {}),
        ([tls()], 1, 0, {"no-sni": 1}),
        ([answer("a.example", OUTSIDE), tls()], 1, 1, {}),
        ([opened(transport="udp")], 1, 0, {"lost": 1}),
        ([answer("a.example", OUTSIDE), opened(transport="udp")], 1, 1, {}),
        ([tls("cloudflare-ech.com", ech_config=9)], 1, 0, {"ech": 1}),
        ([answer("a.example", ech=(("cloudflare-ech.com", 9),)), tls("cloudflare-ech.com", ech_config=9)], 1, 1, {}),
        ([tls("a.example", ech_config=9)], 1, 1, {}),
        ([quic("mask.icloud.com")], 1, 0, {"relay": 1}),
        ([answer("mask-h2.icloud.com", OUTSIDE), tls()], 1, 0, {"relay": 1}),
        ([answer("mask.icloud.com", OUTSIDE), opened(transport="udp")], 1, 0, {"relay": 1}),
        ([tunnel("wireguard")], 1, 0, {"vpn": 1}),
        ([tunnel("wireguard", time=NOON + n) for n in range(100)], 1, 0, {"vpn": 1}),
        ([tunnel("wireguard", time=NOON + n * TUNNEL_SECONDS) for n in range(3)], 3, 0, {"vpn": 3}),
        ([tunnel("dnscrypt")], 1, 0, {"encrypted-dns": 1}),
        ([tls(port=853), tunnel("dot")], 1, 0, {"encrypted-dns": 1}),
        ([tls(server="1.1.1.1"), tls()], 2, 0, {"encrypted-dns": 2}),
        ([tunnel("ssh")], 0, 0, {}),
        ([opened(), opened(), tls("a.example")], 1, 1, {"silent": 1}),
        ([opened(port=80), asked("a.example")], 0, 0, {}),
        # One request after another to the same site, and what a proxy was told before the hello, count once.
        ([http("a.example"), http("a.example"), http("b.example")], 2, 2, {}),
        ([http("a.example", INSIDE), tls("a.example", INSIDE, after="connect")], 1, 1, {}),
    ],
)
def test_each_connection_is_counted_with_its_reason(
    sightings: list[Seen], seen: int, named: int, reasons: dict[str, int]
) -> None:
    meter = meter_of(*sightings)
    row, school = meter.take()
    assert (row.mac, row.seen, row.named, row.reasons) == (IPAD, seen, named, reasons)
    assert (school.mac, school.seen, school.named, school.reasons) == ("", seen, named, reasons)


def test_a_hidden_look_up_service_by_name_explains_nameless_hellos_after_it() -> None:
    meter = Meter(Lookups(), HiddenNames())
    meter.expect(IPAD, "encrypted_dns")
    feed(meter, tls("dns.example"))
    feed(meter, tls())
    assert meter.school().reasons == {"encrypted-dns": 1} and meter.school().named == 1


def test_a_connection_to_a_listed_vpn_is_not_named_by_it_and_the_next_one_is_itself_again() -> None:
    meter = Meter(Lookups(), HiddenNames())
    meter.expect(IPAD, "proxy_avoidance")
    feed(meter, tls("eu.vpn.example"))
    feed(meter, tls("www.bbc.co.uk"))
    meter.expect(IPAD, "proxy_avoidance")
    feed(meter, http("proxy.example"))
    feed(meter, tls("www.bbc.co.uk"))
    assert (meter.school().seen, meter.school().named, meter.school().reasons) == (4, 3, {"vpn": 1})


def test_devices_that_are_heard_and_name_nothing_are_counted() -> None:
    printer = Neighbour(time=NOON, mac="printer", client="192.168.7.30")
    meter = meter_of(printer, asked("a.example"), tls(mac=LAPTOP))
    assert meter.school().quiet == 2


def test_an_hour_ends_when_the_next_begins_and_late_packets_count_for_that() -> None:
    meter = meter_of(tls("a.example"), tls("a.example", time=NOON + HOUR), tls("a.example", time=NOON + HOUR - 2))
    rows = [(row.hour, row.mac, row.seen) for row in meter.take()]
    assert rows == [(NOON, IPAD, 1), (NOON, "", 1), (NOON + HOUR, IPAD, 2), (NOON + HOUR, "", 2)]
    assert meter.take() == []


def test_a_clock_that_is_set_back_begins_the_hour_it_shows() -> None:
    meter = meter_of(tls("a.example"), tls("a.example", time=NOON - 10 * HOUR))
    assert meter.school().hour == NOON - 10 * HOUR


def test_a_restart_goes_on_counting_the_hour() -> None:
    before = meter_of(tls("a.example"), tls(), opened(), opened(), opened())
    after = Meter(Lookups(), HiddenNames())
    after.restore(before.take())
    assert after.take() == []
    feed(after, tls("a.example", time=NOON + 1))
    row, school = after.take()
    assert (row.seen, row.named, row.reasons) == (3, 2, {"no-sni": 1})
    assert (school.seen, school.named) == (3, 2)


def test_rows_that_could_not_be_written_come_again() -> None:
    meter = meter_of(tls("a.example"))
    rows = meter.take()
    meter.put_back(rows)
    assert meter.take() == rows


def test_floods_of_devices_and_hours_stay_within_bounds() -> None:
    meter = meter_of(*(tls("a.example", mac=f"device {n}") for n in range(DEVICES + 40)))
    assert len(meter) == DEVICES and meter.evicted == 40 and meter.school().seen == DEVICES + 40
    for n in range(WAITING + 100):
        feed(meter, tls("a.example", time=NOON + n * HOUR))
    assert len(meter) <= WAITING + 1 and meter.evicted > 40


def test_the_same_sightings_give_the_same_counts() -> None:
    sightings = [
        tls("a.example"),
        tls(),
        tunnel("dot"),
        opened(),
        answer("b.example", "198.51.100.9"),
        tls(server="198.51.100.9"),
    ]
    assert meter_of(*sightings).take() == meter_of(*sightings).take()


def test_an_ended_hour_becomes_part_of_what_is_usual() -> None:
    meter = meter_of(*(tls("a.example") for _ in range(60)), tls("a.example", time=NOON + HOUR))
    assert len(meter.usual) == 1
    assert isinstance(meter.take()[0], Sight)
