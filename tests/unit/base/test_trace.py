"""An exception for the log carries its place and never its message."""

from __future__ import annotations

from yteso.base.trace import where


def test_the_message_is_left_out_and_the_place_is_named() -> None:
    try:
        raise ValueError("Nguyễn Thử Nghiệm")
    except ValueError as error:
        said = where(error)
    assert said.startswith("ValueError at test_trace.py:")
    assert "Nguyễn" not in said
