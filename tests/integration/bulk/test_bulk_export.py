"""$export over the door, on a real PostgreSQL: what comes out, as of when, for whom."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import permutations

import pytest
from tests.integration.api.conftest import DOCTOR, INTEGRATOR, Client
from tests.integration.bulk.conftest import BASE, Bulk, observation, patient

from yteso.access import policy
from yteso.access.grant import Bound, Grant
from yteso.access.policy import Interaction
from yteso.access.principal import Role
from yteso.oauth import ended
from yteso.oauth.ended import Ended, end
from yteso.store import audit
from yteso.store.breaches import Suspicion, affected
from yteso.store.bulk import export, files
from yteso.store.protocol import Remove
from yteso.store.verify import verify_chains

EXPORTING = [Interaction.EXPORT, Interaction.BULK]


def test_everything_comes_out_once_in_a_file_for_each_type(bulk, write):
    write(*(patient(f"p{n}") for n in range(30)), *(observation(f"o{n}", f"p{n % 30}") for n in range(50)))
    manifest = bulk.run("/$export")
    assert {file["type"]: file["count"] for file in manifest["output"]} == {"Patient": 30, "Observation": 50}
    assert bulk.keys(manifest) == sorted(
        [f"Patient/p{n}" for n in range(30)] + [f"Observation/o{n}" for n in range(50)]
    )
    assert manifest["requiresAccessToken"] is True
    assert manifest["request"] == f"{BASE}/$export"
    assert manifest["deleted"] == manifest["error"] == []
    assert all(one["meta"]["versionId"] == "1" for one in bulk.lines(manifest))


def test_an_export_shows_the_record_as_of_its_beginning(bulk, write, desk, database, store):
    write(patient("kept"), patient("changed"), patient("removed"))
    place = bulk.start("/$export")
    job_id = place.rpartition("/")[2]
    assert desk.exporter.stretch(job_id), "the first stretch fixes the moment"
    write(patient("changed", gender="female"), patient("new"))
    with database.connection() as conn:
        store.write(conn, INTEGRATOR, [Remove("Patient", "removed")])
    bulk.work()
    manifest = bulk.client("GET", place).json
    assert bulk.keys(manifest) == ["Patient/changed", "Patient/kept", "Patient/removed"]
    assert all(one["meta"]["versionId"] == "1" and "gender" not in one for one in bulk.lines(manifest))


def test_since_brings_what_changed_and_tells_what_was_deleted(bulk, write, database, store):
    write(patient("old"), patient("gone"), patient("changed"))
    first = bulk.run("/$export")
    write(patient("changed", gender="male"), patient("new"))
    with database.connection() as conn:
        store.write(conn, INTEGRATOR, [Remove("Patient", "gone")])
    manifest = bulk.run(f"/$export?_since={first['transactionTime']}")
    assert bulk.keys(manifest) == ["Patient/changed", "Patient/new"]
    (bundle,) = bulk.lines(manifest, "deleted")
    assert bundle["type"] == "transaction"
    assert bundle["entry"] == [{"request": {"method": "DELETE", "url": "Patient/gone"}}]


def test_types_filters_and_elements_choose_what_comes_out(bulk, write):
    write(patient("p1", gender="female"), observation("o1", "p1"), observation("o2", "p1", "8867-4"))
    only = bulk.run("/$export?_type=Observation")
    assert bulk.keys(only) == ["Observation/o1", "Observation/o2"]
    asked = "_type=Observation,Patient&_typeFilter=Observation?code=http://loinc.org|8867-4"
    assert bulk.keys(bulk.run(f"/$export?{asked}")) == ["Observation/o2", "Patient/p1"]
    either = "_typeFilter=Observation?code=8867-4,Observation?code=718-7&_type=Observation"
    assert bulk.keys(bulk.run(f"/$export?{either}")) == ["Observation/o1", "Observation/o2"]
    nested = "_type=Observation&_typeFilter=Observation?_filter=not%20(code%20eq%20718-7%20or%20status%20ne%20final)"
    assert bulk.keys(bulk.run(f"/$export?{nested}")) == ["Observation/o2"]
    (small,) = bulk.lines(bulk.run("/$export?_type=Patient&_elements=Patient.gender"))
    assert set(small) == {"resourceType", "id", "meta", "gender"}
    assert small["meta"]["tag"][0]["code"] == "SUBSETTED"


def test_an_element_with_a_choice_of_types_is_chosen_by_its_bare_name(bulk, write):
    write({**observation("o1", "p1"), "valueString": "dương tính", "note": [{"text": "Thử"}]})
    (chosen,) = bulk.lines(bulk.run("/$export?_type=Observation&_elements=Observation.value"))
    assert set(chosen) == {"resourceType", "id", "meta", "status", "code", "valueString"}


def test_patient_and_group_level_bring_the_records_of_patients_only(bulk, write):
    group = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}
    members = [{"entity": {"reference": "Patient/p1"}}, {"entity": {"reference": "Patient/p3"}, "inactive": True}]
    write(
        *(patient(f"p{n}") for n in (1, 2, 3)),
        *(observation(f"o{n}", f"p{n}") for n in (1, 2, 3)),
        {"resourceType": "Organization", "id": "org", "name": "Cơ sở Mẫu"},
        {**group, "member": members},
    )
    everyone = [f"{kind}/{letter}{n}" for kind, letter in (("Observation", "o"), ("Patient", "p")) for n in (1, 2, 3)]
    assert bulk.keys(bulk.run("/Patient/$export")) == everyone
    assert bulk.keys(bulk.run("/Group/g/$export")) == ["Observation/o1", "Patient/p1"]
    named = {
        "resourceType": "Parameters",
        "parameter": [{"name": "patient", "valueReference": {"reference": "Patient/p2"}}],
    }
    assert bulk.keys(bulk.run("/Patient/$export", named)) == ["Observation/o2", "Patient/p2"]


def test_a_stretch_is_resumed_where_it_committed_and_what_was_written_after_is_cut_off(bulk, write, desk, monkeypatch):
    monkeypatch.setattr(export, "ROWS", 7)
    monkeypatch.setattr(files, "LARGEST", 2_000)
    write(*(patient(f"p{n}") for n in range(60)))
    place = bulk.start("/$export")
    job_id = place.rpartition("/")[2]
    while desk.exporter.stretch(job_id):
        for file in (desk.folder / job_id).glob("*.ndjson"):
            file.write_bytes(file.read_bytes() + b'{"resourceType":"Patient","id":"left by a killed process"}')
    manifest = bulk.client("GET", place).json
    assert bulk.keys(manifest) == sorted(f"Patient/p{n}" for n in range(60))
    assert len(manifest["output"]) > 1, "a large file is followed by another one"


def test_status_tells_progress_and_then_the_manifest_and_cancel_removes_everything(bulk, write, desk):
    write(patient("p1"))
    place = bulk.start("/$export")
    waiting = bulk.client("GET", place)
    assert waiting.status == 202
    assert waiting.headers["X-Progress"]
    assert int(waiting.headers["Retry-After"]) > 0
    bulk.work()
    done = bulk.client("GET", place)
    assert done.headers["Content-Type"] == "application/json"
    assert done.headers["Expires"]
    url = done.json["output"][0]["url"]
    assert bulk.client("DELETE", place).status == 202
    assert not (desk.folder / place.rpartition("/")[2]).exists()
    assert {bulk.client(*asked).status for asked in (("GET", place), ("GET", url), ("DELETE", place))} == {404}


def test_a_job_cancelled_while_it_waits_is_never_done(bulk, write, desk):
    write(patient("p1"))
    place = bulk.start("/$export")
    assert bulk.client("DELETE", place).status == 202
    bulk.work()
    assert bulk.client("GET", place).codes == ["BULK-0008"]
    assert list(desk.folder.glob("*")) == []


def test_a_job_cancelled_while_a_stretch_is_read_leaves_nothing(bulk, write, desk, database, monkeypatch):
    write(patient("p1"))
    place = bulk.start("/$export")
    seal = files.Growing.seal

    def cancel_meanwhile(self):
        assert bulk.client("DELETE", place).status == 202
        return seal(self)

    monkeypatch.setattr(files.Growing, "seal", cancel_meanwhile)
    bulk.work()
    assert list(desk.folder.glob("*")) == []
    with database.connection() as conn:
        assert conn.execute("SELECT count(*) FROM store.bulk_file").fetchone() == (0,)


def test_a_job_cancelled_before_its_first_line_is_no_error(bulk, write, desk, monkeypatch, caplog):
    write(patient("p1"))
    place = bulk.start("/$export")
    add = files.Growing.add

    def cancel_meanwhile(self, *line):
        assert bulk.client("DELETE", place).status == 202
        return add(self, *line)

    monkeypatch.setattr(files.Growing, "add", cancel_meanwhile)
    bulk.work()
    assert caplog.records == []
    assert list(desk.folder.glob("*")) == []


def test_the_address_of_a_file_is_absolute_in_an_export(bulk, write):
    attachment = {"contentType": "text/plain", "url": "Binary/f"}
    write(
        patient("p1", photo=[attachment, {"contentType": "text/plain", "url": "http://elsewhere/Binary/f"}]),
        {"resourceType": "Binary", "id": "f", "contentType": "text/plain", "data": "YQ=="},
    )
    [found] = bulk.lines(bulk.run("/Patient/$export?_type=Patient"))
    assert [one["url"] for one in found["photo"]] == [f"{BASE}/Binary/f", "http://elsewhere/Binary/f"]
    assert bulk.client("GET", "Patient/p1").json["photo"][0]["url"] == "Binary/f", "it stays as it was sent"


@pytest.mark.parametrize(
    ("kind", "key"),
    [("account", INTEGRATOR.name), ("client", "may-mau"), ("grant", "g-1")],
    ids=["account", "client", "grant"],
)
def test_an_export_ends_with_the_right_it_was_asked_with(door, write, desk, database, monkeypatch, kind, key):
    """At the next rows that are read: nothing of it stays, and nobody finds it again."""
    write(patient("p1"))
    app = replace(INTEGRATOR, client="may-mau", scope="system/*.rs", grant="g-1")
    asking = Bulk(Client(door, app), replace(desk, is_over=is_over_by(database)))
    place = asking.start("/$export")
    assert asking.desk.exporter.stretch(place.rpartition("/")[2])
    add, left = export._Stretch._add, []

    def lock_meanwhile(self, row, found):
        add(self, row, found)
        if not left:
            with database.connection() as conn:
                end(conn, kind, key, datetime.now(UTC))
            left.append(desk.folder)

    monkeypatch.setattr(export._Stretch, "_add", lock_meanwhile)
    monkeypatch.setattr(export, "_FETCH", 1)
    monkeypatch.setattr(ended, "FRESH", 0.0)
    write(patient("p2"), patient("p3"))
    place = asking.start("/$export")
    asking.work()
    assert left == [desk.folder]
    assert list(desk.folder.glob("*")) == []
    assert asking.client("GET", place).status == 404
    with database.connection() as conn:
        assert conn.execute("SELECT count(*) FROM store.bulk_job").fetchone() == (0,)
        told = conn.execute("SELECT count(*) FROM store.audit WHERE detail = 'export: the right is over'").fetchone()
    assert told == (2,)


def test_a_right_that_ended_before_an_export_was_asked_for_ends_it_not(door, write, desk, database):
    write(patient("p1"))
    with database.connection() as conn:
        end(conn, "account", INTEGRATOR.name, datetime.now(UTC) - timedelta(minutes=1))
    asking = Bulk(Client(door, INTEGRATOR), replace(desk, is_over=is_over_by(database)))
    assert asking.keys(asking.run("/$export")) == ["Patient/p1"]


def is_over_by(database):
    known = Ended(database, lambda: datetime.now(UTC))
    return lambda job: known.is_over(job.who.name, job.who.client, job.who.grant, job.asked.timestamp())


def test_a_stretch_that_is_read_holds_nobody_back_who_follows_by_number(bulk, write, database, monkeypatch):
    write(patient("p1"))
    bulk.start("/$export")
    seen = []
    seal = files.Growing.seal

    def look(self):
        t = write(patient("p2", gender="male" if seen else "female"))
        seen.append(_is_told(database, t))
        return seal(self)

    monkeypatch.setattr(files.Growing, "seal", look)
    bulk.work()
    assert seen == [True]


def _is_told(database, t):
    """Whether who follows by number comes past it while the caller waits; the server's own chores may delay it."""
    for _ in range(200):
        with database.connection() as conn:
            if conn.execute("SELECT store.finished_t()").fetchone()[0] > t:
                return True
        time.sleep(0.05)
    return False


