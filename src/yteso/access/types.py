"""Which resource types belong together when rights are given: a patient's record, the directory, codes, per work."""

from __future__ import annotations


def _types(names: str) -> frozenset[str]:
    return frozenset(names.split())


PATIENT_TYPES = _types(
    """Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse Basic Binary BodyStructure CarePlan
    CareTeam ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Composition
    Condition Consent Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue DeviceRequest
    DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference Encounter EnrollmentRequest EpisodeOfCare
    ExplanationOfBenefit FamilyMemberHistory Flag Goal ImagingStudy Immunization ImmunizationEvaluation
    ImmunizationRecommendation Invoice List Media MedicationAdministration MedicationDispense MedicationRequest
    MedicationStatement MolecularSequence NutritionOrder Observation Patient Procedure Provenance
    QuestionnaireResponse RelatedPerson RequestGroup RiskAssessment ServiceRequest Specimen SupplyDelivery
    SupplyRequest VisionPrescription"""
)
"""Types that carry a patient's record: the Patient compartment (FHIR R4 compartmentdefinition-patient) without
AuditEvent (the chain has its own door), Person (`identity`), Group, MeasureReport and ResearchSubject (several
people at once) and Schedule (a clinic's, below); with Binary, which is of the Patient that its `securityContext` names,
or of what else it names (`search.contexts`), and of nobody who is bound to patients when it names nothing."""

NO_RECORD = frozenset(["AuditEvent", "Parameters"])
"""Types of which nobody writes a resource: AuditEvents are rows of the audit chain, and Parameters only carry what an
operation is given or gives back ("there is no RESTful endpoint associated with it", FHIR R4 Parameters)."""

DIRECTORY_TYPES = frozenset(["Organization", "Location", "Practitioner"])
"""What an operator sees of the record: who works where, and no patient."""

CODE_TYPES = frozenset(["CodeSystem", "ValueSet", "ConceptMap"])
"""What codes mean. Everybody who works with the record may ask; it tells of nobody."""

REFERENCE_TYPES = DIRECTORY_TYPES | _types(
    """ActivityDefinition CatalogEntry CodeSystem ConceptMap Device DeviceDefinition Endpoint HealthcareService
    InsurancePlan Medication MedicationKnowledge NamingSystem OperationDefinition OrganizationAffiliation PlanDefinition
    PractitionerRole Questionnaire Schedule SearchParameter Slot StructureDefinition Substance ValueSet"""
)
"""What a clinician may look up that belongs to no patient; of a Device that is somebody's, see `search.hot`."""

DESK_TYPES = REFERENCE_TYPES - {"Device"}
"""The same for who cares for nobody: without what may be a patient's after all."""


# What each kind of work needs of a patient's record, and no more.

LAB_TYPES = _types(
    """BodyStructure DiagnosticReport Encounter ImagingStudy Media Observation Patient Provenance ServiceRequest
    Specimen"""
)
"""Who does tests sees what was ordered, the samples, the results, and whose they are."""

PHARMACY_TYPES = _types(
    """AllergyIntolerance Coverage DetectedIssue Encounter MedicationAdministration MedicationDispense
    MedicationRequest MedicationStatement Patient Provenance"""
)
"""Who gives out medicines sees what was prescribed and given, what the patient does not tolerate, who pays."""

CASHIER_TYPES = _types(
    """Account ChargeItem Claim ClaimResponse Coverage CoverageEligibilityRequest CoverageEligibilityResponse
    Encounter EnrollmentRequest ExplanationOfBenefit Invoice Patient"""
)
"""Who takes money sees visits, insurance and bills, and no finding."""

NURSE_WRITES = _types(
    """AdverseEvent CarePlan Communication Flag Immunization MedicationAdministration NutritionOrder Observation
    Procedure QuestionnaireResponse Specimen"""
)
"""What a nurse records; diagnoses, orders and prescriptions are a doctor's."""

LAB_WRITES = _types("DiagnosticReport ImagingStudy Media Observation Specimen")
PHARMACY_WRITES = _types("DetectedIssue MedicationDispense MedicationStatement")
CASHIER_WRITES = _types("Account ChargeItem Invoice")

NOTIFIABLE_TYPES = frozenset(["Condition", "Patient"])
"""What the law has reported of a notifiable disease: the diagnosis, and who has it."""

MANAGED_TYPES = DESK_TYPES | _types(
    """CapabilityStatement CompartmentDefinition ExampleScenario GraphDefinition ImplementationGuide MessageDefinition
    StructureMap TerminologyCapabilities"""
)
"""What who runs the platform looks after: the directory, codes, profiles, definitions. No patient's record."""
