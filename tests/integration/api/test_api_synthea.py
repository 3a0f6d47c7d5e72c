"""Sixty foreign patients in as transactions, every resource out again equal, decimals and key order included."""

from __future__ import annotations

import json
import re
import tarfile

import pytest

from yteso.fhir.json import dumps, loads
from yteso.validate.structure import check_resource

NUMBER = re.compile(rb'"(?:value|factor|sequence|valueDecimal)":(-?[0-9][^,}\]]*)')

pytestmark = [pytest.mark.samples, pytest.mark.slow]


@pytest.fixture(scope="module")
def bundles(shared):
    """Practitioners first, because the patients refer to them."""
    path = shared / "data" / "synthea" / "bundles_r4_60_patients.tar.xz"
    if not path.is_file():
        pytest.skip(f"no sample at {path}")
    with tarfile.open(path) as archive:
        files = {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}
    assert len(files) == 61
    return [files[name] for name in sorted(files, key=lambda name: ("practitioner" not in name, name))]


def without_server_parts(document):
    meta = {k: v for k, v in document.get("meta", {}).items() if k not in ("versionId", "lastUpdated")}
    rest = {k: v for k, v in document.items() if k not in ("id", "meta")}
    return rest | ({"meta": meta} if meta else {})


def test_every_resource_of_every_bundle_is_read_back_equal(admin, bundles):
    names, count = {}, 0
    for raw in bundles:
        answer = admin("POST", "", raw)
        assert answer.status == 200, answer.body[:500]
        entries = json.loads(raw, parse_float=str)["entry"]
        places = [e["response"]["location"].partition("/_history")[0] for e in answer.json["entry"]]
        names |= dict(zip((e["fullUrl"] for e in entries), places, strict=True))
        for entry, place in zip(entries, places, strict=True):
            text = json.dumps(entry["resource"])
            for name, real in ((n, names[n]) for n in references_in(entry["resource"]) if n in names):
                text = text.replace(f'"reference": "{name}"', f'"reference": "{real}"')
            read = json.loads(admin("GET", place).body, parse_float=str)
            assert without_server_parts(read) == without_server_parts(json.loads(text))
            count += 1
    assert count == 18_238
    assert admin("GET", "Observation?_summary=count").json["total"] == 8653


def references_in(value):
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references_in(inner)


def test_the_bytes_of_a_resource_keep_digits_and_order(admin, bundles):
    raw = bundles[1]
    places = [e["response"]["location"] for e in admin("POST", "", raw).json["entry"]]
    for entry, place in zip(loads(raw)["entry"], places, strict=True):
        sent = without_server_parts(entry["resource"])
        read = without_server_parts(loads(admin("GET", place).body))
        assert NUMBER.findall(dumps(sent)) == NUMBER.findall(dumps(read))
        assert list(sent) == list(read)


def test_the_record_of_a_real_patient_is_told_whole_and_summed_up(admin, bundles):
    practitioners, *patients = bundles
    assert admin("POST", "", practitioners).status == 200
    for raw in patients[:5]:
        places = [
            entry["response"]["location"].partition("/_history")[0] for entry in admin("POST", "", raw).json["entry"]
        ]
        patient = next(place for place in places if place.startswith("Patient/"))
        told, url = [], f"/{patient}/$everything"
        while url:
            page = admin("GET", url)
            assert check_resource(loads(page.body)) == ()
            told += [e["fullUrl"].partition("/fhir/")[2] for e in page.json["entry"] if e["search"]["mode"] == "match"]
            url = page.link("next")
        of_nobody = {place for place in places if place.partition("/")[0] in OUTSIDE}
        assert set(told) == set(places) - of_nobody
        assert len(told) == len(set(told))
        document = admin("GET", f"/{patient}/$summary")
        assert check_resource(loads(document.body)) == ()
        entries = {entry["fullUrl"] for entry in document.json["entry"]}
        sections = document.json["entry"][0]["resource"]["section"]
        assert {entry["reference"] for section in sections for entry in section["entry"]} <= entries
        assert {"11450-4", "48765-2", "10160-0", "8716-3"} <= {s["code"]["coding"][0]["code"] for s in sections}


OUTSIDE = ("Organization", "Location", "Practitioner", "PractitionerRole", "Medication", "Device")
