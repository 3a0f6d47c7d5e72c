"""The records desk writes down who represents a patient, and ends it: with papers, for patients of the own facility.

In: staff of records or a station. Out: frozen values, or `Refused` (REPR-0009 to REPR-0015). The representative need
not be a patient of the facility: the platform finds the one record with the number and the birth date of the papers,
and the person can read that it was looked up. Rights come from the same RelatedPerson (`store.relations`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.access.table import RECORDS_REPRESENTATION
from yteso.base.clock import VIETNAM, Clock, day_in_vietnam
from yteso.base.errors import Refused
from yteso.base.ids import random_id
from yteso.base.issue import Issue, Origin
from yteso.base.scanner import NotScanned, Scanner
from yteso.client import representation_rules as rules
from yteso.client.citizens import Citizens
from yteso.client.people import PersonBanner, banner_of
from yteso.client.representations import ADULT, BY_COURT, LONGEST_YEARS, Representation, ended, ends_in_time, shown
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.search.query import Clause, Query
from yteso.store.audit import add_note
from yteso.store.protocol import AuditNote, Change, Put, Store
from yteso.store.relations import EVIDENCE, REPRESENTATIVE
from yteso.store.scan import INFECTED, UNSCANNED

Resource = dict[str, Any]
OF_A_MINOR = ("MTH", "FTH", "PRN", "GUARD")
OF_AN_ADULT = (BY_COURT, "HPOWATT", "POWATT", "DPOWATT", "SPOWATT")
"""Codes of v3-RoleCode."""
LEAST, MOST = 10, 500
MOST_BYTES = 4 * 1024 * 1024
_FORMS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Papers:
    """What lies on the desk: who represents (citizen number, birth date), as what, by what evidence, until when."""

    number: str
    birth_date: str
    relationship: str
    evidence: str
    until: str = ""
    scan: bytes = b""


class Guardians:
    """One instance serves a process; every call is one transaction. All raise Refused (403, REPR-0009)."""

    def __init__(self, database: Database, store: Store, clock: Clock, scanner: Scanner | None = None) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._scanner = scanner
        self._citizens = Citizens(database, store)

    def of(self, who: Principal, patient: str) -> tuple[Representation, ...]:
        """Who represents this patient and who did, those in force first. Refused (404) when not to be seen."""
        _require_records(who)
        with self._database.reading() as conn:
            found = self._of(conn, who, self._ward(conn, who, patient))
        return tuple(sorted(found, key=lambda one: not one.in_force))

    def record(self, who: Principal, patient: str, papers: Papers) -> str:
        """A new representation's id; it gives rights with the next statement. Refused (422) by the first reason.

        Refused (503) while the virus scanner gives no verdict on the scan.
        """
        _require_records(who)
        self._look_through(papers.scan)
        holder = self._holder(who, papers)
        with self._database.connection() as conn:
            ward = self._ward(conn, who, patient)
            issue = self._unfit(ward, holder, papers)
            held = {one.holder for one in self._of(conn, who, ward) if one.in_force}
            if holder is None or issue is not None or holder.id in held:
                raise Refused(issue or rules.ALREADY_OF.at(), status=422)
            written = _resources(ward.id, holder, papers, self._clock().astimezone(VIETNAM))
            self._write(conn, who, [Put(one, expected=0) for one in written], "representation recorded")
        return str(written[-1]["id"])

    def end(self, who: Principal, patient: str, id: str, reason: str) -> bool:
        """End one from now on, with the reason; False when it is not in force. Refused (422, REPR-0015)."""
        _require_records(who)
        reason = reason.strip()[:MOST]
        if len(reason) < LEAST:
            raise Refused(rules.NO_REASON.at(Origin(field="reason"), least=LEAST), status=422)
        with self._database.connection() as conn:
            ward = self._ward(conn, who, patient)
            limit = require(who, Interaction.READ, "RelatedPerson")
            stored = self._store.read(conn, who, limit, "RelatedPerson", id)
            resource = fhir_json.loads(stored.body) if stored and not stored.deleted else {}
            of_ward = resource.get("patient", {}).get("reference") == f"Patient/{ward.id}"
            if not of_ward or not any(one.in_force for one in shown(resource, ward, self._clock(), who)):
                return False
            assert stored is not None
            change = Put(ended(resource, self._clock(), reason), expected=stored.version)
            self._write(conn, who, [change], "representation ended")
        return True

    def _look_through(self, scan: bytes) -> None:
        if self._scanner is None or not scan:
            return
        try:
            found = self._scanner.find([scan])
        except NotScanned as error:
            raise Refused(UNSCANNED.at(Origin(field="scan")), status=503) from error
        if found:
            raise Refused(INFECTED.at(Origin(field="scan"), name=found), status=422)

    def _write(self, conn: Connection, who: Principal, changes: Sequence[Put], detail: str) -> None:
        for one in changes:
            act = Interaction.CREATE if one.expected == 0 else Interaction.UPDATE
            require(who, act, one.resource["resourceType"])
        written: list[Change] = list(changes)
        self._store.write(conn, who, written, detail)

    def _of(self, conn: Connection, who: Principal, ward: PersonBanner) -> list[Representation]:
        clause = Clause("patient", "reference", (("eq", f"Patient/{ward.id}"),))
        limit = require(who, Interaction.SEARCH, "RelatedPerson")
        page = self._store.search(conn, who, limit, Query("RelatedPerson", (clause,), count=_MOST_SHOWN))
        found = (fhir_json.loads(match.body) for match in page.matches)
        return [one for resource in found for one in shown(resource, ward, self._clock(), who)]

    def _ward(self, conn: Connection, who: Principal, patient: str) -> PersonBanner:
        stored = self._store.read(conn, who, require(who, Interaction.READ, "Patient"), "Patient", patient)
        if stored is None or stored.deleted:
            raise Refused(rules.NOT_RECORDS.at(), status=404)
        return banner_of(fhir_json.loads(stored.body), self._today())

    def _holder(self, who: Principal, papers: Papers) -> PersonBanner | None:
        """The one record of the representative; None when there is none, or more than one.

        That it was looked up stays in the chain whatever becomes of it.
        """
        number, born = "".join(filter(str.isalnum, papers.number)), papers.birth_date.strip()
        found = self._citizens.with_number(number, born) if number and born else ()
        if len(found) != 1:
            return None
        with self._database.connection() as conn:
            stored = self._store.peek(conn, [("Patient", found[0])])[("Patient", found[0])]
            add_note(conn, who, AuditNote("R", "named as representative", found), f"Patient/{found[0]}")
        banner = banner_of(fhir_json.loads(stored.body), self._today())
        return banner if banner.birth_date == born and not banner.deceased else None

    def _unfit(self, ward: PersonBanner, holder: PersonBanner | None, papers: Papers) -> Issue | None:
        """The first reason against it."""
        if holder is None:
            return rules.NOBODY.at(Origin(field="number"))
        if holder.id == ward.id:
            return rules.NOT_ONESELF.at(Origin(field="number"))
        if (holder.age or 0) < ADULT:
            return rules.TOO_YOUNG.at(Origin(field="number"))
        minor = ward.age is not None and ward.age < ADULT
        if papers.relationship not in (OF_A_MINOR if minor else OF_AN_ADULT):
            return rules.NOT_OF_THIS_AGE.at(Origin(field="relationship"))
        if not LEAST <= len(papers.evidence.strip()) <= MOST:
            return rules.NO_EVIDENCE.at(Origin(field="evidence"), least=LEAST)
        if papers.scan and (len(papers.scan) > MOST_BYTES or not _form(papers.scan)):
            return rules.BAD_SCAN.at(Origin(field="scan"), most=MOST_BYTES // 2**20)
        return self._unfit_end(papers.until, minor=minor)

    def _unfit_end(self, until: str, *, minor: bool) -> Issue | None:
        """A child's ends at 18 at the latest and may have no end of its own."""
        if minor and not until:
            return None
        years = ADULT if minor else LONGEST_YEARS
        in_time = ends_in_time(until, self._today(), years)
        return None if in_time else rules.BAD_END.at(Origin(field="until"), years=years)

    def _today(self) -> date:
        return day_in_vietnam(self._clock())