def test_only_who_asked_finds_a_job_and_a_doctor_may_not_ask(bulk, write, doctor, other_integrator):
    """Another integrator would get by it what a second person approved for this one."""
    write(patient("p1"))
    manifest = bulk.run("/$export")
    url = manifest["output"][0]["url"]
    place = url.rpartition("/")[0]
    for method, asked in (("GET", url), ("GET", place), ("DELETE", place)):
        assert other_integrator(method, asked).status == 404
    assert bulk.client("GET", url).status == 200
    assert doctor("GET", url).status == doctor("GET", place).status == doctor("DELETE", place).status == 403
    assert doctor("GET", "/$export", prefer="respond-async").codes == ["AUTH-0102"]
    assert doctor("POST", "/$import", b"{}", prefer="respond-async").codes == ["AUTH-0102"]


def test_every_export_and_every_download_is_audited_with_the_patients_it_concerns(bulk, write, database):
    write(patient("p1"), observation("o1", "p1"))
    manifest = bulk.run("/$export")
    bulk.lines(manifest)
    with database.connection() as conn:
        rows = conn.execute(
            "SELECT action, what, detail, cardinality(pats) FROM store.audit"
            " WHERE what = '$export' OR what LIKE 'bulk/%'"
        ).fetchall()
    assert max(patients for *_, patients in rows) == 1
    assert any(action == "E" and detail.endswith(": 2") for action, _, detail, _ in rows)
    assert sum(what.endswith(".ndjson") for _, what, _, _ in rows) == 2


