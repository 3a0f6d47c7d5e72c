"""Consent resources -> rows of `store.consent_rule`, in their transaction: what a person allows and refuses, to whom.

FHIR R4 Consent: `status` active counts, rejected is a refusal of all it names, anything else says nothing (withdrawn:
inactive). `provision` and each of its inner provisions (exceptions, at any depth) become rules of their own; an inner
one that names nobody is about the outer one's recipients. A base rule of opting out (`policyRule`) refuses where
`provision` says neither. Actors: role CST names the facility that made the facts, any other the recipient. They are
known by identifier: MA_CSKCB of a facility, `ACCOUNT` of a person's account. Who cannot be told is everybody where it
refuses, and nobody where it allows; so is a part of the record that is named by what no row can be asked for (`data`,
`code`). A permission without evidence opens nothing; a Consent of more than `MOST_RULES` closes all to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice, product
from typing import Any

from yteso.db import Connection, Queries
from yteso.fhir.dates import interval, moment
from yteso.search.keys import number, patient_key
from yteso.search.row import NO_DATE
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.standards.identifiers import MA_CSKCB, canonical_system
from yteso.standards.sensitivity import LABELS
from yteso.store.rows import Indexed, Key

SQL = Queries.beside(__file__)

ACCOUNT = "urn:yteso:account"
"""Identifier system of an account's name."""
ROLE = "urn:yteso:role"
"""Code system of the platform's roles, for an actor that is whoever has the role."""
MOST_RULES = 1000
"""Every look at a record walks them; nobody who means what they say needs so many."""
_CONSENT = TYPE_NUMBER["Consent"]
_OPTED_OUT = frozenset(["OPTOUT", "OPTOUTE"])
"""Codes of v3-ActConsentDirective: nothing is allowed but what is excepted."""
_SEEING = frozenset(["access", "use", "disclose"])
"""Codes of consentaction that let somebody see; `collect` and `correct` alone do not."""
_ALWAYS = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
_ALL_TIME = (NO_DATE, 2**63 - 1)


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """One row. Empty text and type 0: whatever it is; see migration 0060."""

    permit: bool
    facility: str = ""
    account: str = ""
    role: str = ""
    purpose: str = ""
    type: int = 0
    label: int = 0
    maker: str = ""
    dates: tuple[int, int] = _ALL_TIME
    period: tuple[datetime, datetime] = _ALWAYS


@dataclass(frozen=True, slots=True)
class _Actor:
    facility: str = ""
    account: str = ""
    role: str = ""


def add_consents(conn: Connection, rows: Iterable[Indexed]) -> None:
    """Write what these Consents say."""
    for row, index in rows:
        if row.key[1] == _CONSENT and index.pat is not None:
            for n, rule in enumerate(consent_rules(row.resource)):
                conn.execute(
                    SQL["add_consent_rules"], (row.key[0], row.key[2], n, number(index.pat), *row_values(rule))
                )


def persons_of(conn: Connection, patient: str) -> list[str]:
    """The ids of all Patients that are the same person as this one, itself first."""
    return [patient, *(row[0] for row in conn.execute(SQL["fetch_same_persons"], (number(patient_key(patient)),)))]


def cared_by(conn: Connection, patients: Sequence[str]) -> list[str]:
    """Codes of the facilities these Patients were at."""
    keys = " ".join(str(number(patient_key(one))) for one in patients)
    return [row[0] for row in conn.execute(SQL["fetch_caring"], (keys,))]


def drop_consents(conn: Connection, keys: Iterable[Key]) -> None:
    """What these Consents said goes away."""
    gone = [(shard, id) for shard, type, id in keys if type == _CONSENT]
    if gone:
        shards, ids = zip(*gone, strict=True)
        conn.execute(SQL["drop_consent_rules"], (" ".join(map(str, shards)), " ".join(ids)))


def consent_rules(consent: Mapping[str, Any]) -> list[ConsentRule]:
    """What a Consent says; nothing when it is not in force."""
    status = consent.get("status")
    if status not in ("active", "rejected"):
        return []
    provision = consent.get("provision")
    outer = dict(provision) if isinstance(provision, dict) else {}
    if "type" not in outer and any(code in _OPTED_OUT for _, code in _coded(consent.get("policyRule"))):
        outer["type"] = "deny"
    found = list(islice(_with_exceptions(outer, status == "rejected", ()), MOST_RULES + 1))
    if len(found) > MOST_RULES:
        return [ConsentRule(permit=False)]
    return found if _is_proved(consent) else [rule for rule in found if not rule.permit]


def _with_exceptions(
    provision: Mapping[str, Any], refused: bool, outer: Sequence[Mapping[str, Any]]
) -> Iterator[ConsentRule]:
    """The rules of a provision and of what is nested in it, about its own actors, else about those of the outer one.

    Reading JSON bounds the depth.
    """
    actors = _actors(provision, custodian=False) or outer
    yield from _of(provision, refused, actors)
    for inner in _dicts(provision.get("provision")):
        yield from _with_exceptions(inner, refused, actors)


