"""Why people come: clinical pictures with their season, tests, drugs and course. Facts of the simulation.

In: a month, a person's age, a kind of facility. Out: a `Picture` drawn with plausible frequencies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Picture:
    """A clinical picture. `codes` are ICD-10 with their final diagnosis; `drugs` are (name, per dose, times a day).

    `shifts` moves a test's index from its healthy mean, in spreads. `season` weights the twelve months.
    """

    key: str
    codes: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    suspicion: str
    exam: str
    drugs: tuple[tuple[str, int, int], ...]
    tests: tuple[str, ...]
    days: int
    weight: float
    ages: tuple[int, int] = (0, 120)
    season: tuple[float, ...] = (1.0,) * 12
    secondary: tuple[tuple[str, str], ...] = ()
    shifts: dict[str, float] = field(default_factory=dict)
    admitted: float = 0.0
    stay: tuple[int, int] = (2, 5)
    chronic: bool = False


_RAINY = (0.5, 0.35, 0.35, 0.5, 0.8, 1.3, 1.8, 1.9, 1.8, 2.0, 1.7, 1.0)
_COOL = (1.5, 1.2, 1.0, 0.8, 0.8, 0.9, 0.9, 1.0, 1.2, 1.3, 1.4, 1.6)

PICTURES: tuple[Picture, ...] = (
    Picture(
        "dengue",
        (
            ("A97.0", "Sốt xuất huyết Dengue không có dấu hiệu cảnh báo"),
            ("A97.1", "Sốt xuất huyết Dengue có dấu hiệu cảnh báo"),
            ("A97.2", "Sốt xuất huyết Dengue nặng"),
            ("A97.9", "Sốt xuất huyết Dengue, không đặc hiệu"),
        ),
        ("Sốt cao ngày 3", "Sốt cao, đau đầu, đau cơ", "Sốt, chấm xuất huyết ở da", "Sốt, nôn, đau bụng"),
        "Theo dõi sốt xuất huyết Dengue",
        "kham_noi",
        (
            ("paracetamol", 1, 4), ("oresol", 1, 4), ("vitamin_b", 1, 2), ("cetirizin", 1, 1), ("omeprazol", 1, 1),
            ("domperidon", 1, 2),
        ),
        ("cong_thuc_mau", "ns1", "ast", "alt", "dengue_ab", "crp"),
        4,
        1.1,
        (2, 75),
        _RAINY,
        shifts={"PLT": -3.2, "WBC": -2.2, "HCT": 1.2, "AST (GOT)": 6.0, "ALT (GPT)": 4.0, "CRP": 3.0},
        admitted=0.35,
        stay=(3, 6),
    ),
    Picture(
        "respiratory",
        (
            ("J06.9", "Nhiễm trùng đường hô hấp trên cấp, không phân loại"),
            ("J20.9", "Viêm phế quản cấp, không phân loại"),
            ("J02.9", "Viêm họng cấp, không phân loại"),
            ("J03.9", "Viêm amyđan cấp, không phân loại"),
        ),
        ("Ho, sổ mũi, sốt nhẹ", "Đau họng, ho khan", "Ho đàm 3 ngày"),
        "Viêm hô hấp",
        "kham_noi",
        (
            ("paracetamol", 1, 3), ("amoxicilin", 1, 2), ("acetylcystein", 1, 3), ("cetirizin", 1, 1),
            ("dextromethorphan", 1, 3), ("prednisolon", 1, 1),
        ),
        ("cong_thuc_mau", "crp", "xquang_nguc", "glucose", "creatinin"),
        5,
        3.0,
        season=_COOL,
        secondary=(("J30.4", "Viêm mũi dị ứng"),),
        shifts={"WBC": 1.4, "NEU%": 1.0, "CRP": 4.0},
    ),
    Picture(
        "pneumonia",
        (("J18.9", "Viêm phổi, tác nhân không xác định"), ("J18.0", "Viêm phế quản phổi, tác nhân không xác định")),
        ("Sốt, ho, thở nhanh", "Ho đàm, khó thở"),
        "Theo dõi viêm phổi",
        "kham_noi",
        (
            ("ceftriaxon", 1, 2), ("paracetamol", 1, 3), ("acetylcystein", 1, 3), ("salbutamol", 1, 3),
            ("azithromycin", 1, 1), ("natri_clorid", 1, 1),
        ),
        ("cong_thuc_mau", "crp", "xquang_nguc", "dien_giai", "creatinin"),
        5,
        0.5,
        season=_COOL,
        secondary=(("J96.0", "Suy hô hấp cấp"),),
        shifts={"WBC": 3.0, "NEU%": 2.3, "CRP": 20.0},
        admitted=0.85,
        stay=(4, 8),
    ),
    Picture(
        "diarrhoea",
        (("A09", "Viêm dạ dày - ruột và đại tràng do nguyên nhân nhiễm trùng"), ("A09.9", "Viêm dạ dày - ruột cấp")),
        ("Tiêu chảy nhiều lần", "Nôn, tiêu lỏng"),
        "Tiêu chảy cấp",
        "kham_noi",
        (
            ("oresol", 1, 4), ("smecta", 1, 3), ("men", 1, 2), ("kem", 1, 1), ("domperidon", 1, 2),
            ("ciprofloxacin", 1, 2),
        ),
        ("cong_thuc_mau", "dien_giai", "crp", "glucose"),
        3,
        1.0,
        secondary=(("E86", "Giảm thể tích"),),
        shifts={"Kali": -1.2, "CRP": 3.0},
        admitted=0.08,
        stay=(1, 3),
    ),
    Picture(
        "gastritis",
        (("K29.7", "Viêm dạ dày, không đặc hiệu"), ("K21.9", "Bệnh trào ngược dạ dày - thực quản")),
        ("Đau thượng vị", "Ợ nóng, đầy bụng"),
        "Viêm dạ dày",
        "kham_noi",
        (("esomeprazol", 1, 2), ("domperidon", 1, 2), ("smecta", 1, 2), ("men", 1, 2), ("vitamin_b", 1, 2)),
        ("cong_thuc_mau", "sieu_am_bung", "ast", "alt", "glucose"),
        14,
        1.3,
        (12, 90),
        secondary=(("K30", "Khó tiêu"),),
    ),
    Picture(
        "back_pain",
        (("M54.5", "Đau vùng thắt lưng"), ("M17.9", "Thoái hóa khớp gối"), ("M47.8", "Thoái hóa cột sống khác")),
        ("Đau lưng", "Đau khớp gối", "Đau vai gáy"),
        "Bệnh lý cơ xương khớp",
        "kham_ngoai",
        (("meloxicam", 1, 1), ("eperison", 1, 2), ("paracetamol", 1, 3), ("vitamin_b", 1, 2), ("omeprazol", 1, 1),
         ("calci", 1, 1)),
        ("cong_thuc_mau", "creatinin", "crp", "ure", "glucose"),
        10,
        1.2,
        (30, 95),
        secondary=(("M81.9", "Loãng xương không đặc hiệu"),),
    ),
    Picture(
        "eye",
        (("H10.9", "Viêm kết mạc, không đặc hiệu"), ("H04.1", "Rối loạn khác của tuyến lệ")),
        ("Đỏ mắt, ghèn", "Cộm mắt"),
        "Viêm kết mạc",
        "kham_mat",
        (("ofloxacin_mat", 1, 1), ("nuoc_mat", 1, 1), ("cetirizin", 1, 1), ("vitamin_b", 1, 1)),
        ("cong_thuc_mau",),
        7,
        0.5,
    ),
    Picture(
        "urinary",
        (("N39.0", "Nhiễm trùng đường tiết niệu, vị trí không xác định"),),
        ("Tiểu buốt, tiểu rắt",),
        "Nhiễm trùng tiểu",
        "kham_noi",
        (("ciprofloxacin", 1, 2), ("paracetamol", 1, 3), ("oresol", 1, 2), ("vitamin_b", 1, 1)),
        ("nuoc_tieu", "cong_thuc_mau", "creatinin", "ure", "sieu_am_bung"),
        7,
        0.6,
        (15, 95),
        shifts={"Bạch cầu niệu": 20.0},
    ),
    Picture(
        "hypertension",
        (("I10", "Tăng huyết áp vô căn (nguyên phát)"),),
        ("Tái khám tăng huyết áp", "Lĩnh thuốc tăng huyết áp"),
        "Tăng huyết áp",
        "kham_noi",
        (
            ("amlodipin", 1, 1), ("losartan", 1, 1), ("atorvastatin", 1, 1), ("bisoprolol", 1, 1), ("aspirin", 1, 1),
            ("hydroclorothiazid", 1, 1),
        ),
        ("glucose", "creatinin", "cholesterol", "triglycerid", "hdl", "ldl", "dien_tim", "dien_giai", "ast", "alt"),
        28,
        0.0,
        (40, 120),
        secondary=(("E78.2", "Tăng lipid máu hỗn hợp"), ("I25.9", "Bệnh tim thiếu máu cục bộ mạn")),
        shifts={"Cholesterol": 1.0, "LDL-C": 0.9, "Triglycerid": 1.0},
        chronic=True,
    ),
    Picture(
        "diabetes",
        (("E11.9", "Đái tháo đường không phụ thuộc insulin, chưa có biến chứng"),
         ("E11.7", "Đái tháo đường không phụ thuộc insulin, có đa biến chứng")),
        ("Tái khám đái tháo đường", "Lĩnh thuốc đái tháo đường"),
        "Đái tháo đường týp 2",
        "kham_noi",
        (
            ("metformin", 1, 2), ("gliclazid", 1, 1), ("rosuvastatin", 1, 1), ("perindopril", 1, 1),
            ("vitamin_b", 1, 2), ("empagliflozin", 1, 1), ("insulin", 1, 1),
        ),
        ("glucose", "hba1c", "creatinin", "cholesterol", "triglycerid", "hdl", "ldl", "nuoc_tieu", "ast", "alt"),
        28,
        0.0,
        (40, 120),
        secondary=(("I10", "Tăng huyết áp vô căn (nguyên phát)"), ("E78.2", "Tăng lipid máu hỗn hợp")),
        shifts={"Glucose": 5.5, "HbA1c": 6.5, "Triglycerid": 1.2},
        chronic=True,
    ),
)  # fmt: skip

ACUTE = tuple(picture for picture in PICTURES if not picture.chronic)
CHRONIC = tuple(picture for picture in PICTURES if picture.chronic)


def acute_picture(chance: Random, month: int, age: int) -> Picture:
    """A picture for someone of that age in that month (1–12)."""
    fitting = [picture for picture in ACUTE if picture.ages[0] <= age <= picture.ages[1]]
    return chance.choices(fitting, [picture.weight * picture.season[month - 1] for picture in fitting])[0]
