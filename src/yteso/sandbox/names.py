"""Plausible Vietnamese names of people who do not exist; each carries the marker word Thử, Giả or Mẫu.

In: a random source and a sex. Out: a full name. The marker stands where a middle name stands, so that a test can look
for it in logs, issues and marts, and nobody mistakes the person for a real one.
"""

from __future__ import annotations

from random import Random

from yteso.sandbox.layout import words

MARKERS = ("Thử", "Giả", "Mẫu")

# Shares of the commonest family names in Vietnam, in per mille, rounded.
_FAMILIES = {
    "Nguyễn": 384, "Trần": 121, "Lê": 95, "Phạm": 70, "Huỳnh": 51, "Phan": 45, "Võ": 39, "Đặng": 21, "Bùi": 20,
    "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10, "Lý": 8, "Trương": 12, "Đinh": 9, "Lâm": 8, "Mai": 7, "Cao": 6,
    "Tạ": 4, "Châu": 5, "Thạch": 4, "Lưu": 5, "Tô": 4, "Quách": 3, "Vương": 3, "Thái": 4, "Kiều": 2, "Đoàn": 8,
    "Trịnh": 7,
}  # fmt: skip
_MALE_MIDDLE = ("Văn", "Hữu", "Đức", "Minh", "Quốc", "Thành", "Công", "Xuân", "Gia", "Anh", "Hoàng", "Ngọc", "")
_FEMALE_MIDDLE = ("Thị", "Thị", "Thị", "Ngọc", "Thanh", "Thùy", "Kim", "Minh", "Phương", "Bảo", "Mỹ", "")
_MALE = words(
    """An Bảo Bình Cường Dũng Duy Đạt Đông Đức Hải Hiếu Hòa Hoàng Hùng Huy Hưng Khang Khánh Khoa Kiên Lâm Long Lộc Minh
    Nam Nghĩa Nhân Phát Phong Phú Phúc Quang Quân Quý Sang Sơn Tài Tâm Tân Thắng Thiện Thịnh Tiến Toàn Trí Trung
    Trường Tuấn Tùng Việt Vinh Vũ"""
)
_FEMALE = words(
    """An Ánh Bích Châu Chi Cúc Diễm Diệu Dung Duyên Đào Giang Hà Hạnh Hằng Hiền Hoa Hồng Huệ Hương Huyền Khanh Lan
    Liên Linh Loan Mai My Nga Ngân Ngọc Nguyệt Nhi Nhung Oanh Phượng Quyên Quỳnh Sương Tâm Thảo Thắm Thoa Thơ Thu Thủy
    Thúy Trang Trâm Trinh Trúc Tuyết Uyên Vân Vy Xuân Yến"""
)
_FAMILY_NAMES, _FAMILY_WEIGHTS = tuple(_FAMILIES), tuple(_FAMILIES.values())


def person_name(chance: Random, *, female: bool) -> str:
    """A full name: family, middle, marker, given – `"Nguyễn Thị Thử Lan"`."""
    family = chance.choices(_FAMILY_NAMES, _FAMILY_WEIGHTS)[0]
    middle = chance.choice(_FEMALE_MIDDLE if female else _MALE_MIDDLE)
    given = chance.choice(_FEMALE if female else _MALE)
    return " ".join(part for part in (family, middle, chance.choice(MARKERS), given) if part)
