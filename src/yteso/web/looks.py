"""Audit rows in words a citizen reads: who, why, what was done, what kind of data. Pure; no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from django.utils.translation import gettext, override

from yteso.base.clock import VIETNAM
from yteso.client.accesses import Access

DOWNLOAD = "/$download"
"""How the audit names that a record was taken home."""
_TYPE = re.compile(r"[A-Z][A-Za-z]+")
_MACHINE = "system"
SITTING = timedelta(minutes=10)
"""Within that of each other, acts of one account belong together."""


@dataclass(frozen=True, slots=True)
class Look:
    """One access in words."""

    access: Access
    who: str
    role: str
    why: str
    done: str
    kind: str
    behalf: str
    refused: bool
    own: bool

    @property
    def by_itself(self) -> bool:
        """No person's act: the platform wrote what a facility had sent (`exchange.settle.INTAKE`)."""
        return self.access.role == _MACHINE and self.access.who == "intake" and not self.refused


def look(access: Access, name: str, person: str, names: Mapping[str, str] = MappingProxyType({})) -> Look:
    """The row in words, for the person whose account is called `name`; `names`: account -> what its owner is called."""
    own = access.who == name or (bool(person) and access.behalf == person)
    return Look(
        access=access,
        who=gettext("Chính bạn") if own else _who(access, names),
        role="" if own or access.role == _MACHINE else roles().get(access.role, access.role),
        why=purposes().get(access.purpose, gettext("Mục đích khác")),
        done=gettext("Tải về") if access.what.endswith(DOWNLOAD) and access.outcome is None else _done(access),
        kind=gettext("Nhiều phần của hồ sơ") if access.what.endswith(DOWNLOAD) else _kind(access.what),
        behalf=_behalf(access, own),
        refused=access.outcome is not None,
        own=own,
    )


def runs(looks: Iterable[Look]) -> list[list[Look]]:
    """Rows as a page shows them: what one account did for one reason at one sitting together, newest first.

    Opening one page of a record reads many parts of it; a list of each part tells a person less than the sitting does.
    """
    found: list[list[Look]] = []
    for one in looks:
        if found and _of_one_sitting(found[-1][-1], one):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _of_one_sitting(later: Look, earlier: Look) -> bool:
    same = _sitting(later) == _sitting(earlier)
    return same and (later.by_itself or later.access.when - earlier.access.when <= SITTING)


def _sitting(one: Look) -> tuple[object, ...]:
    day = one.access.when.astimezone(VIETNAM).date()
    return one.access.who, one.access.facility, one.why, one.behalf, one.refused, one.by_itself, day


def parts(looks: Iterable[Look]) -> list[tuple[Look, int]]:
    """Each kind of what was done and why, by its newest, and how often it was done."""
    found: dict[tuple[str, str, str], tuple[Look, int]] = {}
    for one in looks:
        newest, times = found.get((one.done, one.kind, one.why), (one, 0))
        found[one.done, one.kind, one.why] = newest, times + 1
    return list(found.values())


def _who(access: Access, names: Mapping[str, str]) -> str:
    if access.role == _MACHINE:
        return gettext("Hệ thống tự động")
    return names.get(access.who) or access.who


def _behalf(access: Access, own: bool) -> str:
    if access.client:
        return gettext("Qua ứng dụng %(name)s") % {"name": access.client}
    if access.behalf and not own:
        return gettext("Người đại diện của bạn")
    return ""


def roles() -> dict[str, str]:
    """What a role is called here."""
    return {
        "administrator": gettext("Quản trị hệ thống"),
        "operator": gettext("Điều hành Sở Y tế"),
        "staff": gettext("Nhân viên cơ sở"),
        "doctor": gettext("Bác sĩ"),
        "facility": gettext("Phần mềm của cơ sở"),
        "system": gettext("Xử lý tự động"),
        "citizen": gettext("Người dân"),
        "nurse": gettext("Điều dưỡng"),
        "lab": gettext("Xét nghiệm"),
        "pharmacist": gettext("Dược sĩ"),
        "cashier": gettext("Thu ngân"),
        "facility-administrator": gettext("Quản trị cơ sở"),
        "station": gettext("Trạm y tế"),
        "surveillance": gettext("Giám sát dịch bệnh"),
        "inspector": gettext("Thanh tra"),
        "analyst": gettext("Phân tích số liệu"),
        "integrator": gettext("Hệ thống kết nối"),
        "data-officer": gettext("Cán bộ bảo vệ dữ liệu"),
    }


