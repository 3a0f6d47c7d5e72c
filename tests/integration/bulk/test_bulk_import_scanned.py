"""$import shows the files inside its lines to the virus scanner: only the line that holds one is left out."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest
from tests.clamd import EICAR, running
from tests.integration.bulk.conftest import NDJSON, Bulk, ndjson, patient

from yteso.base.scanner import Scanner
from yteso.store.bulk import chunks

CLEAN, BAD = (b64encode(one).decode() for one in (b"%PDF-1.7 Mau", EICAR))


@pytest.fixture
def clamd(tmp_path):
    with running(tmp_path / "clamd.ctl") as server:
        yield server


@pytest.fixture
def scanned(bulk, desk, clamd):
    return Bulk(bulk.client, replace(desk, scanner=Scanner(clamd.place, 10.0)))


def photo(n, data):
    return patient(f"p{n}", photo=[{"contentType": "image/png", "data": data}])


def told(bulk, manifest):
    lines = [one["issue"][0] for one in bulk.lines(manifest, "error")]
    return [(one["details"]["coding"][0]["code"], *one["expression"], *one["location"]) for one in lines]


def counts(manifest):
    return tuple(manifest["extension"][name] for name in ("created", "updated", "unchanged", "failed"))


def test_only_the_line_with_a_virus_is_left_out(scanned, clamd, monkeypatch):
    monkeypatch.setattr(chunks, "LINES", 10)
    body = ndjson(*(photo(n, BAD if n in (3, 17) else CLEAN) for n in range(20)), patient("without"))
    manifest = scanned.run("/$import", body, **NDJSON)
    assert counts(manifest) == (19, 0, 0, 2)
    assert told(scanned, manifest) == [
        ("SCAN-0001", "Patient.photo[0].data", "upload.ndjson:4"),
        ("SCAN-0001", "Patient.photo[0].data", "upload.ndjson:18"),
    ]
    assert (len(clamd.seen), clamd.connections) == (20, 2), "one connection for each piece, none where nothing is held"


def test_without_a_verdict_the_lines_with_files_are_left_out_and_the_others_go_on(scanned, clamd):
    clamd.answer = b""
    manifest = scanned.run("/$import", ndjson(*(photo(n, CLEAN) for n in range(9)), patient("without")), **NDJSON)
    assert counts(manifest) == (1, 0, 0, 9)
    assert {code for code, *_ in told(scanned, manifest)} == {"SCAN-0002"}
    assert len(clamd.seen) == 3, "then nobody is asked again"
    clamd.answer = None
    assert counts(scanned.run("/$import", ndjson(*(photo(n, CLEAN) for n in range(9))), **NDJSON)) == (9, 0, 0, 0)