def test_the_rows_of_an_export_prove_what_came_out(bulk, write, database):
    write(patient("p1"), observation("o1", "p1"))
    write(patient("p1", gender="male"))
    bulk.run("/$export")
    with database.connection() as conn:
        rows = audit.find(conn, audit.Asked(action="R"))
        assert verify_chains(conn) is None
    lines = ["Observation/o1/1", "Patient/p1/2"]
    given = {
        blake2b("".join(f"{one}\n" for one in order).encode(), digest_size=16).digest(): order
        for many in (1, 2)
        for order in permutations(lines, many)
    }
    told = [line for one in rows for line in given.get(one.given, ())]
    assert sorted(told) == lines, "in the order of shards, by one row, or by one for each stretch of a slow hour"


def test_the_rights_of_who_asks_are_part_of_an_export(bulk, door, write, monkeypatch):
    """By default only integrators export; were a doctor allowed to, only patients in care would come out."""
    grants = (*policy.TABLE[Role.DOCTOR], Grant(frozenset(EXPORTING), policy.PATIENT_TYPES, Bound.CARE))
    monkeypatch.setitem(policy.TABLE, Role.DOCTOR, grants)
    visit = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
    for n, facility in ((1, "79001"), (2, "79002")):
        served = {"serviceProvider": {"identifier": {"value": facility}}, "subject": {"reference": f"Patient/p{n}"}}
        write(patient(f"p{n}"), observation(f"o{n}", f"p{n}"), {**visit, "id": f"e{n}", **served})
    write({"resourceType": "Organization", "id": "org", "name": "Cơ sở Mẫu"})
    own = Bulk(Client(door, DOCTOR), bulk.desk)
    seen = ["Encounter/e1", "Observation/o1", "Patient/p1"]
    assert own.keys(own.run("/$export")) == seen
    assert own.keys(own.run("/Patient/$export")) == seen
    both = [{"name": "patient", "valueReference": {"reference": f"Patient/p{n}"}} for n in (1, 2)]
    assert own.keys(own.run("/Patient/$export", {"resourceType": "Parameters", "parameter": both})) == seen
    assert own.client("GET", "/$export?_type=Organization", prefer="respond-async").codes == ["BULK-0003"]


