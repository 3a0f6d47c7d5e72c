"""The second wall shows what the first one lets through: row by row, for scopes, closings and past versions too.

Each caller's rights are asked twice of the same database: by the owner with the condition of the rights, and by a
reader with no condition at all.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.acceptance.matrix.world import OURS, TARGETS, THEIRS, build, resources, who

from yteso.access.policy import restriction
from yteso.access.principal import Principal, Role
from yteso.db import Database, Statement, run_together
from yteso.search.rights import visible
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER
from yteso.store import wall
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

ICD10 = "http://hl7.org/fhir/sid/icd-10"
SYSTEM = Principal("m", Role.SYSTEM)


def refusal(patient, **provision):
    return {
        "resourceType": "Consent",
        "id": f"c-{patient}",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFAO"}]}],
        "patient": {"reference": f"Patient/{patient}"},
        "verification": [{"verified": True}],
        "provision": {"type": "deny", **provision},
    }


def facility(code):
    named = {"system": "http://fhir.hl7.org.vn/core/sid/ma-cskcb", "value": code}
    return {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"identifier": named}}


CLOSED = [
    refusal("p-same", actor=[facility(OURS)]),
    refusal("p-referred", **{"class": [{"code": "Observation"}]}),
    refusal("p-deceased", actor=[facility("79009")]),
    refusal("p-minor", **{"class": [{"code": "Condition"}]}),
    refusal("p-merged", dataPeriod={"start": "2020-01-01", "end": "2020-12-31"}),
]
"""Nobody of these has a label: all of the record, a part to everybody, all to others, a part, a time."""


def files():
    """A file of each, one of a visit, one of nobody."""
    for target in TARGETS:
        yield {**_FILE, "id": f"b-{target}", "securityContext": {"reference": f"Patient/p-{target}"}}
        for kind in ("Encounter", "Condition", "Observation"):
            context = {"reference": f"{kind}/{kind[0].lower()}-{target}"}
            yield {**_FILE, "id": f"b{kind[0].lower()}-{target}", "securityContext": context}
    others = ("Organization/org", "Encounter/none", "Binary/b-own", "urn:x", "http://other/Encounter/e-own", "Group/g")
    for at, context in enumerate(others):
        yield {**_FILE, "id": f"b-other-{at}", "securityContext": {"reference": context}}
    yield {**_FILE, "id": "b-named", "securityContext": {"identifier": {"value": "x"}}}
    for name, context in MOVED.items():
        yield {**_FILE, "id": name, "securityContext": {"reference": context[0]}}
    yield {**_FILE, "id": "b-free"}
    yield {"resourceType": "Organization", "id": "org", "name": "Trạm Mẫu"}


MOVED = {
    "b-moved-to-own": ("Encounter/e-other", "Encounter/e-own"),
    "b-moved-from-own": ("Encounter/e-own", "Encounter/e-other"),
    "b-moved-to-patient": ("Encounter/e-own", "Patient/p-other"),
    "b-moved-to-visit": ("Patient/p-other", "Encounter/e-same"),
    "b-moved-to-nobody": ("Condition/c-same", ""),
}
"""Files whose context becomes another one."""


_FILE = {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="}


def anew():
    """Second versions; three diagnoses change what they are, so that label and tokens of the past are others: one that
    is sensitive now, two that were before.
    """
    for target in TARGETS:
        if target != "deleted":
            yield from (
                {**one, "language": "vi"}
                for one in resources(target)
                if one["resourceType"] in ("Patient", "Condition")
            )
    for name, (_, context) in MOVED.items():
        yield {**_FILE, "id": name, **({"securityContext": {"reference": context}} if context else {})}
    yield {"resourceType": "Organization", "id": "org", "name": "Trạm Mẫu", "language": "vi"}
    for target, code in (("booked", "B20"), ("family", "B20"), ("family", "A90"), ("labelled", "J00")):
        (one,) = (one for one in resources(target) if one["resourceType"] == "Condition")
        yield {**one, "code": {"coding": [{"system": ICD10, "code": code}]}}


def varied():
    """Further facts of everybody, for conditions that are not on tokens alone; one that nobody has to report."""
    (plain,) = (one for one in resources("same") if one["resourceType"] == "Condition")
    yield {**plain, "id": "c2-notifiable", "subject": {"reference": "Patient/p-notifiable"}}
    for at, target in enumerate(target for target in TARGETS if target != "deleted"):
        subject, visit = {"reference": f"Patient/p-{target}"}, {"reference": f"Encounter/e-{target}"}
        (patient, *_) = resources(target)
        name = {"family": ("Phạm", "Lê")[at % 2], "given": ["Thử"], "text": f"Mẫu {target}"}
        yield {
            **patient,
            "gender": ("male", "female")[at // 2 % 2],
            "name": [name],
            "birthDate": f"{1960 + 3 * at}-01-01",
        }
        unit = {"system": "http://unitsofmeasure.org", "code": ("mmol/L", "umol/L")[at % 3 == 0], "unit": "mmol/L"}
        yield {
            "resourceType": "Observation",
            "id": f"o2-{target}",
            "status": ("final", "amended")[at % 2],
            "subject": subject,
            "encounter": visit,
            "code": {"coding": [{"system": "http://loinc.org", "code": ("718-7", "2345-7")[at % 2]}]},
            "valueQuantity": {"value": 6 + at / 10, **unit},
            **({"effectiveDateTime": f"202{at % 7}-05-01"} if at % 4 else {}),
        }
        yield {
            "resourceType": "Encounter",
            "id": f"e2-{target}",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": subject,
            "length": {"value": at, "unit": "min", "system": "http://unitsofmeasure.org", "code": "min"},
            **({"period": {"start": f"202{at % 7}-01-01", "end": f"202{at % 7}-02-01"}} if at % 3 else {}),
            "location": [{"location": {"display": "x"}, "period": {"start": f"202{at % 7}-01-05"}}],
        }


@pytest.fixture(scope="module")
def database(fresh_database, server):
    with fresh_database() as dsn:
        database = Database(dsn, max_size=2).open()
        build(database)
        with database.connection() as conn:
            PostgresStore().write(conn, SYSTEM, [Put(one) for one in [*CLOSED, *files()]])
            for one in [*anew(), *varied()]:
                PostgresStore().write(conn, SYSTEM, [Put(one)])
        database.raise_wall()
        yield database
        database.close()


def through_the_first(database, limit):
    """What the owner finds with the condition of the rights."""
    now, past = visible(limit, "r"), visible(limit, "h", past=True)
    with database.connection() as conn:
        rows = conn.execute(f"SELECT r.type, r.id, 0 FROM store.resource r WHERE {now.text}", now.params).fetchall()
        return {*rows, *conn.execute(f"SELECT h.type, h.id, h.ver FROM store.history h WHERE {past.text}", past.params)}


def behind_the_second(database, limit):
    """What a reader finds with no condition."""
    with database.reading() as conn:
        wall.name(conn, limit)
        rows = conn.execute("SELECT type, id, 0 FROM store.resource").fetchall()
        return {*rows, *conn.execute("SELECT type, id, ver FROM store.history")}


def scoped(role, scope, patient=""):
    return replace(who(role), scope=scope, patient=patient)


APPS = [
    scoped(Role.DOCTOR, "user/*.rs"),
    scoped(Role.DOCTOR, "user/Observation.rs"),
    scoped(Role.DOCTOR, "patient/*.rs", "p-labelled"),
    scoped(Role.DOCTOR, "patient/*.rs", "p-other"),
    scoped(Role.DOCTOR, "patient/Observation.rs user/Patient.rs patient/Organization.rs", "p-referred"),
    scoped(Role.DOCTOR, f"user/Condition.rs?code={ICD10}|J00 user/Encounter.rs"),
    scoped(Role.DOCTOR, f"patient/Condition.rs?code={ICD10}|J00 user/Condition.rs?code={ICD10}|A90", "p-same"),
    scoped(Role.DOCTOR, f"patient/Condition.rs?code={ICD10}|J00,{ICD10}|B20", "p-booked"),
    scoped(Role.CITIZEN, "patient/*.rs", "p-own"),
    scoped(Role.CITIZEN, "patient/*.rs", "p-minor"),
    scoped(Role.CITIZEN, "patient/Observation.rs", "p-minor"),
    scoped(Role.INTEGRATOR, f"system/Condition.rs?code={ICD10}|A90 system/Patient.rs"),
    scoped(Role.INTEGRATOR, "system/Observation.rs?status=final system/Organization.rs"),
    scoped(Role.SURVEILLANCE, "patient/*.rs", "p-notifiable"),
    scoped(Role.INSPECTOR, "patient/Encounter.rs user/Patient.rs", "p-labelled"),
]
FURTHER = [
    *(
        f"Patient.rs?birthdate={one}"
        for one in ("ge1990", "lt1990", "le1990-01-01", "ne1990-01-01", "gt1999", "sa1999")
    ),
    *(f"Patient.rs?{one}" for one in ("birthdate=eb1990", "birthdate=1990-01-01,ge2010", "family=Ph", "family=nobody")),
    *(
        f"Patient.rs?{one}"
        for one in ("name:contains=inor", "name:exact=Th", "family:exact=L%C3%AA", "_id=p-same,p-other")
    ),
    *(f"Patient.rs?_lastUpdated={one}" for one in ("ge2020", "lt2020", "ne2020", "le2020", "gt2020", "2020")),
    *(f"Patient.rs?{one}" for one in ("gender:not=male", "gender=male", "death-date=ge2000", "death-date=lt2000")),
    *(
        f"Observation.rs?value-quantity={one}"
        for one in ("gt7", "lt7", "le7||mmol/L", "ge100", "ne7", "7.1", "sa7.1", "eb7")
    ),
    "Observation.rs?value-quantity=lt0.1|http://unitsofmeasure.org|mmol/L",
    "Observation.rs?value-quantity=ap7||mmol/L",
    *(f"Observation.rs?{one}" for one in ("code=718-7", "subject=Patient/p-same", "patient=p-own", "date=ge2024")),
    *(f"Observation.rs?{one}" for one in ("status:not=final", "date=lt2024&status=final")),
    *(f"Encounter.rs?{one}" for one in ("date=ge2024-01", "date=lt2024-01", "length=gt10", "location-period=ge2024")),
    *(f"Encounter.rs?{one}" for one in ("length=le5|http://unitsofmeasure.org|h", "date=le2024-01-15")),
]
"""Conditions on other than tokens."""
ROWS = [
    *(scoped(Role.INTEGRATOR, f"system/{text} system/Organization.rs") for text in FURTHER),
    *(scoped(Role.DOCTOR, f"patient/{text} user/Condition.rs", "p-same") for text in FURTHER),
]
PEOPLE = [who(role) for role in Role]
ASKED = ("Patient", "Observation", "Condition", "Binary", "Organization")


@pytest.mark.parametrize(
    "person", [*PEOPLE, *APPS, *ROWS], ids=lambda one: f"{one.role} {one.scope or ''} {one.patient}"
)
def test_both_walls_show_the_same_rows(database, person):
    """Of the types that are named: the first wall also looks at a ward's Patient, which it does not show."""
    limits = {limit for kind in ASKED if (limit := restriction(person, "search", kind)) is not None}
    for limit in limits:
        named = {TYPE_NUMBER[name] for name in limit.types if name in TYPE_NUMBER} if limit.types else set(TYPE_NAME)
        shown = {row for row in behind_the_second(database, limit) if row[0] in named}
        assert shown == through_the_first(database, limit), limit


