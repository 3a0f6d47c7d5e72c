"""Invented worlds and questions: links find what the judge finds, and nothing forbidden changes any answer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generative.linked_worlds import PATIENTS, questions, reference, results, visits, worlds

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.errors import Refused
from yteso.search.parse import parse
from yteso.search.query import Compartment
from yteso.store import include, links
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

WHO = Principal("giam-khao", Role.INTEGRATOR)
DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
CARE_TYPES = frozenset(["Patient", "Encounter", "Observation", "List"])
OURS = Restriction(types=None, care_facility="79001", care_types=CARE_TYPES)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def store():
    return PostgresStore(clock=lambda: NOW)


@pytest.fixture
def bounds(monkeypatch):
    """Sets how much a link may come down to by ids."""

    def set_bounds(most, read):
        monkeypatch.setattr(links, "MOST", most)
        monkeypatch.setattr(links, "_READ", read)

    return set_bounds


@given(
    world=worlds(),
    asked=st.lists(st.lists(questions(), min_size=1, max_size=2), min_size=4, max_size=4),
    narrow=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_links_find_what_the_judge_finds(database, store, bounds, world, asked, narrow):
    bounds(*((2_000, 10_000) if narrow else (1, 2)))
    with database.connection() as conn:
        store.write(conn, WHO, [Put(one) for one in world])
        for parts in asked:
            kind = parts[0][0]
            fitting = [part for part in parts if part[0] == kind]
            query, issues = parse(kind, [*((name, value) for _, name, value, _ in fitting), ("_count", "100")])
            assert not issues
            expected = {
                one["id"]
                for one in world
                if one["resourceType"] == kind and all(holds(world, one) for *_, holds in fitting)
            }
            try:
                found = {one.id for one in store.search(conn, WHO, EVERYTHING, query).matches}
            except Refused:  # too wide for the bound of this run
                assert not narrow
                continue
            assert found == expected, [(name, value) for _, name, value, _ in fitting]
        conn.rollback()


EXTRAS = st.lists(
    st.sampled_from(
        [
            ("_total", "accurate"),
            ("_total", "estimate"),
            ("_summary", "count"),
            ("_sort", "_lastUpdated"),
            ("_sort", "-_id"),
            ("_sort", "subject"),
            ("_sort", "-identifier"),
            ("_content", "le"),
            ("_include", "*"),
            ("_include:iterate", "Encounter:subject"),
            ("_include:iterate", "Observation:encounter"),
            ("_revinclude", "Observation:encounter"),
            ("_revinclude", "Observation:subject"),
            ("_revinclude", "List:item"),
            ("_revinclude:iterate", "Encounter:part-of"),
            ("_list", "l1"),
            ("_list", "hidden"),
        ]
    ),
    max_size=3,
    unique=True,
)
INSIDE = st.none() | st.sampled_from(
    [Compartment("Patient", "p1"), Compartment("Patient", "h1"), Compartment("Encounter", "e1")]
)
HIDDEN = ["h1", "h2"]


@st.composite
def forbidden(draw):
    """What another facility knows of its own patients; it may refer to anything, and name what exists here."""
    found = [{"resourceType": "Patient", "id": one, "name": [{"text": "Lê Thử"}], "gender": "female"} for one in HIDDEN]
    found += [draw(visits(f"x{n}", HIDDEN, ["79002"])) for n in range(draw(st.integers(0, 2)))]
    found += [draw(results(f"y{n}", HIDDEN)) for n in range(draw(st.integers(0, 3)))]
    entries = [{"item": reference(f"Observation/o{n}")} for n in range(3)]
    found.append(
        {
            "resourceType": "List",
            "id": "hidden",
            "status": "current",
            "mode": "working",
            "subject": reference("Patient/h1"),
            "entry": entries,
        }
    )
    return found


@given(
    world=worlds(),
    secret=forbidden(),
    asked=st.lists(
        st.tuples(questions(), EXTRAS, INSIDE, st.integers(1, 4)),
        min_size=8,
        max_size=8,
    ),
    narrow=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_a_forbidden_record_changes_no_byte_of_any_answer(
    database, store, bounds, monkeypatch, world, secret, asked, narrow
):
    bounds(*((2_000, 10_000) if narrow else (1, 2)))
    monkeypatch.setattr(include, "MOST_INCLUDED", 1_000 if narrow else 2)
    mine = {"resourceType": "List", "id": "l1", "status": "current", "mode": "working"}
    mine |= {"subject": reference(f"Patient/{PATIENTS[0]}"), "entry": [{"item": reference("Observation/o0")}]}
    with database.connection() as conn:
        store.write(conn, WHO, [Put(one) for one in [*world, mine]])
        before = [answers(conn, store, *one) for one in asked]
        store.write(conn, WHO, [Put(one) for one in secret])
        assert [answers(conn, store, *one) for one in asked] == before
        conn.rollback()


def answers(conn, store, question, extras, compartment, count):
    """Everything a caller learns: every page with its bodies, total, link and what was left out; or the refusal."""
    kind, name, value, _ = question
    query, issues = parse(kind, [(name, value), ("_count", str(count)), *extras], compartment=compartment)
    told = [issues]
    try:
        for _ in range(10):
            page = store.search(conn, DOCTOR, OURS, query)
            told.append(page)
            if not page.next:
                break
            query = replace(query, cursor=page.next)
    except Refused as refusal:
        told.append(str(refusal))
    return told
