"""Handshakes of tunnels, proxies and remote control: which shape each has, how sure its signature is, and when it is ordinary."""

from __future__ import annotations

from msgspec import Struct

from appliance.judge.addresses import is_outside
from appliance.judge.customs import Custom
from appliance.judge.lookups import Lookups
from appliance.judge.shapes import Finding, ShapeId
from appliance.model import Confidence, HttpHost, Level, TunnelSeen

CALLERS = 1_000  # devices that asked for a mobile operator's Wi-Fi calling gateway
CALLING_SECONDS = 86_400.0
# 3GPP TS 23.003 section 19.4.2.9: epdg.epc.mnc015.mcc234.pub.3gppnetwork.org
_GATEWAYS = ".3gppnetwork.org"
_IKE = ("ikev1", "ikev2")


class Signature(Struct, frozen=True):
    """A protocol's name in words, its shape, and the most that its signature can prove."""

    label: str
    shape: ShapeId
    confidence: Confidence = "high"
    level: Level | None = None


SIGNATURES: dict[str, Signature] = {
    "wireguard": Signature("WireGuard, a kind of VPN", "vpn"),
    "tunnelbear": Signature("TunnelBear, a VPN", "vpn"),
    "warp": Signature("Cloudflare's WARP, a VPN", "vpn"),
    "openvpn": Signature("OpenVPN, a kind of VPN", "vpn"),
    "l2tp": Signature("L2TP, a kind of VPN", "vpn"),
    "pptp": Signature("PPTP, a kind of VPN", "vpn"),
    # Phones' Wi-Fi calling speaks just this; where the look-up before it was out of sight it can't be told.
    "ikev1": Signature("IPsec, a kind of VPN", "vpn", "medium"),
    "ikev2": Signature("IPsec, a kind of VPN", "vpn", "medium"),
    "tailscale": Signature("Tailscale, a kind of VPN", "vpn"),
    # Old Windows machines send this without anybody asking.
    "teredo": Signature("Teredo, which carries newer addresses over older ones", "vpn", "low", "note"),
    "socks": Signature("SOCKS, the language of proxies", "proxy"),
    "ssh": Signature("SSH", "ssh"),
    "rdp": Signature("Windows' Remote Desktop", "remote"),
    "teamviewer": Signature("TeamViewer", "remote"),
    "dot": Signature("DNS over TLS", "hidden-lookups"),
    "doq": Signature("DNS over QUIC", "hidden-lookups"),
    "dnscrypt": Signature("DNSCrypt", "hidden-lookups"),
}
_ORDINARY_INSIDE = ("ssh", "remote")
_SURENESS: dict[Confidence, int] = {"low": 0, "medium": 1, "high": 2}


class Tunnels:
    """Judges handshakes. Knows who made a phone call over Wi-Fi and which proxies are the school's own."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._callers: dict[str, float] = {}
        self.proxies = Custom()

    def __len__(self) -> int:
        return len(self._callers)

    def asked(self, key: str, time: float, name: str) -> None:
        """A device asked for a name; those of Wi-Fi calling gateways explain what follows."""
        if name.endswith(_GATEWAYS):
            self._callers.pop(key, None)
            if len(self._callers) >= CALLERS:
                del self._callers[next(iter(self._callers))]
            self._callers[key] = time

    def judge(self, key: str, seen: TunnelSeen, announced: frozenset[str]) -> Finding | None:
        """What a handshake looks like; None where it is ordinary. `announced` are the school's own resolvers."""
        signature = SIGNATURES.get(seen.protocol)
        if signature is None or (seen.protocol in _IKE and self._calls(key, seen.time)):
            return None
        if signature.shape == "proxy":
            return self._proxy(key, seen, f"The first packets look like {signature.label}.", "high")
        outside = is_outside(seen.server, seen.client)
        if signature.shape in _ORDINARY_INSIDE and not outside:
            return None
        # The school's own resolver may be asked in secret too: the school's choice, but still out of sight.
        chosen = signature.shape == "hidden-lookups" and (not outside or seen.server in announced)
        return Finding(
            shape=signature.shape,
            name=self._destination(key, seen),
            evidence=f"The first packets look like {signature.label}.",
            protocol=seen.protocol,
            # A tunnel between two machines of the school may be IT's.
            confidence=_weaker(_weaker(signature.confidence, seen.confidence), "high" if outside else "medium"),
            level="note" if chosen else signature.level,
        )

    def judge_request(self, key: str, seen: HttpHost) -> Finding | None:
        """A request that asks another machine to fetch something: CONNECT, or a whole address (RFC 9112 section 3.2)."""
        if seen.method == "CONNECT":
            if ":" not in seen.target:
                return None
        elif not seen.target.startswith(("http://", "https://")) or seen.port == 80:
            # On the ordinary port some old programs send whole addresses to the very site that they mean.
            return None
        elif self._lookups.name_at(key, seen.server, seen.time) == seen.name:
            return None
        return self._proxy(key, seen, "It asked another machine to fetch a site for it.", "medium")

    def _proxy(self, key: str, seen: TunnelSeen | HttpHost, evidence: str, confidence: Confidence) -> Finding | None:
        """A proxy that few devices use. One that several use is the school's own."""
        proxies = self.proxies
        proxies.note(key, seen.server)
        if proxies.usual(seen.server):
            return None
        outside = is_outside(seen.server, seen.client)
        # A school's own web proxy may stand in a cloud; until there are devices to compare with, one user proves nothing.
        early = isinstance(seen, HttpHost) and not proxies.known
        return Finding(
            shape="proxy" if outside else "inner-proxy",
            name=self._destination(key, seen),
            evidence=evidence,
            protocol="socks" if isinstance(seen, TunnelSeen) else "http-proxy",
            confidence=confidence if outside else "low",
            level="note" if early else None,
        )

    def _calls(self, key: str, time: float) -> bool:
        """Whether the device asked for a Wi-Fi calling gateway within the last day."""
        return time - self._callers.get(key, float("-inf")) <= CALLING_SECONDS

    def _destination(self, key: str, seen: TunnelSeen | HttpHost) -> str:
        """The name that led the device there, else the address. What it asked for through a proxy is not where the proxy is."""
        return self._lookups.name_at(key, seen.server, seen.time) or seen.server


def _weaker(one: Confidence, other: Confidence) -> Confidence:
    return one if _SURENESS[one] <= _SURENESS[other] else other