def test_a_facility_that_cares_for_many_without_a_visit_sees_what_it_saw(database):
    """Of so many no list is made: each is asked for, and who was not in their care is not."""
    limit = restriction(who(Role.DOCTOR), "search", "Patient")
    before = through_the_first(database, limit)
    many = (
        "INSERT INTO store.relation (shard, type, id, pat, kind, holder, since, until)"
        " SELECT 1, 1, 'many-' || n, n, 'r', %s, '2020-01-01', %s FROM generate_series(1, 150) n"
    )
    for until, listed in (("2021-01-01", True), ("infinity", False)):
        with database.connection() as conn:
            conn.execute(many, (OURS, until))
            (others,) = conn.execute("SELECT store.others_in_care(%s, '')", (OURS,)).fetchone()
        try:
            assert ((None not in others) and len(others) > 1) is listed
            assert through_the_first(database, limit) == before
            assert behind_the_second(database, limit) == before
        finally:
            with database.connection() as conn:
                conn.execute("DELETE FROM store.relation WHERE id LIKE 'many-%'")


NOBODYS = {"family=nobody", "name:exact=Th", "value-quantity=ge100", "death-date=lt2000"}
"""Of nobody here; `_lastUpdated` is of everybody or of nobody."""


@pytest.mark.parametrize("text", FURTHER)
def test_the_second_wall_itself_narrows_by_a_scopes_condition(database, text):
    kind, _, condition = text.partition(".rs?")
    limits = [restriction(scoped(Role.INTEGRATOR, f"system/{one}"), "search", kind) for one in (text, f"{kind}.rs")]
    found, every = (behind_the_second(database, limit) for limit in limits)
    assert found <= every
    if condition not in NOBODYS and not condition.startswith("_lastUpdated"):
        assert 0 < len(found) < len(every)


