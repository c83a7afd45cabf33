"""What passes of TCP: openings, resets, the first words of either side, and what may be the rest of a split hello or request.

A ClientHello with a post-quantum key share spans two segments, and the second begins with any bytes. So towards the server
everything passes that doesn't begin like an encrypted record; from the server only its hello, alerts and a few first words.
"""

from __future__ import annotations

from appliance.edge.bpf import Assembler

SOURCE, TARGET, LENGTH, WORD, PAYLOAD = 2, 3, 4, 5, 6  # memory slots
SYN, RST, SYN_OR_ACK = 0x02, 0x04, 0x12

HTTPS, SMB = 443, 445
# On either side: DNS, Kerberos, PPTP.
PORTS = (53, 88, 1723)
# Towards these ports uploads are large and hellos rare: SSH, NetBIOS and SMB, printing, AFP, rsync, RTMP, iSCSI, NFS, VNC, raw
# printing. First words still pass.
BULK = (22, 139, SMB, 515, 548, 873, 1935, 2049, 3260, 5900, 9100)

FIRST_EPHEMERAL, NEARLY_FULL = 32_768, 1_200

RECORD, ALERT, DATA = 0x1603, 0x1503, 0x1703
# A record that changes ciphers: its type and version; the second byte of its version (1.2), its length and content.
CHANGE, CHANGE_REST = 0x1403, 0x03000101
CLIENT_HELLO, SERVER_HELLO = 1, 2
HTTP_REPLY, SSH = 0x48545450, 0x5353482D
TPKT = 0x0300
TEAMVIEWER = 0x1724
SMB_2, SMB_1 = 0xFE534D42, 0xFF534D42
SMB_2_SESSION_SETUP, SMB_1_SESSION_SETUP = 0x0100, 0x73
POSTGRESQL = 0x00000008  # the length of its request for TLS
SOCKS_4, SOCKS_5 = 4, 5
# SOCKS greetings and requests are short; a random segment that begins with 4 or 5 is mostly not.
SOCKS_LONGEST = 300
OPENVPN_RESETS = (0x38, 0x40, 0x50)
DNS_SHORTEST, SMB_SHORTEST = 14, 20


def write_tcp(code: Assembler, end: int) -> None:
    """TCP at X, inside an IP packet that ends at memory slot `end`."""
    code.label("tcp")
    code.load(1, 13, beyond_x=True)
    code.when("set", RST, "pass")
    code.alu("and", SYN_OR_ACK)
    code.when("eq", SYN, "pass")
    code.load(2, 0, beyond_x=True)
    code.store(SOURCE)
    code.load(2, 2, beyond_x=True)
    code.store(TARGET)
    code.load(1, 12, beyond_x=True)
    code.alu("and", 0xF0)
    code.alu("rsh", 2)
    code.alu_x("add")
    code.a_to_x()
    code.store_x(PAYLOAD)
    code.recall(end)
    code.when_x("gt", None, "refuse")  # nothing but an acknowledgement
    code.alu_x("sub")
    code.store(LENGTH)
    code.recall(TARGET)
    code.when("eq", HTTPS, "to https")
    code.when_in(PORTS, "pass")
    code.recall(SOURCE)
    code.when("eq", HTTPS, "from https")
    code.when_in(PORTS, "pass")
    _write_words(code)
    _write_direction(code)
    _write_https(code)


def _write_https(code: Assembler) -> None:
    """To 443 all but encrypted records; from it the server's hello and alerts."""
    code.label("to https")
    code.recall(LENGTH)
    code.when("ge", 2, None, "pass")
    code.load(2, 0, beyond_x=True)
    code.when("eq", DATA, "refuse")
    # The change of ciphers that TLS 1.3 keeps for old middleboxes, before encrypted records. A second hello may follow it too.
    code.when("eq", CHANGE, None, "pass")
    code.recall(LENGTH)
    code.when("ge", 8, None, "pass")
    code.load(4, 2, beyond_x=True)
    code.when("eq", CHANGE_REST, None, "pass")
    code.load(2, 6, beyond_x=True)
    code.when("eq", DATA, "refuse", "pass")
    code.label("from https")
    code.recall(LENGTH)
    code.when("ge", 6, None, "refuse")
    code.load(2, 0, beyond_x=True)
    code.when("eq", ALERT, "pass")
    code.when("eq", RECORD, None, "refuse")
    code.load(1, 5, beyond_x=True)
    code.when("eq", SERVER_HELLO, "pass", "refuse")


