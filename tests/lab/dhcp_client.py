"""A DHCP client that says what the school's machines say of themselves (RFC 2131): no Debian client can be told all of it."""

from __future__ import annotations

import socket
import time
from typing import Final, Literal, TypeAlias

from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from .network import LabError, Namespace

Kind = Literal["ipad", "windows", "chromebook", "printer"]
Says: TypeAlias = list[tuple[str, object]]

OFFER: Final = 2
ACK: Final = 5

# What each kind of machine asks for and calls itself, as the fingerprint collections list them.
ASKS_FOR: Final[dict[Kind, bytes]] = {
    "ipad": bytes((1, 121, 3, 6, 15, 108, 114, 119, 252)),
    "windows": bytes((1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252)),
    "chromebook": bytes((1, 121, 33, 3, 6, 12, 15, 26, 28, 51, 54, 58, 59, 119, 252)),
    "printer": bytes((1, 3, 44, 6, 7, 12, 15, 22, 54, 58, 59, 69, 18, 144)),
}
VENDORS: Final[dict[Kind, str]] = {"windows": "MSFT 5.0", "chromebook": "dhcpcd-9.4.1:Linux:x86_64", "printer": "udhcp 1.33"}


def lease(machine: Namespace, mac: str, host_name: str, kind: Kind, timeout: float = 8) -> str:
    """Get an address the usual way, DISCOVER to ACK; the address given. Raises `LabError` where nobody answers in time."""
    with machine.entered():
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        wire.bind(("eth0", 0x0800))
    with wire:
        # Two machines that ask at the same moment may be offered the same address: the slower one is refused and begins again.
        for _ in range(5):
            offer = _exchange(wire, mac, [("message-type", "discover")], host_name, kind, timeout)
            wanted = ("requested_addr", offer[BOOTP].yiaddr)
            says: Says = [("message-type", "request"), wanted, ("server_id", _option(offer, "server_id"))]
            answer = _exchange(wire, mac, says, host_name, kind, timeout)
            if _option(answer, "message-type") == ACK:
                return str(answer[BOOTP].yiaddr)
    raise LabError(f"no address for {host_name}")


def _exchange(wire: socket.socket, mac: str, says: Says, host_name: str, kind: Kind, timeout: float) -> Packet:
    """Send a message, again each second, until its answer comes."""
    transaction = int(mac.replace(":", "")[-8:], 16)
    options: list[object] = [
        *says,
        ("client_id", b"\x01" + bytes.fromhex(mac.replace(":", ""))),
        ("hostname", host_name.encode()),
    ]
    if kind in VENDORS:
        options.append(("vendor_class_id", VENDORS[kind].encode()))
    options += [("param_req_list", list(ASKS_FOR[kind])), "end"]
    hardware = bytes.fromhex(mac.replace(":", "")).ljust(16, b"\0")
    frame = bytes(
        Ether(src=mac, dst="ff:ff:ff:ff:ff:ff")
        / IP(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / BOOTP(chaddr=hardware, xid=transaction)
        / DHCP(options=options)
    )
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        wire.send(frame)
        answer = _answer(wire, transaction, time.monotonic() + 1)
        # A second offer, to a DISCOVER that was sent twice, is no answer to a REQUEST.
        if answer is not None and (says[0][1] == "discover") == (_option(answer, "message-type") == OFFER):
            return answer
    raise LabError(f"no DHCP answer for {host_name}")


def _answer(wire: socket.socket, transaction: int, end: float) -> Packet | None:
    """The next DHCP answer of this transaction."""
    while (left := end - time.monotonic()) > 0:
        wire.settimeout(left)
        try:
            frame = wire.recv(2048)
        except TimeoutError:
            return None
        # IPv4 without options, UDP, towards port 68.
        if frame[23] == 17 and frame[36:38] == b"\x00\x44":
            packet = Ether(frame)
            if BOOTP in packet and packet[BOOTP].op == 2 and packet[BOOTP].xid == transaction:
                return packet
    return None


def _option(packet: Packet, name: str) -> object:
    return next(option[1] for option in packet[DHCP].options if option[0] == name)
