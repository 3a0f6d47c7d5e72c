"""One request's body -> a spooled file and the small fields beside it, in bounded memory. No database, no rights.

Takes what senders use: the file as the body itself, multipart/form-data (RFC 7578), a URL-encoded form or JSON with the
file in base64. Every way of being malformed is a numbered refusal. Longer than usual because the four ways share one
sink and one set of refusals, and belong side by side.
"""

from __future__ import annotations

import binascii
import threading
from collections.abc import Callable
from email.message import Message
from typing import Any
from urllib.parse import unquote_plus, unquote_to_bytes

import pybase64
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from yteso.base.errors import Refused
from yteso.base.http import Request
from yteso.base.issue import Origin
from yteso.exchange import rules
from yteso.exchange.spool import Spool, drain_into
from yteso.fhir import json

FORM = "application/x-www-form-urlencoded"
RAW_TYPES = frozenset(["", "application/xml", "text/xml", "application/octet-stream", FORM])
"""The form's type is what `curl --data-binary` says of any file; the file's own first bytes decide what it is."""
MULTIPART = "multipart/form-data"
JSON = "application/json"
JSON_LIMIT = 96 * 1024 * 1024
_READ = 256 * 1024
_SMALL = 16 * 1024
_SLICE = 1024 * 1024
_WHITE = b" \t\r\n\x0b\x0c"
_one_large_json = threading.BoundedSemaphore(1)
"""JSON cannot be read in pieces: large bodies take turns, so that their memory does not add up."""


def media_type(request: Request) -> str:
    """The bare media type, lower case; empty when none was sent."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def read_file(request: Request, new_spool: Callable[[], Spool]) -> tuple[Spool, str]:
    """The file that is the body, or the one file of a multipart body, with its name (perhaps empty)."""
    declared = _declared(request)
    _require_plain(request)
    kind = media_type(request)
    spool = new_spool()
    try:
        if kind in RAW_TYPES:
            if declared is not None:
                spool.require_room(declared)
            return drain_into(spool, request.body, declared), _name_of(request)
        if kind == MULTIPART:
            return _multipart_file(request, spool)
    except BaseException:
        spool.close()
        raise
    spool.close()
    raise _unsupported(*sorted(RAW_TYPES - {""}), MULTIPART)


def read_form(request: Request, new_spool: Callable[[], Spool], file_field: str) -> tuple[dict[str, str], Spool]:
    """The fields of a form (URL-encoded, multipart or JSON) and its base64 file, decoded. Names ignore case."""
    _require_plain(request)
    kind = media_type(request)
    spool = new_spool()
    try:
        sink = Base64Sink(spool, file_field)
        if kind == FORM:
            fields = _urlencoded(request, file_field, sink)
        elif kind == MULTIPART:
            fields = _multipart_fields(request, file_field, sink)
        elif kind == JSON:
            fields = _json_fields(request, file_field, sink)
        else:
            raise _unsupported(FORM, MULTIPART, JSON)
        if not sink.touched:
            raise Refused(rules.FIELD_MISSING.at(Origin(field=file_field), field=file_field), status=400)
        sink.finish()
    except BaseException:
        spool.close()
        raise
    return fields, spool


def read_fields(request: Request) -> dict[str, str]:
    """The small fields of a form without a file."""
    _require_plain(request)
    kind = media_type(request)
    if kind == JSON:
        return _strings_of(read_json(request, _SMALL))
    if kind in ("", FORM):
        return _urlencoded(request, "", None)
    if kind == MULTIPART:
        return _multipart_fields(request, "", None)
    raise _unsupported(FORM, MULTIPART, JSON)


def read_json(request: Request, limit: int = JSON_LIMIT) -> dict[str, Any]:
    """The JSON object of the body, read strictly (`fhir.json`)."""
    _require_plain(request)
    if media_type(request) != JSON:
        raise _unsupported(JSON)
    if limit <= _SMALL:
        return _object(_whole(request, limit))
    with _one_large_json:
        return _object(_whole(request, limit))


def decoded(text: str, spool: Spool, field: str) -> Spool:
    """The bytes that a base64 text stands for."""
    sink = Base64Sink(spool, field)
    try:
        for start in range(0, len(text), _SLICE):
            sink.write(text[start : start + _SLICE].encode("ascii"))
    except UnicodeEncodeError as error:
        raise _bad_base64(field) from error
    return sink.finish()


class Base64Sink:
    """Base64 in pieces -> bytes in a spool. White space is ignored, missing padding forgiven, all else refused."""

    def __init__(self, spool: Spool, field: str) -> None:
        self._spool = spool
        self._field = field
        self._rest = b""
        self._ended = False
        self.touched = False

    def write(self, piece: bytes) -> None:
        """Take the next letters."""
        self.touched = True
        letters = self._rest + piece.translate(None, _WHITE)
        whole = len(letters) - len(letters) % 4
        self._rest = letters[whole:]
        self._decode(letters[:whole])

    def finish(self) -> Spool:
        """All letters have come."""
        if self._rest:
            self._decode(self._rest + b"=" * (-len(self._rest) % 4))
        return self._spool.finish()

    def _decode(self, letters: bytes) -> None:
        if not letters:
            return
        if self._ended:
            raise _bad_base64(self._field)
        try:
            piece = pybase64.b64decode(letters, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _bad_base64(self._field) from error
        self._ended = letters.endswith(b"=")
        self._spool.write(piece)


def _bad_base64(field: str) -> Refused:
    return Refused(rules.BASE64.at(Origin(field=field), field=field), status=400)


def _unsupported(*types: str) -> Refused:
    return Refused(rules.CONTENT_TYPE.at(Origin(field="Content-Type"), types=", ".join(types)), status=415)


def _bad_form(kind: str) -> Refused:
    return Refused(rules.FORM.at(type=kind), status=400)


def _require_plain(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise _unsupported("Content-Encoding: identity")


def _declared(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _name_of(request: Request) -> str:
    """The file's name as a body sent by itself may tell it (RFC 6266 §4.3, RFC 8187)."""
    header = Message()
    header["content-disposition"] = request.headers.get("content-disposition", "").replace("\r", "").replace("\n", "")
    return header.get_filename("")


