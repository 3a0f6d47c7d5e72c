"""A planned visit -> the rows of its tables, as the facility's software would hold them before writing a file.

In: `Visit` and a random source of its own. Out: table name -> rows (field -> text); fields left out are empty.
What the lines cost is `bill.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from yteso.sandbox.bill import Line, Row, Tables, priced, totals_of
from yteso.sandbox.catalogue import DRUGS, SERVICES, SUPPLIES, Drug, Service
from yteso.sandbox.documents import course_notes, discharge_paper, record_summary, referral_paper, revisit_paper
from yteso.sandbox.plan import Visit


def when(moment: datetime) -> str:
    """`yyyymmddHHMM`."""
    return f"{moment.year}{moment.month:02d}{moment.day:02d}{moment.hour:02d}{moment.minute:02d}"


def check_in(visit: Visit) -> Tables:
    """The XML0 row sent on arrival, naming the first cost."""
    first = SERVICES["giuong_noi" if visit.care == "03" else visit.picture.exam]
    admitted = visit.arrived + timedelta(minutes=40)
    row = {
        "MA_LK": visit.key,
        "STT": "1",
        **_identity(visit),
        "MA_DOITUONG_KCB": _entitlement(visit),
        "NGAY_VAO": when(visit.arrived),
        "NGAY_VAO_NOI_TRU": when(admitted) if visit.care == "03" else "",
        "LY_DO_VNT": visit.picture.suspicion if visit.care == "03" else "",
        "MA_LOAI_KCB": visit.care,
        "MA_CSKCB": visit.facility.code,
        "MA_DICH_VU": first.code,
        "TEN_DICH_VU": first.name,
        "NGAY_YL": when(admitted),
    }
    return {"XML0": [row]}


def rows_of(visit: Visit, chance: Random) -> Tables:
    """All tables of a finished visit. The same visit with the same random source gives the same rows."""
    assert visit.left is not None, "a visit without an end has only its check-in"
    code, diagnosis = chance.choices(visit.picture.codes, range(len(visit.picture.codes), 0, -1))[0]
    secondary = [pair for pair in visit.picture.secondary if chance.random() < 0.35]
    inpatient = visit.care == "03"
    staff = visit.facility.staff
    doctor, performer = chance.choice(staff).licence, chance.choice(staff).licence
    department = ("K18" if visit.person.age(visit.arrived.date()) < 16 else "K02") if inpatient else "K01"
    days = (visit.left.date() - visit.arrived.date()).days
    ordered = visit.arrived + timedelta(minutes=20)

    common = {"MA_LK": visit.key, "MA_KHOA": department, "MA_BAC_SI": doctor, "MA_PTTT": "1"}
    lines: list[Line] = [_exam(visit, common, performer, code)]
    if inpatient:
        lines.append(_bed(visit, common, performer, code, max(1, days), chance))
    results: list[Row] = []
    tests = _tests(visit, chance)
    if tests:
        lines.extend(_supplies(visit, common, code, ordered, chance))
    for service in tests:
        taken = ordered + timedelta(minutes=5 + 2 * len(results) % 10)
        ready = min(taken + timedelta(minutes=12), visit.left)
        lines.append(_test(visit, common, performer, code, service, taken, ready, chance))
        results.extend(
            _results(visit, common["MA_LK"], service, ready, reader=performer, done=len(results), chance=chance)
        )
    lines.extend(_drugs(visit, common, max(1, days) if inpatient else 0, chance))

    tables, total, kinds = priced(visit, lines, chance)
    header = _header(visit, chance, code=code, diagnosis=diagnosis, secondary=secondary, department=department)
    header.update(totals_of(total, kinds))
    tables["XML1"] = [header]
    if results:
        tables["XML4"] = results
    if visit.care in ("03", "05"):
        tables["XML5"] = course_notes(visit, doctor, max(1, days), chance)
    if inpatient:
        if not visit.referred_to:
            tables["XML7"] = [discharge_paper(visit, header, chance.choice(staff), department)]
        tables["XML8"] = [record_summary(visit, header, results)]
    if visit.referred_to:
        tables["XML13"] = [referral_paper(visit, tables, doctor)]
    if header["NGAY_TAI_KHAM"]:
        tables["XML14"] = [revisit_paper(visit, header, doctor)]
    if visit.corrected:
        header["GHI_CHU"] = "Uống thuốc đúng giờ, theo dõi tại nhà"
    return tables


def _identity(visit: Visit) -> Row:
    person, card = visit.person, visit.person.card
    year = str(visit.arrived.year)
    return {
        "MA_BN": visit.local_code,
        "HO_TEN": person.name.upper(),
        "SO_CCCD": person.cccd,
        "NGAY_SINH": person.birth,
        "GIOI_TINH": "2" if person.female else "1",
        "MA_THE_BHYT": card.number if card else "",
        "MA_DKBD": card.registered if card else "",
        "GT_THE_TU": year + card.valid_from[4:] if card else "",
        "GT_THE_DEN": year + card.valid_to[4:] if card else "",
    }


def _entitlement(visit: Visit) -> str:
    """MA_DOITUONG_KCB: 1.1 registered here, 1.3 sent by another, 2 emergency, 9 without insurance, 3.3 elsewhere."""
    if visit.person.card is None:
        return "9"
    if visit.emergency:
        return "2"
    if visit.came_from:
        return "1.3"
    return "1.1" if visit.person.card.registered == visit.facility.code else "3.3"


def _header(
    visit: Visit, chance: Random, *, code: str, diagnosis: str, secondary: list[tuple[str, str]], department: str
) -> Row:
    person, left, inpatient = visit.person, visit.left, visit.care == "03"
    assert left is not None
    revisit = left + timedelta(days=28 if visit.picture.chronic else 7)
    comes_back = visit.picture.chronic or (not visit.referred_to and chance.random() < 0.12)
    refilled = {"05": visit.picture.days, "03": (left.date() - visit.arrived.date()).days + 1}
    return {
        "MA_LK": visit.key,
        "STT": "1",
        **_identity(visit),
        "NHOM_MAU": person.blood,
        "MA_QUOCTICH": "000",
        "MA_DANTOC": "01",
        "MA_NGHE_NGHIEP": "00000",
        "DIA_CHI": person.address,
        "MATINH_CU_TRU": person.commune.province_code,
        "MAXA_CU_TRU": person.commune.code,
        "DIEN_THOAI": person.phone,
        "LY_DO_VV": chance.choice(visit.picture.reasons),
        "LY_DO_VNT": visit.picture.suspicion if inpatient else "",
        "CHAN_DOAN_VAO": visit.picture.suspicion,
        "CHAN_DOAN_RV": "; ".join([diagnosis, *(name for _, name in secondary)]),
        "MA_BENH_CHINH": code,
        "MA_BENH_KT": ";".join(icd for icd, _ in secondary),
        "MA_DOITUONG_KCB": _entitlement(visit),
        "MA_NOI_DI": visit.came_from,
        "MA_NOI_DEN": visit.referred_to,
        "NGAY_VAO": when(visit.arrived),
        "NGAY_VAO_NOI_TRU": when(visit.arrived + timedelta(minutes=40)) if inpatient else "",
        "NGAY_RA": when(left),
        "GIAY_CHUYEN_TUYEN": f"GCT-{visit.came_from}-{visit.number}" if visit.came_from else "",
        "SO_NGAY_DTRI": str(refilled.get(visit.care, 0)),
        "PP_DIEU_TRI": "Điều trị nội khoa",
        "KET_QUA_DTRI": "3" if visit.referred_to else chance.choice("1222"),
        "MA_LOAI_RV": "2" if visit.referred_to else "1",
        "NGAY_TTOAN": when(left + timedelta(minutes=5)),
        "NAM_QT": f"{left:%Y}",
        "THANG_QT": f"{left:%m}",
        "MA_LOAI_KCB": visit.care,
        "MA_KHOA": department,
        "MA_CSKCB": visit.facility.code,
        "CAN_NANG": f"{person.weight}.00",
        "NGAY_TAI_KHAM": f"{revisit:%Y%m%d}" if comes_back else "",
        "MA_HSBA": f"HSBA-{visit.number:07d}",
        "MA_TTDV": visit.facility.head,
    }


def _service_fields(common: Row, service: Service, performer: str, code: str) -> Row:
    return {
        **common,
        "MA_DICH_VU": service.code,
        "TEN_DICH_VU": service.name,
        "MA_PTTT_QT": service.icd9,
        "MA_NHOM": service.group,
        "DON_VI_TINH": service.unit,
        "NGUOI_THUC_HIEN": performer,
        "MA_BENH": code,
    }


def _exam(visit: Visit, common: Row, performer: str, code: str) -> Line:
    child = visit.person.age(visit.arrived.date()) < 16
    service = SERVICES["kham_nhi" if child and visit.picture.exam == "kham_noi" else visit.picture.exam]
    at = when(visit.arrived + timedelta(minutes=10))
    fields = _service_fields({**common, "MA_KHOA": "K01"}, service, performer, code)
    fields.update(NGAY_YL=at, NGAY_TH_YL=at, NGAY_KQ=when(visit.arrived + timedelta(minutes=20)))
    return Line("XML3", 1, _hospital_price(visit, service.price), service.price, fields)


def _bed(visit: Visit, common: Row, performer: str, code: str, days: int, chance: Random) -> Line:
    service = SERVICES["giuong_nhi" if common["MA_KHOA"] == "K18" else "giuong_noi"]
    at = when(visit.arrived + timedelta(minutes=45))
    fields = _service_fields(common, service, performer, code)
    fields.update(MA_GIUONG=f"H{chance.randint(1, 120):03d}", NGAY_YL=at, NGAY_TH_YL=at)
    return Line("XML3", days, _hospital_price(visit, service.price), service.price, fields)


def _supplies(visit: Visit, common: Row, code: str, at: datetime, chance: Random) -> list[Line]:
    lines = []
    for item, name, unit, price in SUPPLIES[: chance.randint(1, 3) + (visit.care == "03")]:
        fields = {
            **common,
            "MA_VAT_TU": item,
            "TEN_VAT_TU": name,
            "MA_NHOM": "10",
            "DON_VI_TINH": unit,
            "TT_THAU": "QD15/QD-SYT;G2;N3;2025",
            "MA_BENH": code,
            "NGAY_YL": when(at),
        }
        lines.append(Line("XML3", chance.randint(1, 6), price, price, fields))
    return lines


def _tests(visit: Visit, chance: Random) -> list[Service]:
    """The tests done: a share of the picture's list that depends on what the facility can do."""
    able = {"hospital": 0.85, "centre": 0.75, "clinic": 0.65, "station": 0.12}[visit.facility.kind]
    names = [name for name in visit.picture.tests if chance.random() < able]
    if visit.care == "03" and visit.facility.kind in ("hospital", "centre"):
        names.extend(name for name in ("dien_giai", "ure", "creatinin", "glucose", "nuoc_tieu") if name not in names)
        names.append("truyen")
    return [SERVICES[name] for name in names]


