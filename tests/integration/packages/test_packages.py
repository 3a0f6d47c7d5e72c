"""FHIR packages in a real record: loaded once, found again, never written twice."""

import io
import json
import tarfile

import pytest

from yteso.access.principal import Principal, Role
from yteso.api.operations.table import OPERATIONS
from yteso.base.errors import Refused
from yteso.client.packages import Packages
from yteso.fhir import json as fhir_json
from yteso.fhir.package import package_of, read_archive
from yteso.ops.own_packages import LOADER, load_operations, load_topics, load_vn_core
from yteso.search.parse import parse
from yteso.standards import vn_core
from yteso.store.definitions import RecordDefinitions
from yteso.store.postgres import PostgresStore
from yteso.store.subscriptions.topics import topics
from yteso.terminology.vn_core import vn_core_package

URL = "http://example.org/StructureDefinition/mau-patient"
MANIFEST = {"name": "mau.thu", "version": "1.0.0", "fhirVersions": ["4.0.1"]}
PROFILE = {
    "resourceType": "StructureDefinition",
    "id": "mau-patient",
    "url": URL,
    "name": "MauPatient",
    "status": "draft",
    "kind": "resource",
    "abstract": False,
    "type": "Patient",
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
    "derivation": "constraint",
    "differential": {"element": [{"id": "Patient.birthDate", "path": "Patient.birthDate", "min": 1}]},
}


def archive(*resources, manifest=MANIFEST):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, document in [("package.json", manifest), *((f"{one['id']}.json", one) for one in resources)]:
            data = json.dumps(document).encode()
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return package_of(read_archive(io.BytesIO(out.getvalue())))


@pytest.fixture
def store():
    return PostgresStore()


@pytest.fixture
def packages(database, store):
    return Packages(database, store)


def found(database, store, type_, query):
    with database.connection() as conn:
        from yteso.access.restriction import EVERYTHING
        from yteso.store.definitions import VALIDATOR

        page = store.search(conn, VALIDATOR, EVERYTHING, parse(type_, query)[0])
    return [fhir_json.loads(match.body) for match in page.matches]


def test_a_package_is_loaded_once_listed_and_found_with_its_snapshot(database, store, packages):
    done = packages.load(LOADER, archive(PROFILE))
    assert (done.created, done.updated, done.issues) == (2, 0, ())
    [listed] = packages.listed(LOADER)
    assert (listed.name, listed.version, listed.definitions) == ("mau.thu", "1.0.0", 1)
    [profile] = found(database, store, "StructureDefinition", f"url={URL}")
    elements = {element["id"]: element for element in profile["snapshot"]["element"]}
    assert elements["Patient.birthDate"]["min"] == 1
    assert elements["Patient.gender"]["min"] == 0


def test_loading_the_same_package_again_writes_nothing(packages):
    packages.load(LOADER, archive(PROFILE))
    again = packages.load(LOADER, archive(PROFILE))
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_a_new_version_of_a_package_changes_what_changed(packages):
    packages.load(LOADER, archive(PROFILE))
    newer = {**PROFILE, "description": "mới"}
    done = packages.load(LOADER, archive(newer, manifest={**MANIFEST, "version": "1.1.0"}))
    assert (done.created, done.updated) == (0, 2)
    assert [one.version for one in packages.listed(LOADER)] == ["1.1.0"]


def test_an_id_of_another_definition_is_not_overwritten(database, store, packages):
    packages.load(LOADER, archive(PROFILE))
    other = {**PROFILE, "url": "http://example.org/other"}
    done = packages.load(LOADER, archive(other, manifest={**MANIFEST, "name": "other.mau"}))
    assert [issue.code for issue in done.issues] == ["PKG-0010"]
    assert found(database, store, "StructureDefinition", f"url={URL}")[0]["id"] == "mau-patient"
    assert found(database, store, "StructureDefinition", "url=http://example.org/other")[0]["id"] != "mau-patient"


def test_a_broken_definition_is_left_out_and_told(packages):
    done = packages.load(
        LOADER,
        archive(
            {**PROFILE, "kind": 7},
        ),
    )
    assert [issue.code for issue in done.issues] == ["PKG-0008"]
    assert done.created == 1  # the guide