def relationships() -> dict[str, str]:
    """Legal relationships (v3-RoleCode) of a representative to the person."""
    return {
        "PRN": gettext("Cha hoặc mẹ"),
        "MTH": gettext("Mẹ"),
        "FTH": gettext("Cha"),
        "GUARD": gettext("Người giám hộ"),
        "POWATT": gettext("Người được ủy quyền"),
        "HPOWATT": gettext("Người được ủy quyền về sức khỏe"),
        "DPOWATT": gettext("Người được ủy quyền lâu dài"),
        "SPOWATT": gettext("Người được ủy quyền một việc"),
        "RESPRSN": gettext("Người giám hộ theo quyết định của tòa án"),
    }


def vietnamese_roles() -> dict[str, str]:
    """The same in Vietnamese whatever the page's language, for documents to Vietnamese authorities."""
    with override("vi"):
        return roles()


def purposes() -> dict[str, str]:
    """Purposes of v3-PurposeOfUse in plain words."""
    return {
        "TREAT": gettext("Khám, chữa bệnh cho bạn"),
        "ETREAT": gettext("Cấp cứu"),
        "BTG": gettext("Mở khẩn cấp"),
        "HPAYMT": gettext("Thanh toán, bảo hiểm y tế"),
        "HOPERAT": gettext("Vận hành cơ sở y tế"),
        "HSYSADMIN": gettext("Vận hành hệ thống"),
        "PUBHLTH": gettext("Y tế công cộng"),
        "PATRQT": gettext("Theo yêu cầu của bạn"),
        "HRESCH": gettext("Nghiên cứu"),
        "HLEGAL": gettext("Theo yêu cầu của pháp luật"),
    }


def _done(access: Access) -> str:
    if access.outcome is not None:
        return gettext("Bị từ chối")
    return {
        "C": gettext("Ghi mới"),
        "R": gettext("Xem"),
        "U": gettext("Sửa"),
        "D": gettext("Xóa"),
        "E": gettext("Xử lý"),
    }.get(access.action, access.action)


def _kind(what: str) -> str:
    """What kind of data: told from the type in `what`, without ids."""
    if what.startswith("breach/"):
        return gettext("Thông báo về vi phạm dữ liệu")
    found = _TYPE.match(what)
    return _kinds().get(found[0] if found else "", gettext("Nhiều phần của hồ sơ"))


def _kinds() -> dict[str, str]:
    return {
        "Patient": gettext("Thông tin cá nhân"),
        "Encounter": gettext("Lượt khám, điều trị"),
        "Condition": gettext("Chẩn đoán"),
        "MedicationRequest": gettext("Đơn thuốc"),
        "MedicationDispense": gettext("Thuốc đã cấp"),
        "Observation": gettext("Xét nghiệm, chỉ số"),
        "DiagnosticReport": gettext("Kết quả cận lâm sàng"),
        "Procedure": gettext("Thủ thuật, phẫu thuật"),
        "ChargeItem": gettext("Dịch vụ, chi phí"),
        "Claim": gettext("Chi phí, bảo hiểm"),
        "Coverage": gettext("Thẻ bảo hiểm y tế"),
        "Composition": gettext("Diễn biến bệnh"),
        "DocumentReference": gettext("Giấy tờ"),
        "Appointment": gettext("Hẹn khám"),
        "AllergyIntolerance": gettext("Dị ứng"),
        "ServiceRequest": gettext("Chỉ định"),
        "Provenance": gettext("Nguồn gốc dữ liệu"),
        "Consent": gettext("Đồng ý, từ chối chia sẻ"),
    }
