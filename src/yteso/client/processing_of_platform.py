"""What the platform itself does with people's data, as the first version of the register: from its table of rights and
its rooms. In Vietnamese, because the register is a document for a Vietnamese authority; the data officer keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping

from yteso.access.grant import Bound, Grant
from yteso.access.interaction import Interaction
from yteso.access.principal import Role
from yteso.access.table import TABLE

FIELDS = ("purpose", "basis", "data", "people", "recipients", "retention", "measures", "responsible")
_CARE = "Luật Khám bệnh, chữa bệnh 15/2023/QH15; TT 13/2025/TT-BYT"
_PDPL = "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15; NĐ 356/2025/NĐ-CP"
_RECORD = (
    "Ít nhất theo TT 33/2025/TT-BYT (đối chiếu văn bản): ngoại trú, nội trú 10 năm; tâm thần, ghép tạng, tai nạn "
    "lao động, giao thông 20 năm; tử vong 30 năm; hết hạn thì hội đồng quyết định, hệ thống không tự xóa"
)
"""From a summary (the text itself was not at hand): the data officer compares it. It took the place of 10, 15 and 20
years of Luật Khám bệnh, chữa bệnh 40/2009/QH12, điều 59, which ended with that law."""
_SHARED = "Quyền là một phần của truy vấn; nhãn nhạy cảm; nhật ký có chữ ký; xác thực hai yếu tố; hạn mức xem hồ sơ"
_OFFICER = "Sở Y tế; cán bộ bảo vệ dữ liệu"


def recipients(bound: Bound) -> tuple[Role, ...]:
    """The roles whose reading of the record is bound so."""
    return tuple(role for role in Role if any(_reads(one, bound) for one in TABLE.get(role, ())))


def _reads(grant: Grant, bound: Bound) -> bool:
    """Patients' facts, within this bound."""
    reached = grant.types is None or bound is not Bound.NOBODY
    return grant.bound is bound and Interaction.READ in grant.interactions and reached


def of_platform(roles: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Activity -> its fields, in the order of the register. `roles`: what each role is called."""

    def text(value: str | tuple[Role, ...]) -> str:
        return value if isinstance(value, str) else ", ".join(roles.get(role.value, role.value) for role in value)

    return {name: dict(zip(FIELDS, map(text, texts), strict=True)) for name, texts in _activities().items()}


def _activities() -> dict[str, tuple[str | tuple[Role, ...], ...]]:
    return {
        "tiep-nhan": (
            "Tiếp nhận tệp giám định BHYT và dữ liệu FHIR của cơ sở khám chữa bệnh, giữ nguyên bản gốc và biên nhận",
            "Luật BHYT; QĐ 3176/QĐ-BYT; " + _CARE,
            "Hành chính, thẻ BHYT, chẩn đoán, thuốc, dịch vụ, kết quả, chi phí",
            "Người bệnh của các cơ sở trong tỉnh",
            (Role.FACILITY, Role.SYSTEM),
            _RECORD,
            "Chữ ký và băm SHA-256 từng tệp; kiểm tra quyền gửi của cơ sở",
            _OFFICER,
        ),
        "ho-so": (
            "Hồ sơ sức khỏe liên kết phục vụ khám bệnh, chữa bệnh",
            _CARE,
            "Toàn bộ hồ sơ sức khỏe trong phạm vi quan hệ chăm sóc",
            "Người bệnh",
            recipients(Bound.CARE),
            _RECORD,
            _SHARED,
            _OFFICER,
        ),
        "nguoi-dan": (
            "Người dân xem, tải, quản lý đồng ý và hỏi về hồ sơ của mình",
            _PDPL,
            "Hồ sơ của chính mình hoặc người mình đại diện",
            "Người dân có tài khoản",
            recipients(Bound.SELF),
            "Trong thời gian có tài khoản",
            _SHARED,
            _OFFICER,
        ),
        "giam-sat": (
            "Giám sát bệnh truyền nhiễm phải báo cáo",
            "Luật Phòng, chống bệnh truyền nhiễm 03/2007/QH12; TT 54/2015/TT-BYT",
            "Ca bệnh thuộc danh mục phải báo cáo",
            "Người mắc bệnh thuộc danh mục",
            recipients(Bound.NOTIFIABLE),
            _RECORD,
            _SHARED,
            _OFFICER,
        ),
        "thanh-tra": (
            "Thanh tra, kiểm tra theo quyết định có thời hạn",
            "Luật Thanh tra; quyết định thanh tra",
            "Hồ sơ trong phạm vi quyết định",
            "Người bệnh của cơ sở được thanh tra",
            recipients(Bound.ORDER),
            "Theo thời hạn của quyết định",
            _SHARED,
            _OFFICER,
        ),
        "chi-so": (
            "Chỉ số điều hành của Sở Y tế",
            "Chức năng quản lý nhà nước về y tế",
            "Số liệu đã khử định danh, ẩn số nhỏ",
            "Không còn nhận diện được cá nhân",
            (Role.ADMINISTRATOR, Role.OPERATOR),
            "Theo kho số liệu",
            "Khử định danh theo quy tắc mặc định từ chối; ẩn số nhỏ",
            _OFFICER,
        ),
        "ket-noi": (
            "Hệ thống khác đọc, xuất và nhận thông báo thay đổi theo FHIR",
            _PDPL,
            "Theo phạm vi được cấp cho từng hệ thống",
            "Người bệnh",
            recipients(Bound.NOBODY),
            "Tệp xuất giữ 24 giờ",
            "Mã truy cập có phạm vi; xuất hàng loạt cần người thứ hai phê duyệt; hạn mức xem hồ sơ",
            _OFFICER,
        ),
        "nhat-ky": (
            "Nhật ký truy cập và tài khoản người dùng",
            _PDPL + "; NĐ 85/2016/NĐ-CP cấp độ 3",
            "Tài khoản, vai trò, thời điểm, việc đã làm, mã người bệnh đã băm",
            "Người dùng và người bệnh",
            (Role.DATA_OFFICER, Role.CITIZEN),
            "Bằng thời hạn của hồ sơ liên quan, ít nhất 24 tháng",
            "Chuỗi băm, gốc Merkle có chữ ký, không ai xóa được dòng nào",
            _OFFICER,
        ),
    }
