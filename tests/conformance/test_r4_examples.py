"""Every resource of the official R4 examples: sound, stored and read back, in XML and back, found by its parameters.

Each test looks at all of them and names those that fail. What cannot pass stands in `r4_examples/exclusions.yaml`.
"""

from __future__ import annotations

import gc
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from lxml import etree
from r4_examples import schema
from r4_examples.package import paths
from r4_examples.queries import searches
from results import Suite

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.errors import Refused
from yteso.base.http import Request
from yteso.db import Database
from yteso.fhir import json, xml
from yteso.signing.safe import Safe
from yteso.standards.fhir_r4 import SEARCH_PARAMETERS
from yteso.store.labelled import without_ours
from yteso.store.postgres import PostgresStore
from yteso.validate import check_resource

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SUITE = Suite(
    "r4-examples",
    "Official examples of FHIR R4",
    "Every resource of the npm package `hl7.fhir.r4.examples` 4.0.1. The XML schema and the definitions in XML are "
    "those of the Maven package `ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4` 6.8.0.",
    note="Found by its own parameters: every value that the official expression of a search parameter yields is asked "
    "for, and the resource must be among the answers.",
)
SOUND = "sound: passes the structure check"
STORED = "stored and read back equal"
FOUND = "found by its own search parameters"
AS_XML = "JSON → XML → JSON and XML → JSON → XML equal"
BY_SCHEMA = "its XML is valid by the official XML schema"
OFFICIAL = "official XML is read as the official JSON (extension definitions)"
CHECKS = {"structure": SOUND, "stored": STORED, "found": FOUND, "xml": AS_XML, "schema": BY_SCHEMA}

WHO = Principal("tích hợp Mẫu", Role.INTEGRATOR)
BASE = "http://test/fhir"
EXCLUSIONS = {
    row["case"]: row for row in yaml.safe_load((Path(__file__).parent / "r4_examples/exclusions.yaml").read_text())
}
HEAVY = {"ValueSet", "CodeSystem", "StructureDefinition", "SearchParameter", "Bundle", "ImplementationGuide"}
"""Types whose examples are many or large: one search holds many conditions and asks for a number, not for bodies."""
OTHERWISE = {"_lastUpdated", "_text", "_content", "near"}
"""Parameters whose value the example does not say: the server's time, full text, a distance."""
MOST_IDS = 100
MOST_CONDITIONS = 24
OURS = ("versionId", "lastUpdated")


@dataclass(frozen=True)
class Example:
    """One file: its bytes, and the document, or None when it cannot be read at all."""

    name: str
    raw: bytes
    document: Any


@pytest.fixture(scope="module")
def examples():
    try:
        files = paths()
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"the package of the examples cannot be had: {type(error).__name__}")
    made = [Example(path.name, raw, read(raw)) for path in files for raw in [path.read_bytes()]]
    gc.freeze()  # They stay to the end; to look through all of them again and again takes longer than the tests.
    yield made
    gc.unfreeze()


def read(raw):
    try:
        return json.loads(raw)
    except Refused:
        return None


@pytest.fixture(scope="module")
def door(fresh_database):
    with fresh_database() as dsn:
        database = Database(dsn, max_size=4).open()
        api = Api(database, PostgresStore(safe=Safe(b"r4 examples")), lambda: datetime.now(UTC))

        def ask(method, path, query="", body=b""):
            headers = {"accept": "application/fhir+json"}
            response = api.handle(Request(method, f"/{path}", query, headers, BytesIO(body), BASE), WHO)
            return response.status, response.body

        yield ask
        database.close()


@pytest.fixture(scope="module")
def stored(door, examples):
    """Name -> `Type/id` of every example the door has taken."""
    places = {}
    for example in examples:
        document = example.document
        if document is None:
            continue
        place = f"{document['resourceType']}/{document.get('id', '')}"
        assert place not in places.values() or example.name in EXCLUSIONS, f"{example.name} is there twice"
        status, _ = door("PUT", place, body=example.raw)
        if status == 201:
            places[example.name] = place
    return places


def settle(check, examples, failing):
    """Record every example under one check; nothing may fail that is not excluded, nor be excluded and pass."""
    failed = []
    for example in examples:
        row = EXCLUSIONS.get(example.name, {"checks": ()})
        wrong = failing.get(example.name)
        if check in row["checks"]:
            SUITE.record(CHECKS[check], example.name, "excluded", row["type"], row["reason"])
            if not wrong:
                failed.append(f"{example.name}: it passes now: take {check} out of exclusions.yaml")
        else:
            SUITE.record(CHECKS[check], example.name, "failed" if wrong else "passed", reason=wrong or "")
            if wrong:
                failed.append(f"{example.name}: {wrong}")
    assert not failed, "\n".join(failed[:40])


def test_every_example_is_sound(examples):
    failing = {}
    for example in examples:
        issues = check_resource(example.document) if example.document else None
        if issues != ():
            failing[example.name] = issues[0].text_en if issues else "cannot be read"
    settle("structure", examples, failing)


