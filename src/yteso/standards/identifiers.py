"""Identifier systems of VN Core (`http://fhir.hl7.org.vn/core/sid/…`), older URIs as aliases, and their values' form.

Structure only: a value that passes is well-formed and agrees with the person's birth and sex; nobody is asked whether
it was issued. CCCD: Luật Căn cước 26/2023, NĐ 70/2024; card numbers: QĐ 1351/QĐ-BHXH, NĐ 188/2025.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

BASE = "http://fhir.hl7.org.vn/core/sid/"
OLD_BASE = "http://fhir.ehealth.gov.vn/core/sid/"

CCCD = BASE + "cccd"
CMND = BASE + "cmnd"
PASSPORT = BASE + "passport"
BHYT = BASE + "bhyt"
BHXH = BASE + "bhxh"
CCHN = BASE + "cchn"
GPHN = BASE + "gphn"
MA_CSKCB = BASE + "ma-cskcb"
MA_LK = BASE + "ma-lk"
PRESCRIPTION = BASE + "prescription-code"

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class IdentifierSystem:
    """One system: its URI, the form of its values (a whole match), names, and the URIs it also goes by."""

    uri: str
    pattern: re.Pattern[str]
    vi: str
    en: str
    aliases: tuple[str, ...] = ()
    retired: bool = False


def _system(name: str, pattern: str, vi: str, en: str, *old: str, retired: bool = False) -> IdentifierSystem:
    aliases = tuple(OLD_BASE + alias for alias in (name, *old))
    return IdentifierSystem(BASE + name, re.compile(pattern, re.ASCII), vi, en, aliases, retired)


SYSTEMS: Mapping[str, IdentifierSystem] = {
    system.uri: system
    for system in (
        _system("cccd", r"\d{12}", "Số định danh cá nhân / CCCD", "Personal identification number", "national_id"),
        _system("cmnd", r"\d{9}|\d{12}", "Chứng minh nhân dân", "Former identity card", "citizen_id", retired=True),
        _system("passport", r"[A-Z]{1,3}\d{6,8}", "Hộ chiếu", "Passport", "passport_number"),
        _system("bhyt", r"[A-Z]{2}\d{13}|\d{12}|\d{10}", "Thẻ BHYT", "Health-insurance card", "insurance_number"),
        _system("bhxh", r"\d{10}", "Mã số BHXH", "Social-insurance number"),
        _system("cchn", r".{1,255}", "Chứng chỉ hành nghề", "Practice certificate", "provider-medical-license-number"),
        _system("gphn", r".{1,255}", "Giấy phép hành nghề", "Practice licence"),
        _system("ma-cskcb", r"[0-9A-Z]{5}", "Mã cơ sở khám chữa bệnh", "Facility code"),
        _system("ma-lk", r".{1,100}", "Mã đợt điều trị (MA_LK)", "Treatment-episode code (MA_LK)"),
        _system("prescription-code", r"\d{5}[0-9a-z]{7}-[NHCTnhct]", "Mã đơn thuốc quốc gia", "Prescription code"),
        _system("so-skdt", r".{1,64}", "Mã sổ sức khỏe điện tử", "Electronic health-book document"),
        _system("bhyt-gateway-response-id", r".{1,64}", "Mã giao dịch của cổng BHYT", "Insurance gateway reply"),
        _system("bhxh-payment-id", r".{1,64}", "Mã thanh toán BHXH", "Social-insurance payment"),
        _system("vneid", r".{1,64}", "Tài khoản VNeID", "VNeID account", retired=True),
    )
}
"""URI -> system. `provider-license-number`, `driver-license-number`, `patient-internal-id` have no counterpart."""

_CANONICAL = {
    scheme + spelling.removeprefix("http://") + end: system.uri
    for system in SYSTEMS.values()
    for spelling in (system.uri, *system.aliases, *(alias.replace("_", "-") for alias in system.aliases))
    for scheme in ("http://", "https://")
    for end in ("", "/")
}

# Where births were registered until 2025: the 63 provinces. 000 is never issued; synthetic people carry it.
_PROVINCES = frozenset((
    "000", "001", "002", "004", "006", "008", "010", "011", "012", "014", "015", "017", "019", "020", "022", "024",
    "025", "026", "027", "030", "031", "033", "034", "035", "036", "037", "038", "040", "042", "044", "045", "046",
    "048", "049", "051", "052", "054", "056", "058", "060", "062", "064", "066", "067", "068", "070", "072", "074",
    "075", "077", "079", "080", "082", "083", "084", "086", "087", "089", "091", "092", "093", "094", "095", "096",
))  # fmt: skip
_FIRST_COUNTRY = 100
_CARD = re.compile(r"([A-Z]{2})([1-5])(\d{2})(\d{10})", re.ASCII)
_CCCD = re.compile(r"\d{12}", re.ASCII)
_DATE = re.compile(r"(\d{4})", re.ASCII)


def canonical_system(uri: str) -> str:
    """The VN Core URI of a system given under an older or differently written URI; any other URI as it is.

    One look-up: it runs for every identifier that is indexed.
    """
    return _CANONICAL.get(uri, uri)


def local_patient_system(facility: str) -> str:
    """The system of a facility's own patient codes (MA_BN): unique only inside that facility."""
    return f"{MA_CSKCB}/{facility}/ma-bn"


def cccd_facts(value: str) -> tuple[int, Sex] | None:
    """Birth year and sex that a personal number tells; None when it is not well-formed.

    Digits 1–3 place of registration (100 and above: a country), 4 century and sex (0/1 = 1900s male/female, 2/3 =
    2000s, …), 5–6 year, 7–12 serial. There is no check digit.
    """
    if not _CCCD.fullmatch(value) or (int(value[:3]) < _FIRST_COUNTRY and value[:3] not in _PROVINCES):
        return None
    century, odd = divmod(int(value[3]), 2)
    return 1900 + century * 100 + int(value[4:6]), "female" if odd else "male"


def valid_cccd(value: str, birth_date: str | date | None = None, sex: str | None = None) -> bool:
    """True when the number is well-formed and agrees with the birth year and the sex, as far as they are given.

    `birth_date` may be partial ("1990"); a `sex` other than male and female is not compared.
    """
    facts = cccd_facts(value)
    if facts is None:
        return False
    year, told = facts
    if birth_date:
        found = _DATE.match(str(birth_date))
        if found and int(found[1]) != year:
            return False
    return sex not in ("male", "female") or sex == told


def valid_bhyt_card(value: str) -> bool:
    """True for a 15-character card, a 10-digit social-insurance number or a personal number used as card number.

    (NĐ 188/2025: 12 digits from 15 August 2025; 10 digits since 1 April 2021; 15 characters before.)
    """
    return bool(_CARD.fullmatch(value)) or bhxh_number(value) is not None or valid_cccd(value)


def bhxh_number(card: str) -> str | None:
    """The holder's 10-digit social-insurance number inside a card number; None when the card does not tell it."""
    if found := _CARD.fullmatch(card):
        return found[4]
    return card if re.fullmatch(r"\d{10}", card, re.ASCII) else None


def valid_facility(value: str) -> bool:
    """True for a facility code: 5 digits or capital letters."""
    return bool(SYSTEMS[MA_CSKCB].pattern.fullmatch(value))
