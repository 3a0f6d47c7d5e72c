"""Who may do what: the table of rights -> the restriction that the query must carry. Deny by default.

In: a principal (or nobody), an interaction of FHIR R4 §3.1.0 and a resource type. Out: a `Restriction` for `search`
and `store`, or None when it is denied. It opens no connection, looks at no resource and filters no row.
"""

from __future__ import annotations

from functools import lru_cache

from yteso.access.grant import Bound, Grant
from yteso.access.interaction import Interaction
from yteso.access.narrowing import NARROWINGS
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.access.table import TABLE
from yteso.access.types import CODE_TYPES, DIRECTORY_TYPES, PATIENT_TYPES, REFERENCE_TYPES
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin, Rule, Severity

__all__ = [
    "CODE_TYPES",
    "DIRECTORY_TYPES",
    "PATIENT_TYPES",
    "REFERENCE_TYPES",
    "TABLE",
    "Interaction",
    "require",
    "restriction",
]

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
_NO_PERSON = Rule(
    "AUTH-0104",
    Severity.ERROR,
    "Tài khoản người dân chưa được gắn với hồ sơ của một người.",
    "The citizen's account is not bound to a person's record.",
    "Đăng nhập bằng định danh điện tử, hoặc đề nghị cơ sở khám chữa bệnh gắn hồ sơ.",
    "Log in with the electronic identity, or ask a facility to bind the record.",
)
_NARROWED = Rule(
    "AUTH-0105",
    Severity.ERROR,
    "Vai trò {role} được phép, nhưng phạm vi của ứng dụng hoặc của phiên này không cho {interaction} trên {type}.",
    "The role {role} may, but the scope of this app or session does not allow {interaction} on {type}.",
    "Xin phạm vi rộng hơn cho ứng dụng.",
    "Ask for a wider scope for the app.",
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
    return None if grant is None else _narrowed(principal, interaction, type, grant)


def require(principal: Principal | None, interaction: Interaction | str, type: str = "") -> Restriction:
    """The restriction, or `Refused`: status 401 when nobody is logged in, 403 when there is no such right."""
    allowed = restriction(principal, interaction, type)
    if allowed is not None:
        return allowed
    if principal is None:
        raise Refused(_UNKNOWN.at(), status=401)
    raise Refused(_denial(principal, Interaction(interaction), type), status=403)


@lru_cache(maxsize=4096)
def _narrowed(principal: Principal, interaction: Interaction, type: str, grant: Grant) -> Restriction | None:
    """What is left of a grant: the same for the same, whenever it is asked."""
    allowed = _bound(principal, grant)
    for narrow in NARROWINGS:
        if allowed is not None:
            allowed = narrow(principal, interaction, type, allowed)
    return allowed


def _bound(principal: Principal, grant: Grant) -> Restriction | None:
    """An empty facility or person is no limit that holds for nobody: it is no right."""
    match grant.bound:
        case Bound.NOBODY:
            return Restriction(grant.types)
        case Bound.CARE if principal.facility:
            return Restriction(
                grant.types,
                care_facility=principal.facility,
                care_account=principal.name,
                care_types=PATIENT_TYPES,
            )
        case Bound.SELF if principal.person:
            return Restriction(grant.types, care_types=PATIENT_TYPES, person=principal.person)
        case Bound.NOTIFIABLE:
            return Restriction(grant.types, care_types=PATIENT_TYPES, notifiable=True)
        case Bound.ORDER if principal.name:
            return Restriction(grant.types, care_types=PATIENT_TYPES, inspector=principal.name)
    return None


def _grant(role: Role, interaction: Interaction, type: str) -> Grant | None:
    for grant in TABLE.get(role, ()):
        if interaction in grant.interactions and (not type or grant.types is None or type in grant.types):
            return grant
    return None


def _denial(principal: Principal, interaction: Interaction, type: str) -> Issue:
    grant = _grant(principal.role, interaction, type)
    told = {"role": principal.role, "interaction": interaction, "type": type or "*"}
    if grant is None:
        return _ROLE.at(Origin(), **told)
    if _bound(principal, grant) is not None:
        return _NARROWED.at(Origin(), **told)
    return _NO_PERSON.at() if grant.bound is Bound.SELF else _NO_FACILITY.at(role=principal.role)
