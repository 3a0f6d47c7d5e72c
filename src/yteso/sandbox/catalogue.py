"""What facilities prescribe, test and do: drugs, laboratory and imaging services, exams and beds, with prices in đồng.

Facts of the simulation, no behaviour. Service codes and names follow the national list of technical services
(DVKT 2020); prices are of a plausible order, not a tariff. Drug names are plain active ingredients.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drug:
    """One product: active-ingredient code, name, strength, unit, route code, registration number, unit price."""

    code: str
    name: str
    strength: str
    unit: str
    route: str
    registration: str
    price: int


@dataclass(frozen=True, slots=True)
class Index:
    """One result of a test: name, unit, mean and spread of a healthy adult, decimals."""

    name: str
    unit: str
    mean: float
    spread: float
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `group` is MA_NHOM (1 laboratory, 2 imaging, 3 function, 13 exam, 15 bed, 18 procedure).

    `conclusions` are what an imaging reader writes; `outcomes` the words of a qualitative test.
    """

    code: str
    name: str
    group: str
    price: int
    machine: str = ""
    indices: tuple[Index, ...] = ()
    conclusions: tuple[tuple[str, str], ...] = ()
    outcomes: tuple[str, ...] = ()
    icd9: str = ""
    unit: str = "Lần"


def _drug(code: str, name: str, strength: str, unit: str, route: str, price: int, serial: int) -> Drug:
    return Drug(code, name, strength, unit, route, f"VD-{20000 + serial}-{14 + serial % 9}", price)


_ORAL, _IV, _IH, _TOPICAL = "1.01", "2.10", "5.06", "3.05"

DRUGS: dict[str, Drug] = {
    "amlodipin": _drug("40.491", "Amlodipin", "5 mg", "Viên", _ORAL, 450, 1),
    "losartan": _drug("40.510", "Losartan kali", "50 mg", "Viên", _ORAL, 890, 2),
    "perindopril": _drug("40.515", "Perindopril arginin", "5 mg", "Viên", _ORAL, 3450, 3),
    "bisoprolol": _drug("40.496", "Bisoprolol fumarat", "2,5 mg", "Viên", _ORAL, 760, 4),
    "hydroclorothiazid": _drug("40.659", "Hydroclorothiazid", "25 mg", "Viên", _ORAL, 160, 5),
    "aspirin": _drug("40.540", "Acetylsalicylic acid", "81 mg", "Viên", _ORAL, 340, 6),
    "atorvastatin": _drug("40.549", "Atorvastatin", "20 mg", "Viên", _ORAL, 690, 7),
    "rosuvastatin": _drug("40.558", "Rosuvastatin", "10 mg", "Viên", _ORAL, 1150, 8),
    "metformin": _drug("40.807", "Metformin hydroclorid", "850 mg", "Viên", _ORAL, 520, 9),
    "gliclazid": _drug("40.801", "Gliclazid", "30 mg", "Viên", _ORAL, 1480, 10),
    "empagliflozin": _drug("40.806", "Empagliflozin", "10 mg", "Viên", _ORAL, 23072, 11),
    "paracetamol": _drug("40.48", "Paracetamol", "500 mg", "Viên", _ORAL, 210, 12),
    "paracetamol_goi": _drug("40.48", "Paracetamol", "250 mg", "Gói", _ORAL, 1200, 13),
    "paracetamol_truyen": _drug("40.48", "Paracetamol", "10 mg/ml x 100 ml", "Chai", _IV, 9450, 14),
    "amoxicilin": _drug("40.155", "Amoxicilin + acid clavulanic", "875 mg + 125 mg", "Viên", _ORAL, 4180, 15),
    "cefuroxim": _drug("40.172", "Cefuroxim", "500 mg", "Viên", _ORAL, 2650, 16),
    "ceftriaxon": _drug("40.170", "Ceftriaxon", "1 g", "Lọ", _IV, 6500, 17),
    "azithromycin": _drug("40.219", "Azithromycin", "500 mg", "Viên", _ORAL, 3900, 18),
    "cetirizin": _drug("40.81", "Cetirizin", "10 mg", "Viên", _ORAL, 230, 19),
    "acetylcystein": _drug("40.998", "N-acetylcystein", "200 mg", "Gói", _ORAL, 640, 20),
    "dextromethorphan": _drug("40.989", "Dextromethorphan", "15 mg", "Viên", _ORAL, 180, 21),
    "salbutamol": _drug("40.980", "Salbutamol", "2,5 mg/2,5 ml", "Ống", _IH, 4410, 22),
    "prednisolon": _drug("40.775", "Methylprednisolon", "16 mg", "Viên", _ORAL, 980, 23),
    "oresol": _drug("40.1005", "Natri clorid + kali clorid + glucose", "4,1 g", "Gói", _ORAL, 1550, 24),
    "ringer": _drug("40.1026", "Ringer lactat", "500 ml", "Chai", _IV, 7350, 25),
    "natri_clorid": _drug("40.1021", "Natri clorid", "0,9 % x 500 ml", "Chai", _IV, 6300, 26),
    "omeprazol": _drug("40.679", "Omeprazol", "20 mg", "Viên", _ORAL, 310, 27),
    "esomeprazol": _drug("40.677", "Esomeprazol", "40 mg", "Viên", _ORAL, 1290, 28),
    "domperidon": _drug("40.688", "Domperidon", "10 mg", "Viên", _ORAL, 220, 29),
    "smecta": _drug("40.716", "Diosmectit", "3 g", "Gói", _ORAL, 1490, 30),
    "kem": _drug("40.721", "Kẽm gluconat", "70 mg", "Gói", _ORAL, 1900, 31),
    "men": _drug("40.718", "Bacillus clausii", "2 tỷ bào tử/5 ml", "Ống", _ORAL, 5460, 32),
    "meloxicam": _drug("40.42", "Meloxicam", "7,5 mg", "Viên", _ORAL, 290, 33),
    "eperison": _drug("40.830", "Eperison", "50 mg", "Viên", _ORAL, 460, 34),
    "vitamin_b": _drug("40.1059", "Vitamin B1 + B6 + B12", "125 mg", "Viên", _ORAL, 950, 35),
    "calci": _drug("40.1045", "Calci carbonat + vitamin D3", "1250 mg + 125 IU", "Viên", _ORAL, 1180, 36),
    "ofloxacin_mat": _drug("40.880", "Ofloxacin nhỏ mắt", "0,3 % x 5 ml", "Lọ", _TOPICAL, 2050, 37),
    "nuoc_mat": _drug("40.900", "Natri hyaluronat nhỏ mắt", "0,1 % x 5 ml", "Lọ", _TOPICAL, 24500, 38),
    "insulin": _drug("40.803", "Insulin trộn 30/70", "100 IU/ml x 3 ml", "Bút", "2.02", 69000, 39),
    "ciprofloxacin": _drug("40.227", "Ciprofloxacin", "500 mg", "Viên", _ORAL, 720, 40),
}

