"""What can be wrong with a FHIR package: numbered rules PKG-00xx."""

from __future__ import annotations

from yteso.base.errors import Refused
from yteso.base.issue import Rule, Severity

_FORM = "FHIR NPM packages (HL7 FHIR package specification)"

NOT_A_PACKAGE = Rule(
    "PKG-0001",
    Severity.ERROR,
    "Tệp không phải gói FHIR (.tgz) hoặc bị hỏng",
    "the file is not a FHIR package (.tgz), or it is damaged",
    "Tải lại gói; gói là tệp tar nén gzip có thư mục package/",
    "fetch the package again; it is a gzipped tar with a folder package/",
    _FORM,
)
PATH = Rule(
    "PKG-0002",
    Severity.ERROR,
    "Gói có đường dẫn không an toàn",
    "the package holds an unsafe path",
    "Không nạp gói này; lấy gói từ nguồn tin cậy",
    "do not load it; take the package from a source you trust",
    _FORM,
)
LINK = Rule(
    "PKG-0003",
    Severity.ERROR,
    "Gói có liên kết hoặc tệp đặc biệt",
    "the package holds a link or a special file",
    "Không nạp gói này; gói chỉ được có tệp thường",
    "do not load it; a package holds plain files only",
    _FORM,
)
TOO_LARGE = Rule(
    "PKG-0004",
    Severity.ERROR,
    "Gói vượt giới hạn: {files} tệp, {whole} MB tất cả, {one} MB mỗi tệp",
    "the package is beyond the bounds: {files} files, {whole} MB in all, {one} MB each",
    "Nạp gói nhỏ hơn hoặc chỉ các tài nguyên cần dùng",
    "load a smaller package, or only the resources you need",
    _FORM,
)
NO_MANIFEST = Rule(
    "PKG-0005",
    Severity.ERROR,
    "Gói không có package.json với name và version hợp lệ",
    "the package has no package.json with a valid name and version",
    "Thêm package.json theo mẫu gói FHIR",
    "add a package.json as FHIR packages have it",
    _FORM,
)
OTHER_FHIR = Rule(
    "PKG-0006",
    Severity.ERROR,
    "Gói không dành cho FHIR R4 (4.0.x)",
    "the package is not for FHIR R4 (4.0.x)",
    "Lấy bản của gói dành cho R4",
    "take the package's version for R4",
    _FORM,
)
UNREADABLE = Rule(
    "PKG-0007",
    Severity.WARNING,
    "Tệp trong gói không phải JSON đọc được; đã bỏ qua",
    "a file of the package is not readable JSON; it was left out",
    "Sửa tệp trong gói",
    "correct the file in the package",
)
BROKEN = Rule(
    "PKG-0008",
    Severity.WARNING,
    "Một {type} trong gói không đúng cấu trúc FHIR R4; đã bỏ qua",
    "a {type} of the package does not have the structure of FHIR R4; it was left out",
    "Kiểm tra bằng yteso validate",
    "check it with yteso validate",
)
NO_SNAPSHOT = Rule(
    "PKG-0009",
    Severity.WARNING,
    "Không dựng được snapshot của hồ sơ (profile) {name}; đã lưu nguyên như trong gói",
    "no snapshot could be made for the profile {name}; it is stored as the package has it",
    "Nạp trước gói chứa hồ sơ gốc (baseDefinition), rồi nạp lại",
    "load the package with its baseDefinition first, then load this one again",
)
ID_TAKEN = Rule(
    "PKG-0010",
    Severity.INFORMATION,
    "id của một {type} đã thuộc về định nghĩa khác; đã lưu dưới id riêng",
    "the id of a {type} belongs to another definition already; it is stored under an id of its own",
    "Không cần làm gì: định nghĩa được tìm theo url",
    "nothing to do: definitions are found by url",
)
NOT_A_FOLDER = Rule(
    "PKG-0011",
    Severity.ERROR,
    "Thư mục không có gói FHIR: cần package.json hoặc package/package.json",
    "the folder holds no FHIR package: package.json or package/package.json is needed",
    "Chỉ đúng thư mục của gói",
    "name the folder of the package",
)


def too_large(files: int, whole: int, one: int) -> Refused:
    """The refusal (413) of a package beyond the bounds, which are given in bytes."""
    megabyte = 1024 * 1024
    return Refused(TOO_LARGE.at(files=files, whole=whole // megabyte, one=one // megabyte), status=413)
