from __future__ import annotations

from pathlib import Path

from appliance.edge.store import Store
from appliance.judge.blindness import HOUR
from appliance.judge.domains import Match
from appliance.pipeline import Pipeline
from appliance.recorder import SIGHT_SECONDS, Recorder

from .judge.seen import IPAD, NOON, asked, quic, tls, tunnel


class Nothing:
    """Lists that know no name."""

    def match(self, name: str) -> None:
        return None


def recorder(tmp_path: Path) -> Recorder:
    return Recorder(Store.open(tmp_path / "data", tmp_path / "recent"), Pipeline(Nothing()))


def test_what_was_in_sight_is_written_now_and_then(tmp_path: Path) -> None:
    box = recorder(tmp_path)
    box.pipeline.feed([tls("a.example")])
    box.commit(NOON)
    box.pipeline.feed([tls("a.example", time=NOON + 1)])
    box.commit(NOON + 1)
    assert [row.seen for row in box.store.sight(mac=IPAD)] == [1]
    box.commit(NOON + SIGHT_SECONDS)
    assert [row.seen for row in box.store.sight(mac=IPAD)] == [2]
    assert [row.seen for row in box.store.sight(mac="")] == [2]


def test_a_box_that_starts_again_goes_on_counting_and_knows_what_is_usual(tmp_path: Path) -> None:
    before = recorder(tmp_path)
    for hour in range(3):
        before.pipeline.feed([tls("a.example", time=NOON + hour * HOUR + n) for n in range(60)])
    now = NOON + 2 * HOUR + 60
    before.commit(now)
    before.store.close()
    after = recorder(tmp_path)
    after.restore(now)
    assert len(after.pipeline.meter.usual) == 2
    after.pipeline.feed([tls(time=now + 1)])
    assert (after.pipeline.meter.school().seen, after.pipeline.meter.school().named) == (61, 60)


def test_a_tunnel_becomes_an_incident_in_the_store(tmp_path: Path) -> None:
    box = recorder(tmp_path)
    box.pipeline.feed([tunnel("wireguard", time=NOON + n) for n in range(100)])
    box.commit(NOON + 100)
    (incident,) = box.store.incidents()
    assert (incident.category, incident.level, incident.count) == ("proxy_avoidance", "look", 1)
    assert incident.sentence.endswith(" started something that looks like a VPN at 12:00.")


class RelayListed:
    """Lists that know Apple's relay."""

    def match(self, name: str) -> Match | None:
        if name != "mask.icloud.com":
            return None
        return Match(kind="block", category="encrypted_dns", level="look", list_name="l", entry=name, version="1", checked=True)


def test_private_relay_asked_for_is_noted_and_used_is_looked_at(tmp_path: Path) -> None:
    box = Recorder(Store.open(tmp_path / "data", tmp_path / "recent"), Pipeline(RelayListed()))
    box.pipeline.feed([asked("mask.icloud.com")])
    box.commit(NOON)
    assert [incident.level for incident in box.store.incidents()] == ["note"]
    box.pipeline.feed([quic("mask.icloud.com", time=NOON + 60)])
    box.commit(NOON + 60)
    assert [incident.level for incident in box.store.incidents()] == ["look"]
    assert box.pipeline.meter.school().reasons == {"relay": 1}
