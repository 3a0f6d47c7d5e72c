"""`yteso validate` and `yteso fhirpath`: files, standard input, and what is not there."""

import io
import json
import sys

import pytest

from yteso.ops.cli import run


@pytest.mark.parametrize("arguments", [["validate", "/nowhere/x.json"], ["fhirpath", "id", "/nowhere/x.json"]])
def test_a_file_that_is_not_there_is_wrong_usage(arguments, capsys):
    assert run(arguments) == 2
    assert "there is no such file" in " ".join(capsys.readouterr().err.split())


def test_a_dash_is_standard_input(monkeypatch, capfdbinary):
    given = b'{"resourceType":"Patient","id":"p1"}'
    for arguments in (["validate", "-"], ["fhirpath", "Patient.id", "-"]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        assert run(arguments) == 0
    sys.stdout.flush()
    first, second = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert first["valid"] is True
    assert second["result"] == ["p1"]
