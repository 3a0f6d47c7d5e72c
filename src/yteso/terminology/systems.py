"""Names of the code systems: those of VN Core where its guide has one, ours (`urn:yteso:bhyt:…`) where not."""

from __future__ import annotations

from collections.abc import Mapping

_VN_CORE = "http://fhir.hl7.org.vn/core/CodeSystem/"
_OURS = "urn:yteso:bhyt:"

ICD10_VN = _VN_CORE + "vn-icd10-cs"
"""ICD-10 as issued by the ministry (4469/QĐ-BYT, 2020)."""

ICD10_WHO = "http://hl7.org/fhir/sid/icd-10"
"""The international name; looked up in the ministry's list."""

PROVINCES = _OURS + "tinh"
"""Provinces since 1 July 2025, 2 digits (19/2025/QĐ-TTg)."""

COMMUNES = _OURS + "xa"
"""Communes since 1 July 2025, 5 digits (19/2025/QĐ-TTg); the property `province` names the province."""

CODE_LISTS: Mapping[str, str] = {
    "MA_LOAI_KCB": _VN_CORE + "vn-encounter-type-cs",
    "MA_DOITUONG_KCB": _VN_CORE + "vn-patient-visit-type-cs",
    "MA_LYDO_VVIEN": _VN_CORE + "vn-insurance-visit-type-cs",
    "KET_QUA_DTRI": _VN_CORE + "vn-treatment-outcome-cs",
    "MA_LOAI_RV": _VN_CORE + "vn-discharge-disposition-cs",
    "PHAM_VI": _VN_CORE + "vn-insurance-scope-cs",
    "MA_PTTT": _VN_CORE + "vn-payment-method-cs",
    "MA_DANTOC": _OURS + "dan-toc",
    "MA_NHOM": _OURS + "nhom-chi-phi",
    "GIOI_TINH": _OURS + "gioi-tinh",
    "NGUON_CTRA": _OURS + "nguon-chi-tra",
    "MA_TAI_NAN": _OURS + "tai-nan",
    "MA_KHUVUC": _OURS + "khu-vuc",
    "PP_VO_CAM": _OURS + "vo-cam",
    "MA_LYDO_CT": _OURS + "ly-do-chuyen",
}
"""BHYT field -> system of its codes."""


def system_of(name: str) -> str:
    """The system of a BHYT field's codes; an URI is returned as it is."""
    return CODE_LISTS.get(name, name)
