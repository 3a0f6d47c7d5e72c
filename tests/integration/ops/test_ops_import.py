"""`yteso import` as its user runs it: counts, findings with their lines, exit codes."""

from __future__ import annotations

import json

from yteso.ops.cli import run
from yteso.ops.exits import DATA, OK


def test_files_are_loaded_and_wrong_lines_are_told_with_their_number(database_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("YTESO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("YTESO_DATABASE_URL", database_url)
    people = [{"resourceType": "Patient", "id": f"p{n}", "name": [{"text": "Người Thử"}]} for n in range(30)]
    good, mixed = tmp_path / "good.ndjson", tmp_path / "mixed.ndjson"
    good.write_text("\n".join(json.dumps(one) for one in people), encoding="utf-8")
    mixed.write_text(json.dumps(people[0]) + '\n{"resourceType":"Patient","id":"x","gender":7}\n', encoding="utf-8")
    assert run(["import", str(good)]) == OK
    assert "30 mới" in capsys.readouterr().out
    assert run(["import", "--processes", "1", str(good), str(mixed)]) == DATA
    told = capsys.readouterr()
    assert "30 không đổi" in told.out
    assert "mixed.ndjson:2 Patient.gender FHIR-" in told.err.replace("\n", " ")
