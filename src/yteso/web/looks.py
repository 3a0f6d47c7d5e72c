"""Audit rows in words a citizen reads: who, why, what was done, what kind of data. Pure; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from django.utils.translation import gettext, override

from yteso.base.clock import day_in_vietnam
from yteso.base.direction import isolated
from yteso.client.accesses import Access
from yteso.web.deeds import deed

_MACHINE = "system"
SITTING = timedelta(minutes=10)
"""Within that of each other, acts of one account belong together."""


@dataclass(frozen=True, slots=True)
class Look:
    """One access in words. `place`: where who acted belongs, when not to a facility; `behalf` is never empty."""

    access: Access
    who: str
    role: str
    why: str
    done: str
    kind: str
    place: str
    behalf: str
    refused: bool
    own: bool

    @property
    def by_itself(self) -> bool:
        """No person's act: the platform wrote what a facility had sent."""
        return _is_intake(self.access) and not self.refused


def look(access: Access, name: str, person: str, names: Mapping[str, str] = MappingProxyType({})) -> Look:
    """The row in words, for the person whose account is called `name`; `names`: account -> what its owner is called."""
    own = access.who == name or (bool(person) and access.behalf == person)
    done, kind = deed(access)
    return Look(
        access=access,
        who=gettext("Chính bạn") if own else _who(access, names),
        role="" if own or access.role == _MACHINE else roles().get(access.role, access.role),
        why=_why(access),
        done=done,
        kind=kind,
        place=_place(access),
        behalf=_behalf(access, names, own=own),
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
    day = day_in_vietnam(one.access.when)
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


def _is_intake(access: Access) -> bool:
    """Whether it is of the walk of what facilities send (`exchange.settle`)."""
    return access.role == _MACHINE and access.who == "intake"


def _why(access: Access) -> str:
    if _is_intake(access):
        return gettext("Đưa kết quả khám, chữa bệnh vào hồ sơ của bạn")
    return purposes().get(access.purpose, gettext("Mục đích khác"))


def _place(access: Access) -> str:
    """Where those belong who are of no facility."""
    if access.facility:
        return ""
    if _is_intake(access):
        return gettext("Nền tảng Y tế số của tỉnh (dòng ghi trước bản cập nhật, chưa nêu cơ sở đã gửi)")
    if access.role in (_MACHINE, "administrator"):
        return gettext("Nền tảng Y tế số của tỉnh")
    if access.role == "citizen":
        return gettext("Người dân, không thuộc cơ sở nào")
    return gettext("Hệ thống kết nối với tỉnh") if access.role == "integrator" else gettext("Sở Y tế")


def _behalf(access: Access, names: Mapping[str, str], *, own: bool) -> str:
    if access.client:
        name = isolated(names.get(access.client) or access.client)
        if _is_intake(access):
            return gettext("Cơ sở y tế đã gửi dữ liệu (tài khoản %(name)s)") % {"name": name}
        return gettext("Qua ứng dụng %(name)s") % {"name": name}
    if own:
        return gettext("Chính bạn")
    if access.behalf:
        return gettext("Người đại diện của bạn")
    return gettext("Cơ sở y tế nêu trên") if access.facility else gettext("Cơ quan nêu trên")


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
