"""Addresses of code systems, identifier systems and extensions the BHYT mapping uses. Constants only.

Names of VN Core are used where the guide has them; what it lacks is under `urn:yteso:bhyt:`.
"""

from __future__ import annotations

from yteso.standards import identifiers

_VN = "http://fhir.hl7.org.vn/core"
_CS = f"{_VN}/CodeSystem"
_SD = f"{_VN}/StructureDefinition"
_HL7 = "http://terminology.hl7.org/CodeSystem"
_OWN = "urn:yteso:bhyt"

CCCD = identifiers.CCCD
CMND = identifiers.CMND
PASSPORT = identifiers.PASSPORT
BHYT_CARD = identifiers.BHYT
BHXH = identifiers.BHXH
FACILITY = identifiers.MA_CSKCB
VISIT = identifiers.MA_LK
PRACTITIONER = identifiers.CCHN
INTAKE_FILE = "urn:yteso:intake:file"

IDENTIFIER_TYPE = f"{_CS}/vn-identifier-type-cs"
CARE_FORM = f"{_CS}/vn-encounter-type-cs"
VISIT_CATEGORY = f"{_CS}/vn-patient-visit-type-cs"
VISIT_REASON_4210 = f"{_CS}/vn-insurance-visit-type-cs"
OUTCOME = f"{_CS}/vn-treatment-outcome-cs"
DISCHARGE = f"{_CS}/vn-discharge-disposition-cs"
CARD_TYPE = f"{_CS}/vn-bhyt-card-type-cs"
SCOPE = f"{_CS}/vn-insurance-scope-cs"
PAYMENT_METHOD = f"{_CS}/vn-payment-method-cs"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10_VN = f"{_CS}/vn-icd10-cs"
ICD9CM = "http://hl7.org/fhir/sid/icd-9-cm"

ETHNICITY = f"{_OWN}:dan-toc"
OCCUPATION = f"{_OWN}:nghe-nghiep"
NATIONALITY = f"{_OWN}:quoc-tich"
PROVINCE = f"{_OWN}:tinh"
DISTRICT = f"{_OWN}:huyen"
WARD = f"{_OWN}:xa"
MEDICINE = f"{_OWN}:thuoc"
SERVICE = f"{_OWN}:dich-vu"
SUPPLY = f"{_OWN}:vat-tu"
RESULT_INDEX = f"{_OWN}:chi-so"
ROUTE = f"{_OWN}:duong-dung"
COST_GROUP = f"{_OWN}:nhom-chi-phi"
DEPARTMENT = f"{_OWN}:khoa"
BED = f"{_OWN}:giuong"
TRADITIONAL_DISEASE = f"{_OWN}:benh-yhct"
ADMISSION_REASON = f"{_OWN}:ly-do-vao-noi-tru"
ACCIDENT = f"{_OWN}:tai-nan"
PAYER_SOURCE = f"{_OWN}:nguon-chi-tra"
ANAESTHESIA = f"{_OWN}:vo-cam"
BODY_SITE = f"{_OWN}:vi-tri"
REFERRAL_REASON = f"{_OWN}:ly-do-chuyen"
PAPER = f"{_OWN}:giay-to"
AREA = f"{_OWN}:khu-vuc"

EXT_ETHNICITY = f"{_SD}/vn-ext-ethnicity"
EXT_OCCUPATION = f"{_SD}/vn-ext-occupation"
EXT_NATIONALITY = "http://hl7.org/fhir/StructureDefinition/patient-nationality"
EXT_BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
EXT_PROVINCE = f"{_SD}/vn-ext-province"
EXT_WARD = f"{_SD}/vn-ext-ward"
EXT_VISIT_REASON_4210 = f"{_SD}/vn-ext-insurance-visit-type"
EXT_OUTCOME = f"{_SD}/vn-ext-treatment-outcome"
EXT_CARD_TYPE = f"{_SD}/vn-ext-bhyt-card-type"
EXT_PRIMARY_CARE = f"{_SD}/vn-ext-primary-care-facility"

EXT_COVERAGE = f"{_OWN}:StructureDefinition:coverage"
EXT_CLAIM = f"{_OWN}:StructureDefinition:claim-totals"
EXT_LINE = f"{_OWN}:StructureDefinition:charge-line"
EXT_MEDICINE = f"{_OWN}:StructureDefinition:medicine"
EXT_PREGNANCY = f"{_OWN}:StructureDefinition:pregnancy-end"
EXT_CHILD_DEATH = f"{_OWN}:StructureDefinition:child-death"
EXT_REST_DAYS = f"{_OWN}:StructureDefinition:rest-days"
EXT_DEVICE = f"{_OWN}:StructureDefinition:device-code"
EXT_TRANSPORT = f"{_OWN}:StructureDefinition:transport"

ACT_CODE = f"{_HL7}/v3-ActCode"
ACT_PRIORITY = f"{_HL7}/v3-ActPriority"
ROLE_CODE = f"{_HL7}/v3-RoleCode"
IDENTIFIER_V2 = f"{_HL7}/v2-0203"
CONTACT_V2 = f"{_HL7}/v2-0131"
CONDITION_CLINICAL = f"{_HL7}/condition-clinical"
CONDITION_VERIFICATION = f"{_HL7}/condition-ver-status"
CONDITION_CATEGORY = f"{_HL7}/condition-category"
DIAGNOSIS_ROLE = f"{_HL7}/diagnosis-role"
OBSERVATION_CATEGORY = f"{_HL7}/observation-category"
DIAGNOSTIC_SECTION = f"{_HL7}/v2-0074"
CLAIM_TYPE = f"{_HL7}/claim-type"
PROCESS_PRIORITY = f"{_HL7}/processpriority"
SELF_PAY = f"{_HL7}/coverage-selfpay"
LOCATION_TYPE = f"{_HL7}/location-physical-type"
PROVENANCE_AGENT = f"{_HL7}/provenance-participant-type"
MEDICATION_CATEGORY = f"{_HL7}/medicationrequest-category"
ABSENT = f"{_HL7}/data-absent-reason"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
