"""Two databases that differ only in records somebody may not see answer that person byte for byte the same."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from tests.acceptance.matrix.world import THEIRS, build, id_of, resources, who
from tests.conftest import clone

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.db import Database
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove

NOW = datetime(2030, 1, 1, tzinfo=UTC)
TYPES = ("Patient", "Encounter", "Condition", "Observation", "MedicationRequest", "ChargeItem")
_HIV = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}
LABELLED = {"source": f"urn:yteso:bhyt:{THEIRS}:LK-hiv", "security": [_HIV]}
LABORATORY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]
}
FORBIDDEN = ("other", "notifiable")
"""Copied under new ids: another facility's patients, to be seen by nobody below."""
SENSITIVE = "same"
"""A patient in our care, about whom another facility found what carries a label."""


def forbidden() -> list[Put]:
    found = []
    for target in FORBIDDEN:
        for one in resources(target):
            text = {**one, "id": f"{one['id']}-more"}
            if "subject" in text:
                text["subject"] = {"reference": f"Patient/{id_of('Patient', target)}-more"}
            found.append(Put(text))
    return [*found, *(Put(one) for one in sensitive())]


def sensitive() -> list[dict[str, object]]:
    """A whole visit for HIV elsewhere: what a doctor, a nurse and a cashier of ours may not even count."""
    found = []
    for one in resources(SENSITIVE)[1:]:
        fact = {**one, "id": f"{one['id']}-hiv", "meta": dict(LABELLED)}
        if fact["resourceType"] == "Encounter":
            fact["serviceProvider"] = {"identifier": {"value": THEIRS}}
        else:
            name = "context" if fact["resourceType"] in ("ChargeItem", "DocumentReference") else "encounter"
            visit = {"reference": f"Encounter/e-{SENSITIVE}-hiv"}
            fact[name] = {"encounter": [visit]} if fact["resourceType"] == "DocumentReference" else visit
        if fact["resourceType"] == "Observation":
            fact |= {"valueQuantity": {"value": 1}, "effectiveDateTime": "2029-01-01", "category": [LABORATORY]}
            fact["code"] = {"coding": [{"system": "http://loinc.org", "code": "56888-1"}], "text": "x"}
        found.append(fact)
    return found


def naming(*, hidden: bool) -> list[Put]:
    """What a doctor of ours may see of the same patient; with `hidden` it also names what they may not."""
    found = []
    for kind, change in NAMING.items():
        one = next(one for one in resources(SENSITIVE) if one["resourceType"] == kind)
        text = {**one, "id": f"{kind[0].lower()}-names", **change(["hiv"] if hidden else [])}
        found.append(Put({name: value for name, value in text.items() if value not in ([], None)}))
    return found


def _to(kind: str, names: list[str]) -> list[dict[str, str]]:
    return [{"reference": f"{kind}/{kind[0].lower()}-{SENSITIVE}-{name}"} for name in names]


NAMING = {
    "Encounter": lambda names: {
        "diagnosis": [
            {"condition": {"reference": f"Condition/c-{SENSITIVE}"}, "rank": 1},
            *({"condition": one, "rank": 2} for one in _to("Condition", names)),
        ],
        "reasonReference": _to("Condition", names),
    },
    "Condition": lambda names: {"evidence": [{"detail": [one]} for one in _to("Observation", names)]},
    "Observation": lambda names: {
        "hasMember": [{"reference": f"Observation/o-{SENSITIVE}"}, *_to("Observation", names)],
        "specimen": (_to("Observation", names) or [None])[0],
    },
    "MedicationRequest": lambda names: {
        "reasonReference": _to("Condition", names),
        "priorPrescription": (_to("MedicationRequest", names) or [None])[0],
    },
}


@pytest.fixture(scope="module")
def pair(server, fresh_database) -> Iterator[tuple[Api, Api]]:
    """The same bytes twice; the second one then gets the forbidden records, an update and a deletion of them."""
    with fresh_database() as dsn:
        base = Database(dsn, max_size=2).open()
        build(base)
        base.close()
        twin = "non_interference_twin"
        clone(server, sql.Identifier(twin), str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]))
        one, other = Database(dsn, max_size=2).open(), Database(server.dsn(twin), max_size=2).open()
        system, store = Principal("m", Role.SYSTEM), PostgresStore()
        with other.connection() as conn:
            store.write(conn, system, forbidden())
            changed = {**resources("other")[0], "id": "p-other-more", "gender": "male"}
            store.write(conn, system, [Put(changed), Remove("Observation", "o-notifiable-more")])
        for database, hidden in ((one, False), (other, True)):
            with database.connection() as conn:
                store.write(conn, system, naming(hidden=hidden))
                conn.execute("UPDATE store.resource SET ts = '2029-06-01' WHERE id LIKE '_-names'")
        yield Api(one, PostgresStore(), lambda: NOW), Api(other, PostgresStore(), lambda: NOW)
        one.close()
        other.close()


