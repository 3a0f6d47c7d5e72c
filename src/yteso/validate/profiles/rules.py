"""What profiles can find wrong: numbered rules FHIR-24xx. `{element}` and `{profile}` are names of the definition."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

_PROFILING = "FHIR R4 §5.1 (Profiling FHIR)"

TOO_FEW = Rule(
    "FHIR-2401",
    Severity.ERROR,
    "Thiếu {element}: hồ sơ (profile) {profile} cần ít nhất {least}, có {found}",
    "{element} is missing: the profile {profile} needs at least {least}, there are {found}",
    "Thêm {element}",
    "add {element}",
    _PROFILING,
)
TOO_MANY = Rule(
    "FHIR-2402",
    Severity.ERROR,
    "Quá nhiều {element}: hồ sơ (profile) {profile} cho phép nhiều nhất {most}, có {found}",
    "too many {element}: the profile {profile} allows at most {most}, there are {found}",
    "Bớt {element}",
    "leave some of {element} out",
    _PROFILING,
)
FORBIDDEN = Rule(
    "FHIR-2403",
    Severity.ERROR,
    "Hồ sơ (profile) {profile} không cho phép {element}",
    "the profile {profile} does not allow {element}",
    "Bỏ {element}",
    "leave {element} out",
    _PROFILING,
)
TYPE = Rule(
    "FHIR-2404",
    Severity.ERROR,
    "{element} phải thuộc kiểu {types} theo hồ sơ (profile) {profile}",
    "{element} must have the type {types} in the profile {profile}",
    "Dùng kiểu mà hồ sơ cho phép",
    "use a type the profile allows",
    _PROFILING,
)
FIXED = Rule(
    "FHIR-2405",
    Severity.ERROR,
    "{element} không đúng giá trị cố định của hồ sơ (profile) {profile}",
    "{element} is not the fixed value of the profile {profile}",
    "Ghi đúng giá trị cố định (fixed[x]) trong định nghĩa",
    "give the definition's fixed[x] value",
    _PROFILING,
)
PATTERN = Rule(
    "FHIR-2406",
    Severity.ERROR,
    "{element} không có các phần mà mẫu của hồ sơ (profile) {profile} yêu cầu",
    "{element} lacks what the pattern of the profile {profile} asks for",
    "Ghi đủ các phần của mẫu (pattern[x]) trong định nghĩa",
    "give all parts of the definition's pattern[x]",
    _PROFILING,
)
NOT_IN_VALUE_SET = Rule(
    "FHIR-2407",
    Severity.ERROR,
    "Mã của {element} không thuộc tập giá trị bắt buộc {value_set}",
    "the code of {element} is not in the required value set {value_set}",
    "Dùng một mã của tập giá trị",
    "use a code of the value set",
    "FHIR R4 §4.1.5 (required binding)",
)
NOT_IN_EXTENSIBLE = Rule(
    "FHIR-2408",
    Severity.WARNING,
    "Mã của {element} không thuộc tập giá trị mở rộng được {value_set}",
    "the code of {element} is not in the extensible value set {value_set}",
    "Dùng một mã của tập giá trị nếu có mã phù hợp",
    "use a code of the value set when one fits",
    "FHIR R4 §4.1.5 (extensible binding)",
)
VALUE_SET_UNKNOWN = Rule(
    "FHIR-2409",
    Severity.INFORMATION,
    "Chưa kiểm tra được mã của {element}: không có nội dung tập giá trị {value_set}",
    "the code of {element} was not checked: the content of the value set {value_set} is not here",
    "Nạp gói có tập giá trị và hệ thống mã này",
    "load a package with this value set and its code systems",
)
INVARIANT = Rule(
    "FHIR-2410",
    Severity.ERROR,
    "Không thỏa điều kiện {key} của hồ sơ (profile) {profile}: {human}",
    "the condition {key} of the profile {profile} does not hold: {human}",
    "Sửa dữ liệu để điều kiện {key} đúng",
    "correct the data so that {key} holds",
    _PROFILING,
)
ADVICE = Rule(
    "FHIR-2411",
    Severity.WARNING,
    "Nên thỏa điều kiện {key} của hồ sơ (profile) {profile}: {human}",
    "the condition {key} of the profile {profile} should hold: {human}",
    "Xem lại dữ liệu theo điều kiện {key}",
    "look at the data again with {key} in mind",
    _PROFILING,
)
NOT_EVALUATED = Rule(
    "FHIR-2412",
    Severity.INFORMATION,
    "Không tính được điều kiện {key} của hồ sơ (profile) {profile}",
    "the condition {key} of the profile {profile} could not be evaluated",
    "Kiểm tra biểu thức FHIRPath trong định nghĩa",
    "check the FHIRPath expression in the definition",
)
NO_SLICE = Rule(
    "FHIR-2413",
    Severity.ERROR,
    "{element} không thuộc nhóm (slice) nào mà hồ sơ (profile) {profile} cho phép",
    "{element} belongs to no slice that the profile {profile} allows",
    "Dùng một trong các nhóm: {slices}",
    "use one of the slices: {slices}",
    "FHIR R4 §5.1.0.11 (slicing, closed)",
)
SLICE_ORDER = Rule(
    "FHIR-2414",
    Severity.ERROR,
    "{element} đứng sai thứ tự các nhóm (slice) của hồ sơ (profile) {profile}",
    "{element} stands out of the order of the slices of the profile {profile}",
    "Xếp theo thứ tự: {slices}, rồi các mục khác",
    "put them in the order: {slices}, then the others",
    "FHIR R4 §5.1.0.11 (slicing, ordered, openAtEnd)",
)
SLICE_UNDECIDED = Rule(
    "FHIR-2415",
    Severity.INFORMATION,
    "Không xác định được nhóm (slice) {element} của hồ sơ (profile) {profile}: định nghĩa thiếu giá trị phân biệt",
    "the slice {element} of the profile {profile} cannot be told: the definition gives nothing to discriminate by",
    "Sửa discriminator hoặc giá trị cố định trong định nghĩa",
    "correct the discriminator or the fixed value in the definition",
    "FHIR R4 §5.1.0.12 (discriminator)",
)
TARGET = Rule(
    "FHIR-2416",
    Severity.ERROR,
    "{element} phải tham chiếu tới {types}",
    "{element} must refer to {types}",
    "Tham chiếu tới loại tài nguyên được phép",
    "refer to a resource of an allowed type",
    "FHIR R4 §2.3.0.5 (targetProfile)",
)
TOO_LONG = Rule(
    "FHIR-2417",
    Severity.ERROR,
    "{element} dài hơn {limit} ký tự",
    "{element} is longer than {limit} characters",
    "Rút ngắn giá trị",
    "shorten the value",
    _PROFILING,
)
OUT_OF_LIMITS = Rule(
    "FHIR-2418",
    Severity.ERROR,
    "{element} ngoài giới hạn giá trị của hồ sơ (profile) {profile}",
    "{element} is beyond the limits of the profile {profile}",
    "Kiểm tra giá trị và đơn vị (minValue[x], maxValue[x])",
    "check the value and its unit (minValue[x], maxValue[x])",
    _PROFILING,
)
UNKNOWN_PROFILE = Rule(
    "FHIR-2419",
    Severity.WARNING,
    "Hồ sơ (profile) này chưa có trên máy chủ nên chưa kiểm tra được",
    "this profile is not on the server, so nothing was checked against it",
    "Nạp gói chứa hồ sơ: yteso package load",
    "load the package that holds it: yteso package load",
)
NOT_HERE = Rule(
    "FHIR-2427",
    Severity.ERROR,
    "Hồ sơ (profile) được yêu cầu chưa có trên máy chủ",
    "the profile that was asked for is not here",
    "Sửa địa chỉ, hoặc nạp gói chứa hồ sơ: yteso package load",
    "correct its address, or load the package that holds it: yteso package load",
)
OTHER_TYPE = Rule(
    "FHIR-2420",
    Severity.ERROR,
    "Hồ sơ (profile) {profile} dành cho {type}",
    "the profile {profile} is for {type}",
    "Chọn hồ sơ của đúng loại tài nguyên",
    "choose a profile of the resource's type",
    _PROFILING,
)
UNUSABLE = Rule(
    "FHIR-2421",
    Severity.WARNING,
    "Định nghĩa của hồ sơ (profile) {profile} không dùng được ở {element}",
    "the definition of the profile {profile} cannot be used at {element}",
    "Sửa định nghĩa: phần tử, kiểu, hồ sơ gốc (baseDefinition)",
    "correct the definition: elements, types, baseDefinition",
)
CUT = Rule(
    "FHIR-2422",
    Severity.WARNING,
    "Kiểm tra theo hồ sơ (profile) đã dừng vì quá nhiều bước; phần còn lại chưa được kiểm tra",
    "the check against profiles was stopped after too many steps; the rest was not checked",
    "Kiểm tra từng phần nhỏ hơn",
    "validate smaller parts",
)
CONTEXT = Rule(
    "FHIR-2423",
    Severity.ERROR,
    "Phần mở rộng (extension) {profile} không được dùng ở đây",
    "the extension {profile} may not be used here",
    "Đặt vào phần tử mà định nghĩa cho phép: {contexts}",
    "put it on an element its definition allows: {contexts}",
    "FHIR R4 §2.4.1.1 (extension context)",
)
MODIFIER_PLACE = Rule(
    "FHIR-2424",
    Severity.ERROR,
    "Phần mở rộng (extension) {profile} phải nằm trong {place}",
    "the extension {profile} belongs into {place}",
    "Chuyển sang {place}",
    "move it to {place}",
    "FHIR R4 §2.4.1.2 (modifierExtension)",
)
UNKNOWN_MODIFIER = Rule(
    "FHIR-2425",
    Severity.WARNING,
    "modifierExtension không có định nghĩa trên máy chủ: nghĩa của dữ liệu có thể bị đổi mà không ai hiểu",
    "a modifierExtension without a definition on the server: it may change the meaning and nobody would know",
    "Nạp gói chứa định nghĩa, hoặc không dùng phần này",
    "load the package that defines it, or do without it",
    "FHIR R4 §2.4.1.2 (modifierExtension)",
)
NO_PROFILE_FITS = Rule(
    "FHIR-2426",
    Severity.ERROR,
    "{element} không đạt hồ sơ (profile) nào trong: {profiles}",
    "{element} meets none of the profiles: {profiles}",
    "Sửa {element} theo một trong các hồ sơ đó",
    "make {element} meet one of them",
    _PROFILING,
)

CONDITION = Rule(
    "FHIR-2428",
    Severity.ERROR,
    "Phần mở rộng {profile} không được dùng ở đây: điều kiện của nó không đúng ({condition})",
    "the extension {profile} may not be used here: its condition does not hold ({condition})",
    "Bỏ phần mở rộng, hoặc sửa phần tử cho đúng điều kiện (contextInvariant) trong định nghĩa",
    "leave the extension out, or make the element meet the definition's contextInvariant",
    "FHIR R4 StructureDefinition.contextInvariant",
)
