"""The readers of bodies, fed piece by piece: where a piece ends must not matter."""

import base64
import io
from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yteso.base.errors import Refused
from yteso.base.http import Request
from yteso.exchange import uploads
from yteso.exchange.spool import Spool


class Trickle(io.BytesIO):
    """A body that comes in pieces of `size` bytes, whatever was asked for."""

    def __init__(self, content, size):
        super().__init__(content)
        self.size = size

    def read(self, size=-1):
        return super().read(self.size)


def form(content, size, kind=uploads.FORM):
    request = Request("POST", "/", "", {"content-type": kind}, Trickle(content, size))
    fields, spool = uploads.read_form(request, lambda: Spool(1 << 20), "fileHSBase64")
    with spool:
        import zstandard

        return fields, b"".join(zstandard.ZstdDecompressor().decompress(frame) for frame in spool.frames())


@given(st.binary(max_size=200), st.integers(1, 40), st.booleans())
def test_a_form_says_the_same_however_it_is_cut(content, size, escape):
    encoded = base64.b64encode(content).decode()
    value = quote(encoded, safe="") if escape else encoded
    body = f"username=his%2D1&fileHSBase64={value}&maCSKCB=79001".encode()
    assert form(body, size) == ({"username": "his-1", "macskcb": "79001"}, content)


@given(st.binary(max_size=200), st.integers(1, 40))
def test_a_multipart_form_says_the_same_however_it_is_cut(content, size):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\nhis-1\r\n'
        b'--b\r\nContent-Disposition: form-data; name="fileHSBase64"\r\n\r\n'
        + base64.encodebytes(content)
        + b"\r\n--b--\r\n"
    )
    assert form(body, size, "multipart/form-data; boundary=b") == ({"username": "his-1"}, content)


@given(st.binary(max_size=300))
def test_no_form_raises_anything_but_a_refusal(body):
    for kind in (uploads.FORM, "multipart/form-data; boundary=b", uploads.JSON):
        with suppress(Refused):
            form(body, 7, kind)


@pytest.mark.parametrize("letters", ["QUJD=QUJD", "QUJ*", "A", "QQ==Q", "=", "Q=Q="])
def test_what_is_no_base64_is_refused(letters):
    with Spool(100) as spool, pytest.raises(Refused):
        uploads.decoded(letters, spool, "files")


@pytest.mark.parametrize("letters", ["QUI=", "QUI", "Q\r\nU I=", ""])
def test_white_space_and_missing_padding_are_forgiven(letters):
    with Spool(100) as spool:
        assert uploads.decoded(letters, spool, "files").size in (0, 2)


def test_a_compressed_body_is_refused():
    headers = {"content-type": "application/xml", "content-encoding": "gzip"}
    with pytest.raises(Refused) as caught:
        uploads.read_file(Request("POST", "/", "", headers, io.BytesIO(b"x")), lambda: Spool(10))
    assert caught.value.status == 415
