"""Whatever arrives at the FHIR door, the answer is never a server error and always says what was wrong."""

from __future__ import annotations

import json
from io import BytesIO
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_resources import resources as valid_resources

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.fhir import xml
from yteso.store.postgres import PostgresStore

INTEGRATOR = Principal("tích hợp Mẫu", Role.INTEGRATOR)


def some(text):
    return st.sampled_from(text.split())


words = some("Patient Observation Bundle _history _search metadata p1 $x .. ü 1") | st.sampled_from(["", "a b", "\x00"])
paths = st.lists(words | st.text(max_size=8), max_size=6).map("/".join)
names = some(
    """_id _lastUpdated _count _sort _include _revinclude _total _summary _page _since _format _pretty _tag
    name birthdate identifier gender code value-quantity patient subject name:exact code:in date"""
)
values = some(
    r"""x 2026 ge2026-01-01 lt | a|b 1e5 ne5.40|http://x|mg Patient/1 Patient:link -name
        % %00 %C3 , \, $ 999999999999999999999999999999 -1 0 true *"""
) | st.text(max_size=12)
pieces = some(
    "name eq ne co in sb re po and or not ( ) [ ] . subject.name birthdate 2026 http://x|a Patient/1 pr true"
) | (
    st.sampled_from(
        ['"x y"', '"\\u0000"', '"\\ud800"', '"', "not (name eq x)", "_id eq p1 or", "link.link[gender eq male].name"]
    )
)
filters = st.lists(pieces, max_size=9).map(lambda parts: ("_filter", quote(" ".join(parts))))
queries = st.lists(st.tuples(names | st.text(max_size=6), values) | filters, max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
keys = some(
    """resourceType id meta type entry request method url resource name extension identifier code status subject
    reference value"""
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys | st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)
resources = documents.map(lambda d: {"resourceType": "Patient", **d} if isinstance(d, dict) else d)
bodies = (
    st.binary(max_size=200)
    | documents.map(lambda d: json.dumps(d).encode())
    | resources.map(lambda d: json.dumps(d).encode())
    | st.lists(st.fixed_dictionaries({"resource": resources, "request": documents}), max_size=3).map(
        lambda entries: json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()
    )
)
xml_bodies = (
    valid_resources().map(xml.dumps)
    | st.binary(max_size=40).map(lambda inner: b'<Patient xmlns="http://hl7.org/fhir">%b</Patient>' % inner)
    | bodies
)
xml_headers = st.fixed_dictionaries(
    {"content-type": some("application/fhir+xml text/xml application/xml;fhirVersion=4.0")},
    optional={"accept": some("application/fhir+xml application/json;q=0.5,text/xml */* x")},
)
header_names = some(
    """accept content-type if-match if-none-match if-modified-since if-none-exist prefer content-length
    content-encoding"""
)
header_values = some('* */* W/"1" x return=minimal application/fhir+json _id=1 name=%00') | st.sampled_from(
    ["", "\x00"]
)
headers = st.dictionaries(header_names, header_values, max_size=3)
asked = st.tuples(headers, bodies) | st.tuples(xml_headers, xml_bodies)


def test_no_request_makes_a_server_error(database):
    api = Api(database, PostgresStore())

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]), paths, queries, asked)
    def never(method, path, query, asked):
        headers, body = asked
        response = api.handle(Request(method, "/" + path, query, headers, BytesIO(body), "http://t/fhir"), INTEGRATOR)
        assert response.status < 500
        if response.status >= 400 and method != "HEAD":
            in_xml = "xml" in response.headers["Content-Type"]
            outcome = xml.loads(response.body) if in_xml else json.loads(response.body)
            assert outcome["resourceType"] == "OperationOutcome"
            assert all(issue["details"]["coding"][0]["code"] for issue in outcome["issue"])

    never()
