"""The age from which a child acts alone is the installation's, within the law of representations."""

from datetime import timedelta

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.clock import day_in_vietnam, system_clock
from yteso.store.mandates import mandate_for, wards
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.store.relations import EVIDENCE, REPRESENTATIVE

MOTHER = Principal("me", Role.CITIZEN, person="mother")
SYSTEM = Principal("system", Role.SYSTEM)


def family(years):
    born = system_clock() - timedelta(days=365.25 * years)
    relationship = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]}
    return [
        {"resourceType": "Patient", "id": "mother"},
        {"resourceType": "Patient", "id": "child", "birthDate": day_in_vietnam(born).isoformat()},
        {
            "resourceType": "RelatedPerson",
            "id": "tie",
            "patient": {"reference": "Patient/child"},
            "identifier": [{"system": REPRESENTATIVE, "value": "mother"}],
            "relationship": [relationship],
            "extension": [{"url": EVIDENCE, "valueString": "Giấy khai sinh số 9 Mẫu"}],
        },
    ]


@pytest.mark.parametrize(
    ("years", "decides", "acts"), [(15, 16, True), (15, 14, False), (13, 14, True), (17, 18, True)]
)
def test_a_mother_acts_for_a_child_until_the_age_that_is_set(database, years, decides, acts):
    store = PostgresStore(child_decides=decides)
    with database.connection() as conn:
        store.write(conn, SYSTEM, [Put(one) for one in family(years)])
    with database.connection() as conn:
        assert (mandate_for(conn, store, MOTHER, "child") is not None) == acts
        assert wards(conn, store, MOTHER) == (["child"] if acts else [])