def test_every_example_is_stored_and_read_back_equal(examples, door, stored):
    failing = {}
    for example in examples:
        if example.name not in stored:
            failing[example.name] = "not stored"
            continue
        status, body = door("GET", stored[example.name])
        if status != 200 or plain(json.loads(body)) != plain(example.document):
            failing[example.name] = "not read back equal"
    settle("stored", examples, failing)


def plain(document):
    """The document without version, time and labels by rule, which are the server's."""
    document = without_ours(document)
    meta = {name: value for name, value in document.get("meta", {}).items() if name not in OURS}
    rest = {name: value for name, value in document.items() if name != "meta"}
    return {**rest, "meta": meta} if meta else rest


def test_every_example_survives_xml(examples):
    failing = {}
    for example in examples:
        try:
            data = xml.dumps(example.document)
            back = xml.loads(data)
        except Refused as refused:
            failing[example.name] = refused.issues[0].text_en
            continue
        if back != example.document or xml.dumps(back) != data:
            failing[example.name] = "not equal after XML"
    settle("xml", examples, failing)


@pytest.fixture(scope="module")
def official():
    try:
        return schema.folder()
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        pytest.skip(f"the official XML schema cannot be had: {type(error).__name__}")


def test_the_xml_of_every_example_is_valid_by_the_official_schema(examples, official):
    rules = etree.XMLSchema(etree.parse(official / schema.SCHEMA))
    parser = etree.XMLParser(huge_tree=True, no_network=True)
    failing = {}
    for example in examples:
        if example.document is None:
            failing[example.name] = "cannot be read"
        elif not rules.validate(etree.fromstring(xml.dumps(example.document), parser)):
            failing[example.name] = str(rules.error_log[0].message)
    settle("schema", examples, failing)


def test_official_xml_is_read_as_the_official_json(examples, official):
    (wanted,) = [example.document for example in examples if example.name == "Bundle-extensions.json"]
    read = xml.loads((official / schema.EXTENSIONS).read_bytes())
    theirs = {entry["fullUrl"]: entry["resource"] for entry in wanted["entry"]}
    for entry in read["entry"]:
        same = entry["resource"] == theirs[entry["fullUrl"]]
        SUITE.record(OFFICIAL, entry["fullUrl"], "passed" if same else "failed")
        assert same, entry["fullUrl"]
    assert len(read["entry"]) == len(wanted["entry"])


def test_every_example_is_found_by_its_own_parameters(examples, door, stored):
    wanted = defaultdict(set)
    failing = {}
    for example in examples:
        if example.name not in stored:
            failing[example.name] = "not stored"
            continue
        type_ = example.document["resourceType"]
        for name, parameter in SEARCH_PARAMETERS[type_].items():
            for text in set(searches(example.document, parameter)) if name not in OTHERWISE else ():
                wanted[type_, name, text].add(example.name)
    together = defaultdict(list)
    for (type_, parameter, text), names in wanted.items():
        query = f"{parameter}={quote(text, safe='')}"
        ids = {stored[name].partition("/")[2]: name for name in names}
        if type_ in HEAVY:
            together[type_, tuple(sorted(ids))].append(query)
            continue
        for id_ in ids.keys() - found(door, type_, query, ids):
            failing.setdefault(ids[id_], f"not found by {type_}?{parameter}")
    names = {place: name for name, place in stored.items()}
    for (type_, ids), queries in together.items():
        for some, few in product(batched(queries, MOST_CONDITIONS), batched(ids, MOST_IDS)):
            for query, id_ in unfound(door, type_, some, few):
                failing.setdefault(names[f"{type_}/{id_}"], f"not found by {type_}?{query.partition('=')[0]}")
    settle("found", examples, failing)


def found(door, type_, query, expected):
    """The ids that the search finds, page by page until all expected ones are there."""
    ids = set()
    asking = f"{query}&_count=1000"
    while asking and not ids.issuperset(expected):
        status, body = door("GET", type_, asking)
        page = json.reload(body) if status == 200 else {"link": ()}
        ids |= {entry["resource"]["id"] for entry in page.get("entry", ()) if entry["search"]["mode"] == "match"}
        following = (link["url"] for link in page["link"] if link["relation"] == "next")
        asking = next(following, "").partition("?")[2]
    return ids


def unfound(door, type_, queries, ids):
    """(query, id) of those that do not answer: all conditions and ids at once, taken apart when one is missing."""
    address = "&".join([*queries, f"_id={','.join(ids)}", "_summary=count"])
    status, body = door("GET", type_, address)
    if status == 200 and json.reload(body)["total"] == len(ids):
        return
    if len(queries) == len(ids) == 1:
        yield queries[0], ids[0]
        return
    for query, id_ in product(queries, ids):
        yield from unfound(door, type_, [query], [id_])


def batched(items, size):
    return [items[at : at + size] for at in range(0, len(items), size)]


def test_the_page_tells_it(examples, published):
    published()
