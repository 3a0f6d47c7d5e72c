"""Who may do what: one table role × interaction × types -> the restriction that the query must carry. Deny by default.

In: a principal (or nobody), an interaction of FHIR R4 §3.1.0 and a resource type. Out: a `Restriction` for `search`
and `store`, or None when it is denied. It opens no connection, looks at no resource and filters no row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin, Rule, Severity


class Interaction(StrEnum):
    """The interactions of the FHIR REST interface that the platform knows (FHIR R4 §3.1.0); with `$`, operations."""

    CAPABILITIES = "capabilities"
    READ = "read"
    VREAD = "vread"
    SEARCH = "search"
    HISTORY = "history"
    CREATE = "create"
    UPDATE = "update"
    PATCH = "patch"
    DELETE = "delete"
    TRANSACTION = "transaction"
    BATCH = "batch"
    META = "$meta"
    EVERYTHING = "$everything"
    DOCUMENT = "$document"
    SUMMARY = "$summary"
    LASTN = "$lastn"
    STATS = "$stats"
    META_ADD = "$meta-add"
    VALIDATE = "$validate"
    META_DELETE = "$meta-delete"
    BULK = "bulk"
    EXPORT = "$export"
    IMPORT = "$import"
    LOOKUP = "$lookup"
    VALIDATE_CODE = "$validate-code"
    EXPAND = "$expand"
    TRANSLATE = "$translate"
    SUBSUMES = "$subsumes"
    SUBSCRIPTION_STATUS = "$status"
    SUBSCRIPTION_EVENTS = "$events"
    SUBSCRIPTION_TICKET = "$get-ws-binding-token"


def _types(names: str) -> frozenset[str]:
    return frozenset(names.split())


PATIENT_TYPES = _types(
    """Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse Basic BodyStructure CarePlan CareTeam
    ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Composition Condition Consent
    Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue DeviceRequest DeviceUseStatement
    DiagnosticReport DocumentManifest DocumentReference Encounter EnrollmentRequest EpisodeOfCare ExplanationOfBenefit
    FamilyMemberHistory Flag Goal ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation Invoice
    List Media MedicationAdministration MedicationDispense MedicationRequest MedicationStatement MolecularSequence
    NutritionOrder Observation Patient Procedure Provenance QuestionnaireResponse RelatedPerson RequestGroup
    RiskAssessment ServiceRequest Specimen SupplyDelivery SupplyRequest VisionPrescription"""
)
"""Types that carry a patient's record: the Patient compartment (FHIR R4 compartmentdefinition-patient) without
AuditEvent (the chain has its own door), Person (`identity`), Group, MeasureReport and ResearchSubject (several
people at once) and Schedule (a clinic's, below)."""

DIRECTORY_TYPES = frozenset(["Organization", "Location", "Practitioner"])
"""What an operator sees of the record: who works where, and no patient."""

CODE_TYPES = frozenset(["CodeSystem", "ValueSet", "ConceptMap"])
"""What codes mean. Everybody who works with the record may ask; it tells of nobody."""

REFERENCE_TYPES = DIRECTORY_TYPES | _types(
    """ActivityDefinition CatalogEntry CodeSystem ConceptMap Device DeviceDefinition Endpoint HealthcareService
    InsurancePlan Medication MedicationKnowledge NamingSystem OperationDefinition OrganizationAffiliation PlanDefinition
    PractitionerRole Questionnaire Schedule SearchParameter Slot StructureDefinition Substance ValueSet"""
)
"""What a clinician may look up that belongs to no patient."""


@dataclass(frozen=True, slots=True)
class Grant:
    """These interactions on these types (None: all); `in_care` binds them to the patients of the own facility."""

    interactions: frozenset[Interaction]
    types: frozenset[str] | None
    in_care: bool = False


_LOOK = frozenset(
    [
        Interaction.READ,
        Interaction.VREAD,
        Interaction.SEARCH,
        Interaction.HISTORY,
        Interaction.META,
        Interaction.VALIDATE,
        Interaction.EVERYTHING,
        Interaction.DOCUMENT,
        Interaction.SUMMARY,
        Interaction.LASTN,
        Interaction.STATS,
    ]
)
_WRITE = frozenset(
    [Interaction.CREATE, Interaction.UPDATE, Interaction.PATCH, Interaction.META_ADD, Interaction.META_DELETE]
)
_CODES = Grant(
    frozenset(
        [
            Interaction.LOOKUP,
            Interaction.VALIDATE_CODE,
            Interaction.EXPAND,
            Interaction.TRANSLATE,
            Interaction.SUBSUMES,
        ]
    ),
    CODE_TYPES,
)
_ALL = Grant(frozenset(Interaction), None)
_METADATA = Grant(frozenset([Interaction.CAPABILITIES]), None)
_BATCH = Grant(frozenset([Interaction.BATCH]), None)
_BUNDLES = Grant(frozenset([Interaction.BATCH, Interaction.TRANSACTION]), None)

_NO_RIGHTS_YET = (
    Role.CITIZEN,
    Role.NURSE,
    Role.LAB,
    Role.PHARMACIST,
    Role.CASHIER,
    Role.FACILITY_ADMINISTRATOR,
    Role.STATION,
    Role.SURVEILLANCE,
    Role.INSPECTOR,
    Role.ANALYST,
    Role.INTEGRATOR,
    Role.DATA_OFFICER,
)

TABLE: dict[Role, tuple[Grant, ...]] = {
    Role.ADMINISTRATOR: (_ALL,),
    Role.SYSTEM: (_ALL,),
    Role.OPERATOR: (_METADATA, _BATCH, _CODES, Grant(_LOOK, DIRECTORY_TYPES)),
    Role.STAFF: (_METADATA, _BATCH, _CODES, Grant(_LOOK, PATIENT_TYPES | REFERENCE_TYPES, in_care=True)),
    Role.DOCTOR: (
        _METADATA,
        _BUNDLES,
        _CODES,
        Grant(_LOOK, PATIENT_TYPES | REFERENCE_TYPES, in_care=True),
        Grant(_WRITE, PATIENT_TYPES, in_care=True),
    ),
    Role.FACILITY: (_METADATA,),
    **dict.fromkeys(_NO_RIGHTS_YET, (_METADATA,)),
}
"""Decision on rights of the first floor. A bundle's grant only opens the envelope: each entry is judged by itself.

A clinician does not delete: a wrong entry becomes `entered-in-error`, so that its reader of yesterday finds it."""

_UNKNOWN = Rule(
    "AUTH-0101",
    Severity.ERROR,
    "Chưa đăng nhập, hoặc phiên đăng nhập đã hết hạn.",
    "Not logged in, or the log-in has expired.",
    "Gửi kèm mã truy cập: Authorization: Bearer …",
    "Send an access token: Authorization: Bearer …",
)
_ROLE = Rule(
    "AUTH-0102",
    Severity.ERROR,
    "Vai trò {role} không được thực hiện {interaction} trên {type}.",
    "The role {role} may not do {interaction} on {type}.",
    "Dùng tài khoản có quyền phù hợp hoặc đề nghị quản trị viên cấp quyền.",
    "Use an account with the right, or ask the administrator for it.",
)
_NO_FACILITY = Rule(
    "AUTH-0103",
    Severity.ERROR,
    "Tài khoản vai trò {role} chưa được gán cơ sở khám chữa bệnh.",
    "The account of role {role} is not bound to a facility.",
    "Đề nghị quản trị viên gán mã cơ sở (MA_CSKCB) cho tài khoản.",
    "Ask the administrator to give the account its facility code (MA_CSKCB).",
)


def restriction(principal: Principal | None, interaction: Interaction | str, type: str = "") -> Restriction | None:
    """What the principal may reach with this interaction; None when it is denied.

    `type` is empty for an interaction on the whole system. The restriction names all types the role may reach this
    way, so that an `_include` or a history of everything stays within the rights too.
    """
    interaction = Interaction(interaction)
    if interaction is Interaction.CAPABILITIES:
        return EVERYTHING
    if principal is None:
        return None
    grant = _grant(principal.role, interaction, type)
    if grant is None or (grant.in_care and not principal.facility):
        return None
    if not grant.in_care:
        return Restriction(types=grant.types)
    return Restriction(types=grant.types, care_facility=principal.facility, care_types=PATIENT_TYPES)


def require(principal: Principal | None, interaction: Interaction | str, type: str = "") -> Restriction:
    """The restriction, or `Refused`: status 401 when nobody is logged in, 403 when the role has no such right."""
    allowed = restriction(principal, interaction, type)
    if allowed is not None:
        return allowed
    if principal is None:
        raise Refused(_UNKNOWN.at(), status=401)
    raise Refused(_denial(principal, Interaction(interaction), type), status=403)


def _grant(role: Role, interaction: Interaction, type: str) -> Grant | None:
    for grant in TABLE.get(role, ()):
        if interaction in grant.interactions and (not type or grant.types is None or type in grant.types):
            return grant
    return None


def _denial(principal: Principal, interaction: Interaction, type: str) -> Issue:
    if _grant(principal.role, interaction, type) is not None:
        return _NO_FACILITY.at(role=principal.role)
    return _ROLE.at(Origin(), role=principal.role, interaction=interaction, type=type or "*")