def _whole(request: Request, limit: int) -> bytes:
    pieces, size = [], 0
    while piece := request.body.read(_READ):
        size += len(piece)
        if size > limit:
            raise Refused(rules.TOO_LARGE.at(limit=max(1, limit >> 20)), status=413)
        pieces.append(piece)
    return b"".join(pieces)


def _object(data: bytes) -> dict[str, Any]:
    document = json.loads(data)
    if not isinstance(document, dict):
        raise Refused(rules.JSON_SHAPE.at(Origin(field="$"), field="$", kind="object"), status=400)
    return document


def _strings_of(document: dict[str, Any]) -> dict[str, str]:
    """The simple members as text, under lower-case names."""
    return {key.lower(): str(value) for key, value in document.items() if isinstance(value, (str, int))}


def _json_fields(request: Request, file_field: str, sink: Base64Sink) -> dict[str, str]:
    fields = _strings_of(read_json(request))
    content = fields.pop(file_field.lower(), None)
    if content is not None:
        sink.touched = True
        for start in range(0, len(content), _SLICE):
            sink.write(content[start : start + _SLICE].encode("ascii", "replace"))
    return fields


# -- URL-encoded forms ------------------------------------------------------------------------------------------------


def _urlencoded(request: Request, file_field: str, sink: Base64Sink | None) -> dict[str, str]:
    reader = _UrlEncoded(file_field, sink)
    while piece := request.body.read(_READ):
        reader.feed(piece)
    return reader.finish()


