"""The one door outward: listed origins only, no redirects, no address a name leads to in secret; and no other door."""

from __future__ import annotations

import ast
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from yteso.base import outward
from yteso.base.outward import Parcel, Post, origin_of

SOURCE = Path(__file__).resolve().parents[3] / "src" / "yteso"
CLIENTS = frozenset({"http.client", "urllib.request", "requests", "httpx", "aiohttp", "urllib3", "socket", "ftplib"})
ELSEWHERE = {
    "base/outward.py": "the door itself",
    "base/syslog.py": "the operator's log collector, whose address is a setting",
    "base/scanner.py": "the operator's virus scanner, whose address is a setting",
    "ops/ports.py": "looks whether a port of this machine is free",
    "ops/sockets.py": "opens this machine's own ports",
    "ops/sending.py": "the command line: an address its user typed",
    "ops/supervisor.py": "asks the own processes on this machine",
    "ops/province.py": "asks the own platform",
    "ops/commands/status.py": "asks the own platform",
    "sandbox/feed.py": "the simulator: an address its user typed",
}
"""Every other place that can open a connection, and to where. Nothing here takes an address out of data."""


class Trap(BaseHTTPRequestHandler):
    asked: list[str] = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(302 if self.path == "/redirect" else 200)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/secret")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


@pytest.fixture
def server() -> Iterator[str]:
    Trap.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def get(url: str) -> Parcel:
    return Parcel("GET", url, (), b"", 5.0)


def test_a_listed_origin_answers_and_a_redirect_is_not_followed(server):
    assert Post.to([server]).ask(get(f"{server}/x")).body == b"{}"
    assert Post.to([server]).ask(get(f"{server}/redirect")).status == 302
    assert Trap.asked == ["/x", "/redirect"]


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{other}/",
        "https://localhost:{port}/",
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}@evil.example/",
        "http://evil.example/#@localhost:{port}/",
        "http://[::1]:{port}/",
        "http://localhost.:{port}/",
        "http://0x7f000001:{port}/",
        "http://2130706433:{port}/",
        "file:///etc/passwd",
        "gopher://localhost:{port}/",
        "//localhost:{port}/",
        "",
    ],
)
def test_any_other_address_is_never_asked(server, url):
    port = origin_of(server)[2]
    address = url.format(port=port, other=port + 1)
    post = Post.to([server])
    assert not post.may_reach(address)
    with pytest.raises(AssertionError):
        post.ask(get(address))
    assert Trap.asked == []


def test_a_public_name_that_leads_into_the_own_network_is_not_asked(server):
    """DNS rebinding: the name was listed, its address is looked at when the connection stands, nothing was sent."""
    assert Post.to([server], private=False).ask(get(f"{server}/secret")) is None
    assert Trap.asked == []


@pytest.mark.parametrize(
    ("peer", "public", "private"),
    [
        ("203.0.114.7", True, True),
        ("2001:4860:4860::8888", True, True),
        ("10.0.0.1", False, True),
        ("127.0.0.1", False, True),
        ("192.168.1.1", False, True),
        ("::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),  # 169.254.169.254 by a translator
        ("64:ff9b::a00:1", False, True),
        ("64:ff9b::cb00:7207", True, True),
        ("2002:a9fe:a9fe::1", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
    ],
)
def test_which_machines_may_be_asked(peer, public, private):
    assert outward._may_be(peer, private=False) == public
    assert outward._may_be(peer, private=True) == private


@pytest.mark.parametrize("name", ["localhost", "khac.example.vn"], ids=["of nobody we trust", "of another name"])
def test_who_cannot_prove_the_own_name_is_told_nothing(tmp_path, name):
    """The default context: a chain to a known authority, for this very name (RFC 9525); TLS 1.2 at least."""
    secure = ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate(tmp_path / "ca.pem", name))
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    thread = threading.Thread(target=secure.serve_forever, daemon=True)
    thread.start()
    Trap.asked.clear()
    address = f"https://localhost:{secure.server_port}"
    trusting = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    try:
        assert Post.to([address]).ask(get(f"{address}/x")) is None
        answer = Post(frozenset([origin_of(address)]), context=trusting).ask(get(f"{address}/x"))
        assert (answer is not None) == (name == "localhost")
        assert Trap.asked == (["/x"] if name == "localhost" else [])
    finally:
        secure.shutdown()
        secure.server_close()
        thread.join()
    assert Post.to([]).context.minimum_version >= ssl.TLSVersion.TLSv1_2


def own_certificate(path: Path, name: str) -> Path:
    """A key and a certificate signed by it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return path


def test_nothing_else_in_the_platform_can_ask_an_address_it_was_given():
    """Every module that imports something that opens connections is listed above, with the reason."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if not CLIENTS.isdisjoint(names):
                found[str(path.relative_to(SOURCE))] = True
    assert set(found) <= set(ELSEWHERE), "a new way out: use base.outward, or give the reason here"


def test_who_uses_the_door_is_known():
    users = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "base.outward import" in path.read_text(encoding="utf-8")
    }
    assert users == {
        "exchange/notify/courier.py",
        "ops/compose.py",
        "store/receivers.py",
        "web/accounts/oidc/flow.py",
        "web/accounts/oidc/metadata.py",
        "web/accounts/oidc/provider.py",
        "web/security.py",
    }
