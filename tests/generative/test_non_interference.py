"""Two databases that differ only in records somebody may not see answer that person byte for byte the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from tests.acceptance.matrix.world import build, id_of, resources, who

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.db import Database
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove

NOW = datetime(2030, 1, 1, tzinfo=UTC)
TYPES = ("Patient", "Encounter", "Condition", "Observation", "MedicationRequest", "ChargeItem")
FORBIDDEN = ("other", "notifiable")
"""Copied under new ids: another facility's patients, to be seen by nobody below."""


def forbidden() -> list[Put]:
    found = []
    for target in FORBIDDEN:
        for one in resources(target):
            text = {**one, "id": f"{one['id']}-more"}
            if "subject" in text:
                text["subject"] = {"reference": f"Patient/{id_of('Patient', target)}-more"}
            found.append(Put(text))
    return found


@pytest.fixture(scope="module")
def pair(server, fresh_database) -> Iterator[tuple[Api, Api]]:
    """The same bytes twice; the second one then gets the forbidden records, an update and a deletion of them."""
    with fresh_database() as dsn:
        base = Database(dsn, max_size=2).open()
        build(base)
        base.close()
        twin = "non_interference_twin"
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as conn:
            name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
            conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(twin), sql.Identifier(name)))
        one, other = Database(dsn, max_size=2).open(), Database(server.dsn(twin), max_size=2).open()
        system, store = Principal("m", Role.SYSTEM), PostgresStore()
        with other.connection() as conn:
            store.write(conn, system, forbidden())
            changed = {**resources("other")[0], "id": "p-other-more", "gender": "male"}
            store.write(conn, system, [Put(changed), Remove("Observation", "o-notifiable-more")])
        yield Api(one, PostgresStore(), lambda: NOW), Api(other, PostgresStore(), lambda: NOW)
        one.close()
        other.close()


def answer(api: Api, principal: Principal, url: str) -> tuple[int, dict[str, str], bytes]:
    path, _, query = url.partition("?")
    response = api.handle(Request("GET", f"/{path}", query, {}, BytesIO(), "http://test/fhir"), principal)
    raw = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    return response.status, dict(response.headers), raw


ids = st.sampled_from(["other", "other-more", "notifiable-more", "same", "own", "labelled", "no-such"])
conditions = st.one_of(
    st.builds("_id={}".format, st.builds(lambda t, i: f"{t[0].lower()}-{i}", st.sampled_from(TYPES), ids)),
    st.builds("patient=p-{}".format, ids),
    st.builds("patient:Patient._id=p-{}".format, ids),
    st.builds("_has:Observation:patient:_id=o-{}".format, ids),
    st.builds("_filter=not%20(patient._id%20eq%20p-{})".format, ids),
    st.builds("_filter=patient[gender%20eq%20male]._id%20eq%20p-{}%20or%20status%20ne%20final".format, ids),
    st.builds("_filter=not%20(_id%20eq%20p-{})".format, ids),
    st.sampled_from(["_lastUpdated=gt2020-01-01", "_id:missing=false", "status=final", "code=A90", "name=mau"]),
)
tails = st.lists(
    st.sampled_from(
        [
            "_sort=_id",
            "_sort=-_lastUpdated",
            "_total=accurate",
            "_summary=count",
            "_count=3",
            "_include=Observation:patient",
            "_revinclude=Encounter:patient",
            "_revinclude=Condition:patient",
        ]
    ),
    max_size=3,
    unique=True,
)
searches = st.builds(
    lambda kind, asked, more: f"{kind}?{'&'.join([*asked, *more])}",
    st.sampled_from(TYPES),
    st.lists(conditions, max_size=2, unique=True),
    tails,
)
instances = st.builds(
    lambda kind, name, end: f"{kind}/{kind[0].lower()}-{name}{end}",
    st.sampled_from(TYPES),
    ids,
    st.sampled_from(["", "/_history", "/_history/1", "/$everything", "/$meta", "/Observation"]),
)
histories = st.builds("{}/_history?_count={}".format, st.sampled_from(TYPES), st.integers(1, 50))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    url=st.one_of(searches, instances, histories),
    role=st.sampled_from([Role.DOCTOR, Role.CITIZEN, Role.CASHIER, Role.INSPECTOR, Role.OPERATOR]),
)
def test_what_one_may_not_see_changes_no_byte(pair, url, role):
    one, other = (answer(api, who(role), url) for api in pair)
    assert one == other


def test_who_may_see_the_difference_does(pair):
    one, other = (answer(api, who(Role.INTEGRATOR), "Patient?_summary=count") for api in pair)
    assert one != other
