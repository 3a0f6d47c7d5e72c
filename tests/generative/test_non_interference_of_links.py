"""Two databases that differ in what hangs together with what somebody sees answer that person byte for byte the same.

`test_non_interference.py` invents questions about records that stand apart; here each way from a seen record to a
hidden one, or back, is asked: chains and `_has` of several steps, hierarchies, lists, includes, compartments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql
from tests.acceptance.matrix.world import build, who
from tests.conftest import clone
from tests.generative.non_interference_world import HIDDEN, SEEN, UNREAD, without_names
from tests.generative.test_non_interference import alike, answer

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.db import Database
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SYSTEM = Principal("m", Role.SYSTEM)
TREATS = [Role.DOCTOR, Role.NURSE, Role.STAFF, Role.INSPECTOR, Role.CITIZEN]
READS_OTHER = [Role.CASHIER, Role.PHARMACIST, Role.SURVEILLANCE, Role.OPERATOR, Role.FACILITY_ADMINISTRATOR]
"""Roles whose work needs none of `UNREAD`."""

SEARCHES = [
    "",
    "Observation?subject:Patient.gender=other",
    "Observation?patient:Patient.identifier=079161000999",
    "Observation?has-member.code=56888-1",
    "Observation?has-member:Observation.value-quantity=gt0",
    "Observation?has-member.code:missing=false",
    "Observation?has-member.code:not=zzz",
    "Observation?derived-from.code=56888-1",
    "Observation?_has:Observation:has-member:status=final",
    "Observation?_has:Observation:derived-from:code=56888-1",
    "Observation?_has:DiagnosticReport:result:status=final",
    "Observation?_has:List:item:status=current",
    "Observation?_has:Provenance:target:agent=Practitioner/pr-1",
    "Observation?_has:Composition:entry:title=hx",
    "Observation?_list=l-h",
    "Observation?_list=l-v",
    "Observation?encounter.status=in-progress",
    "Observation?encounter.part-of.status=finished",
    "Observation?encounter:below=e-h1",
    "Observation?encounter=Encounter/e-h1",
    "Observation?encounter=e-h1,e-other",
    "Observation?encounter:Encounter=e-h1",
    "Observation?encounter:missing=true",
    "Observation?encounter:missing=false",
    "Observation?encounter:missing=false&patient=p-same",
    "Observation?encounter:identifier=http://x/visit|LK-hiv",
    "Observation?_id=o-v3&encounter:identifier=LK-hiv",
    "Observation?_filter=encounter re Encounter/e-h1",
    "Observation?_filter=encounter pr false",
    "Observation?_filter=not (encounter pr true) and code eq 111-1",
    "Observation?_sort=encounter",
    "Observation?_sort=-encounter&_count=1",
    "Observation?_content=khoakin",
    "Observation?has-member=Observation/o-h1",
    "Observation?has-member:missing=false",
    "Observation?_has:List:item:item=Observation/o-h1",
    "Observation?patient._has:Observation:patient:encounter=Encounter/e-h1",
    "Observation?focus=Patient/p-same",
    "Observation?performer.name=bac",
    "Observation?code=111-1&value-quantity=gt50",
    "Observation?code:in=http://x/vs",
    "Observation?code:not-in=http://x/vs",
    "Observation?date=gt2029-02-15",
    "Observation?_sort=-date&_count=1",
    "Observation?_sort=-value-quantity&_count=2",
    "Observation?_content=hiv",
    "Observation?_id=o-v1&_include=Observation:has-member&_include:iterate=Observation:encounter",
    "Observation?_id=o-v1&_include=*",
    "Observation?_id=o-v1&_revinclude=Observation:has-member&_revinclude:iterate=Provenance:target",
    "Observation?_id=o-v1&_revinclude=List:item&_revinclude=Composition:entry&_revinclude=DiagnosticReport:result",
    "Observation?_filter=has-member.code eq 56888-1",
    "Observation?_filter=not (has-member.code eq 56888-1)",
    "Observation?_filter=encounter.status ne in-progress",
    "Observation?_filter=has-member[code eq 56888-1].status eq final or code eq 222-2",
    "Encounter?part-of.status=in-progress",
    "Encounter?part-of:below=e-same",
    "Encounter?part-of:above=e-x",
    "Encounter?part-of:above=e-part",
    "Encounter?part-of=e-h1",
    "Encounter?part-of:missing=false",
    "Encounter?diagnosis=Condition/c-h1",
    "Encounter?diagnosis:missing=false",
    "Encounter?episode-of-care=EpisodeOfCare/ep-h",
    "Encounter?episode-of-care:missing=true",
    "DiagnosticReport?encounter:below=e-h1",
    "DiagnosticReport?encounter:missing=false",
    "DocumentReference?relation=appends",
    "DocumentReference?relation:not=replaces",
    "DocumentReference?relation:missing=true",
    "Patient?_has:Observation:patient:encounter=e-h1",
    "Observation?encounter:below=e-same",
    "Encounter?diagnosis.code=B20",
    "Encounter?_has:Condition:encounter:code=B20",
    "Encounter?_has:Condition:encounter:code=I10",
    "Encounter?_has:Observation:encounter:code=56888-1",
    "Encounter?_has:Observation:encounter:code=222-2",
    "Encounter?_has:Encounter:part-of:status=finished",
    "Encounter?_has:Communication:encounter:status=completed",
    "Encounter?_id=e-part&_include=Encounter:part-of&_include=Encounter:diagnosis",
    "Encounter?_id=e-same&_revinclude=Encounter:part-of&_revinclude=Observation:encounter&_revinclude=Condition:encounter",
    "DiagnosticReport?result.code=56888-1",
    "DiagnosticReport?encounter.status=in-progress",
    "DiagnosticReport?_include=DiagnosticReport:result&_include:iterate=Observation:has-member",
    "List?item:Observation.code=56888-1",
    "List?item=Observation/o-v1",
    "List?_include=List:item",
    "Composition?entry:Observation.code=56888-1",
    "Composition?title=hx",
    "Composition?_include=Composition:entry",
    "Provenance?target:Observation.code=56888-1",
    "Provenance?_include=Provenance:target",
    "MedicationRequest?encounter.status=in-progress",
    "MedicationRequest?patient._has:Condition:patient:code=I10",
    "ChargeItem?subject:Patient._has:Condition:patient:code=I10",
    "ChargeItem?patient._has:Observation:patient:code=222-2",
    "Condition?code:in=http://x/vs",
    "Condition?asserter.name=bac",
    "Patient?_has:Condition:patient:code=B20",
    "Patient?_has:Condition:patient:code=I10",
    "Patient?_has:Condition:patient:code:in=http://x/vs",
    "Patient?_has:Condition:patient:code:not=J00",
    "Patient?_has:Observation:patient:code=222-2",
    "Patient?_has:Observation:patient:value-quantity=gt50",
    "Patient?_has:Observation:focus:status=final",
    "Patient?_has:Communication:recipient:status=completed",
    "Patient?_has:Communication:patient:status=completed",
    "Patient?_has:Encounter:patient:status=in-progress",
    "Patient?_has:Encounter:patient:_has:Condition:encounter:code=B20",
    "Patient?_has:Encounter:patient:_has:Condition:encounter:code=I10",
    "Patient?_has:List:patient:item=Observation/o-v2",
    "Patient?_has:Composition:patient:title=hx",
    "Patient?_has:Patient:link:gender=other",
    "Patient?_id=p-same&_revinclude=Patient:link&_revinclude=Observation:focus&_revinclude=Communication:recipient",
    "Patient?general-practitioner.name=bac",
    "Patient?organization.name=co",
    "Patient?_sort=birthdate",
    "Patient?_sort=-name&_count=2",
    "Patient?gender=other",
    "Practitioner?_has:Observation:performer:status=final",
    "Practitioner?_has:Observation:performer:code=222-2",
    "Practitioner?_has:Condition:asserter:code=J00",
    "Practitioner?_has:Condition:asserter:code=I10",
    "Practitioner?_has:Patient:general-practitioner:gender=other",
    "Practitioner?_has:Appointment:actor:status=booked",
    "Practitioner?_has:Observation:performer:_has:Provenance:target:agent=Practitioner/pr-1",
    "Practitioner?_id=pr-1&_revinclude=Patient:general-practitioner&_revinclude:iterate=Observation:patient",
    "Organization?_has:Patient:organization:gender=other",
    "Organization?_has:Observation:performer:status=final",
    "",
][1:-1]
TAILS = ["", "&_summary=count", "&_total=accurate&_count=1"]

OTHERS = [
    "",
    "Practitioner/pr-1/Observation",
    "Practitioner/pr-1/Condition?_summary=count",
    "Practitioner/pr-1/*",
    "Encounter/e-same/Observation",
    "Encounter/e-same/Condition?_summary=count",
    "Encounter/e-same/*",
    "Encounter/e-h1/*",
    "Encounter/e-h1/Observation",
    "Encounter/e-h1/Observation?_summary=count",
    "Observation/o-v3",
    "Encounter/e-part",
    "Encounter/e-same/$everything",
    "Encounter/e-part/$everything",
    "Encounter/e-h1/$everything",
    "Composition/cp-v/$document",
    "Composition/cp-h/$document",
    "Patient/p-same/$everything",
    "Patient/p-same/$everything?start=2029-03-01",
    "Patient/p-same/$summary",
    "Patient/p-same/*",
    "Patient/p-x/*",
    "Patient/p-same/List",
    "Patient/p-same/Communication",
    "Observation/$lastn?patient=Patient/p-same&category=laboratory",
    "Observation/$stats?subject=Patient/p-same&code=http://loinc.org|56888-1&statistic=count",
    "Observation/$stats?subject=Patient/p-same&code=http://loinc.org|222-2&statistic=count",
    "Observation/_history?_count=50",
    "Composition/_history",
    "List/l-h/_history",
    "_history?_count=200",
    "?_type=Observation,Condition&_total=accurate",
    "?_type=Patient,Encounter&_sort=-_lastUpdated&_count=3",
    "?_id=o-h1,o-v1,o-x,o-t1,c-h1",
    "?_content=hiv",
    "",
][1:-1]


@pytest.fixture(scope="module")
def doors(server, fresh_database) -> Iterator[dict[str, Api]]:
    """The same database three times: as it is, with what is hidden, with what some do not read."""
    with fresh_database() as dsn:
        store, base = PostgresStore(), Database(dsn, max_size=2).open()
        build(base)
        base.close()
        found = {"": Database(dsn, max_size=2)}
        for twin in ("hidden", "unread"):
            clone(server, sql.Identifier(f"links_{twin}"), str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]))
            found[twin] = Database(server.dsn(f"links_{twin}"), max_size=2)
        for database in found.values():
            database.open()
        for name, database in found.items():
            with database.connection() as conn:
                told = SEEN if name == "hidden" else [without_names(one) for one in SEEN]
                store.write(conn, SYSTEM, [Put(one) for one in told])
        with found["hidden"].connection() as conn:
            store.write(conn, SYSTEM, [Put(one) for one in HIDDEN])
            store.write(conn, SYSTEM, [Put({**HIDDEN[0], "status": "amended"}), Remove("Observation", "o-h3")])
        with found["unread"].connection() as conn:
            store.write(conn, SYSTEM, [Put(one) for one in UNREAD])
        yield {name: Api(database, PostgresStore(), lambda: NOW) for name, database in found.items()}
        for database in found.values():
            database.close()


def questions() -> Iterator[str]:
    for one in SEARCHES:
        yield from (f"{one}{tail}".replace(" ", "%20") for tail in TAILS)
    yield from OTHERS


def asked(api: Api, role: Role, question: str) -> tuple[int, dict[str, str], bytes]:
    """The answer without what each database makes for itself; a link to the next page holds the time of a writing."""
    status, headers, body = alike(answer(api, who(role), question))
    return status, headers, _PLACE.sub(b"_page=*", body)


_PLACE = re.compile(rb'_page=[^"&]+')


def told_apart(doors: dict[str, Api], twin: str, role: Role) -> list[str]:
    """The questions whose answer tells somebody of this role which of the two databases was asked."""
    return [one for one in questions() if asked(doors[""], role, one) != asked(doors[twin], role, one)]


@pytest.mark.parametrize("role", [*TREATS, *READS_OTHER])
def test_no_way_leads_from_what_is_seen_to_what_is_hidden(doors, role):
    assert told_apart(doors, "hidden", role) == []


@pytest.mark.parametrize("role", READS_OTHER)
def test_no_way_leads_to_types_a_role_has_no_work_with(doors, role):
    assert told_apart(doors, "unread", role) == []


def test_the_questions_are_worth_asking(doors):
    """Who may see both databases whole tells them apart by each question."""
    told = told_apart(doors, "hidden", Role.INTEGRATOR) + told_apart(doors, "unread", Role.INTEGRATOR)
    plain = {one.replace(" ", "%20") for one in (*SEARCHES, *OTHERS)}
    assert sorted(plain - set(told)) == []
