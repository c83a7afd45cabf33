"""The gateway's caddy: answers every TLS name over HTTP/1.1, HTTP/2 and HTTP/3 with certificates made on demand."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from .network import LabError, Namespace

BULK_BYTES: Final = 4_000_000
# `/with?a.example&b.example` is a page that loads a picture from each; `preconnect=`, `dns-prefetch=` and `poll=` before a name
# say what the page does with it instead.
CADDYFILE: Final = """{
    admin off
    local_certs
    skip_install_trust
    auto_https disable_redirects
    on_demand_tls {
        interval 1s
        burst 100000
    }
    log {
        level ERROR
    }
}
(pages) {
    bind ADDRESSES
    header Content-Type "text/html; charset=utf-8"
    handle /bulk {
        root * SITE
        file_server
    }
    handle /with {
        respond "<!doctype html><title>{host}</title><link rel=icon href='data:,'><script>\
const hint=(kind,name)=>document.write('<link rel='+kind+' href=https://'+name+'>');\
const poll=name=>setInterval(()=>new Image().src='https://'+name+'/blank?'+Math.random(),3000);\
const load=name=>document.write('<img src=https://'+name+'/blank>');\
for(const part of location.search.slice(1).split('&').filter(Boolean))\
part.startsWith('poll=')?poll(part.slice(5)):part.includes('=')?hint(...part.split('=')):load(part)</script>"
    }
    handle /blank {
        respond "" 204
    }
    handle {
        respond "<!doctype html><title>{host}</title><link rel=icon href='data:,'><h1>{host}</h1><p>A page of the lab.</p>"
    }
}
https:// {
    tls internal {
        on_demand
    }
    import pages
}
http:// {
    import pages
}
"""


class Web:
    """A running caddy in the namespace `gateway`.

    It listens on each of `addresses` by itself: its HTTP/3 answers from a socket on all addresses would come from the wrong one.
    """

    def __init__(self, gateway: Namespace, addresses: Sequence[str]) -> None:
        self.gateway = gateway
        self.address = next(address for address in addresses if ":" not in address)
        self.folder = gateway.folder / "web"
        site = self.folder / "site"
        site.mkdir(parents=True)
        (site / "bulk").write_bytes(os.urandom(BULK_BYTES))
        file = self.folder / "Caddyfile"
        file.write_text(CADDYFILE.replace("SITE", str(site)).replace("ADDRESSES", " ".join(addresses)))
        own = {"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        argv = ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)]
        self.process: subprocess.Popen[bytes] = gateway.start(argv, "caddy.log", env=os.environ | own)
        self.log = gateway.folder / "caddy.log"

    def wait(self, timeout: float = 20) -> None:
        """Return when the lab's own authority is there and pages are served, or raise `LabError`."""
        end = time.monotonic() + timeout
        while not (all(certificate.exists() for certificate in self.authorities()) and self._listens()):
            if time.monotonic() > end or self.process.poll() is not None:
                raise LabError(f"caddy did not start: {self.log.read_text()[-500:]}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        """Whether somebody takes connections at the HTTPS port."""
        with self.gateway.entered(), socket.socket() as probe:
            return probe.connect_ex((self.address, 443)) == 0

    def authorities(self) -> list[Path]:
        """The certificates that sign the lab's pages: the root, and the intermediate that really does it."""
        authority = self.folder / "caddy" / "pki" / "authorities" / "local"
        return [authority / "root.crt", authority / "intermediate.crt"]

    def key_hashes(self) -> str:
        """What Chromium wants to know before it speaks QUIC to a server with such a certificate (base64 SHA-256 of the SPKI)."""
        hashes = []
        for certificate in self.authorities():
            key = load_pem_x509_certificate(certificate.read_bytes()).public_key()
            spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            hashes.append(base64.b64encode(hashlib.sha256(spki).digest()).decode())
        return ",".join(hashes)
