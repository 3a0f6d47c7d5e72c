"""The numbered refusals of patches. They name operations and paths' places, never a value."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity


def _error(code: str, text: str, text_en: str, fix: str, fix_en: str, basis: str = "") -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en, basis)


PATCH_TYPE = _error(
    "API-1010",
    "PATCH cần JSON Patch (application/json-patch+json) hoặc FHIRPath Patch (Parameters, JSON hoặc XML).",
    "PATCH takes JSON Patch (application/json-patch+json) or FHIRPath Patch (Parameters, JSON or XML).",
    "Đặt Content-Type đúng loại bản vá.",
    "Set the Content-Type of the kind of patch.",
    "FHIR R4 §3.1.0.5",
)
NOT_A_PATCH = _error(
    "API-1011",
    "Bản vá không phải danh sách các thao tác (tối đa {limit}).",
    "The patch is no list of operations (at most {limit}).",
    "JSON Patch: một mảng; FHIRPath Patch: Parameters có các parameter tên operation.",
    "JSON Patch: an array; FHIRPath Patch: Parameters whose parameters are named operation.",
    "RFC 6902 §3, FHIR R4 fhirpatch",
)
BAD_OPERATION = _error(
    "API-1012",
    "Thao tác của bản vá thiếu phần bắt buộc hoặc có loại không tồn tại.",
    "The patch's operation lacks a part it needs, or is of no known kind.",
    "JSON Patch: op, path và value hoặc from; FHIRPath Patch: type, path và name, value, index, source, destination.",
    "JSON Patch: op, path and value or from; FHIRPath Patch: type, path and name, value, index, source, destination.",
    "RFC 6902 §4, FHIR R4 fhirpatch",
)
BAD_POINTER = _error(
    "API-1013",
    "“{name}” không phải JSON Pointer.",
    "“{name}” is no JSON Pointer.",
    "Bắt đầu bằng “/”; viết ~ thành ~0 và / thành ~1; tối đa 64 bước.",
    "Begin with “/”; write ~ as ~0 and / as ~1; at most 64 steps.",
    "RFC 6901",
)
NOWHERE = _error(
    "API-1014",
    "Tài nguyên không có chỗ mà thao tác này trỏ đến.",
    "The resource has no place that this operation points to.",
    "Đọc lại tài nguyên và sửa đường dẫn.",
    "Read the resource again and correct the path.",
    "RFC 6902 §4, FHIR R4 fhirpatch",
)
TEST_FAILED = _error(
    "API-1015",
    "Thao tác test không khớp: tài nguyên không còn như người gửi nghĩ.",
    "The test operation does not match: the resource is not as the sender thought.",
    "Đọc lại tài nguyên rồi gửi bản vá mới.",
    "Read the resource again and send a new patch.",
    "RFC 6902 §4.6",
)
INTO_ITSELF = _error(
    "API-1016",
    "Không thể chuyển một phần tử vào bên trong chính nó.",
    "A value cannot be moved into itself.",
    "Chọn đích khác.",
    "Choose another target.",
    "RFC 6902 §4.4",
)
GROWS = _error(
    "API-1017",
    "Bản vá sao chép hoặc tính quá nhiều (giới hạn {limit}).",
    "The patch copies or evaluates too much (the limit is {limit}).",
    "Chia thành nhiều bản vá.",
    "Split it into several patches.",
)
BAD_PATH = _error(
    "API-1018",
    "Đường dẫn FHIRPath này không dùng được trong bản vá.",
    "This FHIRPath cannot be used in a patch.",
    "Dùng tên phần tử, [n], where(…), first(), last(), ofType(…), extension('…').",
    "Use element names, [n], where(…), first(), last(), ofType(…), extension('…').",
    "FHIR R4 fhirpatch",
)
SEVERAL = _error(
    "API-1019",
    "Đường dẫn trỏ đến nhiều phần tử.",
    "The path points to more than one element.",
    "Thêm [n] hoặc where(…).",
    "Add [n] or where(…).",
    "FHIR R4 fhirpatch",
)
ALREADY = _error(
    "API-1020",
    "Phần tử không lặp này đã có; add không thay được.",
    "This element does not repeat and is there already; add does not replace it.",
    "Dùng replace.",
    "Use replace.",
    "FHIR R4 fhirpatch",
)
WRONG_VALUE = _error(
    "API-1021",
    "Giá trị không phải kiểu của phần tử này.",
    "The value is not of the element's type.",
    "Gửi value[x] đúng kiểu, hoặc các part có tên của phần tử con.",
    "Send value[x] of that type, or parts named like the child elements.",
    "FHIR R4 fhirpatch",
)
