"""What can be said about an invariant of a FHIR definition: broken, advised against, or not decidable here."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

_BASIS = "FHIR R4 §1.5.0.9 (ElementDefinition.constraint)"

BROKEN = Rule(
    "FHIR-2301",
    Severity.ERROR,
    "Vi phạm ràng buộc {key} của FHIR",
    "the invariant {key} is broken: {human}",
    "Sửa phần tử cho đúng ràng buộc {key} trong định nghĩa của loại này",
    "make the element satisfy {key} of the type's definition",
    _BASIS,
)
ADVISED = Rule(
    "FHIR-2302",
    Severity.WARNING,
    "Không theo khuyến nghị {key} của FHIR",
    "the recommendation {key} is not followed: {human}",
    "Nên theo khuyến nghị {key} trong định nghĩa của loại này",
    "follow {key} of the type's definition where possible",
    _BASIS,
)
UNDECIDED = Rule(
    "FHIR-2303",
    Severity.WARNING,
    "Không tính được ràng buộc {key} trên dữ liệu này",
    "the invariant {key} cannot be evaluated on these data",
    "Kiểm tra kiểu và số lượng của các phần tử mà ràng buộc {key} nhắc tới, và kích thước tài nguyên",
    "check types and numbers of the elements that {key} names, and the resource's size",
    _BASIS,
)
