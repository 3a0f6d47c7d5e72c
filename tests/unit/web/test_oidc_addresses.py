"""A provider's metadata may name endpoints at its own listed origins only; any other address is never asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yteso.base.errors import Refused
from yteso.web.accounts.oidc import metadata
from yteso.web.accounts.oidc.provider import Provider

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
ELSEWHERE = (
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:{port}/keys",
    "https://localhost:{port}/keys",
    "http://localhost:{other}/keys",
    "http://localhost:{port}@evil.example/keys",
    "http://evil.example/keys#@localhost:{port}/",
    "http://localhost.:{port}/keys",
    "//localhost:{port}/keys",
    "file:///etc/passwd",
    "gopher://localhost:{port}/",
    "",
    7,
)


@pytest.fixture
def provider() -> Iterator[tuple[Provider, dict, list]]:
    """A provider on this machine, what it says of itself, and what it was asked."""
    said: dict = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = json.dumps(said if "well-known" in self.path else {"keys": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    issuer = f"http://localhost:{server.server_port}"
    said |= {"issuer": issuer} | {name: f"{issuer}/{name}" for name in ENDPOINTS}
    yield Provider("thu", "Thử", issuer, "yteso", private=True), said, asked
    server.shutdown()
    server.server_close()


def test_the_listed_origin_is_asked_for_its_keys(provider):
    one, _, asked = provider
    assert metadata.keys(one) == {"keys": []}
    assert asked == ["/.well-known/openid-configuration", "/jwks_uri"]


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_elsewhere_is_refused_and_nothing_is_asked(provider, name):
    one, said, asked = provider
    port = int(one.issuer.rpartition(":")[2])
    for address in ELSEWHERE if name == "jwks_uri" else ELSEWHERE[:3]:
        metadata._kept.clear()
        said[name] = address.format(port=port, other=port + 1) if isinstance(address, str) else address
        with pytest.raises(Refused, match="endpoints"):
            metadata.keys(one)
    assert set(asked) == {"/.well-known/openid-configuration"}


def test_metadata_of_another_issuer_is_refused(provider):
    one, said, asked = provider
    said["issuer"] = "http://localhost:1"
    with pytest.raises(Refused, match="issuer"):
        metadata.metadata(one)
    assert len(asked) == 1
