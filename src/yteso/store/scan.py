"""Files inside resources -> what the virus scanner finds in them, as numbered issues, before anything is written.

Without a scanner nothing is looked at. A scanner that gives no verdict is an issue too: what was not looked at is not
kept. The files of one request, or of one piece of an import, go by one connection (`base.scanner.Session`).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Any, Self

from yteso.base.issue import Issue, Origin, Rule, Severity
from yteso.base.scanner import NotScanned, Scanner, Session
from yteso.fhir.attached import Attached, NotBase64, attached

INFECTED = Rule(
    "SCAN-0001",
    Severity.ERROR,
    "Phần mềm quét mã độc phát hiện {name} trong tệp đính kèm; chưa lưu.",
    "The virus scanner found {name} in the attached file; it was not kept.",
    "Quét và làm sạch máy gửi, thay tệp đính kèm rồi gửi lại.",
    "Scan and clean the machine that sends, replace the attached file and send again.",
)
UNSCANNED = Rule(
    "SCAN-0002",
    Severity.ERROR,
    "Phần mềm quét mã độc chưa trả lời về tệp đính kèm; chưa lưu.",
    "The virus scanner gives no verdict on the attached file; it was not kept.",
    "Gửi lại sau ít phút, tệp lớn gửi riêng; quản trị viên kiểm tra YTESO_CLAMD và giới hạn StreamMaxLength của clamd.",
    "Send again in a few minutes, large files apart; the administrator checks YTESO_CLAMD and clamd's StreamMaxLength.",
    kind="transient",
)
UNREADABLE = Rule(
    "SCAN-0003",
    Severity.ERROR,
    "Tệp đính kèm không phải base64 chuẩn nên không quét mã độc được; chưa lưu.",
    "The attached file is no plain base64, so that it cannot be scanned; it was not kept.",
    "Mã hoá lại bằng base64 (RFC 4648), dấu = chỉ ở cuối.",
    "Encode it in base64 (RFC 4648) again, = at the end only.",
    basis="FHIR R4 §2.24.0.1 (base64Binary)",
)
MOST = 20
"""So many files of one resource are told of; the others are not kept either."""

log = logging.getLogger(__name__)


class Scan:
    """`with Scan(scanner) as scan: scan.issues(resource)`. For one thread."""

    def __init__(self, scanner: Scanner | None) -> None:
        self._session = Session(scanner) if scanner is not None else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.close()

    def issues(self, resource: Any, place: str = "", known: Collection[str] = ()) -> list[Issue]:
        """What is found in the files of a resource, each with its expression; `place` stands in the place of its type.

        `known`: texts of files that lie here already.
        """
        found: list[Issue] = []
        if self._session is None:
            return found
        for one in attached(resource, place):
            if one.text not in known and (issue := _judged(self._session, one)) is not None:
                found.append(issue)
                if len(found) == MOST:
                    break
        return found


def texts_of(resource: Any) -> frozenset[str]:
    """The files of a resource, as they stand there."""
    return frozenset(one.text for one in attached(resource))


def status_of(issues: Iterable[Issue]) -> int:
    """422 for what is wrong with a file, 503 when there was no verdict on any."""
    return 503 if all(issue.code == UNSCANNED.code for issue in issues) else 422


def _judged(session: Session, file: Attached) -> Issue | None:
    place = Origin(field=file.place)
    try:
        name = session.find(file.pieces())
    except NotScanned:
        return UNSCANNED.at(place)
    except NotBase64:
        return UNREADABLE.at(place)
    if not name:
        return None
    log.warning("the virus scanner found %s in %s", name, file.place)
    return INFECTED.at(place, name=name)
