# ruff: noqa: E501 -- one broken example a line reads as a table
"""A good synthetic example of every VN Core profile, and how each is broken for each of its constraints."""

BASE = "http://fhir.hl7.org.vn/core"
SID = f"{BASE}/sid/"
CS = f"{BASE}/CodeSystem/"
EXT = f"{BASE}/StructureDefinition/"
HL7 = "http://terminology.hl7.org/CodeSystem/"
PATIENT = {"reference": "Patient/1"}


def concept(system, code):
    return {"coding": [{"system": system, "code": code}]}


def extension(id, **value):
    return {"url": EXT + id, **value}


def category(code):
    return [concept(HL7 + "v2-0074", code)]


REPORT = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "x"}, "subject": PATIENT}
DOCUMENT = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"text": "x"},
    "date": "2026-06-02",
    "author": [{"display": "Bác sĩ Mẫu"}],
    "title": "x",
}
ADDRESS = {
    "country": "VN",
    "extension": [
        extension("vn-ext-province", valueCoding={"system": "urn:yteso:bhyt:tinh", "code": "79"}),
        extension("vn-ext-ward", valueCoding={"system": "urn:yteso:bhyt:xa", "code": "00004"}),
    ],
}
MA_LK = {"type": concept(CS + "vn-identifier-type-cs", "MA_LK"), "system": SID + "ma-lk", "value": "LK-MAU-1"}
CLAIM = {
    "status": "active",
    "type": concept(HL7 + "claim-type", "institutional"),
    "use": "claim",
    "patient": PATIENT,
    "created": "2026-01-01",
    "provider": {"display": "Cơ sở Mẫu"},
    "insurer": {"display": "BHXH"},
    "priority": {"text": "x"},
    "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/1"}}],
    "extension": [
        extension(
            "vn-ext-claim-cost-summary",
            extension=[{"url": "totalMedication", "valueMoney": {"value": 1000, "currency": "VND"}}],
        ),
        extension("vn-ext-claim-payment-period", extension=[{"url": "year", "valueInteger": 2026}]),
    ],
}
GOOD = {
    "vn-core-patient": {
        "resourceType": "Patient",
        "identifier": [
            {"system": SID + "cccd", "value": "000199000001"},
            {"system": SID + "bhyt", "value": "DN4790000000001"},
            {"system": SID + "ma-cskcb/79001/ma-bn", "value": "BN-MAU-1"},
        ],
        "name": [{"text": "Nguyễn Thị Thử", "family": "Nguyễn", "given": ["Thị", "Thử"]}],
        "extension": [extension("vn-ext-ethnicity", valueCodeableConcept=concept("urn:yteso:bhyt:dan-toc", "01"))],
        "address": [ADDRESS],
    },
    "vn-core-practitioner": {"resourceType": "Practitioner", "identifier": [{"system": SID + "gphn", "value": "MAU-1"}]},
    "vn-core-practitioner-role": {"resourceType": "PractitionerRole", "practitioner": {"reference": "Practitioner/1"}},
    "vn-core-organization": {
        "resourceType": "Organization",
        "identifier": [{"system": SID + "ma-cskcb", "value": "79001"}],
        "name": "Trạm y tế Mẫu",
        "extension": [extension("vn-ext-org-type", valueCodeableConcept=concept(CS + "vn-organization-type-cs", "TYT"))],
        "address": [ADDRESS],
    },
    "vn-core-location": {
        "resourceType": "Location",
        "name": "Khoa Mẫu",
        "extension": [
            extension("vn-ext-facility-care-level", valueCodeableConcept=concept(CS + "vn-facility-care-level-cs", "BAN_DAU"))
        ],
    },
    "vn-core-endpoint-bhyt": {
        "resourceType": "Endpoint",
        "status": "active",
        "connectionType": {"system": HL7 + "endpoint-connection-type", "code": "hl7-fhir-rest"},
        "payloadType": [{"text": "QĐ 3176"}],
        "address": "https://example.org",
    },
    "vn-core-encounter": {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": HL7 + "v3-ActCode", "code": "AMB"},
        "extension": [
            extension("vn-ext-treatment-outcome", valueCodeableConcept=concept(CS + "vn-treatment-outcome-cs", "1")),
            extension("vn-ext-insurance-visit-type", valueCodeableConcept=concept(CS + "vn-insurance-visit-type-cs", "1")),
        ],
    },
    "vn-core-condition-diagnosis": {
        "resourceType": "Condition",
        "category": [concept(HL7 + "condition-category", "encounter-diagnosis")],
        "code": concept(CS + "vn-icd10-cs", "A97.0"),
        "subject": PATIENT,
    },
    "vn-core-diagnostic-report": REPORT,
    "vn-core-diagnostic-report-lab": REPORT | {"category": category("LAB")},
    "vn-core-diagnostic-report-imaging": REPORT | {"category": category("RAD")},
    "vn-core-diagnostic-report-pathology": REPORT | {"category": category("PAT")},
    "vn-core-service-request": {
        "resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": PATIENT,
    },
    "vn-core-specimen": {"resourceType": "Specimen", "request": [{"reference": "ServiceRequest/1"}]},
    "vn-core-medication-request": {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": PATIENT,
        "medicationCodeableConcept": {"text": "Thuốc Mẫu"},
        "identifier": [{"system": SID + "prescription-code", "value": "79001abc1234-c"}],
        "extension": [
            extension("vn-ext-insurance-cost-info", extension=[{"url": "paymentRatio", "valueDecimal": 80}]),
            extension("vn-ext-order-date", valueDateTime="2026-01-01"),
            extension("vn-ext-medication-registration-number", valueString="VD-00000-00"),
        ],
    },
    "vn-core-medication-dispense": {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": {"text": "Thuốc Mẫu"},
        "extension": [extension("vn-ext-insurance-cost-info", extension=[{"url": "benefitLevel", "valueDecimal": 100}])],
    },
    "vn-core-coverage": {
        "resourceType": "Coverage",
        "status": "active",
        "type": concept(HL7 + "v3-ActCode", "PUBLICPOL"),
        "beneficiary": PATIENT,
        "payor": [{"display": "BHXH"}],
        "extension": [
            extension("vn-ext-bhyt-card-type", valueCodeableConcept=concept(CS + "vn-bhyt-card-type-cs", "DN")),
            extension("vn-ext-primary-care-facility", valueReference={"reference": "Organization/1"}),
        ],
    },
    "vn-core-claim": {"resourceType": "Claim", **CLAIM},
    "vn-core-explanation-of-benefit": {
        "resourceType": "ExplanationOfBenefit", **{k: v for k, v in CLAIM.items() if k != "priority"},
        "outcome": "complete", "insurance": [{"focal": True, "coverage": {"reference": "Coverage/1"}}],
    },
    "vn-core-claim-response": {
        "resourceType": "ClaimResponse",
        **{name: CLAIM[name] for name in ("status", "type", "use", "patient", "created", "insurer")},
        "outcome": "complete",
        "identifier": [{"system": SID + "bhyt-gateway-response-id", "value": "1"}],
    },
    "vn-core-bundle": {"resourceType": "Bundle", "type": "document", "entry": [{"resource": DOCUMENT}]},
    "vn-core-bhyt-submission-bundle": {"resourceType": "Bundle", "type": "collection", "identifier": MA_LK},
    "vn-core-composition": DOCUMENT | {"identifier": {"value": "BA-1"}, "subject": PATIENT},
    "vn-core-composition-health-checkup": DOCUMENT | {"identifier": MA_LK},
    "vn-core-health-checkup-document-bundle": {"resourceType": "Bundle", "type": "document", "identifier": MA_LK},
    "vn-core-composition-health-record-summary": DOCUMENT
    | {
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
        "type": concept("http://loinc.org", "60591-5"),
        "section": [{"title": "Dị ứng", "code": concept("http://loinc.org", "48765-2")}],
    },
    "vn-core-health-record-summary-bundle": {
        "resourceType": "Bundle", "type": "document", "identifier": {"system": SID + "so-skdt", "value": "SOSKDT-MAU"},
    },
    "vn-core-health-credential-bundle": {"resourceType": "Bundle", "type": "collection"},
    "vn-core-composition-breach-notification": DOCUMENT | {"attester": [{"mode": "legal"}]},
    "vn-core-audit-event": {
        "resourceType": "AuditEvent",
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        "recorded": "2026-01-01T00:00:00Z",
        "agent": [{"requestor": True}],
        "source": {"observer": {"display": "x"}},
        "extension": [extension("vn-ext-audit-retention", valuePeriod={"start": "2026", "end": "2031"})],
    },
}  # fmt: skip
GONE = object()