def test_the_cases_are_different_from_each_other(database):
    """Closings, labels and scopes change what is seen here, so that the test above could fail."""
    doctor = restriction(who(Role.DOCTOR), "search", "Patient")
    seen = through_the_first(database, doctor)
    unclosed = through_the_first(database, replace(doctor, also=()))
    missing = {row[1] for row in unclosed - seen}
    assert {"p-same", "o-referred", "c-labelled-other"} <= missing
    assert "c-booked" in missing
    assert {"p-deceased", "p-referred"} <= {row[1] for row in seen}
    reported = through_the_first(database, restriction(who(Role.SURVEILLANCE), "search", "Condition"))
    assert {"c-notifiable", "c2-notifiable"} & {row[1] for row in reported} == {"c-notifiable"}
    found = [frozenset(through_the_first(database, restriction(one, "search", "Condition") or NOBODY)) for one in APPS]
    assert len(set(found)) > 8


NOBODY = replace(restriction(who(Role.DOCTOR), "search", "Patient"), types=frozenset())


def test_who_was_named_before_leaves_no_app_behind(database):
    app, doctor = (restriction(one, "search", "Patient") for one in (APPS[2], who(Role.DOCTOR)))
    with database.reading() as conn:
        for limit in (app, doctor, app, doctor):
            wall.name(conn, limit)
            found = conn.execute("SELECT count(*) FROM store.resource").fetchone()
            assert found[0] == len([one for one in through_the_first(database, limit) if not one[2]])


