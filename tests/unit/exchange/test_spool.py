from hashlib import sha256

import pytest
import zstandard

from yteso.base.errors import Refused
from yteso.exchange.spool import FRAME, HEAD, Spool


def content(size):
    return bytes(n * 7 % 251 for n in range(1000)) * (size // 1000) + b"x" * (size % 1000)


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME + 5])
@pytest.mark.parametrize("step", [1000, 300_000, 5 * FRAME])
def test_the_frames_are_the_bytes_in_pieces_of_one_mebibyte(size, step):
    whole = content(size)
    with Spool(1 << 30) as spool:
        for start in range(0, size, step):
            spool.write(whole[start : start + step])
        frames = [zstandard.ZstdDecompressor().decompress(frame) for frame in spool.finish().frames()]
        assert b"".join(frames) == whole
        assert all(len(frame) == FRAME for frame in frames[:-1])
        assert (spool.size, spool.sha256, spool.head) == (size, sha256(whole).digest(), whole[:HEAD])
        assert len(list(spool.frames())) == len(frames)


def test_one_byte_too_many_is_refused():
    with Spool(10) as spool:
        spool.write(b"1234567890")
        with pytest.raises(Refused) as caught:
            spool.write(b"1")
    assert (caught.value.status, caught.value.issues[0].code) == (413, "EXC-0002")
