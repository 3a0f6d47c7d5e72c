"""What no client should send: each a numbered OperationOutcome with a 4xx, never a 5xx, and nothing stored."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from yteso.api import page
from yteso.search import cursor

PATIENT = '{"resourceType":"Patient","name":[{"family":"Thử"}]%s}'


def body(extra: str) -> bytes:
    return (PATIENT % ("," + extra if extra else "")).encode("utf-8", "surrogatepass")


BAD = {
    "nothing": b"",
    "blank": b" \n",
    "not JSON": b"<Patient/>",
    "cut off": body("")[:-3],
    "two documents": body("") + body(""),
    "a list": b"[]",
    "a text": b'"Patient"',
    "a number": b"5",
    "null": b"null",
    "no type": b"{}",
    "type is a number": b'{"resourceType":5}',
    "unknown type": b'{"resourceType":"Person2"}',
    "abstract type": b'{"resourceType":"DomainResource"}',
    "another type": b'{"resourceType":"Observation","status":"final","code":{"text":"x"}}',
    "invalid UTF-8": body("").replace("Thử".encode(), b"\xff\xfe"),
    "UTF-16": body("").decode().encode("utf-16"),
    "lone surrogate": body('"id":"\\ud800"'),
    "raw surrogate": body('"id":"\ud800"'),
    "NUL": body('"language":"\\u0000"'),
    "duplicate key": body('"gender":"male","gender":"female"'),
    "duplicate key deep": body('"contact":[{"gender":"male","gender":"male"}]'),
    "duplicate key by escape": body('"gender":"male","gend\\u0065r":"female"'),
    "absurd exponent": body('"extension":[{"url":"x","valueDecimal":1e131071}]'),
    "absurd exponent below": body('"extension":[{"url":"x","valueDecimal":1e-131071}]'),
    "too many digits": body('"extension":[{"url":"x","valueDecimal":%s}]' % ("1" * 5000)),
    "NaN": body('"extension":[{"url":"x","valueDecimal":NaN}]'),
    "100,000 deep": b'{"resourceType":"Patient","extension":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "100,000 deep, never closed": b'{"resourceType":"Patient","extension":' + b'{"a":' * 100_000,
    "deep contained": b'{"resourceType":"Patient","contained":[' * 1000 + b"]}" * 1000,
    "unknown element": body('"colour":"red"'),
    "wrong type": body('"gender":7'),
    "wrong cardinality": body('"gender":["male"]'),
    "object for list": body('"identifier":{"value":"1"}'),
    "unknown code": body('"gender":"mann"'),
    "impossible date": body('"birthDate":"2026-02-31"'),
    "two choices": body('"deceasedBoolean":true,"deceasedDateTime":"2026-01-01"'),
    "reference that is none": body('"managingOrganization":{"reference":"bệnh viện Mẫu"}'),
    "null element": body('"gender":null'),
    "empty list": body('"identifier":[]'),
}


def test_a_create_of_it_is_refused_by_number(admin):
    for name, data in BAD.items():
        refused = admin("POST", "Patient", data)
        assert 400 <= refused.status < 500, (name, refused.body[:300])
        assert refused.json["resourceType"] == "OperationOutcome", name
        assert all(code[:4] in ("API-", "FHIR") for code in refused.codes), name
        assert "Thử" not in refused.body.decode(), name
        assert data.strip() == b"" or all(issue.get("expression") for issue in refused.json["issue"]), name
    assert admin("GET", "Patient?_summary=count").json["total"] == 0


def test_an_update_and_a_bundle_of_it_are_refused_by_number(admin):
    for name, data in BAD.items():
        assert 400 <= admin("PUT", "Patient/a", data).status < 500, name
        assert 400 <= admin("POST", "", data).status < 500, name


def test_a_transaction_with_it_is_refused_as_a_whole(admin):
    good = b'{"resource":%b,"request":{"method":"POST","url":"Patient"}}' % body("")
    for name, data in BAD.items():
        bad = b'{"resource":%b,"request":{"method":"POST","url":"Patient"}}' % data
        refused = admin("POST", "", b'{"resourceType":"Bundle","type":"transaction","entry":[%b,%b]}' % (good, bad))
        assert 400 <= refused.status < 500, (name, refused.body[:300])
    assert admin("GET", "Patient?_summary=count").json["total"] == 0


def test_a_body_over_the_limit_is_refused_before_it_is_read_whole(database, admin):
    from yteso.api import Api
    from yteso.base.http import Request
    from yteso.store.postgres import PostgresStore

    class Endless:
        taken = 0

        def read(self, size=-1):
            self.taken += size
            return b" " * size

    endless = Endless()
    api = Api(database, PostgresStore(), max_body=10_000_000)
    who = admin._who
    response = api.handle(Request("POST", "/Patient", "", {}, endless), who)
    assert response.status == 413
    assert endless.taken < 12_000_000
    announced = Request("POST", "/Patient", "", {"content-length": "99999999999999999999"}, endless)
    assert api.handle(announced, who).status == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "text/turtle"}, 415),
        ({"Content_Type": "application/json", "Content_Encoding": "gzip"}, 415),
        ({"Accept": "text/turtle"}, 406),
        ({"If_Match": "\x00"}, 400),
    ],
)
def test_a_wrong_header_is_refused(admin, headers, status):
    assert admin("PUT", "Patient/a", body('"id":"a"'), **headers).status == status


QUERIES = [
    "birthdate=soon",
    "birthdate=ge2026-13-45",
    "birthdate=99999-01-01",
    "_lastUpdated=x",
    "_count=-1",
    "_count=many",
    "_count=99999999999999999999",
    "_sort=nothing",
    "_sort=-",
    "_include=Patient",
    "_include=Nothing:x",
    "name:nothing=x",
    "name:exact:exact=x",
    "identifier=|",
    "identifier=a|b|c",
    "_total=some",
    "_summary=everything",
    "_page=AAAA",
    "name=" + "a" * 100_000,
    "name=" + ",".join(["a"] * 5_000),
    "&".join(f"name=a{n}" for n in range(60)),
    "&".join(f"name=a{n}" for n in range(4000)),
    "_id=" + "x" * 70_000,
    "general-practitioner:Practitioner.name=x",
    "_has:Observation:patient:code=x",
    "=x",
    "&&&",
    "name",
    "name=%ED%A0%80",
    "_since=0001-01-01",
    "_text=x",
    "_filter=x",
]


def test_no_query_makes_a_server_error(admin):
    for query in QUERIES:
        for url in (f"Patient?{query}", f"Patient/_history?{query}", f"Patient/a?{query}"):
            assert admin("GET", url).status < 500, url[:100]
        assert admin("POST", "Patient/_search", query.encode()).status < 500, query[:100]


ODD = ["", "x" * 300, "\x00", "\ud800", None, True, 1.5, -1, 2**63, 10**30, [], {}, "9999"]


@pytest.mark.parametrize(
    "url",
    [
        "Patient?",
        "Patient?_sort=-birthdate,family&",
        "Patient?_sort=gender&",
        "Patient/_history?",
        "_history?",
        "?_type=Patient&",
        "?_sort=_id&",
        "Patient/a/$everything?",
        "Patient/a/*?",
    ],
)
def test_no_page_link_makes_a_server_error(admin, url):
    about = {"subject": {"reference": "Patient/a"}, "status": "final", "code": {"text": "x"}}
    for key in ("a", "b", "c"):
        admin("PUT", f"Patient/{key}", {"resourceType": "Patient", "id": key, "gender": "male", "birthDate": "2000"})
        admin("PUT", f"Observation/{key}", {"resourceType": "Observation", "id": key, **about})
    [following] = [one["url"] for one in admin("GET", f"{url}_count=1").json["link"] if one["relation"] == "next"]
    params, place = page.unpack(parse_qs(urlsplit(following).query)["_page"][0])
    good = cursor.unpack(place)
    broken = [[*good[:at], odd, *good[at + 1 :]] for at in range(len(good)) for odd in ODD]
    for values in [[], good[:-1], [*good, 1], *broken]:
        link = encoded([cursor.pack(values), *params])
        told = admin("GET", f"{url.partition('?')[0]}?_page={link}")
        assert told.status in (200, 400), (values, told.body[:200])


def encoded(packed):
    return base64.urlsafe_b64encode(json.dumps(packed).encode()).decode()


def test_no_number_makes_a_server_error(admin):
    for value in ("x", "1e400", "1e-400||", "gt", "-0", "1e99", "ap-1e-99", "9" * 64):
        assert admin("GET", f"Observation?value-quantity={value}").status < 500, value
        assert admin("GET", f"RiskAssessment?probability={value}").status < 500, value


def test_a_byte_order_mark_before_the_body_is_passed_over(admin):
    assert admin("PUT", "Patient/a", b'\xef\xbb\xbf{"resourceType":"Patient","id":"a"}').status == 201
    bundle = b'\xef\xbb\xbf{"resourceType":"Bundle","type":"transaction"}'
    assert admin("POST", "", bundle).status == 200
    assert admin("PUT", "Patient/b", b"\xef\xbb\xbf").codes == ["API-0013"]