def _test(
    visit: Visit,
    common: Row,
    performer: str,
    code: str,
    service: Service,
    taken: datetime,
    ready: datetime,
    chance: Random,
) -> Line:
    fields = _service_fields(common, service, performer, code)
    fields.update(NGAY_YL=when(taken), NGAY_TH_YL=when(taken), NGAY_KQ=when(ready))
    if service.machine:
        fields["MA_MAY"] = f"{service.machine}.1.{visit.facility.code}.{service.machine}{chance.randint(1, 4):02d}"
    return Line("XML3", 1, _hospital_price(visit, service.price), service.price, fields)


def _results(
    visit: Visit, key: str, service: Service, ready: datetime, *, reader: str, done: int, chance: Random
) -> list[Row]:
    base = {"MA_LK": key, "MA_DICH_VU": service.code, "NGAY_KQ": when(ready), "MA_BS_DOC_KQ": reader}
    rows: list[Row] = []
    for index in service.indices:
        value = chance.gauss(index.mean + visit.picture.shifts.get(index.name, 0.0) * index.spread, index.spread)
        text = f"{max(value, index.mean * 0.08):.{index.decimals}f}"
        rows.append({**base, "TEN_CHI_SO": index.name, "GIA_TRI": text, "DON_VI_DO": index.unit})
    if service.outcomes:
        outcome = service.outcomes[0 if chance.random() < 0.75 else 1]
        rows.append({**base, "TEN_CHI_SO": service.name, "GIA_TRI": outcome})
    if service.conclusions:
        seen, concluded = chance.choice(service.conclusions)
        rows.append({**base, "TEN_CHI_SO": service.name, "MO_TA": seen, "KET_LUAN": concluded})
    for offset, row in enumerate(rows, start=1):
        row["STT"] = str(done + offset)
    return rows