Answer = tuple[int, dict[str, str], bytes]


def answer(api: Api, principal: Principal, url: str) -> Answer:
    return send(api, principal, "GET", url)


def send(
    api: Api, principal: Principal, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    path, _, query = url.partition("?")
    asked = Request(method, f"/{path}", query, headers or {}, BytesIO(body), "http://test/fhir")
    response = api.handle(asked, principal)
    raw = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    assert response.status < 500, f"two failures are alike and show nothing: {method} {url}"
    return response.status, dict(response.headers), raw


ids = st.sampled_from(
    ["other", "other-more", "notifiable-more", "same", "same-hiv", "own", "labelled", "names", "no-such"]
)
conditions = st.one_of(
    st.builds("_id={}".format, st.builds(lambda t, i: f"{t[0].lower()}-{i}", st.sampled_from(TYPES), ids)),
    st.builds("patient=p-{}".format, ids),
    st.builds("patient:Patient._id=p-{}".format, ids),
    st.builds("_has:Observation:patient:_id=o-{}".format, ids),
    st.builds("_filter=not%20(patient._id%20eq%20p-{})".format, ids),
    st.builds("_filter=patient[gender%20eq%20male]._id%20eq%20p-{}%20or%20status%20ne%20final".format, ids),
    st.builds("_filter=not%20(_id%20eq%20p-{})".format, ids),
    st.sampled_from(["_lastUpdated=gt2020-01-01", "_id:missing=false", "status=final", "code=A90", "name=mau"]),
    st.sampled_from(["code=56888-1", "_security=HIV", "_has:Condition:patient:code=J00", "encounter.status=finished"]),
    st.sampled_from(["_source:missing=false", "patient._has:Observation:patient:code=56888-1", "date=2029-01-01"]),
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
    st.sampled_from(
        ["", "/_history", "/_history/1", "/$everything", "/$meta", "/Observation", "/Condition?_summary=count"]
    ),
)
operations = st.sampled_from(
    [
        "Observation/$lastn?patient=Patient/p-same&category=laboratory",
        "Observation/$lastn?patient=Patient/p-same&code=http://loinc.org|56888-1&max=3",
        "Observation/$stats?subject=Patient/p-same&code=http://loinc.org|56888-1&statistic=count&statistic=average",
        "Patient/p-same/$summary",
        "Patient/p-same/$everything?_count=2",
        "Patient/p-same/$everything?_type=Observation,Condition&_since=2020-01-01",
        "Patient/p-same/*",
        "_history?_count=20",
        "?_type=Observation,Condition&_total=accurate&_id=o-same,o-same-hiv,o-other-more",
    ]
)
histories = st.builds("{}/_history?_count={}".format, st.sampled_from(TYPES), st.integers(1, 50))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    url=st.one_of(searches, instances, histories, operations),
    role=st.sampled_from([Role.DOCTOR, Role.NURSE, Role.CITIZEN, Role.CASHIER, Role.INSPECTOR, Role.OPERATOR]),
)
def test_what_one_may_not_see_changes_no_byte(pair, url, role):
    one, other = (settled(answer(api, who(role), url)) for api in pair)
    assert one == other


def test_what_names_a_hidden_record_is_shown_without_it_and_kept_whole(pair):
    one, other = (answer(api, who(Role.DOCTOR), "Encounter/e-names") for api in pair)
    assert one == other
    assert b"c-same-hiv" not in other[2]
    assert b"c-same-hiv" in answer(pair[1], who(Role.INTEGRATOR), "Encounter/e-names")[2]


def settled(found: Answer) -> Answer:
    """Without what a composed document makes anew each time: its own id."""
    return found if b'"type":"document"' not in found[2] else alike(found)


def test_the_question_whether_somebody_has_hiv_is_answered_by_who_may_alone(pair):
    one, other = (answer(api, who(Role.INTEGRATOR), "Observation?code=56888-1&_summary=count") for api in pair)
    assert (one[2].count(b'"total":0'), other[2].count(b'"total":1')) == (1, 1)


def test_who_may_see_the_difference_does(pair):
    one, other = (answer(api, who(Role.INTEGRATOR), "Patient?_summary=count") for api in pair)
    assert one != other


# -- writing: whatever is tried, under whatever id, by whatever criteria ---------------------------------------------

SUBJECT = {"Patient": None, "Encounter": "subject", "Condition": "subject", "Observation": "subject"}
FORM = "application/x-www-form-urlencoded"
FHIR = "application/fhir+json"
_MADE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)|[A-Z][a-z]{2}, [^\"]* GMT")
"""Ids and times that each database makes for itself."""


def _fact(kind: str, name: str, about: str) -> dict[str, object]:
    one = next(one for one in resources("same") if one["resourceType"] == kind)
    found = {**one, "id": f"{kind[0].lower()}-{name}"}
    if about and SUBJECT[kind]:
        found["subject"] = {"reference": f"Patient/p-{about}"}
    elif SUBJECT[kind]:
        found.pop("subject", None)
    return found


