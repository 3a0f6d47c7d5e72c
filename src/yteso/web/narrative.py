"""A narrative of FHIR as plain text (R4 §2.4): without its markup, which the page escapes again."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

_BREAK = re.compile(r"<br\s*/?>|</p>")
_TAG = re.compile(r"<[^>]*>")


def section_text(section: Mapping[str, Any]) -> str:
    """What a section of a Composition says."""
    div = str(section.get("text", {}).get("div", ""))
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", div))).strip()
