"""Pieces of an import's input: whole lines, every byte once, however the bytes arrive."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yteso.store.bulk import chunks
from yteso.store.bulk.chunks import Chunk, Cutter, TooLong, cut


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(chunks, "LINES", 2)
    monkeypatch.setattr(chunks, "BYTES", 20)
    monkeypatch.setattr(chunks, "LONGEST", 12)


def test_a_piece_ends_after_so_many_lines_or_bytes_and_knows_its_first_line(small):
    assert list(cut(BytesIO(b"a\nb\nc\n"))) == [Chunk(0, 4, 1), Chunk(4, 2, 3)]
    assert list(cut(BytesIO(b"0123456789\n0123456789\nc"))) == [Chunk(0, 22, 1), Chunk(22, 1, 3)]


def test_a_line_too_long_is_left_out_and_named(small):
    found = list(cut(BytesIO(b"a\n0123456789012345\nb\n")))
    assert found == [Chunk(0, 2, 1), TooLong(2), Chunk(19, 2, 3)]


def test_an_empty_input_has_no_piece():
    assert list(cut(BytesIO(b""))) == []


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=40), st.integers(1, 50))
def test_every_line_is_in_exactly_one_piece_or_named_whatever_the_size_of_the_reads(lines, size):
    limits = chunks.LINES, chunks.BYTES, chunks.LONGEST
    chunks.LINES, chunks.BYTES, chunks.LONGEST = 3, 25, 15
    try:
        data = b"\n".join(lines)
        cutter = Cutter()
        found = [one for at in range(0, len(data), size) for one in cutter.feed(data[at : at + size])]
        found += cutter.finish()
        seen = {}
        for one in found:
            if isinstance(one, TooLong):
                seen[one.line] = None
            else:
                piece = data[one.start : one.start + one.size].removesuffix(b"\n").split(b"\n")
                seen.update(enumerate(piece, start=one.line))
        expected = data.removesuffix(b"\n").split(b"\n") if data else []
        assert sorted(seen) == list(range(1, len(expected) + 1))
        assert all(seen[n] in (None, line) for n, line in enumerate(expected, start=1))
        assert all((seen[n] is None) == (len(line) + (n < len(lines)) > 15) for n, line in enumerate(expected, start=1))
    finally:
        chunks.LINES, chunks.BYTES, chunks.LONGEST = limits
