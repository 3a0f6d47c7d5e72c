"""The sections of an International Patient Summary, and which of a patient's resources go where. Pure.

A resource stands in the first section that takes it; what was entered in error, refuted, not done or cancelled in none.
LOINC codes and the order are those of IPS (HL7 FHIR UV, Composition-uv-ips).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from yteso.fhir import json
from yteso.store.protocol import Stored

Resource = dict[str, Any]

_WRONG = frozenset(["entered-in-error", "refuted", "not-done", "cancelled", "not-taken", "draft"])
_OVER = frozenset(["inactive", "remission", "resolved"])
_ENDED = frozenset(["stopped", "ended"])


@dataclass(frozen=True, slots=True)
class Section:
    """`takes` decides about one resource. `unknown`: type and absent-unknown code of a required section when empty."""

    name: str
    loinc: str
    title: str
    title_en: str
    types: frozenset[str]
    takes: Callable[[Resource], bool]
    unknown: tuple[str, str] = ("", "")
    clinical: str = ""

    @property
    def required(self) -> bool:
        """True when the section is there even if there is nothing to show."""
        return bool(self.unknown[0])


@dataclass(frozen=True, slots=True)
class Item:
    """One stored resource and its document."""

    stored: Stored
    resource: Resource


def codes(concept: Any) -> set[str]:
    """The codes of a CodeableConcept, or of a list of them."""
    concepts = concept if isinstance(concept, list) else [concept] if isinstance(concept, dict) else []
    return {str(coding.get("code", "")) for one in concepts for coding in one.get("coding", ())}


def _is_over(resource: Resource) -> bool:
    return bool(codes(resource.get("clinicalStatus")) & _OVER)


def _in_category(*wanted: str) -> Callable[[Resource], bool]:
    return lambda resource: bool(codes(resource.get("category")) & set(wanted))


def _always(_resource: Resource) -> bool:
    return True


def _is_result(resource: Resource) -> bool:
    return resource["resourceType"] == "DiagnosticReport" or not codes(resource.get("category")) & {
        "vital-signs",
        "social-history",
    }


def _types(names: str) -> frozenset[str]:
    return frozenset(names.split())


SECTIONS: tuple[Section, ...] = (
    Section(
        "problems", "11450-4", "Vấn đề sức khoẻ", "Problems", _types("Condition"),
        lambda resource: not _is_over(resource), ("Condition", "no-problem-info"), "condition-clinical",
    ),
    Section(
        "allergies", "48765-2", "Dị ứng và không dung nạp", "Allergies and intolerances", _types("AllergyIntolerance"),
        _always, ("AllergyIntolerance", "no-allergy-info"), "allergyintolerance-clinical",
    ),
    Section(
        "medications", "10160-0", "Thuốc", "Medications", _types("MedicationStatement MedicationRequest"),
        lambda resource: resource.get("status") not in _ENDED, ("MedicationStatement", "no-medication-info"),
    ),
    Section("immunizations", "11369-6", "Tiêm chủng", "Immunizations", _types("Immunization"), _always),
    Section("procedures", "47519-4", "Thủ thuật và phẫu thuật", "Procedures", _types("Procedure"), _always),
    Section(
        "results", "30954-2", "Kết quả cận lâm sàng", "Results", _types("Observation DiagnosticReport"), _is_result
    ),
    Section("devices", "46264-8", "Thiết bị y tế", "Medical devices", _types("DeviceUseStatement"), _always),
    Section(
        "vital signs", "8716-3", "Dấu hiệu sinh tồn", "Vital signs", _types("Observation"), _in_category("vital-signs")
    ),
    Section(
        "social history", "29762-2", "Tiền sử xã hội", "Social history", _types("Observation"),
        _in_category("social-history"),
    ),
    Section("past problems", "11348-0", "Bệnh đã qua", "Past problems", _types("Condition"), _is_over),
    Section("plan", "18776-5", "Kế hoạch chăm sóc", "Plan of care", _types("CarePlan"), _always),
)  # fmt: skip

TYPES: frozenset[str] = frozenset().union(*(section.types for section in SECTIONS))


def sorted_out(found: Iterable[Stored], most: int) -> dict[Section, list[Item]]:
    """What each section shows: at most so many, in the order they came."""
    sections: dict[Section, list[Item]] = {section: [] for section in SECTIONS}
    for stored in found:
        resource = json.loads(stored.body)
        if _is_wrong(resource):
            continue
        section = next((one for one in SECTIONS if stored.type in one.types and one.takes(resource)), None)
        if section is not None and len(sections[section]) < most:
            sections[section].append(Item(stored, resource))
    return sections


def _is_wrong(resource: Resource) -> bool:
    return resource.get("status") in _WRONG or bool(codes(resource.get("verificationStatus")) & _WRONG)