BROKEN = [
    # profile, where, what is put there (GONE: it is taken away), number, place
    ("vn-core-patient", ("identifier",), GONE, "FHIR-2401", "Patient.identifier"),
    ("vn-core-patient", ("name",), GONE, "FHIR-2401", "Patient.name"),
    ("vn-core-patient", ("identifier", 1), {"system": SID + "cccd", "value": "1"}, "FHIR-2402", "Patient.identifier[1]"),
    ("vn-core-patient", ("extension", 0, "valueCodeableConcept"), concept("urn:yteso:bhyt:dan-toc", "99999"), "FHIR-2407", "Patient.extension[0].valueCodeableConcept"),
    ("vn-core-patient", ("address", 0, "extension"), GONE, "FHIR-2410", "Patient.address[0]"),
    ("vn-core-patient", ("address", 0, "extension", 0, "valueCoding", "code"), "00", "FHIR-2408", "Patient.address[0].extension[0].valueCoding"),
    ("vn-core-patient", ("address", 0, "extension", 1, "url"), EXT + "vn-ext-province", "FHIR-2402", "Patient.address[0].extension[1]"),
    ("vn-core-patient", ("extension", 0), extension("vn-ext-treatment-outcome", valueCodeableConcept=concept(CS + "vn-treatment-outcome-cs", "1")), "FHIR-2423", "Patient.extension[0]"),
    ("vn-core-practitioner", ("identifier",), GONE, "FHIR-2401", "Practitioner.identifier"),
    ("vn-core-practitioner-role", ("practitioner",), GONE, "FHIR-2401", "PractitionerRole.practitioner"),
    ("vn-core-organization", ("extension", 0, "valueCodeableConcept"), concept("urn:x", "TYT"), "FHIR-2407", "Organization.extension[0].valueCodeableConcept"),
    ("vn-core-organization", ("address", 0, "extension"), GONE, "FHIR-2410", "Organization.address[0]"),
    ("vn-core-location", ("extension", 0, "valueCodeableConcept"), concept("urn:x", "BAN_DAU"), "FHIR-2407", "Location.extension[0].valueCodeableConcept"),
    ("vn-core-encounter", ("extension", 0, "valueCodeableConcept"), concept(CS + "vn-treatment-outcome-cs", "77"), "FHIR-2407", "Encounter.extension[0].valueCodeableConcept"),
    ("vn-core-encounter", ("extension", 1, "url"), EXT + "vn-ext-treatment-outcome", "FHIR-2402", "Encounter.extension[1]"),
    ("vn-core-encounter", ("extension", 0), extension("vn-ext-treatment-outcome", valueString="1"), "FHIR-2404", "Encounter.extension[0].valueString"),
    ("vn-core-condition-diagnosis", ("category",), GONE, "FHIR-2401", "Condition.category"),
    ("vn-core-condition-diagnosis", ("category", 0), {"text": "x"}, "FHIR-2406", "Condition.category[0]"),
    ("vn-core-condition-diagnosis", ("code",), GONE, "FHIR-2401", "Condition.code"),
    ("vn-core-condition-diagnosis", ("code",), {"text": "x"}, "FHIR-2410", "Condition.code"),
    ("vn-core-diagnostic-report", ("subject",), GONE, "FHIR-2401", "DiagnosticReport.subject"),
    ("vn-core-diagnostic-report-lab", ("subject",), GONE, "FHIR-2401", "DiagnosticReport.subject"),
    ("vn-core-diagnostic-report-lab", ("category",), category("RAD"), "FHIR-2401", "DiagnosticReport.category"),
    ("vn-core-diagnostic-report-imaging", ("category",), category("LAB"), "FHIR-2401", "DiagnosticReport.category"),
    ("vn-core-diagnostic-report-pathology", ("category",), GONE, "FHIR-2401", "DiagnosticReport.category"),
    ("vn-core-specimen", ("request", 0, "reference"), "Patient/1", "FHIR-2416", "Specimen.request[0]"),
    ("vn-core-medication-request", ("extension", 0, "extension", 0), {"url": "paymentRatio", "valueString": "x"}, "FHIR-2404", "MedicationRequest.extension[0].extension[0].valueString"),
    ("vn-core-medication-request", ("extension", 1), extension("vn-ext-order-date"), "FHIR-2401", "MedicationRequest.extension[1].value"),
    ("vn-core-medication-dispense", ("extension",), [extension("vn-ext-insurance-cost-info", extension=[{"url": "benefitLevel", "valueDecimal": 1}])] * 2, "FHIR-2402", "MedicationDispense.extension[1]"),
    ("vn-core-coverage", ("type",), GONE, "FHIR-2401", "Coverage.type"),
    ("vn-core-coverage", ("type",), {"text": "x"}, "FHIR-2401", "Coverage.type.coding"),
    ("vn-core-coverage", ("extension", 0, "valueCodeableConcept"), concept("urn:x", "DN"), "FHIR-2407", "Coverage.extension[0].valueCodeableConcept"),
    ("vn-core-coverage", ("extension", 1, "valueReference", "reference"), "Patient/1", "FHIR-2416", "Coverage.extension[1].valueReference"),
    ("vn-core-claim", ("extension", 0, "extension", 0), {"url": "totalMedication", "valueString": "x"}, "FHIR-2404", "Claim.extension[0].extension[0].valueString"),
    ("vn-core-explanation-of-benefit", ("extension", 1), extension("vn-ext-claim-payment-period", valueString="x"), "FHIR-2403", "ExplanationOfBenefit.extension[1].valueString"),
    ("vn-core-bundle", ("entry", 0, "resource"), {"resourceType": "Patient"}, "FHIR-2410", "Bundle"),
    ("vn-core-bhyt-submission-bundle", ("identifier",), GONE, "FHIR-2401", "Bundle.identifier"),
    ("vn-core-bhyt-submission-bundle", ("type",), "document", "FHIR-2405", "Bundle.type"),
    ("vn-core-bhyt-submission-bundle", ("identifier", "type"), {"text": "x"}, "FHIR-2406", "Bundle.identifier.type"),
    ("vn-core-bhyt-submission-bundle", ("identifier", "system"), SID + "cccd", "FHIR-2405", "Bundle.identifier.system"),
    ("vn-core-bhyt-submission-bundle", ("identifier", "value"), GONE, "FHIR-2401", "Bundle.identifier.value"),
    ("vn-core-composition", ("identifier",), GONE, "FHIR-2401", "Composition.identifier"),
    ("vn-core-composition", ("subject",), GONE, "FHIR-2401", "Composition.subject"),
    ("vn-core-composition-health-checkup", ("identifier",), GONE, "FHIR-2401", "Composition.identifier"),
    ("vn-core-health-checkup-document-bundle", ("type",), "collection", "FHIR-2405", "Bundle.type"),
    ("vn-core-health-checkup-document-bundle", ("identifier", "system"), "urn:x", "FHIR-2405", "Bundle.identifier.system"),
    ("vn-core-composition-health-record-summary", ("text",), GONE, "FHIR-2401", "Composition.text"),
    ("vn-core-composition-health-record-summary", ("type",), {"text": "x"}, "FHIR-2406", "Composition.type"),
    ("vn-core-composition-health-record-summary", ("section",), [{"title": "1", "code": concept("http://loinc.org", "48765-2")}] * 2, "FHIR-2402", "Composition.section[1]"),
    ("vn-core-health-record-summary-bundle", ("identifier", "system"), SID + "ma-lk", "FHIR-2405", "Bundle.identifier.system"),
    ("vn-core-health-record-summary-bundle", ("identifier",), GONE, "FHIR-2401", "Bundle.identifier"),
    ("vn-core-health-credential-bundle", ("type",), "document", "FHIR-2405", "Bundle.type"),
    ("vn-core-composition-breach-notification", ("attester",), GONE, "FHIR-2410", "Composition"),
    ("vn-core-audit-event", ("extension", 0), extension("vn-ext-audit-retention", valueString="x"), "FHIR-2404", "AuditEvent.extension[0].valueString"),
]  # fmt: skip