facts = st.builds(_fact, st.sampled_from(list(SUBJECT)), ids, st.one_of(st.just(""), ids))
criteria = st.builds("_id={}-{}".format, st.sampled_from("peco"), ids) | st.builds("patient=p-{}".format, ids)
guards = st.sampled_from(
    [
        {},
        {"if-match": 'W/"1"'},
        {"if-match": 'W/"2"'},
        {"if-match": "*"},
        {"if-none-match": "*"},
        {"prefer": "return=representation"},
    ]
)
patches = st.builds(
    lambda path: [{"op": "test", "path": path, "value": "x"}, {"op": "remove", "path": path}],
    st.sampled_from(["/status", "/subject/reference", "/language", "/no"]),
)


@st.composite
def writes(draw):
    """(method, address, headers, document) of one write."""
    fact, headers = draw(facts), dict(draw(guards))
    kind, asked = str(fact["resourceType"]), draw(criteria)
    match draw(
        st.sampled_from(["put", "put by", "post", "post unless", "patch", "patch by", "delete", "delete by", "search"])
    ):
        case "put":
            return "PUT", f"{kind}/{fact['id']}", headers, fact
        case "put by":
            return "PUT", f"{kind}?{asked}", headers, draw(st.sampled_from([fact, {**fact, "id": None}]))
        case "post":
            return "POST", kind, headers, fact
        case "post unless":
            return "POST", kind, {**headers, "if-none-exist": asked}, fact
        case "patch":
            return "PATCH", f"{kind}/{fact['id']}", headers, draw(patches)
        case "patch by":
            return "PATCH", f"{kind}?{asked}", headers, draw(patches)
        case "delete":
            return "DELETE", f"{kind}/{fact['id']}", headers, None
        case "delete by":
            return "DELETE", f"{kind}?{asked}", headers, None
    return "POST", f"{kind}/_search", headers, f"{asked}&_total=accurate"


def _request(write: tuple[str, str, dict[str, str], object]) -> tuple[str, str, bytes, dict[str, str]]:
    method, url, headers, document = write
    if isinstance(document, str):
        return method, url, document.encode(), {**headers, "content-type": FORM}
    if isinstance(document, dict) and document.get("id", "") is None:
        document = {name: value for name, value in document.items() if name != "id"}
    kind = "application/json-patch+json" if method == "PATCH" else FHIR
    return method, url, b"" if document is None else json.dumps(document).encode(), {**headers, "content-type": kind}


def _entry(write: tuple[str, str, dict[str, str], object]) -> dict[str, object]:
    method, url, headers, document = write
    request = {"method": method, "url": url}
    names = {"if-match": "ifMatch", "if-none-match": "ifNoneMatch", "if-none-exist": "ifNoneExist"}
    request |= {names[name]: value for name, value in headers.items() if name in names}
    if not isinstance(document, dict):
        return {"request": request}
    return {"request": request, "resource": {name: value for name, value in document.items() if value is not None}}


_CHANCE, _TURNS = random.Random(), count()


@pytest.fixture(autouse=True)
def same_new_ids(monkeypatch) -> None:
    """Ids made for a request are the same in both databases: entries of one moment are told in their order."""
    chance = SimpleNamespace(token_hex=lambda size: _CHANCE.randbytes(size).hex())
    monkeypatch.setattr("yteso.base.ids.secrets", chance)


def of_both(pair: tuple[Api, Api], *asked: Any) -> Iterator[Answer]:
    turn = next(_TURNS)
    for api in pair:
        _CHANCE.seed(turn)
        yield alike(send(api, *asked))


def alike(found: Answer) -> Answer:
    """Without ids and times that each database makes for itself."""
    status, headers, body = found
    return (
        status,
        {name: _MADE.sub("*", value) for name, value in headers.items()},
        _MADE.sub("*", body.decode()).encode(),
    )


writers = st.sampled_from([Role.DOCTOR, Role.STATION, Role.NURSE, Role.CASHIER, Role.CITIZEN, Role.STAFF])


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(write=writes(), role=writers)
def test_what_one_may_not_see_changes_no_answer_to_a_write(pair, write, role):
    method, url, body, headers = _request(write)
    one, other = of_both(pair, who(role), method, url, body, headers)
    assert one == other


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries=st.lists(writes(), min_size=1, max_size=3), kind=st.sampled_from(["batch", "transaction"]), role=writers)
def test_what_one_may_not_see_changes_no_answer_to_a_bundle(pair, entries, kind, role):
    bundle = {"resourceType": "Bundle", "type": kind, "entry": [_entry(one) for one in entries]}
    body = json.dumps(bundle).encode()
    one, other = of_both(pair, who(role), "POST", "", body, {"content-type": FHIR})
    assert one == other
