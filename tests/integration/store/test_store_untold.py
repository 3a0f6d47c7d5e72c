"""Who looked, as a parent is told it: nothing that tells of a fact the record hides from them, and every stranger."""

import pytest
from tests.integration.api.conftest import Client
from tests.integration.store.test_store_mandates import MOTHER, SYSTEM, family

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.api import Api
from yteso.base.clock import system_clock
from yteso.base.errors import Refused
from yteso.client.accesses import Accesses, Asked
from yteso.client.consents import Consents
from yteso.client.openings import Openings
from yteso.client.record import Records
from yteso.search.query import Query
from yteso.store.openings import break_glass
from yteso.store.protocol import Put

CHILD = Principal("con", Role.CITIZEN, person="child")
KNOWN, SHELTER, STRANGER = (Principal(f"bs-{code}", Role.DOCTOR, code) for code in ("79001", "79002", "79003"))
VIOLENCE = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "SDV"}


def fact(kind, id, facility, *labels, **more):
    meta = {"source": f"urn:yteso:bhyt:{facility}:LK", **({"security": list(labels)} if labels else {})}
    return {"resourceType": kind, "id": id, "meta": meta, "subject": {"reference": "Patient/child"}, **more}


SEEN = fact("Condition", "cold", "79001", code={"coding": [{"code": "J00"}]})
HIDDEN = [
    fact("Encounter", "secret-visit", "79002", VIOLENCE, status="finished", **{"class": {"code": "AMB"}}),
    fact("Condition", "secret", "79002", VIOLENCE, code={"coding": [{"code": "T74.1"}]}),
]
HIDDEN_AT_KNOWN = fact("Condition", "secret-too", "79001", VIOLENCE, code={"coding": [{"code": "T74.1"}]})


@pytest.fixture
def accesses(database, store):
    def intake(facility):
        return Principal("intake", Role.SYSTEM, facility, "HOPERAT", client=f"his-{facility}")

    with database.connection() as conn:
        store.write(conn, SYSTEM, [Put(one) for one in family(8)])
    for facility, facts in (("79001", [SEEN]), ("79002", [*HIDDEN, family(8)[1]]), ("79001", [HIDDEN_AT_KNOWN])):
        with database.connection() as conn:
            store.write(conn, intake(facility), [Put(one) for one in facts])
    with database.connection() as conn:
        for who, what in ((KNOWN, "cold"), (SHELTER, "secret"), (KNOWN, "secret-too"), (STRANGER, "cold")):
            assert store.read(conn, who, EVERYTHING, "Condition", what)
        assert store.search(conn, SHELTER, EVERYTHING, Query("Condition")).matches
    return Accesses(database, store, Records(database, store, system_clock), system_clock)


def told(accesses, who, **of):
    return {(one.facility, one.action, one.what.partition("?")[0]) for one in accesses.mine(who, Asked(), **of)}


def test_a_parent_is_told_of_no_act_that_tells_of_a_hidden_fact(accesses):
    rows = told(accesses, MOTHER, of="child")
    assert {row for row in rows if row[0] == "79002"} == set()
    assert {row for row in rows if "secret" in row[2]} == set()
    assert ("79001", "R", "Condition/cold") in rows
    assert ("79003", "R", "Condition/cold") in rows
    assert len([row for row in rows if row[:2] == ("79001", "C")]) == 1


def test_the_child_is_told_of_all_of_them(accesses):
    rows = told(accesses, CHILD)
    for row in (
        ("79002", "R", "Condition/secret"),
        ("79001", "R", "Condition/secret-too"),
        ("79002", "R", "Condition"),
    ):
        assert row in rows


def test_no_address_leads_to_what_is_left_out(accesses):
    hidden = {one.id for one in accesses.mine(CHILD, Asked())} - {
        one.id for one in accesses.mine(MOTHER, Asked(), of="child")
    }
    assert len(hidden) >= 4
    for one in hidden:
        with pytest.raises(Refused):
            accesses.one(MOTHER, one, of="child")


def test_nor_do_the_pages_where_the_record_is_closed_and_opened(database, store, accesses):
    """Where the child was, who looked, and whom it can be closed to; who broke the glass."""
    consents, openings = Consents(database, store, system_clock), Openings(database, store)
    with database.connection() as conn:
        for who in (SHELTER, STRANGER):
            break_glass(conn, who, "child", reason="ETREAT", words="Cấp cứu, chưa rõ tiền sử", wants_second=False)
    assert {one.code for one in consents.known(MOTHER, of="child")} == {"79001", "79003"}
    assert set(consents.lookers(MOTHER, of="child")) == {KNOWN.name, STRANGER.name}
    assert {one.facility for one in openings.of_person(MOTHER, of="child")} == {"79003"}
    assert {one.code for one in consents.known(CHILD)} == {"79001", "79002", "79003"}
    assert {one.facility for one in openings.of_person(CHILD)} == {"79002", "79003"}


def test_nor_over_fhir(database, store, accesses):
    every = {one.id for one in accesses.mine(CHILD, Asked())}
    door = Client(Api(database, store, system_clock), MOTHER)
    found = door("GET", "AuditEvent?patient=Patient/child&_count=100")
    assert found.status == 200
    assert "secret" not in str(found.json)
    assert "79002" not in str(found.json)
    assert "79003" in str(found.json)
    hidden = every - set(found.ids)
    assert len(hidden) >= 4
    assert all(door("GET", f"AuditEvent/{one}").status == 404 for one in hidden)
