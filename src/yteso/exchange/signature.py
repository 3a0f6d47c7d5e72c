"""Step 2 of the walk: the facility's signature in CHUKYDONVI -> what can honestly be said about it.

`absent`, `unchecked` (signed, but no certificate is registered or the file is too large), `valid` or `invalid`; the
sender's policy decides whether the file goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from yteso.base.errors import Misconfigured
from yteso.base.issue import Issue, Origin
from yteso.exchange import rules
from yteso.exchange.claim import Work
from yteso.signing.xmldsig import verify_xml

TAIL = 64 * 1024
"""Where the signature stands: the last element of the file (vn-standards §1.2)."""
LARGEST = 32 * 1024 * 1024
_SIGNED = re.compile(rb"<(?:[\w.\-]+:)?CHUKYDONVI(?:\s[^>]*)?(?<!/)>\s*<")
_EMPTY = re.compile(rb"<(?:[\w.\-]+:)?CHUKYDONVI(?:\s[^>]*)?>\s*</")


@dataclass(frozen=True, slots=True)
class Signature:
    """What is known of a file's signature. An issue that blocks quarantines the whole file."""

    state: str
    issues: tuple[Issue, ...] = ()


def check_signature(work: Work, tail: bytes, whole: Callable[[], bytes]) -> Signature:
    """`tail` is the end of the file; `whole` fetches all of it, and is asked only when there is something to verify."""
    origin = Origin(work.name, field="CHUKYDONVI")
    required = work.policy == "required"
    if not _SIGNED.search(tail) or _EMPTY.search(tail):
        return Signature("absent", ((rules.SIGNATURE_REQUIRED if required else rules.UNSIGNED).at(origin),))
    if not work.certificate:
        return _unchecked(origin, "chưa đăng ký chứng thư của cơ sở", "the facility has registered no certificate")
    if work.size > LARGEST:
        return _unchecked(origin, "tệp quá lớn", "the file is too large")
    try:
        valid = verify_xml(whole(), work.certificate)
    except Misconfigured:
        return _unchecked(origin, "chứng thư đã đăng ký không đọc được", "the registered certificate cannot be read")
    if valid:
        return Signature("valid")
    return Signature("invalid", ((rules.SIGNATURE_REFUSED if required else rules.SIGNATURE_INVALID).at(origin),))


def _unchecked(origin: Origin, reason: str, reason_en: str) -> Signature:
    return Signature("unchecked", (rules.SIGNATURE_UNCHECKED.at(origin, reason=reason, reason_en=reason_en),))
