"""HTTP/1 request heads in the clear: method, host, and how long the body is (RFC 9112)."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import text_of
from appliance.wire.reader import Malformed

UNKNOWN_LENGTH: Final = -1
MAX_HEAD: Final = 16_384
# Bodies longer than this are as good as endless: sequence numbers wrap at twice as much.
_MAX_BODY: Final = 1 << 30

# Servers take methods of any bytes and even a missing space before the version; then the version is part of the target.
# What is long is split by plain searches: a pattern over the whole line could be made to take quadratic time.
_METHOD_TOKEN: Final = re.compile(rb"[^\s\x16]\S{0,31}(?=[ \t])")
_VERSION: Final = re.compile(rb"[ \t]HTTP/\d\.?\d?\Z|(?<=HTTP/\d\.\d)\Z")
_VERSION_ROOM: Final = 12
_BEGINNING: Final = re.compile(rb"[A-Z][A-Z0-9_-]{0,31}(?: [^\r\n]*)?\r?\Z")
_METHOD: Final = re.compile(
    rb"(?:GET|POST|HEAD|PUT|CONNECT|OPTIONS|DELETE|PATCH|PROPFIND|PROPPATCH|REPORT|SEARCH|TRACE|MKCOL|COPY|MOVE|LOCK|UNLOCK"
    rb"|NOTIFY|SUBSCRIBE|UNSUBSCRIBE|M-SEARCH|PRI) "
)
_HOST: Final = re.compile(rb"\nhost[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"\ncontent-length[ \t]*:[ \t]*(\d{1,20})[ \t]*\r?\n", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\ntransfer-encoding[ \t]*:[^\r\n]*chunked", re.IGNORECASE)
_TICKET: Final = re.compile(rb"\n(?:proxy-)?authorization[ \t]*:[ \t]*(?:NTLM|Negotiate)[ \t]+([A-Za-z0-9+/=]+)", re.IGNORECASE)
_SCHEME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


class RequestHead(Struct, frozen=True, gc=False):
    """A request's first lines. `size` is the head's length in bytes, `body` that of the body or UNKNOWN_LENGTH.

    `host` is lower case without port; `target` is what the request line asks for, and `authority` the host in it where it
    names one (to a proxy), which need not be the same.
    """

    method: str
    target: str
    host: str
    authority: str
    size: int
    body: int = 0
    complete: bool = True


def starts_request(data: bytes) -> bool:
    """Whether the bytes begin with one of the usual methods and a space."""
    return _METHOD.match(data) is not None


def may_become_request(data: bytes) -> bool:
    """Whether bytes without a line's end may be the beginning of a request line."""
    return len(data) < MAX_HEAD and _BEGINNING.match(data) is not None


def has_request_line(data: bytes) -> bool:
    """Whether the first line is a request line of HTTP."""
    return _request_line(data) is not None


def parse_request_head(data: bytes, *, cut_off: bool = False) -> RequestHead | None:
    """The request head at the start of `data`; None where more is needed; raises `Malformed` where it is none.

    With `cut_off` no more is coming: the head is read as far as it goes.
    """
    line = _request_line(data)
    if line is None:
        if b"\n" in data or not may_become_request(data):
            raise Malformed("not a request line")
        return None
    end = _head_end(data)
    if not end and not cut_off and len(data) < MAX_HEAD:
        return None
    head = data[: end or data.rfind(b"\n") + 1]
    method, target = line
    field = _HOST.search(head)
    authority = _authority(method, target)
    host = bare_host(field[1]) if field else ""
    return RequestHead(method, text_of(target), host or authority, authority, end or len(data), _body(head), end > 0)


def _head_end(data: bytes) -> int:
    """The offset behind the empty line that ends a head, with or without carriage returns; 0 where it has not come."""
    ends = [at + len(mark) for mark in (b"\n\r\n", b"\n\n") if (at := data.find(mark)) >= 0]
    return min(ends, default=0)


def _request_line(data: bytes) -> tuple[str, bytes] | None:
    """Method and target of a whole request line; None for any other bytes."""
    method = _METHOD_TOKEN.match(data)
    end = data.find(b"\n") if method else -1
    if method is None or end < 0:
        return None
    line = data[:end].rstrip(b" \t\r")
    version = _VERSION.search(line, max(len(line) - _VERSION_ROOM, method.end()))
    if version is None or b"\r" in line:
        return None
    return method[0].decode("latin-1"), line[method.end() : version.start()].strip(b" \t")


def _authority(method: str, target: bytes) -> str:
    """The host in the request line: CONNECT's target, or an absolute URI's host (RFC 9112 section 3.2)."""
    if method == "CONNECT":
        return bare_host(target)
    absolute = _SCHEME.match(target)
    return bare_host(absolute[1]) if absolute else ""


def bare_host(raw: bytes) -> str:
    """A host without user, port and final dot, in lower case; `[::1]:80` gives `::1`."""
    raw = raw.strip().rpartition(b"@")[2]
    if raw.startswith(b"["):
        return text_of(raw[1:].partition(b"]")[0])
    host, colon, port = raw.rpartition(b":")
    if colon and (port.isdigit() or not port) and b":" not in host:
        raw = host
    return text_of(raw).rstrip(".")


def _body(head: bytes) -> int:
    if _CHUNKED.search(head):
        return UNKNOWN_LENGTH
    length = _LENGTH.search(head)
    if length is None:
        return 0
    count = int(length[1])
    return count if count <= _MAX_BODY else UNKNOWN_LENGTH
