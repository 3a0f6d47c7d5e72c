"""$import over the door, on a real PostgreSQL: what goes in, what is told of what does not, and twice is once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from tests.integration.bulk.conftest import BASE, NDJSON, Bulk, ndjson, observation, patient

from yteso.fhir import xml
from yteso.store import care
from yteso.store.bulk import chunks, claims
from yteso.validate.profiles.modes import Modes


def counts(manifest):
    return tuple(manifest["extension"][name] for name in ("created", "updated", "unchanged", "failed"))


def test_lines_become_resources_with_their_ids_and_the_same_file_again_changes_nothing(bulk, monkeypatch):
    monkeypatch.setattr(chunks, "LINES", 7)
    body = ndjson(*(patient(f"p{n}") for n in range(40)), *(observation(f"o{n}", f"p{n}") for n in range(40)))
    assert counts(bulk.run("/$import", body, **NDJSON)) == (80, 0, 0, 0)
    assert bulk.client("GET", "/Patient/p39").json["meta"]["versionId"] == "1"
    assert bulk.client("GET", "/Observation?subject=Patient/p3").ids == ["o3"]
    assert counts(bulk.run("/$import", body, **NDJSON)) == (0, 0, 80, 0)
    changed = ndjson(patient("p1", gender="female"), patient("p2"))
    assert counts(bulk.run("/$import", changed, **NDJSON)) == (0, 1, 1, 0)
    assert bulk.client("GET", "/Patient/p1/_history").json["entry"][0]["resource"]["meta"]["versionId"] == "2"


def test_what_was_exported_can_be_imported_again_and_is_the_same(bulk):
    bulk.run("/$import", ndjson(*(patient(f"p{n}") for n in range(5))), **NDJSON)
    manifest = bulk.run("/$export")
    lines = b"".join(bulk.client("GET", file["url"]).body for file in manifest["output"])
    assert counts(bulk.run("/$import", lines, **NDJSON)) == (0, 0, 5, 0)


HOSTILE = [
    (b'{"resourceType":"Patient","id":"cut', "FHIR-0002", None),
    (b'{"resourceType":"Patient","id":"nul\x00"}', "FHIR-0002", None),
    (b'{"resourceType":"Patient","id":"n","name":[{"text":"a\\u0000b"}]}', "FHIR-0005", "name[0].text"),
    (b'{"resourceType":"Patient","id":"s","name":[{"text":"\\ud800"}]}', "FHIR-0004", "name[0].text"),
    (b'{"resourceType":"Patient","id":"d","id":"e"}', "FHIR-0003", "id"),
    (b'{"resourceType":"Patient","id":"w","birthDate":7}', None, "Patient.birthDate"),
    (b'{"resourceType":"Patient","id":"u","nonsense":true}', None, "Patient"),
    (b'{"resourceType":"Nonsense","id":"x"}', None, None),
    (b'{"resourceType":"Patient"}', "BULK-0104", "Patient.id"),
    (
        b'{"resourceType":"Subscription","id":"x","status":"off","reason":"r","criteria":"Patient?","channel":{"type":"websocket"}}',
        "BULK-0105",
        "resourceType",
    ),
    (b'{"resourceType":"Parameters","id":"x"}', "BULK-0110", "resourceType"),
    (b'{"resourceType":"Patient","id":"p","meta":{"tag":[{"code":"SUBSETTED"}]}}', "BULK-0111", "Patient.meta.tag"),
    (b"[1,2]", None, None),
    (b"7", None, None),
    (b"null", None, None),
    (b"\xff\xfe\x00", "FHIR-0001", None),
    (b"[" * 100_000, None, None),
]


@pytest.mark.parametrize("crlf", [False, True])
def test_a_bad_line_is_told_with_its_number_and_place_and_the_good_ones_go_on(bulk, crlf):
    end = b"\r\n" if crlf else b"\n"
    lines = [ndjson(patient("first")).strip(), b"", *(line for line, _, _ in HOSTILE), ndjson(patient("last")).strip()]
    manifest = bulk.run("/$import", end.join(lines), **NDJSON)
    assert counts(manifest) == (2, 0, 0, len(HOSTILE))
    assert bulk.client("GET", "/Patient/last").status == 200
    told = {}
    for outcome in bulk.lines(manifest, "error"):
        (issue,) = outcome["issue"]
        told.setdefault(int(issue["location"][0].rpartition(":")[2]), []).append(issue)
    assert sorted(told) == list(range(3, 3 + len(HOSTILE)))
    for number, (_, code, place) in enumerate(HOSTILE, start=3):
        first = told[number][0]
        assert code is None or first["details"]["coding"][0]["code"] == code
        assert place is None or place in first["expression"][0]
    assert "Người" not in json.dumps(told, ensure_ascii=False)


def test_a_line_too_long_is_told_and_skipped_without_being_held(bulk, monkeypatch):
    monkeypatch.setattr(chunks, "LONGEST", 1_000)
    body = ndjson(patient("a"), patient("long", name=[{"text": "x" * 2_000}]), patient("b"))
    manifest = bulk.run("/$import", body, **NDJSON)
    assert counts(manifest) == (2, 0, 0, 1)
    (outcome,) = bulk.lines(manifest, "error")
    assert outcome["issue"][0]["details"]["coding"][0]["code"] == "BULK-0103"
    assert outcome["issue"][0]["location"] == ["upload.ndjson:2"]


def test_references_to_our_own_address_become_relative_and_may_point_to_what_is_not_here_yet(bulk):
    far = observation("o", "later")
    far["subject"]["reference"] = f"{BASE}/Patient/later"
    bulk.run("/$import", ndjson(far), **NDJSON)
    assert bulk.client("GET", "/Observation/o").json["subject"]["reference"] == "Patient/later"


def test_references_that_name_nothing_in_the_end_are_told_by_line_and_place(bulk, monkeypatch):
    monkeypatch.setattr(chunks, "LINES", 2)
    bulk.client("PUT", "/Patient/gone", patient("gone"))
    bulk.client("DELETE", "/Patient/gone")
    far = observation("far", "x")
    far["subject"]["reference"] = f"{BASE}/Patient/none"
    several = observation("several", "b")
    performers = ("Organization/none", "urn:uuid:x", "http://x/Patient/1", "#c")
    several["performer"] = [{"reference": one} for one in performers]
    several["contained"] = [{"resourceType": "Organization", "id": "c"}]
    several["encounter"] = {"reference": "Encounter?_id=1"}
    gone = observation("gone", "gone")
    lines = [observation("late", "b"), far, several, gone, patient("b"), observation("early", "b")]
    manifest = bulk.run("/$import", ndjson(*lines), **NDJSON)
    assert counts(manifest) == (6, 0, 0, 0)
    issues = [one["issue"][0] for one in bulk.lines(manifest, "error")]
    assert {one["details"]["coding"][0]["code"] for one in issues} == {"BULK-0109"}
    assert {one["severity"] for one in issues} == {"warning"}
    assert sorted((one["location"][0].rpartition(":")[2], *one["expression"]) for one in issues) == [
        ("2", "Observation.subject.reference"),
        ("3", "Observation.encounter.reference"),
        ("3", "Observation.performer[0].reference"),
        ("3", "Observation.performer[1].reference"),
        ("4", "Observation.subject.reference"),
    ]


def test_of_one_resource_given_twice_the_last_line_counts(bulk):
    bulk.run("/$import", ndjson(patient("p", gender="male"), patient("p", gender="female")), **NDJSON)
    found = bulk.client("GET", "/Patient/p").json
    assert (found["gender"], found["meta"]["versionId"]) == ("female", "1")


def test_an_encounter_that_comes_before_its_organization_lets_the_facility_see_its_patient(bulk, doctor, monkeypatch):
    monkeypatch.setattr(chunks, "LINES", 1)
    monkeypatch.setattr(care, "TOGETHER", 2)
    visit = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
    visits = [
        {
            **visit,
            "id": f"e{n}",
            "subject": {"reference": f"Patient/p{n}"},
            "serviceProvider": {"reference": f"Organization/{'own' if n < 5 else 'other'}"},
        }
        for n in range(7)
    ]
    facilities = [
        {"resourceType": "Organization", "id": name, "identifier": [{"value": code}]}
        for name, code in (("own", "79001"), ("other", "79002"))
    ]
    bulk.run("/$import", ndjson(*(patient(f"p{n}") for n in range(7)), *visits, *facilities), **NDJSON)
    assert sorted(doctor("GET", "/Patient").ids) == [f"p{n}" for n in range(5)]


def given(*names):
    return {"resourceType": "Parameters", "parameter": [{"name": "file", "valueString": name} for name in names]}


def test_files_of_the_import_folder_are_taken_by_name_and_nothing_outside_it(bulk, tmp_path):
    folder = tmp_path / "import"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.ndjson").write_bytes(ndjson(patient("a")))
    (folder / "inner" / "b.ndjson").write_bytes(ndjson(patient("b")))
    (tmp_path / "secret.ndjson").write_bytes(ndjson(patient("c")))
    (folder / "link.ndjson").symlink_to(tmp_path / "secret.ndjson")
    manifest = bulk.run("/$import", given("a.ndjson", "inner/b.ndjson"), content_type="application/fhir+json")
    assert counts(manifest) == (2, 0, 0, 0)
    for name in (
        "../secret.ndjson",
        str(tmp_path / "secret.ndjson"),
        "link.ndjson",
        "none",
        "inner",
        "http://127.0.0.1/x",
    ):
        answer = bulk.client("POST", "/$import", given(name), prefer="respond-async", content_type="application/json")
        assert (answer.status, answer.codes) == (400, ["BULK-0106"]), name
    in_xml = {"content_type": "application/fhir+xml", "accept": "application/fhir+json", "prefer": "respond-async"}
    assert bulk.client("POST", "/$import", xml.dumps(given("none")), **in_xml).codes == ["BULK-0106"]


REFUSED = [
    (b"{}", {"content_type": "text/csv", "prefer": "respond-async"}, 415, "BULK-0101"),
    (b"{}", {"content_type": "application/fhir+ndjson"}, 400, "BULK-0001"),
    (b"", {"content_type": "application/fhir+ndjson", "prefer": "respond-async"}, 400, "BULK-0102"),
    (
        b"{}",
        {"content_type": "application/fhir+ndjson", "content_encoding": "gzip", "prefer": "respond-async"},
        415,
        "BULK-0101",
    ),
]


@pytest.mark.parametrize(("body", "headers", "status", "code"), REFUSED)
def test_what_cannot_be_imported_is_refused_by_number_and_leaves_nothing(bulk, desk, body, headers, status, code):
    answer = bulk.client("POST", "/$import", body, **headers)
    assert (answer.status, answer.codes) == (status, [code])
    assert list(desk.folder.glob("*")) == []


def test_lines_the_record_does_not_take_keep_back_no_others(bulk, store, monkeypatch):
    write = type(store).write

    def picky(self, conn, who, changes, detail=""):
        if any(change.row.key[2] == "p5" for change in changes):
            conn.execute("SELECT 1/0")
        return write(self, conn, who, changes, detail)

    monkeypatch.setattr(type(store), "write", picky)
    manifest = bulk.run("/$import", ndjson(*(patient(f"p{n}") for n in range(9))), **NDJSON)
    assert counts(manifest) == (8, 0, 0, 1)
    (outcome,) = bulk.lines(manifest, "error")
    assert outcome["issue"][0]["location"] == ["upload.ndjson:6"]


def test_pieces_that_create_the_same_resources_side_by_side_do_not_fail(bulk, desk, monkeypatch):
    """Two workers on pieces that share ids: whoever comes second finds them there and changes nothing."""
    monkeypatch.setattr(chunks, "LINES", 40)
    people = [patient(f"p{n}") for n in range(40)]
    place = bulk.start("/$import", ndjson(*people * 12), **NDJSON)
    job = place.rpartition("/")[2]
    with ThreadPoolExecutor(3) as workers:
        for done in [workers.submit(desk.work, lambda: False, job, n) for n in range(3)]:
            done.result()
    manifest = bulk.client("GET", place).json
    assert counts(manifest) == (40, 0, 11 * 40, 0)


def test_what_is_nobodys_record_is_there_for_other_pieces_before_its_own_ends(bulk, store, monkeypatch):
    """Else a piece that meets the same organization would wait for this one to end, and then begin again."""
    monkeypatch.setattr(chunks, "LINES", 4)
    write, seen = type(store).write, []

    def looking(self, conn, who, changes, detail=""):
        with bulk.desk.database.connection() as other:
            there = self.peek(other, [("Organization", "o"), ("Patient", "p0")])
        seen.append((sorted(change.row.key[2] for change in changes), sorted(one[0] for one in there)))
        return write(self, conn, who, changes, detail)

    monkeypatch.setattr(type(store), "write", looking)
    organization = {"resourceType": "Organization", "id": "o", "name": "Bệnh viện Mẫu"}
    bad = {"resourceType": "Organization", "id": "x", "nonsense": 1}
    pieces = [[patient("p0"), organization, patient("p1"), bad], [organization, patient("p2")]]
    manifest = bulk.run("/$import", ndjson(*pieces[0], *pieces[1]), **NDJSON)
    assert counts(manifest) == (4, 0, 1, 1)
    assert seen == [
        (["o"], []),
        (["p0", "p1"], ["Organization"]),
        (["o"], ["Organization", "Patient"]),
        (["p2"], ["Organization", "Patient"]),
    ]


def test_a_claimed_profile_that_is_not_met_refuses_its_line_where_the_installation_refuses(bulk, desk):
    bulk.client("PUT", "/Patient/p", patient("p"))
    vital = {**observation("o", "p"), "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"]}}
    assert counts(bulk.run("/$import", ndjson(vital), **NDJSON)) == (1, 0, 0, 0)
    strict = Bulk(bulk.client, replace(desk, modes=Modes({"fhir": "refuse"})))
    manifest = strict.run("/$import", ndjson({**vital, "id": "other"}, observation("plain", "p")), **NDJSON)
    assert counts(manifest) == (1, 0, 0, 1)
    assert {one["issue"][0]["location"][0] for one in strict.lines(manifest, "error")} == {"upload.ndjson:1"}
    spared = Bulk(bulk.client, replace(desk, modes=Modes({"fhir": "refuse", "import": "off"})))
    assert counts(spared.run("/$import", ndjson({**vital, "id": "third"}), **NDJSON)) == (1, 0, 0, 0)


def test_where_the_installation_warns_a_line_is_stored_and_its_findings_are_told(bulk, desk, monkeypatch):
    """Profile, invariant and code alike; what a piece may cost is bounded, and where it ended is told once."""
    bulk.client("PUT", "/Patient/p", patient("p"))
    claim = {"meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"]}}
    lines = [{**observation(f"o{n}", "p"), **claim} for n in range(3)]
    mild = Bulk(bulk.client, replace(desk, modes=Modes({"import": "warn"})))
    manifest = mild.run("/$import", ndjson(*lines, observation("plain", "p")), **NDJSON)
    assert counts(manifest) == (4, 0, 0, 0)
    told = [one["issue"][0] for one in mild.lines(manifest, "error")]
    assert {one["location"][0] for one in told} == {f"upload.ndjson:{n}" for n in (1, 2, 3)}
    assert {one["severity"] for one in told} <= {"warning", "information"}
    assert "FHIR-2401" in {one["details"]["coding"][0]["code"] for one in told}

    monkeypatch.setattr(claims, "STEPS", 1)
    manifest = mild.run("/$import", ndjson(*({**one, "id": f"more-{one['id']}"} for one in lines)), **NDJSON)
    assert counts(manifest) == (3, 0, 0, 0)
    cut = [one["issue"][0] for one in mild.lines(manifest, "error")]
    assert [one["location"][0] for one in cut if one["details"]["coding"][0]["code"] == "FHIR-2422"] == [
        "upload.ndjson:1"
    ]
    assert {one["location"][0] for one in cut} == {"upload.ndjson:1"}