def may_record(who: Principal) -> bool:
    """Whether this one records representatives."""
    return who.role in RECORDS_REPRESENTATION and who.role in (Role.STAFF, Role.STATION) and bool(who.facility)


def _require_records(who: Principal) -> None:
    if not may_record(who):
        raise Refused(rules.NOT_RECORDS.at(), status=403)


def _form(scan: bytes) -> str:
    """The media type by the first bytes; empty when it is none of those taken."""
    return next((kind for beginning, kind in _FORMS.items() if scan.startswith(beginning)), "")


def _resources(ward: str, holder: PersonBanner, papers: Papers, now: datetime) -> list[Resource]:
    """The scan, where there is one, and last the RelatedPerson."""
    text, patient = papers.evidence.strip(), {"reference": f"Patient/{ward}"}
    evidence: Resource = {"url": EVIDENCE, "valueString": text}
    scans: list[Resource] = []
    if papers.scan:
        attachment = {"contentType": _form(papers.scan), "data": b64encode(papers.scan).decode(), "title": text}
        scans.append(
            {
                "resourceType": "DocumentReference",
                "id": random_id(),
                "status": "current",
                "type": {"text": "Giấy tờ chứng minh việc đại diện"},
                "subject": patient,
                "date": now.isoformat("T", "seconds"),
                "description": text,
                "content": [{"attachment": attachment}],
            }
        )
        named = {"reference": f"DocumentReference/{scans[0]['id']}", "display": text}
        evidence = {"url": EVIDENCE, "valueReference": named}
    related = {
        "resourceType": "RelatedPerson",
        "id": random_id(),
        "extension": [evidence],
        "identifier": [{"system": REPRESENTATIVE, "value": holder.id}],
        "active": True,
        "patient": patient,
        "relationship": [{"coding": [{"system": _ROLE_CODE, "code": papers.relationship}]}],
        "name": [{"text": holder.name}],
        "period": {"start": day_in_vietnam(now).isoformat(), **({"end": papers.until} if papers.until else {})},
    }
    return [*scans, related]