def test_who_is_named_after_others_in_one_trip_sees_what_each_sees_alone(database):
    """Whoever was named before them: colleagues, of whom little differs, other roles and apps."""
    colleagues = [replace(one, name=f"{one.name}-2") for one in PEOPLE]
    others = [replace(who(role), facility=THEIRS) for role in (Role.DOCTOR, Role.NURSE, Role.LAB)]
    people = [*PEOPLE, *colleagues, *others, *APPS]
    limits = {limit for one in people for kind in ASKED if (limit := restriction(one, "search", kind)) is not None}
    alone = {limit: {row for row in behind_the_second(database, limit) if not row[2]} for limit in limits}
    assert len(set(map(frozenset, alone.values()))) > 12
    alike = sorted(limits, key=repr)
    in_turn = [*alike, *reversed(alike), *random.Random(1).sample(alike, len(alike))]
    with database.reading() as conn:
        statements, places, before = [], [], None
        for limit in in_turn:
            statements += wall.naming(conn, limit, before)
            places.append(len(statements))
            statements.append(Statement("SELECT type, id, 0 FROM store.resource"))
            before = limit
        answers = run_together(conn, statements)
    assert {one.text.count("set_config") for one in statements} == {0, 4, 17}
    for limit, place in zip(in_turn, places, strict=True):
        assert set(answers[place]) == alone[limit], limit


def test_the_release_before_this_one_names_no_app_and_reads_on(database):
    """It sets the settings it knows; those of apps were never set on its connections."""
    from yteso.search.wall import NAME, named

    doctor = restriction(who(Role.DOCTOR), "search", "Patient")
    known = NAME.split(", set_config('yteso.app'")[0]
    with database.reading() as conn:
        conn.execute(known, named(doctor)[: known.count("%s")])
        (count,) = conn.execute("SELECT count(*) FROM store.resource").fetchone()
    assert count == len([one for one in through_the_first(database, doctor) if not one[2]])
