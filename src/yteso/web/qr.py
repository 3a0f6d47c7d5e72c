"""A text as a QR code: the side of the square and one SVG path, for the component `qr_code`. Pure."""

from __future__ import annotations

import segno


def qr_path(text: str) -> tuple[int, str]:
    """The side and the path of the dark modules, quiet zone of four included (ISO/IEC 18004 §6.3.8)."""
    rows = [list(row) for row in segno.make(text, micro=False).matrix_iter(border=4)]
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return len(rows), "".join(dark)
