"""What every artefact of the package says about itself: address, version, draft, two languages, source, mark."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

BASE = "http://fhir.hl7.org.vn/core"
VERSION = "2026.11.0"
MARK = "urn:yteso:vn-core"
DATE = "2026-11-25"
_PUBLISHER = "Y tế số (yteso)"
_COPYRIGHT = (
    "Ghi lại các ràng buộc đã biết của VN Core (VN Core FHIR Community Initiative), bản thảo thử nghiệm; giấy phép của "
    "hướng dẫn chưa rõ. · Known constraints of VN Core, a trial-use draft; the guide's licence was not seen."
)
_GUIDE = "Hướng dẫn VN Core · the VN Core guide"
_MARKS = {
    True: ("seen", "Đọc thấy trong hướng dẫn · seen in the guide"),
    False: ("inferred", "Suy ra từ ví dụ hoặc tên · inferred from examples or names"),
}


def both(texts: list[str]) -> str:
    """Vietnamese and English, in one text."""
    return " · ".join(dict.fromkeys(texts))


def head(kind: str, fact: Json, *without: str) -> Json:
    """The first properties of a conformance resource."""
    mark, told = _MARKS[fact["seen"]]
    legal = "; ".join(text for text in (fact["legal"], fact.get("notes", "")) if text)
    made = {
        "resourceType": kind,
        "id": fact["id"],
        "meta": {"tag": [{"system": MARK, "code": mark, "display": told}]},
        "language": "vi",
        "url": f"{BASE}/{kind}/{fact['id']}",
        "version": VERSION,
        "name": name_of(fact["id"]),
        "title": both(fact["title"]),
        "status": "draft",
        "experimental": True,
        "date": DATE,
        "publisher": _PUBLISHER,
        "description": f"{both(fact['title'])}. {told}.",
        "jurisdiction": [{"coding": [{"system": "urn:iso:std:iso:3166", "code": "VN"}]}],
        "purpose": f"Căn cứ · basis: {legal or _GUIDE}",
        "copyright": _COPYRIGHT,
    }
    return {name: value for name, value in made.items() if name not in without}


def name_of(id: str) -> str:
    """`vn-core-patient` -> `VNCorePatient`."""
    words = id.split("-")
    return "".join(word.upper() if word in _CAPITALS else word.capitalize() for word in words)


_CAPITALS = frozenset({"vn", "cs", "vs", "ns", "sp", "bhyt", "cccd", "bhxh", "cmnd", "cchn", "gphn", "lk", "icd10"})