def _write_words(code: Assembler) -> None:
    """By the first bytes, on any other port and in either direction."""
    # A single byte mostly keeps a connection alive; two to five open a SOCKS greeting or are the crumbs of a hello.
    code.recall(LENGTH)
    code.when("eq", 1, "by direction")
    code.when("ge", 6, None, "pass")
    code.load(4, 0, beyond_x=True)
    code.when("eq", HTTP_REPLY, "by direction")
    code.when_in((SSH, POSTGRESQL), "pass")
    code.store(WORD)
    code.alu("rsh", 16)
    code.when("eq", DATA, "refuse")
    code.when_in((ALERT, TPKT, TEAMVIEWER), "pass")
    code.when("eq", RECORD, None, "no record")
    code.load(1, 5, beyond_x=True)
    code.when_in((CLIENT_HELLO, SERVER_HELLO), "pass")
    code.jump("by direction")
    code.label("no record")
    _write_length_first(code)
    _write_method(code)
    _write_socks(code)
    _write_session_setup(code)


def _write_length_first(code: Assembler) -> None:
    """DNS on any port, and OpenVPN: both begin with the length of what follows, in the upper half of WORD."""
    framed, restored, on = code.fresh("framed"), code.fresh("restored"), code.fresh("length")
    code.recall(WORD)
    code.alu("rsh", 16)
    code.alu("add", 2)
    code.recall_x(LENGTH)
    code.when_x("eq", None, restored)
    code.recall_x(PAYLOAD)
    code.load(1, 2, beyond_x=True)
    code.when_in(OPENVPN_RESETS, "pass")
    code.recall(LENGTH)
    code.when("ge", DNS_SHORTEST, framed, on)
    code.label(framed)
    code.load(2, 6, beyond_x=True)
    code.when("eq", 1, "pass", on)
    code.label(restored)
    code.recall_x(PAYLOAD)
    code.label(on)


def _write_method(code: Assembler) -> None:
    """An HTTP request, or a command of SMTP, IMAP and the like before STARTTLS: three capitals."""
    on = code.fresh("no method")
    for shift in (24, 16, 8):
        code.recall(WORD)
        code.alu("rsh", shift)
        code.alu("and", 0xFF)
        code.when("ge", ord("A"), None, on)
        code.when("gt", ord("Z"), on)
    code.jump("pass")
    code.label(on)


def _write_socks(code: Assembler) -> None:
    """SOCKS 4 and 5, by the version and a short message."""
    socks, on = code.fresh("socks"), code.fresh("no socks")
    code.recall(WORD)
    code.alu("rsh", 24)
    code.when_in((SOCKS_4, SOCKS_5), socks)
    code.jump(on)
    code.label(socks)
    code.recall(LENGTH)
    code.when("gt", SOCKS_LONGEST, None, "pass")
    code.label(on)


def _write_session_setup(code: Assembler) -> None:
    """SMB's session set-up, which carries NTLM's user name: behind NetBIOS's length, the protocol and the command."""
    on = code.fresh("no session")
    code.recall(LENGTH)
    code.when("ge", SMB_SHORTEST, None, on)
    code.load(4, 4, beyond_x=True)
    code.when("eq", SMB_2, "smb 2")
    code.when("eq", SMB_1, None, on)
    code.load(1, 8, beyond_x=True)
    code.when("eq", SMB_1_SESSION_SETUP, "pass", on)
    code.label("smb 2")
    code.load(2, 16, beyond_x=True)
    code.when("eq", SMB_2_SESSION_SETUP, "pass")
    code.label(on)


def _write_direction(code: Assembler) -> None:
    """Towards the lower port, which is the server's, the rest of a split hello may be anything.

    Between two ports that clients use it may go the other way, where it is not as long as all of a long transfer's segments are.
    """
    code.label("by direction")
    code.recall_x(SOURCE)
    code.recall(TARGET)
    code.when_x("ge", "upwards")
    code.when_in(BULK, "refuse")
    code.jump("pass")
    code.label("upwards")
    code.x_to_a()
    code.when("ge", FIRST_EPHEMERAL, None, "refuse")
    code.recall(LENGTH)
    code.when("ge", NEARLY_FULL, "refuse", "pass")
