"""Scopes in the words of who is asked: what the app may see or change. Text in the reader's language, no HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yteso.access.scopes import Scope, read_scopes

_TYPES = {
    "*": _("Toàn bộ hồ sơ sức khỏe"),
    "Patient": _("Họ tên, ngày sinh, giấy tờ, địa chỉ"),
    "Observation": _("Kết quả xét nghiệm và các số đo"),
    "DiagnosticReport": _("Phiếu kết quả xét nghiệm, chẩn đoán hình ảnh"),
    "Condition": _("Chẩn đoán, bệnh"),
    "Encounter": _("Các lượt khám, điều trị"),
    "MedicationRequest": _("Đơn thuốc"),
    "MedicationDispense": _("Thuốc đã phát"),
    "MedicationAdministration": _("Thuốc đã dùng"),
    "MedicationStatement": _("Thuốc đang dùng"),
    "AllergyIntolerance": _("Dị ứng"),
    "Immunization": _("Tiêm chủng"),
    "Procedure": _("Phẫu thuật, thủ thuật"),
    "ServiceRequest": _("Chỉ định xét nghiệm, dịch vụ"),
    "DocumentReference": _("Giấy tờ trong hồ sơ"),
    "Binary": _("Tệp trong hồ sơ (bản chụp, PDF)"),
    "Composition": _("Tóm tắt hồ sơ"),
    "ImagingStudy": _("Hình ảnh chụp chiếu"),
    "Coverage": _("Thẻ bảo hiểm y tế"),
    "Claim": _("Hồ sơ thanh toán"),
    "ChargeItem": _("Chi phí khám chữa bệnh"),
    "Appointment": _("Lịch hẹn"),
    "Consent": _("Sự đồng ý chia sẻ hồ sơ"),
    "Practitioner": _("Danh bạ nhân viên y tế"),
    "Organization": _("Danh bạ cơ sở y tế"),
    "Location": _("Danh bạ phòng, khoa"),
}
_ACTS = (
    ("rs", pgettext_lazy("may", "Xem")),
    ("c", pgettext_lazy("may", "Thêm")),
    ("u", pgettext_lazy("may", "Sửa")),
    ("d", pgettext_lazy("may", "Xóa")),
)
"""What an app asks to do; what was done has words of its own (`web.deeds`)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the app may do. `only` says that a condition narrows it; `changes` that it is more than looking."""

    what: str
    acts: str
    only: str
    about: str
    changes: bool


def lines(scopes: Iterable[str]) -> list[Line]:
    """What these scopes mean about records."""
    return [_line(scope) for scope in read_scopes(" ".join(scopes))]


def _line(scope: Scope) -> Line:
    acts = [str(name) for letters, name in _ACTS if set(letters) & set(scope.acts)]
    about = {
        "patient": gettext("của một người"),
        "user": gettext("mọi thứ bạn được xem"),
        "system": gettext("theo quyền của hệ thống đã đăng ký"),
    }
    return Line(
        what=str(_TYPES.get(scope.type, scope.type)),
        acts=", ".join(acts),
        only=scope.query,
        about=about[scope.about],
        changes=not set(scope.acts) <= set("rs"),
    )