class _UrlEncoded:
    """A URL-encoded form in pieces. The file's value goes to its sink as it comes; the others are kept.

    In the file's value a bare "+" stays "+": base64 has no spaces, and careless senders do not escape it.
    """

    def __init__(self, file_field: str, sink: Base64Sink | None) -> None:
        self._file_field = file_field.lower()
        self._sink = sink
        self._fields: dict[str, str] = {}
        self._key: str | None = None
        self._data = b""
        self._kept = 0

    def feed(self, piece: bytes) -> None:
        self._data += piece
        while self._step(last=False):
            pass

    def finish(self) -> dict[str, str]:
        while self._step(last=True):
            pass
        return self._fields

    def _step(self, *, last: bool) -> bool:
        """Consume one key, one value or a part of the file's value; False when more data is needed."""
        if self._key is None:
            return self._take_key(last=last)
        end = self._data.find(b"&")
        complete = end >= 0 or last
        value = self._data[:end] if end >= 0 else self._data
        if self._sink is not None and self._key == self._file_field:
            return self._take_part(self._sink, value, complete=complete)
        if not complete:
            self._require_small(len(value))
            return False
        self._fields[self._key] = self._text(value)
        self._next(len(value))
        return True

    def _take_key(self, *, last: bool) -> bool:
        if not self._data:
            return False
        equals, ampersand = self._data.find(b"="), self._data.find(b"&")
        if ampersand >= 0 and (equals < 0 or ampersand < equals):
            self._next(ampersand)
            return True
        if equals < 0:
            self._require_small(len(self._data))
            if last:
                raise _bad_form(FORM)
            return False
        self._key = self._text(self._data[:equals]).lower()
        self._data = self._data[equals + 1 :]
        return True

    def _take_part(self, sink: Base64Sink, value: bytes, *, complete: bool) -> bool:
        cut = len(value) if complete else _before_half_escape(value)
        part = value[:cut]
        sink.write(unquote_to_bytes(part) if b"%" in part else part)
        if complete:
            self._next(len(value))
            return True
        self._data = self._data[cut:]
        return False

    def _next(self, length: int) -> None:
        self._data = self._data[length + 1 :]
        self._key = None

    def _text(self, raw: bytes) -> str:
        self._kept += len(raw)
        self._require_small(self._kept)
        try:
            return unquote_plus(raw.decode("ascii"), errors="strict")
        except UnicodeDecodeError as error:
            raise _bad_form(FORM) from error

    def _require_small(self, length: int) -> None:
        if length > _SMALL:
            raise _bad_form(FORM)


def _before_half_escape(value: bytes) -> int:
    at = value.rfind(b"%", max(0, len(value) - 2))
    return at if at >= 0 else len(value)


# -- multipart --------------------------------------------------------------------------------------------------------


def _multipart_file(request: Request, spool: Spool) -> tuple[Spool, str]:
    name, files, in_file = "", 0, False
    for event in _events(request):
        if isinstance(event, MultipartSegment):
            in_file = event.filename is not None
            if in_file:
                files, name = files + 1, event.filename or ""
            if files > 1:
                raise Refused(rules.TOO_MANY_FILES.at(limit=1), status=400)
        elif event is not None and in_file:
            spool.write(bytes(event))
    if not files:
        raise Refused(rules.FIELD_MISSING.at(Origin(field="file"), field="file"), status=400)
    return spool.finish(), name


def _multipart_fields(request: Request, file_field: str, sink: Base64Sink | None) -> dict[str, str]:
    fields: dict[str, str] = {}
    name, value = "", b""
    for event in _events(request):
        if isinstance(event, MultipartSegment):
            name, value = event.name.lower(), b""
            if sink is not None and name == file_field.lower():
                sink.touched = True
        elif event is None:
            if sink is None or name != file_field.lower():
                fields[name] = _utf8(value)
        elif sink is not None and name == file_field.lower():
            sink.write(bytes(event))
        else:
            value += event
            if len(value) > _SMALL or len(fields) > 50:
                raise _bad_form(MULTIPART)
    return fields


def _events(request: Request) -> Any:
    """The parser's events; what the parser cannot read is refused."""
    boundary = parse_options_header(request.headers.get("content-type", ""))[1].get("boundary", "")
    try:
        with PushMultipartParser(boundary, max_segment_count=100) as parser:
            while not parser.closed:
                yield from parser.parse(request.body.read(_READ))
            while request.body.read(_READ):
                pass
    except (MultipartError, ValueError, LookupError) as error:
        raise _bad_form(MULTIPART) from error


def _utf8(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise _bad_form(MULTIPART) from error
