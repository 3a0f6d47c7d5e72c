"""Built styles, scripts, typefaces and icons: their hashed names and their bytes. Nothing else is ever served."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from yteso.base.errors import Misconfigured
from yteso.web.guard import public

DIST = Path(__file__).parent / "static" / "dist"
_TYPES = {
    ".woff2": "font/woff2",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, in memory, with its compressed twin where that is smaller."""

    type: str
    plain: bytes
    packed: bytes | None


@cache
def manifest() -> dict[str, str]:
    """Plain name -> hashed name. Raises Misconfigured when the front end has not been built."""
    try:
        return dict(json.loads((DIST / "manifest.json").read_bytes()))
    except FileNotFoundError as missing:
        raise Misconfigured("The front end is not built: run `make setup`.") from missing


def asset_url(name: str) -> str:
    """`"app.css"` -> `"/static/app-1a2b3c4d.css"`."""
    return f"/static/{manifest()[name]}"


@cache
def _assets() -> dict[str, Asset]:
    return {name: _load(DIST / name) for name in manifest().values()}


def _load(path: Path) -> Asset:
    plain = path.read_bytes()
    packed = gzip.compress(plain, 9, mtime=0) if path.suffix != ".woff2" else plain
    kind = _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    return Asset(kind, plain, packed if len(packed) < len(plain) else None)


@public
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """One built file by its hashed name, kept by the browser for a year: another content has another name."""
    asset = _assets().get(name)
    if asset is None:
        raise Http404
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    body = asset.plain
    if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = asset.packed, "gzip"
    return HttpResponse(body, content_type=asset.type, headers=headers)


@public
def favicon(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for this name whatever the page says."""
    return HttpResponseRedirect(asset_url("mark.svg"))