def _drugs(visit: Visit, common: Row, inpatient_days: int, chance: Random) -> list[Line]:
    """Outpatients get one supply for all days; inpatients a line for each of the first days."""
    assert visit.left is not None
    lines: list[Line] = []
    chosen = [drug for drug in visit.picture.drugs if chance.random() < 0.9] or list(visit.picture.drugs[:1])
    if visit.facility.kind == "station":
        chosen = chosen[:4]
    if inpatient_days:
        for day in range(min(inpatient_days, 4)):
            at = visit.arrived + timedelta(days=day, minutes=50)
            lines.extend(_drug_line(common, name, dose, times, 1, at) for name, dose, times in chosen[:4])
        return lines
    at = visit.left - timedelta(minutes=8)
    for name, dose, times in chosen:
        bottle = DRUGS[name].unit in ("Lọ", "Bút", "Chai") and DRUGS[name].route != "1.01"
        lines.append(_drug_line(common, name, dose, times, 1 if bottle else visit.picture.days, at))
    return lines


def _drug_line(common: Row, name: str, dose: int, times: int, days: int, at: datetime) -> Line:
    drug: Drug = DRUGS[name]
    unit = drug.unit.lower()
    fields = {
        **common,
        "MA_THUOC": drug.code,
        "MA_NHOM": "4",
        "TEN_THUOC": drug.name,
        "DON_VI_TINH": drug.unit,
        "HAM_LUONG": drug.strength,
        "DUONG_DUNG": drug.route,
        "LIEU_DUNG": f"{dose} {unit}/lần * {times} lần/ngày * {days} ngày [{dose * times} {unit}/ngày]",
        "CACH_DUNG": "Uống sau ăn" if drug.route == "1.01" else "Theo y lệnh",
        "SO_DANG_KY": drug.registration,
        "TT_THAU": "QD08/QD-SYT;G1;N2;2025",
        "NGAY_YL": when(at),
        "NGAY_TH_YL": when(at),
        "NGUON_CTRA": "1",
    }
    return Line("XML2", dose * times * days, drug.price, drug.price, fields)


def _hospital_price(visit: Visit, insured: int) -> int:
    """Private facilities charge more than the insurance price; the difference is the patient's."""
    private = visit.facility.kind == "clinic" or "tư nhân" in visit.facility.name
    return insured * 13 // 1000 * 100 if private else insured