SERVICES: dict[str, Service] = {
    "kham_noi": Service("02.1896", "Khám Nội", "13", 50_600),
    "kham_nhi": Service("03.1896", "Khám Nhi", "13", 50_600),
    "kham_mat": Service("14.1896", "Khám Mắt", "13", 50_600),
    "kham_ngoai": Service("10.1896", "Khám Ngoại", "13", 50_600),
    "giuong_noi": Service("K02.1906", "Giường Nội khoa loại 2", "15", 273_100, unit="Ngày"),
    "giuong_nhi": Service("K18.1906", "Giường Nhi khoa loại 2", "15", 273_100, unit="Ngày"),
    "cong_thuc_mau": Service(
        "22.0121.1369", "Tổng phân tích tế bào máu ngoại vi (bằng máy đếm laser)", "1", 49_700, "HH",
        (
            Index("WBC", "G/L", 7.4, 1.6, 2), Index("RBC", "T/L", 4.7, 0.4, 2), Index("HGB", "g/L", 138, 11, 0),
            Index("HCT", "%", 41, 3), Index("PLT", "G/L", 262, 48, 0), Index("NEU%", "%", 57, 8),
            Index("LYM%", "%", 31, 6),
        ),
    ),
    "glucose": Service(
        "23.0075.1494", "Định lượng Glucose [Máu]", "1", 22_400, "SH", (Index("Glucose", "mmol/L", 5.3, 0.5),)
    ),
    "hba1c": Service("23.0083.1523", "Định lượng HbA1c [Máu]", "1", 105_300, "SH", (Index("HbA1c", "%", 5.4, 0.3),)),
    "creatinin": Service(
        "23.0051.1494", "Định lượng Creatinin (máu)", "1", 22_400, "SH", (Index("Creatinin", "µmol/L", 76, 13, 0),)
    ),
    "ure": Service("23.0166.1494", "Định lượng Urê máu [Máu]", "1", 22_400, "SH", (Index("Urê", "mmol/L", 5.1, 1.1),)),
    "ast": Service(
        "23.0020.1493", "Đo hoạt độ AST (GOT) [Máu]", "1", 22_400, "SH", (Index("AST (GOT)", "U/L", 25, 7, 0),)
    ),
    "alt": Service(
        "23.0019.1493", "Đo hoạt độ ALT (GPT) [Máu]", "1", 22_400, "SH", (Index("ALT (GPT)", "U/L", 26, 8, 0),)
    ),
    "cholesterol": Service(
        "23.0041.1506", "Định lượng Cholesterol toàn phần (máu)", "1", 28_000, "SH",
        (Index("Cholesterol", "mmol/L", 4.8, 0.8, 2),),
    ),
    "triglycerid": Service(
        "23.0158.1506", "Định lượng Triglycerid (máu) [Máu]", "1", 28_000, "SH",
        (Index("Triglycerid", "mmol/L", 1.5, 0.6, 2),),
    ),
    "hdl": Service(
        "23.0084.1506", "Định lượng HDL-C (High density lipoprotein Cholesterol) [Máu]", "1", 28_000, "SH",
        (Index("HDL-C", "mmol/L", 1.3, 0.25, 2),),
    ),
    "ldl": Service(
        "23.0112.1506", "Định lượng LDL - C (Low density lipoprotein Cholesterol) [Máu]", "1", 28_000, "SH",
        (Index("LDL-C", "mmol/L", 2.9, 0.7, 2),),
    ),
    "crp": Service("23.0228.1483", "Định lượng CRP", "1", 56_100, "SH", (Index("CRP", "mg/L", 2.6, 1.4),)),
    "dien_giai": Service(
        "23.0058.1487", "Điện giải đồ (Na, K, Cl) [Máu]", "1", 30_200, "SH",
        (Index("Natri", "mmol/L", 139, 2, 0), Index("Kali", "mmol/L", 4.0, 0.35), Index("Clo", "mmol/L", 102, 2.3, 0)),
    ),
    "nuoc_tieu": Service(
        "23.0206.1596", "Tổng phân tích nước tiểu (Bằng máy tự động)", "1", 28_600, "SH",
        (Index("pH", "", 6.1, 0.5), Index("Tỷ trọng", "", 1.017, 0.004, 3), Index("Bạch cầu niệu", "Leu/µL", 9, 6, 0)),
    ),
    "ns1": Service(
        "24.0183.1637", "Dengue virus NS1Ag test nhanh", "1", 142_500, "VS", outcomes=("Dương tính", "Âm tính")
    ),
    "dengue_ab": Service(
        "24.0187.1637", "Dengue virus IgM/IgG test nhanh", "1", 142_500, "VS", outcomes=("Dương tính", "Âm tính")
    ),
    "xquang_nguc": Service(
        "18.0119.0028", "Chụp Xquang ngực thẳng", "2", 73_300, "XQ", icd9="87.49",
        conclusions=(
            ("Nhu mô phổi hai bên sáng đều, bóng tim không to.", "Không thấy bất thường trên phim ngực thẳng."),
            ("Mờ không đồng nhất đáy phổi phải.", "Theo dõi viêm phổi đáy phải."),
        ),
    ),
    "sieu_am_bung": Service(
        "02.0314.0001", "Siêu âm ổ bụng", "2", 58_600, "SA", icd9="88.76",
        conclusions=(
            ("Gan không to, nhu mô đều; túi mật không sỏi; không dịch ổ bụng.", "Chưa ghi nhận bất thường."),
            ("Gan sáng, giảm âm vùng sâu; không dịch ổ bụng.", "Gan nhiễm mỡ độ I."),
        ),
    ),
    "dien_tim": Service(
        "02.0085.1778", "Điện tim thường", "3", 39_900, "ĐT", icd9="89.52",
        conclusions=(
            ("Nhịp xoang đều, trục trung gian.", "Điện tim trong giới hạn bình thường."),
            ("Nhịp xoang, dày thất trái theo Sokolow-Lyon.", "Dày thất trái."),
        ),
    ),
    "khi_dung": Service("03.0089.0898", "Khí dung thuốc cấp cứu", "18", 27_500, icd9="93.94"),
    "truyen": Service("03.2391.0215", "Truyền tĩnh mạch", "18", 25_100, icd9="99.07"),
}  # fmt: skip

SUPPLIES: tuple[tuple[str, str, str, int], ...] = (
    ("N03.01.020", "Bơm tiêm nhựa 5 ml", "Cái", 720),
    ("N08.00.310", "Ống nghiệm chân không", "Ống", 2_310),
    ("N03.02.070", "Kim luồn tĩnh mạch 22G", "Cái", 3_150),
    ("N03.05.010", "Dây truyền dịch", "Bộ", 4_200),
    ("N02.03.030", "Gạc y tế vô trùng 10x10", "Miếng", 990),
)
"""Supplies used for tests and at the bed: code, name, unit, unit price."""
