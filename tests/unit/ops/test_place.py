"""Commands that look at an installation never make one."""

from __future__ import annotations

import pytest

from yteso.ops.cli import run


@pytest.mark.parametrize(
    "arguments",
    [["user", "list"], ["user", "disable", "a"], ["token", "--user", "a"], ["intake", "replay", "a"]],
)
def test_a_command_in_another_folder_says_where_it_looked_and_makes_nothing(arguments, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    for name in ("YTESO_HOME", "YTESO_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert run(arguments) == 4
    said = "".join(capfd.readouterr()).replace("\n", "")
    assert "OPS-0024" in said
    assert str(tmp_path / "var") in said
    assert list(tmp_path.iterdir()) == []
