"""Near-valid questions to operations, patches, criteria and bundles about resources that are there: never a 5xx."""

from __future__ import annotations

import base64
import json
from io import BytesIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.api.operations.arguments import SIMPLE
from yteso.api.operations.table import OPERATIONS
from yteso.base.http import Request
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

WHO = (Principal("tích hợp Mẫu", Role.INTEGRATOR), Principal("bác sĩ Mẫu", Role.DOCTOR, "79001"))
SUBJECT = {"reference": "Patient/a"}
CODE = {"coding": [{"system": "http://loinc.org", "code": "1-1"}]}
STORED = [
    {"resourceType": "Patient", "id": "a", "identifier": [{"system": "urn:s", "value": "1"}], "gender": "female"},
    {"resourceType": "Encounter", "id": "a", "status": "finished", "class": {"code": "AMB"}, "subject": SUBJECT,
     "serviceProvider": {"identifier": {"value": "79001"}}},
    {"resourceType": "Observation", "id": "a", "status": "final", "code": CODE, "subject": SUBJECT,
     "encounter": {"reference": "Encounter/a"}, "effectiveDateTime": "2026-01-01", "valueQuantity": {"value": 1}},
    {"resourceType": "Composition", "id": "a", "status": "final", "type": CODE, "subject": SUBJECT, "title": "x",
     "date": "2026", "author": [{"reference": "Practitioner/a"}], "section": [{"entry": [SUBJECT]}]},
]  # fmt: skip
KINDS = [one["resourceType"] for one in STORED]

TEXTS = [
    "a",
    "Patient/a",
    "http://loinc.org|1-1",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "1",
    "0",
    "-1",
    "true",
    "x,y",
    "|",
    "99999999999",
    "9999-12-31",
    "0001-01-01",
    "ữ",
    "count",
    "average",
    "urn:s|1",
    "Observation",
    "%",
]
texts = st.sampled_from([*TEXTS, "", "\x00", "\ud800"]) | st.text(max_size=5)
GOOD = {"patient": "Patient/a", "subject": "Patient/a", "code": "1-1", "statistic": "count", "_type": "Observation",
        "identifier": "urn:s|1", "_count": "1", "start": "2026", "end": "2026", "_since": "2026-01-01T00:00:00Z",
        "max": "2", "date": "2026", "category": "x", "include": "true", "persist": "true", "mode": "update",
        "url": "http://hl7.org/fhir/ValueSet/administrative-gender", "system": "http://loinc.org"}  # fmt: skip
ids = st.sampled_from(["a"] * 6 + ["never", "x" * 65, "ü"])
resources = st.sampled_from(STORED).map(lambda one: json.loads(json.dumps(one)))
CHANGES = [
    *[{}] * 4,
    {"id": "b"},
    {"id": 5},
    {"subject": {"reference": "Patient?x=1"}},
    {"subject": {"reference": "Patient?identifier=urn:s|1"}},
    {"subject": {"reference": "urn:uuid:1"}},
    {"status": None},
    {"language": "vi"},
    {"identifier": [{"value": "1", "system": "urn:s"}]},
]
changed = st.tuples(resources, st.sampled_from(CHANGES)).map(lambda pair: pair[0] | pair[1])
mostly = st.sampled_from([True, True, True, True, False])


@st.composite
def parameter(draw, one):
    if one.name in GOOD and one.type in SIMPLE - {"boolean", "positiveInt"} and draw(mostly):
        return {"name": one.name, "valueString": GOOD[one.name]}
    if one.type in SIMPLE:
        kind = draw(st.sampled_from([one.type, "string", "integer", "boolean"]))
        value = draw(st.integers(-1, 3) if kind == "integer" else st.booleans() if kind == "boolean" else texts)
        return {"name": one.name, f"value{kind[0].upper()}{kind[1:]}": value}
    if one.type == "Resource":
        return {"name": one.name, "resource": draw(changed)}
    if one.type == "part":
        return {"name": one.name, "part": [{"name": draw(texts), "valueString": draw(texts)}]}
    value = draw(
        st.sampled_from([{}, {"code": "x"}, {"start": "2026"}, {"tag": [{"code": "x"}]}, {"coding": [CODE]}, "x"])
    )
    return {"name": one.name, f"value{one.type}": value}


