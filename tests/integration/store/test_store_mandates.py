"""The age from which a child acts alone is the installation's, within the law of representations."""

from datetime import date, timedelta

import pytest

from yteso.access.mandate import birthday
from yteso.access.principal import Principal, Role
from yteso.base.clock import day_in_vietnam, system_clock
from yteso.search.keys import number, patient_key
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


LEAP = [date(year, month, day) for year in (2008, 2010, 2012) for month, day in ((2, 27), (2, 28), (3, 1), (3, 2))]
LEAP += [date(2008, 2, 29), date(2012, 2, 29)]


def test_the_database_and_the_program_count_the_same_birthdays(database):
    """Also who subtracts years from today (`store.wards`, mandates): in force until the birthday begins."""
    with database.connection() as conn:
        for born in LEAP:
            for years in (4, 15, 16, 18):
                comes = birthday(born, years)
                assert conn.execute("SELECT store.birthday(%s, %s)::date", (born, years)).fetchone() == (comes,)
                for today in (comes - timedelta(days=1), comes):
                    young = conn.execute(
                        "SELECT %s::date > %s::date - make_interval(years => %s)", (born, today, years)
                    )
                    assert young.fetchone() == (today < comes,), (born, years, today)


@pytest.mark.parametrize(
    ("birth", "last"),
    [
        ("2008-02-28", date(2023, 2, 27)),
        ("2008-02-29", date(2023, 2, 28)),
        ("2008-03-01", date(2023, 2, 28)),
        ("2008-02-29", date(2024, 2, 28)),
    ],
)
def test_who_was_born_on_29_february_decides_from_1_march(database, birth, last):
    """HIV from 15 on, mental health from 16 on: facts of before the birthday are the parent's to see, no later ones."""
    store = PostgresStore()
    mother, child, tie = family(15)
    with database.connection() as conn:
        store.write(conn, SYSTEM, [Put(one) for one in (mother, {**child, "birthDate": birth}, tie)])
        bit = 1 if last.year == 2023 else 2
        for day, seen in ((last, True), (last + timedelta(days=1), False)):
            row = conn.execute(
                "SELECT store.ward_labels(%(me)s, %(child)s, at.lo, at.lo) FROM (SELECT (extract(epoch FROM"
                " %(day)s::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') * 1000000)::bigint) AS at (lo)",
                {"me": number(patient_key("mother")), "child": number(patient_key("child")), "day": day},
            ).fetchone()
            assert bool(row[0] & bit) == seen, day
