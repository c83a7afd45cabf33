"""Where fuzzing starts: payloads cut out of real captures, by the ports that each parser serves."""

from __future__ import annotations

from pathlib import Path

from appliance.edge.capture_files import open_capture
from appliance.edge.files import CaptureError

# Target -> the UDP ports (or, after "tcp", TCP ports) whose payloads it starts from; the others start from nothing.
PORTS: dict[str, tuple[str, tuple[int, ...]]] = {
    "dhcp": ("udp", (67, 68)), "dhcp6": ("udp", (546, 547)), "dns-answer": ("udp", (53, 5353)),
    "dns-message": ("udp", (53, 5353, 5355)), "dns-question": ("udp", (53,)), "dns-shape": ("udp", (53,)),
    "http": ("tcp", (80, 8080)), "kerberos": ("udp", (88,)), "mdns": ("udp", (5353,)), "netbios": ("udp", (137, 138)),
    "ntlm": ("tcp", (445, 139, 80)), "quic": ("udp", (443,)), "quic-google": ("udp", (443, 80)), "quic-packets": ("udp", (443,)),
    "radius": ("udp", (1812, 1813)), "socks": ("tcp", (1080,)), "tls-records": ("tcp", (443,)),
    "handshakes-udp": ("udp", (51820, 1194, 500, 4500)), "handshakes-tcp": ("tcp", (1723, 22, 5938, 3389, 1194)),
}  # fmt: skip
PROTOCOL = {"tcp": 6, "udp": 17}
MOST = 400
DEEPEST_HEADER = 60


def write_seeds(target: str, corpus: Path, captures: Path) -> None:
    """Put up to 400 different payloads for `target` into `corpus`; nothing where there are no captures or it has some."""
    wanted = PORTS.get(target)
    if wanted is None or not captures.is_dir() or any(corpus.glob("seed-*")):
        return
    found: set[bytes] = set()
    for capture in sorted(captures.iterdir()):
        if len(found) < MOST:
            found |= _payloads(capture, *wanted)
    for number, payload in enumerate(sorted(found)[:MOST]):
        (corpus / f"seed-{number:03}").write_bytes(payload)


def _payloads(capture: Path, transport: str, ports: tuple[int, ...]) -> set[bytes]:
    """The payloads of a plain Ethernet and IPv4 capture that go to or come from one of the ports."""
    try:
        source = open_capture(capture)
    except CaptureError:
        return set()
    found: set[bytes] = set()
    while (frames := source.read()) is not None and len(found) < 40:
        for frame in frames:
            if frame.link == 1 and frame.data[12:14] == b"\x08\0" and frame.data[23:24] == bytes((PROTOCOL[transport],)):
                found |= _payload(frame.data[14:], transport, ports)
    source.close()
    return found


def _payload(packet: bytes, transport: str, ports: tuple[int, ...]) -> set[bytes]:
    """The payload of one packet, if it is one of those wanted."""
    at = (packet[0] & 15) * 4
    if len(packet) < at + DEEPEST_HEADER // 3:
        return set()
    if not {int.from_bytes(packet[at : at + 2], "big"), int.from_bytes(packet[at + 2 : at + 4], "big")} & set(ports):
        return set()
    payload = packet[at + ((packet[at + 12] >> 4) * 4 if transport == "tcp" else 8) :]
    return {payload[:4096]} if payload else set()