@st.composite
def operations(draw):
    """A request to one operation, with parameters of its own."""
    one = draw(st.sampled_from(OPERATIONS))
    level = draw(st.sampled_from(sorted(one.levels)))
    kind = draw(st.sampled_from(sorted(one.types or KINDS)))
    start = {"system": "", "type": f"{kind}/", "instance": f"{kind}/{draw(ids)}/"}[level]
    unique = {"unique_by": lambda each: each.name} if draw(mostly) else {}
    chosen = draw(st.lists(st.sampled_from(one.parameters), max_size=4, **unique)) if one.parameters else []
    if draw(mostly):
        chosen += [each for each in one.parameters if each not in chosen and (each.required or each.name == "patient")]
    if draw(st.booleans()):
        values = [GOOD[each.name] if each.name in GOOD and draw(mostly) else draw(texts) for each in chosen]
        query = "&".join(f"{each.name}={value}" for each, value in zip(chosen, values, strict=True))
        return "GET", f"{start}${one.name}", query.encode("utf-8", "replace").decode(), None, {}
    rows = [draw(parameter(each)) for each in chosen]
    return "POST", f"{start}${one.name}", "", {"resourceType": "Parameters", "parameter": rows}, {}


pointers = st.sampled_from(
    ["/gender", "/status", "/subject/reference", "/identifier/-", "/id", "", "/code/coding/0/code"]
)
patches = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "replace", "remove", "copy", "test"]), "path": pointers},
        optional={"value": texts | st.integers() | changed, "from": pointers},
    ),
    max_size=3,
)
criteria = st.sampled_from(
    ["identifier=urn:s|1", "identifier=never", "code=1-1", "never=1", "", "_id=a", "subject=Patient/a"]
)
tags = st.sampled_from([*[""] * 8, 'W/"1"', 'W/"7"', "*", "x"])


@st.composite
def writes(draw):
    """A patch, an update, a delete; by id or by criteria; with or without If-Match."""
    method = draw(st.sampled_from(["PATCH", "PUT", "DELETE", "POST"]))
    kind, headers = (
        draw(st.sampled_from(KINDS)),
        {"if-match": draw(tags), "if-none-exist": draw(criteria) if draw(st.booleans()) else ""},
    )
    path = kind if method == "POST" or draw(st.booleans()) else f"{kind}/{draw(ids)}"
    own = changed.filter(lambda one: one["resourceType"] == kind)
    body = (
        draw(patches) if method == "PATCH" else None if method == "DELETE" else draw(own if draw(mostly) else changed)
    )
    if method == "PATCH":
        headers["content-type"] = "application/json-patch+json"
    return method, path, "" if "/" in path else draw(criteria), body, headers


@st.composite
def bundles(draw):
    """Entries of all these kinds together."""
    entries = []
    for method, path, query, body, headers in draw(st.lists(writes() | operations(), max_size=4)):
        if isinstance(body, list):
            data = base64.b64encode(json.dumps(body).encode()).decode()
            body = {"resourceType": "Binary", "contentType": headers["content-type"], "data": data}
        request = {"method": method, "url": f"{path}?{query}"}
        request |= {"ifMatch": headers.get("if-match", ""), "ifNoneExist": headers.get("if-none-exist", "")}
        entries.append({"request": request, **({"resource": body} if body else {})})
        if draw(st.booleans()):
            entries[-1]["fullUrl"] = "urn:uuid:1"
    kind = draw(st.sampled_from(["transaction", "batch"]))
    return "POST", "", "", {"resourceType": "Bundle", "type": kind, "entry": entries}, {}


def test_no_near_valid_request_makes_a_server_error(database):
    store = PostgresStore()
    api = Api(database, store)

    @settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operations() | writes() | bundles(), st.sampled_from(WHO))
    def never(asked, who):
        with database.connection() as conn:
            store.write(conn, WHO[0], [Put(one) for one in STORED])
        method, path, query, body, headers = asked
        data = b"" if body is None else json.dumps(body).encode()
        response = api.handle(Request(method, f"/{path}", query, headers, BytesIO(data), "http://t/fhir"), who)
        assert response.status < 500, response.body
        if response.status == 200 and isinstance(body, dict) and body.get("type") == "batch":
            told = json.loads(response.body).get("entry", ())
            assert all(entry["response"]["status"] < "5" for entry in told), told

    never()
