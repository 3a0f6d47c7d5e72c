from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner, methods

from yteso.exchange.claim import Work
from yteso.exchange.signature import check_signature

NOW = datetime.now(UTC)
PLAIN = "<GIAMDINHHS><THONGTINDONVI><MACSKCB>79001</MACSKCB></THONGTINDONVI>{}</GIAMDINHHS>"


def work(certificate="", policy="optional", size=1000):
    return Work(1, "i", "s", 1, "79001", NOW, "00", size, "t.xml", 1, 0, policy, certificate)


@pytest.fixture(scope="module")
def signer():
    """A facility's key and certificate, as a test makes them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cơ sở Thử")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, SHA256())
    )
    return key, certificate.public_bytes(Encoding.PEM).decode()


@pytest.fixture(scope="module")
def signed(signer):
    key, certificate = signer
    root = etree.fromstring(PLAIN.format("<CHUKYDONVI/>"))
    whole = XMLSigner(method=methods.enveloped).sign(root, key=key, cert=certificate)
    place = whole.find("CHUKYDONVI")
    place.append(whole[-1])
    return etree.tostring(whole)


def check(content, **how):
    signature = check_signature(work(**how), content, lambda: content)
    return signature.state, [issue.code for issue in signature.issues]


@pytest.mark.parametrize(
    "empty", ["", "<CHUKYDONVI/>", "<CHUKYDONVI />", "<CHUKYDONVI></CHUKYDONVI>", "<CHUKYDONVI>\n</CHUKYDONVI>"]
)
def test_an_unsigned_file_is_noted_or_refused_as_the_sender_agreed(empty):
    content = PLAIN.format(empty).encode()
    assert check(content) == ("absent", ["EXC-1005"])
    assert check(content, policy="required") == ("absent", ["EXC-1006"])


def test_a_signature_without_a_registered_certificate_is_not_called_valid(signed):
    assert check(signed) == ("unchecked", ["EXC-1007"])


def test_a_signature_is_valid_under_the_registered_certificate(signed, signer):
    assert check(signed, certificate=signer[1]) == ("valid", [])


def test_a_changed_file_is_invalid(signed, signer):
    changed = signed.replace(b"79001", b"79002")
    assert check(changed, certificate=signer[1]) == ("invalid", ["EXC-1008"])
    assert check(changed, certificate=signer[1], policy="required") == ("invalid", ["EXC-1009"])


def test_a_certificate_that_cannot_be_read_checks_nothing(signed):
    assert check(signed, certificate="no PEM")[0] == "unchecked"


def test_a_file_too_large_is_not_checked(signed, signer):
    assert check(signed, certificate=signer[1], size=1 << 30)[0] == "unchecked"
