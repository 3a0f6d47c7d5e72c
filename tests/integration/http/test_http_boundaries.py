"""Where one request ends is never in doubt (RFC 9112 §6.3): what two readers could cut differently gets one answer.

A lone line feed ends a line here, as §2.2 allows; a proxy in front must not pass one on as a part of a value.
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow
SECOND = "GET /fhir/metadata?smuggled=1 HTTP/1.1\r\nHost: x\r\n\r\n"
BODY = f"0\r\n\r\n{SECOND}"
LENGTH = f"Content-Length: {len(BODY)}"
ODD = {
    "both": f"{LENGTH}\r\nTransfer-Encoding: chunked",
    "both, the other way": f"Transfer-Encoding: chunked\r\n{LENGTH}",
    "two lengths": f"Content-Length: 5\r\n{LENGTH}",
    "a list of lengths": "Content-Length: 5, 6",
    "a signed length": "Content-Length: +5",
    "a length in hex": "Content-Length: 0x5",
    "another coding": "Transfer-Encoding: xchunked",
    "chunked and another": "Transfer-Encoding: chunked, identity",
    "a space before the colon": "Transfer-Encoding : chunked",
    "a tab": "Transfer-Encoding:\tchunked\tx",
    "twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "a folded line": "X-Any: a\r\n Transfer-Encoding: chunked",
    "a lone carriage return": "X-Any: a\rTransfer-Encoding: chunked",
    "a nul": "Transfer-Encoding: chunked\0",
}


def answers(at, head, body=BODY):
    """The statuses that come back for one request with this head."""
    with socket.create_connection((at.hostname, at.port), timeout=10) as connection:
        text = f"GET /fhir/metadata HTTP/1.1\r\nHost: {at.netloc}\r\n{head}\r\n\r\n{body}"
        connection.sendall(text.encode("latin-1"))
        connection.settimeout(0.5)
        found = b""
        try:
            while piece := connection.recv(65536):
                found += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return [part[:3].decode() for part in found.split(b"HTTP/1.1 ")[1:]]


def test_no_request_hides_in_another(served):
    at = urlsplit(served.base)
    assert len(answers(at, "Content-Length: 0", SECOND)) == 2, "what is plainly two requests gets two answers"
    told = {name: answers(at, head) for name, head in ODD.items()}
    assert {name for name, lines in told.items() if len(lines) > 1} == set()
