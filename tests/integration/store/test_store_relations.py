"""Relations give a right, end by themselves, and go with the resource that said so, with the next statement."""

import pytest
from tests.acceptance.matrix.world import OURS, build, who

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove

SYSTEM = Principal("m", Role.SYSTEM)
DOCTOR, CITIZEN, INSPECTOR = who(Role.DOCTOR), who(Role.CITIZEN), who(Role.INSPECTOR)


@pytest.fixture
def world(database):
    build(database)
    return database


def sees(database, principal, target):
    with database.connection() as conn:
        found = PostgresStore().read(conn, principal, require(principal, "read", "Patient"), "Patient", f"p-{target}")
    return found is not None


def change(database, type, id, **more):
    store = PostgresStore()
    with database.connection() as conn:
        store.write(conn, SYSTEM, [Put({**loaded(conn, store, type, id), **more})])


def loaded(conn, store, type, id):
    from yteso.fhir.json import loads

    return loads(store.peek(conn, [(type, id)])[type, id].body)


@pytest.mark.parametrize(
    ("who", "target", "type", "id", "more"),
    [
        (DOCTOR, "referred", "ServiceRequest", "s-referred", {"status": "revoked"}),
        (DOCTOR, "referred", "ServiceRequest", "s-referred", {"occurrencePeriod": {"end": "2021"}}),
        (DOCTOR, "booked", "Appointment", "a-booked", {"status": "cancelled"}),
        (DOCTOR, "family", "Patient", "p-family", {"generalPractitioner": []}),
        (CITIZEN, "minor", "RelatedPerson", "r-minor", {"active": False}),
        (CITIZEN, "minor", "RelatedPerson", "r-minor", {"extension": []}),
        (CITIZEN, "minor", "RelatedPerson", "r-minor", {"period": {"end": "2021-01-01"}}),
        (CITIZEN, "minor", "RelatedPerson", "r-minor", {"relationship": [{"coding": [{"code": "FRND"}]}]}),
        (CITIZEN, "minor", "Patient", "p-minor", {"birthDate": "2001-01-01"}),
    ],
)
def test_a_right_is_gone_with_the_statement_after_its_reason(world, who, target, type, id, more):
    assert sees(world, who, target)
    change(world, type, id, **more)
    assert not sees(world, who, target)


def test_a_right_goes_with_its_deleted_resource(world):
    store = PostgresStore()
    with world.connection() as conn:
        store.write(conn, SYSTEM, [Remove("RelatedPerson", "r-minor"), Remove("ServiceRequest", "s-referred")])
    assert not sees(world, CITIZEN, "minor")
    assert not sees(world, DOCTOR, "referred")


def test_a_power_of_attorney_needs_an_end(world):
    power = [{"coding": [{"code": "POWATT"}]}]
    change(world, "RelatedPerson", "r-grown", relationship=power)
    assert not sees(world, CITIZEN, "grown")
    change(world, "RelatedPerson", "r-grown", relationship=power, period={"end": "2100-01-01"})
    assert sees(world, CITIZEN, "grown")


def test_an_order_to_inspect_ends_at_its_hour(world):
    assert sees(world, INSPECTOR, "same")
    with world.connection() as conn:
        conn.execute("UPDATE store.inspection SET until = now() WHERE facility = %s", [OURS])
    assert not sees(world, INSPECTOR, "same")