REFUSED = [
    ("/$export?_outputFormat=csv", 400, "BULK-0002"),
    ("/$export?_type=Nonsense", 400, "BULK-0003"),
    ("/Patient/$export?_type=Organization", 400, "BULK-0003"),
    ("/$export?_since=2026-01-31", 400, "BULK-0004"),
    ("/$export?_since=2026-01-31T00:00:00", 400, "BULK-0004"),
    ("/$export?_typeFilter=code=x", 400, "BULK-0005"),
    ("/$export?_typeFilter=Observation?_filter=not%20(subject.name%20co%20x)", 400, "BULK-0005"),
    ("/$export?_type=Patient&_typeFilter=Observation?code=x", 400, "BULK-0005"),
    ("/$export?_typeFilter=Observation?_count=3", 400, "BULK-0005"),
    ("/$export?_typeFilter=Observation?nonsense=3", 400, "SRCH-0002"),
    ("/$export?includeAssociatedData=LatestProvenanceResources", 400, "BULK-0006"),
    ("/$export?_elements=a.b.c", 400, "BULK-0010"),
    ("/$export?_type=AuditEvent", 400, "BULK-0003"),
    ("/$export?_elements=id,nosuch", 400, "BULK-0010"),
    ("/$export?_type=Patient&_elements=valueQuantity", 400, "BULK-0010"),
    ("/$export?patient=x", 400, "API-1001"),
    ("/Group/none/$export", 404, "API-0004"),
]