def _is_proved(consent: Mapping[str, Any]) -> bool:
    """Silence is no consent, and proof is the controller's burden (NĐ 356/2025): a permission needs its evidence."""
    verified = any(one.get("verified") is True for one in _dicts(consent.get("verification")))
    return verified or "sourceAttachment" in consent or "sourceReference" in consent


def _of(provision: Mapping[str, Any], refused: bool, actors: Sequence[Mapping[str, Any]]) -> Iterator[ConsentRule]:
    """The rules of one provision: every one of these actors with every purpose, type and maker it names."""
    said = provision.get("type")
    if said not in ("permit", "deny"):
        if not refused:
            return
        said = "deny"
    permit = said == "permit" and not refused
    if permit and not _can_be_told(provision):
        return
    whom = _recipients(actors, permit=permit)
    rule = ConsentRule(
        permit,
        label=sum({LABELS[code] for code in _codes(provision.get("securityLabel")) if code in LABELS}),
        dates=_dates(provision.get("dataPeriod")),
        period=_period(provision.get("period")),
    )
    purposes = _codes(provision.get("purpose")) or ("",)
    types = [TYPE_NUMBER[code] for code in _codes(provision.get("class")) if code in TYPE_NUMBER]
    if provision.get("class") and not types and permit:
        return
    makers = tuple(_facility(one) for one in _actors(provision, custodian=True)) or ("",)
    for actor, purpose, type, maker in product(whom, purposes, types or (0,), makers):
        yield replace(
            rule,
            facility=actor.facility,
            account=actor.account,
            role=actor.role,
            purpose=purpose,
            type=type,
            maker=maker,
        )


def _can_be_told(provision: Mapping[str, Any]) -> bool:
    """Whether what is permitted is nothing narrower than the rules can say, and lets somebody see."""
    acts = {code for act in _dicts(provision.get("action")) for _, code in _coded(act)}
    return not provision.keys() & {"data", "code"} and (not acts or not acts.isdisjoint(_SEEING))


def _recipients(actors: Sequence[Mapping[str, Any]], *, permit: bool) -> tuple[_Actor, ...]:
    """Whom these are; everybody when nobody is named. One who cannot be told counts as everybody where it refuses."""
    found = [_recipient(one) for one in actors]
    known = [one for one in found if one is not None]
    if not actors or (len(known) < len(actors) and not permit):
        known.append(_Actor())
    return tuple(known)


def _recipient(actor: Mapping[str, Any]) -> _Actor | None:
    role = next((code for system, code in _coded(actor.get("role")) if system == ROLE), "")
    system, value = _identifier(actor)
    if value and canonical_system(system) == MA_CSKCB:
        return _Actor(facility=value, role=role)
    if value and system == ACCOUNT:
        return _Actor(account=value, role=role)
    return _Actor(role=role) if role and not value else None


def _facility(actor: Mapping[str, Any]) -> str:
    """The facility that made the facts; one that cannot be told is every one."""
    system, value = _identifier(actor)
    return value if canonical_system(system) == MA_CSKCB else ""


def _actors(provision: Mapping[str, Any], *, custodian: bool) -> list[Mapping[str, Any]]:
    found = _dicts(provision.get("actor"))
    return [one for one in found if any(code == "CST" for _, code in _coded(one.get("role"))) is custodian]


def _identifier(actor: Mapping[str, Any]) -> tuple[str, str]:
    reference = actor.get("reference")
    identifier = reference.get("identifier") if isinstance(reference, dict) else None
    if not isinstance(identifier, dict):
        return "", ""
    return str(identifier.get("system", "")), str(identifier.get("value", ""))


def _codes(codings: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one["code"] for one in _dicts(codings) if isinstance(one.get("code"), str)))


def _coded(concept: Any) -> list[tuple[str, str]]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    return [(str(one.get("system", "")), str(one.get("code", ""))) for one in _dicts(codings)]


def _period(period: Any) -> tuple[datetime, datetime]:
    low, high = _dates(period)
    first, last = _ALWAYS
    return (moment(low) if low != NO_DATE else first), (moment(high) if high != _ALL_TIME[1] else last)


def _dates(period: Any) -> tuple[int, int]:
    """A Period in microseconds, whole days included."""
    low, high = _ALL_TIME
    if isinstance(period, dict):
        start = interval(str(period["start"])) if "start" in period else None
        end = interval(str(period["end"])) if "end" in period else None
        low, high = (start[0] if start else low), (end[1] if end else high)
    return low, high


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def row_values(rule: ConsentRule) -> tuple[Any, ...]:
    """The columns of its row after those that say whose it is."""
    recipient = (rule.permit, rule.facility, rule.account, rule.role, rule.purpose)
    return (*recipient, rule.type, rule.label, rule.maker, *rule.dates, *rule.period)