def test_a_profile_whose_base_is_not_here_is_stored_as_it_is_and_told(packages):
    done = packages.load(LOADER, archive({**PROFILE, "baseDefinition": "http://example.org/none"}))
    assert [issue.code for issue in done.issues] == ["PKG-0009"]
    assert done.created == 2


def test_who_may_not_write_definitions_may_not_load_packages(packages):
    with pytest.raises(Refused) as refused:
        packages.load(Principal("bác sĩ Mẫu", Role.DOCTOR, "79001"), archive(PROFILE))
    assert refused.value.status == 403


def test_definitions_are_fresh_after_a_change(database, store, packages):
    definitions = RecordDefinitions(store)
    with database.connection() as conn:
        assert definitions.at(conn).structure(URL) is None
    packages.load(LOADER, archive(PROFILE))
    with database.connection() as conn:
        first = definitions.library(conn).profile(URL)
        assert first.name == "MauPatient"
        assert definitions.library(conn).profile(URL) is first
    packages.load(LOADER, archive({**PROFILE, "name": "Another"}))
    with database.connection() as conn:
        assert definitions.library(conn).profile(URL).name == "Another"


def test_vn_core_is_served_after_the_first_start_and_the_second_writes_nothing(database, store, packages):
    load_vn_core(database, store)
    with database.connection() as conn:
        before = conn.execute("SELECT count(*), max(t) FROM store.resource").fetchone()
        audited = conn.execute("SELECT count(*) FROM store.audit").fetchone()
    load_vn_core(database, store)
    with database.connection() as conn:
        assert conn.execute("SELECT count(*), max(t) FROM store.resource").fetchone() == before
        assert conn.execute("SELECT count(*) FROM store.audit").fetchone() == audited
    assert before[0] == len(vn_core_package().resources) + 1
    [patient] = found(database, store, "StructureDefinition", f"url={vn_core.BASE}/StructureDefinition/vn-core-patient")
    assert patient["id"] == "vn-core-patient"
    assert found(database, store, "SearchParameter", "code=vn-cccd")[0]["expression"].startswith("Patient.identifier")


def test_every_topic_is_a_resource_whose_address_can_be_subscribed_to(database, store):
    load_topics(database, store)
    with database.connection() as conn:
        before = conn.execute("SELECT count(*), max(t) FROM store.resource").fetchone()
    load_topics(database, store)
    with database.connection() as conn:
        assert conn.execute("SELECT count(*), max(t) FROM store.resource").fetchone() == before
    told = found(database, store, "Basic", "code=http://hl7.org/fhir/fhir-types|SubscriptionTopic&_count=1000")
    addresses = {one["extension"][0]["valueUri"] for one in told}
    assert addresses == set(topics())
    [ended] = [one for one in told if one["id"] == "yteso-topic-encounter-end"]
    [trigger] = [one["extension"] for one in ended["extension"] if one["url"].endswith(".resourceTrigger")]
    assert trigger[0] == {"url": "resource", "valueUri": "http://hl7.org/fhir/StructureDefinition/Encounter"}
    assert [one["valueCode"] for one in trigger[1:3]] == ["create", "update"]
    assert trigger[3]["extension"][0] == {"url": "current", "valueString": "status=finished"}


def test_every_operation_has_a_definition_that_is_found_by_its_address(database, store):
    load_operations(database, store)
    with database.connection() as conn:
        before = conn.execute("SELECT count(*), max(t) FROM store.resource").fetchone()
    load_operations(database, store)
    with database.connection() as conn:
        assert conn.execute("SELECT count(*), max(t) FROM store.resource").fetchone() == before
    for operation in OPERATIONS:
        [told] = found(database, store, "OperationDefinition", f"url={operation.own_definition}")
        assert told["code"] == operation.name
        assert told.get("base", operation.own_definition) == operation.definition
    [ours] = found(database, store, "OperationDefinition", "code=import")
    assert ours["url"] == "urn:yteso:OperationDefinition:import"


def test_vn_cores_search_parameters_are_searched(database, store):
    load_vn_core(database, store)
    with database.connection() as conn:
        rows = conn.execute("SELECT code, state FROM store.parameter WHERE code LIKE 'vn-%' ORDER BY code").fetchall()
    assert [(code, state != "refused") for code, state in rows] == [
        ("vn-bhyt", True),
        ("vn-bhyt-card", True),
        ("vn-cccd", True),
    ]