@pytest.mark.parametrize(("url", "status", "code"), REFUSED)
def test_what_cannot_be_exported_is_refused_by_number(bulk, url, status, code):
    answer = bulk.client("GET", url, prefer="respond-async")
    assert (answer.status, answer.codes) == (status, [code])


def test_a_client_that_would_not_come_back_and_one_that_asks_too_often_are_refused(bulk):
    assert bulk.client("GET", "/$export").codes == ["BULK-0001"]
    for _ in range(3):
        bulk.start("/$export")
    answer = bulk.client("GET", "/$export", prefer="respond-async")
    assert (answer.status, answer.codes) == (429, ["BULK-0007"])


def test_a_file_cannot_be_read_inside_a_batch_nor_by_a_path_of_another_name(bulk, write):
    write(patient("p1"))
    url = bulk.run("/$export")["output"][0]["url"]
    entry = {"request": {"method": "GET", "url": url.removeprefix(f"{BASE}/")}}
    answer = bulk.client("POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": [entry]})
    assert answer.json["entry"][0]["response"]["status"].startswith("400")
    place = url.rpartition("/")[0]
    assert {bulk.client("GET", f"{place}/{name}").status for name in ("..", "x", "%2e%2e", "up.json")} == {404}


def test_who_fetches_the_files_of_an_export_is_known_to_have_seen_everybody_in_it(bulk, write, database):
    """Also when only the fetching is suspected: the file's row names nobody, those of its making do."""
    write(patient("p1"), observation("o2", "p2"), patient("p2"))
    manifest = bulk.run("/$export?_type=Observation,Patient")
    begun = datetime.now(UTC)
    bulk.lines(manifest)
    who = Suspicion(INTEGRATOR.name, "", begun, datetime.now(UTC) + timedelta(minutes=1))
    with database.connection() as conn:
        found = affected(conn, who)
        assert {one.patient for one in found} == {"p1", "p2"}
        assert {(*one.by, *one.through) for one in found} == {(who.account, "$export")}
