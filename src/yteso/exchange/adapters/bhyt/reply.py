"""What a sender is told, in the shape its software knows: our own, the insurer's gateway, the Hà Nội gateway. Pure.

Field names are those of vn-standards §2.1 and §2.3, exactly. Where those documents leave a shape open (results of a
transaction), ours is named in `docs/explanation/clarifications.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from yteso.base.clock import VIETNAM
from yteso.base.ids import stable_id
from yteso.base.issue import Issue
from yteso.exchange.intake import Detail, Finding
from yteso.exchange.raw import Kept

Json = dict[str, Any]

_WAITING = ("received", "walking")
_GOOD = "done"


# -- our own shape ----------------------------------------------------------------------------------------------------


def accepted(kept: Kept, base_url: str) -> Json:
    """The answer of `POST /exchange/bhyt`: the signed receipt and where the result will be."""
    receipt = kept.receipt
    return {
        "intake": kept.id,
        "sequence": receipt["sequence"],
        "sha256": receipt["sha256"],
        "size": receipt["size"],
        "receivedAt": receipt["receivedAt"],
        "again": kept.again,
        "receipt": receipt,
        "signature": receipt["signature"],
        "keyId": receipt["keyId"],
        "status": f"{base_url}/exchange/intake/{kept.id}",
        "issues": [],
    }


def refused(issues: Sequence[Issue]) -> Json:
    """The refusal of our own doors."""
    return {"issues": [_issue(issue) for issue in issues]}


def status(detail: Detail) -> Json:
    """The result of one file: the file, each visit, each finding."""
    file = detail.file
    counted = ("visits", "accepted", "unchanged", "outdated", "quarantined", "failed", "errors", "warnings", "notes")
    return {
        "intake": file.id,
        "facility": file.facility,
        "sender": file.sender,
        "sequence": file.seq,
        "name": file.name,
        "state": file.state,
        "finished": file.state not in _WAITING,
        "receivedAt": _iso(file.received),
        "doneAt": _iso(file.done) if file.done else None,
        "sha256": file.sha256,
        "size": file.size,
        "signature": file.signature,
        "counts": {name: getattr(file, name) for name in counted},
        "visits": [
            {"position": one.position, "MA_LK": one.ma_lk, "state": one.state, "resources": one.resources, "t": one.t}
            for one in detail.visits
        ],
        "issues": [_finding(one) for one in detail.findings],
        "complete": detail.complete,
        "receipt": detail.receipt,
    }


def _issue(issue: Issue) -> Json:
    origin = issue.origin
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "text": issue.text,
        "textEn": issue.text_en,
        "fix": issue.fix,
        "fixEn": issue.fix_en,
        "table": origin.table,
        "row": origin.row,
        "field": origin.field,
    }


def _finding(one: Finding) -> Json:
    return {
        "code": one.code,
        "severity": one.severity,
        "position": one.position,
        "MA_LK": one.ma_lk,
        "table": one.table,
        "row": one.row,
        "field": one.field,
        "text": one.text,
        "textEn": one.text_en,
        "fix": one.fix,
        "fixEn": one.fix_en,
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="milliseconds")


# -- the insurer's shape (vn-standards §2.1) --------------------------------------------------------------------------


def insurer_token(access_token: str, id_token: str, username: str, expires: datetime) -> Json:
    """The answer of `token/take`; `expires_in` is a moment in UTC, as the gateway has it."""
    key = {
        "access_token": access_token,
        "id_token": id_token,
        "token_type": "Bearer",
        "username": username,
        "expires_in": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {"maKetQua": "200", "APIKey": key}


def insurer_accepted(kept: Kept) -> Json:
    """The answer of `guiHoSoXml…` and `checkIn…`."""
    again = " Tệp này đã được tiếp nhận trước đây." if kept.again else ""
    return {
        "maKetQua": "200",
        "maGiaoDich": kept.id,
        "thoiGianTiepNhan": _compact(datetime.fromisoformat(str(kept.receipt["receivedAt"]))),
        "thongDiep": f"Đã tiếp nhận.{again}",
        "bienNhan": kept.receipt,
    }


def insurer_refused(issues: Sequence[Issue], code: int, now: datetime) -> Json:
    """The refusal of the insurer-style doors; `maKetQua` is also the HTTP status."""
    return {
        "maKetQua": str(code),
        "maGiaoDich": "",
        "thoiGianTiepNhan": _compact(now),
        "thongDiep": _message(issues),
        "dsLoi": [_issue(issue) for issue in issues],
    }


def _compact(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")


def _message(issues: Iterable[Issue]) -> str:
    return " ".join(f"{issue.code}: {issue.text} {issue.fix}".strip() for issue in issues)


# -- the Hà Nội shape (vn-standards §2.3) -----------------------------------------------------------------------------


def hanoi_batch(results: Sequence[Kept | Sequence[Issue]]) -> Json:
    """The answer of `kcb/xml/qd3176/guiHoSoXml`: each file by itself, in the order sent."""
    files = [_hanoi_file(result) for result in results]
    good = [result.id for result in results if isinstance(result, Kept)]
    return {
        "maKetQua": "200" if good else "422",
        "batchId": stable_id("batch", *good) if good else "",
        "totalSuccess": len(good),
        "totalFailed": len(results) - len(good),
        "fileResults": files,
        "thongDiep": f"Đã tiếp nhận {len(good)}/{len(results)} tệp.",
    }


def _hanoi_file(result: Kept | Sequence[Issue]) -> Json:
    if isinstance(result, Kept):
        return {"maKetQua": "200", "maGiaoDich": result.id, "thongDiep": "Đã tiếp nhận.", "bienNhan": result.receipt}
    return {"maKetQua": "422", "maGiaoDich": "", "thongDiep": _message(result), "dsLoi": [_issue(i) for i in result]}


def hanoi_status(detail: Detail) -> Json:
    """The answer of `tra-cuu-trang-thai`: `trangThai` 0 waits, 1 good, 2 with errors."""
    file = detail.file
    state = 0 if file.state in _WAITING else 1 if file.state == _GOOD else 2
    words = ("Đang xử lý.", "Đã xử lý, không có lỗi.", "Đã xử lý, có lỗi cần sửa.")
    return {
        "maKetQua": "200",
        "maGiaoDich": file.id,
        "trangThai": state,
        "thongDiep": words[state],
        "thoiGianTiepNhan": _compact(file.received),
        "dsHoSo": [{"maLK": one.ma_lk, "trangThai": one.state} for one in detail.visits],
        "dsLoi": [_finding(one) for one in detail.findings],
    }
