"""What an audit row says was done, and to what kind of data, in words a person without medical knowledge reads. Pure.

A row names its act by a letter and by `what`: a resource, a search (`Condition?…`), an operation (`Patient/1/$open`),
or one of the platform's own things (`case/…`, `store.cases`). Ids are never told.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext, gettext_lazy

from yteso.client.accesses import Access

Deed = tuple[str, str]
"""What was done, and to what."""
_TYPE = re.compile(r"[A-Z][A-Za-z]+")
_OPERATION = re.compile(r"/(\$[a-z-]+|newest|\*)$")
_MANY = gettext_lazy("Nhiều phần của hồ sơ")
_BOOK = gettext_lazy("Hồ sơ của bạn")
_JOININGS = {
    "proposed to be one": gettext_lazy("Đề nghị nhập làm một"),
    "joined": gettext_lazy("Nhập làm một"),
    "not to be one": gettext_lazy("Xác nhận là của hai người"),
    "parted": gettext_lazy("Tách ra"),
}
"""How `detail` of a joining begins (`client.joinings`)."""


def deed(access: Access) -> Deed:
    """In the language of the page; what was refused is called so, whatever it would have been."""
    done, kind = _deed(access)
    return (gettext("Bị từ chối"), kind) if access.outcome is not None else (done, kind)


def _deed(access: Access) -> Deed:
    operation = _OPERATION.search(access.what)
    if operation and (tell := _OPERATIONS.get(operation[1])):
        return tell(access)
    if tell := _OWN.get(re.split(r"[/:]", access.what, maxsplit=1)[0]):
        return tell(access)
    if access.what.endswith((" cases", " subject requests")):
        return gettext("Xem"), gettext("Câu hỏi, yêu cầu của bạn")
    if joining := _joining(access):
        return joining, gettext("Hai hồ sơ có thể là của bạn")
    return _done(access), _kind(access.what)


def _joining(access: Access) -> str:
    words = (text for begin, text in _JOININGS.items() if access.detail.startswith(f"{begin} with "))
    return str(next(words, "")) if access.action == "U" and access.what.startswith("Patient/") else ""


def _done(access: Access) -> str:
    if access.action in ("C", "U") and access.detail.startswith("import "):
        return gettext("Nạp dữ liệu hàng loạt")
    if access.action == "R" and "?" in access.what:
        return gettext("Tìm, xem")
    return {
        "C": gettext("Ghi mới"),
        "R": gettext("Xem"),
        "U": gettext("Sửa"),
        "D": gettext("Xóa"),
        "E": gettext("Xử lý"),
    }.get(access.action, access.action)


def _kind(what: str) -> str:
    """What kind of data: told from the type in `what`, without ids."""
    found = _TYPE.match(what)
    return _kinds().get(found[0] if found else "", str(_MANY))


def _glass(access: Access) -> Deed:
    act = {
        "glass:second": gettext("Đồng ý mở khẩn cấp"),
        "glass:ended": gettext("Đóng lại sau khi mở khẩn cấp"),
    }.get(access.detail.partition(" ")[0])
    opened = gettext("Mở khẩn cấp") if access.purpose == "BTG" else gettext("Xét một lần mở khẩn cấp")
    return act or opened, str(_BOOK)


def _request(access: Access) -> Deed:
    done = gettext("Gửi") if access.action == "C" else gettext("Xử lý")
    return done, gettext("Yêu cầu của bạn về dữ liệu")


def _case(access: Access) -> Deed:
    done = gettext("Hỏi") if access.action == "C" else gettext("Trả lời")
    return done, gettext("Câu hỏi về một lượt xem")


def _breach(access: Access) -> Deed:
    if access.action == "E":
        return gettext("Lập danh sách"), gettext("Người bị ảnh hưởng bởi một vi phạm dữ liệu")
    return gettext("Gửi"), gettext("Thông báo về vi phạm dữ liệu")


def _file(access: Access) -> Deed:
    done = gettext("Xử lý lại") if access.action == "E" else gettext("Xem")
    return done, gettext("Tệp gốc cơ sở y tế gửi đến")


def _parts(access: Access) -> Deed:
    return _done(access), str(_MANY) if access.what.startswith("Patient/") else _kind(access.what)


_OPERATIONS: dict[str, Callable[[Access], Deed]] = {
    "$download": lambda _: (gettext("Tải về"), str(_MANY)),
    "$break-glass": _glass,
    "$visit-code": lambda _: (gettext("Tạo mã mở hồ sơ"), str(_BOOK)),
    "$open": lambda _: (gettext("Mở bằng mã của bạn"), str(_BOOK)),
    "$notify": lambda _: (gettext("Gửi tự động"), gettext("Tin về thay đổi trong hồ sơ")),
    "$everything": _parts,
    "newest": _parts,
    "*": _parts,
}
_OWN: dict[str, Callable[[Access], Deed]] = {
    "$export": lambda _: (gettext("Kết xuất"), str(_MANY)),
    "page": lambda _: (gettext("Xem"), gettext("Trang của hồ sơ")),
    "intake": _file,
    "request": _request,
    "case": _case,
    "breach": _breach,
    "review": lambda _: (gettext("Quyết định"), gettext("Hai hồ sơ có phải của một người")),
    "inbox": lambda _: (gettext("Xem"), gettext("Thông báo gửi cho bạn")),
}
"""By how `what` begins."""


def _kinds() -> dict[str, str]:
    return {
        "Patient": gettext("Thông tin cá nhân"),
        "RelatedPerson": gettext("Người thân, người đại diện"),
        "Encounter": gettext("Lượt khám, điều trị"),
        "EpisodeOfCare": gettext("Đợt điều trị"),
        "Condition": gettext("Chẩn đoán"),
        "ClinicalImpression": gettext("Diễn biến bệnh"),
        "MedicationRequest": gettext("Đơn thuốc"),
        "MedicationDispense": gettext("Thuốc đã cấp"),
        "MedicationAdministration": gettext("Thuốc đã dùng"),
        "MedicationStatement": gettext("Thuốc đang dùng"),
        "Immunization": gettext("Tiêm chủng"),
        "Observation": gettext("Xét nghiệm, chỉ số"),
        "Specimen": gettext("Mẫu xét nghiệm"),
        "DiagnosticReport": gettext("Kết quả cận lâm sàng"),
        "ImagingStudy": gettext("Hình ảnh chẩn đoán"),
        "Media": gettext("Hình ảnh chẩn đoán"),
        "Procedure": gettext("Thủ thuật, phẫu thuật"),
        "ChargeItem": gettext("Dịch vụ, chi phí"),
        "Claim": gettext("Chi phí, bảo hiểm"),
        "ClaimResponse": gettext("Chi phí, bảo hiểm"),
        "ExplanationOfBenefit": gettext("Chi phí, bảo hiểm"),
        "Account": gettext("Chi phí, bảo hiểm"),
        "Coverage": gettext("Thẻ bảo hiểm y tế"),
        "Composition": gettext("Diễn biến bệnh"),
        "DocumentReference": gettext("Giấy tờ"),
        "Binary": gettext("Giấy tờ"),
        "Appointment": gettext("Hẹn khám"),
        "AllergyIntolerance": gettext("Dị ứng"),
        "ServiceRequest": gettext("Chỉ định"),
        "CarePlan": gettext("Kế hoạch chăm sóc"),
        "QuestionnaireResponse": gettext("Phiếu trả lời"),
        "FamilyMemberHistory": gettext("Bệnh trong gia đình"),
        "Provenance": gettext("Nguồn gốc dữ liệu"),
        "Consent": gettext("Đồng ý, từ chối chia sẻ"),
        "AuditEvent": gettext("Nhật ký truy cập"),
    }
