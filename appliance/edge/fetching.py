"""Fetches one file over HTTPS: never plain, within a time and a size, only if it has changed since the last time.

What is fetched goes to a file beside its place; whoever called decides whether it may stay. Nothing here reads the content.
"""

from __future__ import annotations

import hashlib
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from msgspec import Struct

SECONDS = 30.0  # without a byte
WHOLE_SECONDS = 900.0  # for one file; the largest list takes two minutes on a slow school line
MOST_BYTES = 512 << 20
_BLOCK = 1 << 16
_OUT_OF_DATE = (9, 10)  # OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and _HAS_EXPIRED

Progress = Callable[[int, int], None]  # bytes read, bytes in all or 0


class FetchError(Exception):
    """A file that did not come; the message ends a sentence."""


class Fetched(Struct, frozen=True, kw_only=True):
    """A file that has come, its SHA-256, and what the server said of it. `dated` is 0 where it gave no date."""

    file: Path
    sha256: str
    etag: str = ""
    modified: str = ""
    dated: float = 0.0


class _OnlySecure(urllib.request.HTTPRedirectHandler):
    """Follows a redirection to another secure address, and to nothing else."""

    max_redirections = 5

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        if urlsplit(newurl).scheme != "https":
            raise FetchError(f"{req.host} sends us on to an address that is not secure")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Fetcher:
    """Fetches files. `context` decides which certificates are trusted."""

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        *,
        most_bytes: int = MOST_BYTES,
        seconds: float = SECONDS,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._opener = urllib.request.OpenerDirector()  # with nothing in it that could open http:, file: or ftp:
        for handler in (
            urllib.request.ProxyHandler(),  # schools reach the internet through one
            urllib.request.HTTPSHandler(context=context or ssl.create_default_context()),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _OnlySecure(),
        ):
            self._opener.add_handler(handler)
        self._most_bytes, self._seconds, self._whole_seconds = most_bytes, seconds, whole_seconds

    def fetch(
        self,
        address: str,
        target: Path,
        *,
        etag: str = "",
        modified: str = "",
        most_bytes: int | None = None,
        progress: Progress | None = None,
    ) -> Fetched | None:
        """Write what is at `address` to `target`; None where it has not changed. Raises FetchError, and OSError of the disk."""
        if urlsplit(address).scheme != "https":
            raise FetchError("its address does not begin with https://")
        headers = {"User-Agent": "safespan-lists", "Accept-Encoding": "identity"}
        headers |= {"If-None-Match": etag} if etag else {"If-Modified-Since": modified} if modified else {}
        try:
            response = self._opener.open(urllib.request.Request(address, headers=headers), timeout=self._seconds)  # noqa: S310 - see above
            if response is None:
                raise FetchError("its address can't be opened")
            with response, target.open("wb") as out:
                digest = self._copy(response, out, self._most_bytes if most_bytes is None else most_bytes, progress)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == http.client.NOT_MODIFIED and (etag or modified):
                return None
            raise FetchError(f"the server answers {error.code} ({http.client.responses.get(error.code, 'unknown')})") from error
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ssl.SSLError, ConnectionError) as error:
            raise FetchError(_why(error)) from error
        return Fetched(
            file=target,
            sha256=digest,
            etag=response.headers.get("ETag", "")[:200],
            modified=response.headers.get("Last-Modified", "")[:60],
            dated=_date(response.headers.get("Last-Modified", "")),
        )

    def _copy(self, response: http.client.HTTPResponse, out: IO[bytes], most_bytes: int, progress: Progress | None) -> str:
        """Write the body out within the limits; its SHA-256."""
        told = response.headers.get("Content-Length", "")
        whole = int(told) if told.isdecimal() else 0
        done, digest, end = 0, hashlib.sha256(), time.monotonic() + self._whole_seconds
        # read1 gives what is there: a server that sends a byte a minute meets the clock below.
        while block := response.read1(_BLOCK):
            done += len(block)
            if max(done, whole) > most_bytes:
                raise FetchError(f"it is larger than it may be ({most_bytes:,} bytes)")
            if time.monotonic() > end:
                raise FetchError(f"it took longer than {self._whole_seconds:.0f} seconds")
            digest.update(block)
            out.write(block)
            if progress:
                progress(done, whole)
        if done < whole:
            raise FetchError(f"the connection broke off after {done:,} of {whole:,} bytes")
        return digest.hexdigest()


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, ssl.SSLCertVerificationError):
        clock = "; is the box's clock right?" if reason.verify_code in _OUT_OF_DATE else ""
        return f"its certificate is not trusted ({reason.verify_message}{clock})"
    if isinstance(reason, TimeoutError):
        return "the server does not answer"
    said = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
    return f"the server can't be reached ({said})"[:200]


def _date(text: str) -> float:
    try:
        return parsedate_to_datetime(text).timestamp() if text else 0.0
    except (ValueError, OverflowError):
        return 0.0
