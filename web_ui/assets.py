"""The few static files, read once: served under their own hash, squeezed, and kept by the browser for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from pathlib import Path

from flask import Blueprint, Response, abort, request
from msgspec import Struct

# Sources and papers in the same folder (.scss, .md, licences) are not served.
SERVED = {".css", ".js", ".svg", ".png", ".ico"}


class Asset(Struct, frozen=True):
    """One static file: its bytes, the same squeezed, its type and its hash."""

    body: bytes
    squeezed: bytes
    mimetype: str
    digest: str


class Assets:
    """Every served file under a folder, by its path."""

    def __init__(self, folder: Path) -> None:
        files = (file for file in sorted(folder.rglob("*")) if file.suffix in SERVED)
        self._assets = {file.relative_to(folder).as_posix(): _read(file) for file in files}

    def address(self, path: str) -> str:
        """The address of a file on the page. Raises KeyError where there is none: a slip in a template."""
        return f"/assets/{self._assets[path].digest}/{path}"

    def find(self, digest: str, path: str) -> Asset | None:
        """The file where its hash is the asked one."""
        asset = self._assets.get(path)
        return asset if asset and asset.digest == digest else None


def _read(file: Path) -> Asset:
    body = file.read_bytes()
    mimetype = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Asset(body, gzip.compress(body, 9, mtime=0), mimetype, hashlib.sha256(body).hexdigest()[:16])


def make_blueprint(assets: Assets) -> Blueprint:
    """The blueprint that serves them."""
    blueprint = Blueprint("assets", __name__)

    @blueprint.get("/assets/<digest>/<path:path>")
    def show(digest: str, path: str) -> Response:
        asset = assets.find(digest, path)
        if asset is None:
            abort(404)
        squeeze = request.accept_encodings.quality("gzip") > 0
        response = Response(asset.squeezed if squeeze else asset.body, mimetype=asset.mimetype)
        if squeeze:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    return blueprint
