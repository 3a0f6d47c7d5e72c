"""All Synthea sample bundles go in as transactions, come back equal, change nothing the second time, and are found."""

import tarfile

import pytest

from yteso.access.restriction import EVERYTHING
from yteso.base.ids import random_id, shard_of_key
from yteso.fhir.bundle import in_order, read_entries, rewrite
from yteso.fhir.json import dumps, loads
from yteso.search.parse import parse
from yteso.store.protocol import Put
from yteso.store.verify import verify_chains

pytestmark = [pytest.mark.samples, pytest.mark.slow]


def resources_of(bundle, name):
    """The bundle's resources with ids of ours and their references resolved, as a transaction does."""
    entries, issues = read_entries(bundle)
    assert not issues
    shard = shard_of_key(name)
    for entry in entries:
        entry.resource["id"] = random_id(shard)
    names = {entry.full_url: f"{entry.resource['resourceType']}/{entry.resource['id']}" for entry in entries}
    for entry in entries:
        rewrite(entry.resource, names)
    return [entry.resource for entry in in_order(entries)]


def without_version(body):
    read = loads(body)
    del read["meta"]["versionId"], read["meta"]["lastUpdated"]
    if not read["meta"]:
        del read["meta"]
    return read


def test_every_bundle_is_written_once_and_read_back_equal(shared, database, store, administrator):
    count = 0
    with tarfile.open(shared / "data" / "synthea" / "bundles_r4_60_patients.tar.xz") as archive:
        for member in archive:
            if not member.name.endswith(".json"):
                continue
            raw = archive.extractfile(member).read()
            bundle = loads(raw)
            if bundle["resourceType"] != "Bundle":
                continue
            assert loads(dumps(bundle)) == bundle
            resources = resources_of(bundle, member.name)
            count += len(resources)
            with database.connection() as conn:
                done = store.write(conn, administrator, [Put(one) for one in resources])
            assert {one.status for one in done.written} == {"created"}
            with database.connection() as conn:
                assert store.write(conn, administrator, [Put(one) for one in resources]).t == 0
                found = store.peek(conn, [(one["resourceType"], one["id"]) for one in resources])
            for one in resources:
                read = without_version(found[one["resourceType"], one["id"]].body)
                assert read == one
                assert dumps(read) == dumps(one)
            _check_searches(database, store, administrator, resources)
    assert count > 10_000
    with database.connection() as conn:
        assert verify_chains(conn) is None
        assert conn.execute("SELECT count(*) FROM store.resource").fetchone() == (count,)


def _check_searches(database, store, administrator, resources):
    """The patient of a bundle is found by identifier, and all of its observations by patient."""
    patients = [one for one in resources if one["resourceType"] == "Patient"]
    observations = {one["id"] for one in resources if one["resourceType"] == "Observation"}
    if len(patients) != 1:
        return
    (patient,) = patients
    identifier = patient["identifier"][0]
    with database.connection() as conn:
        query, _ = parse("Patient", [("identifier", f"{identifier['system']}|{identifier['value']}")])
        page = store.search(conn, administrator, EVERYTHING, query)
        assert [one.id for one in page.matches] == [patient["id"]]
        query, _ = parse("Observation", f"patient={patient['id']}&_count=1000&_total=accurate")
        page = store.search(conn, administrator, EVERYTHING, query)
        assert page.total == len(observations)
        assert {one.id for one in page.matches} == observations or page.total > 1000
