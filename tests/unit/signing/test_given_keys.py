"""Keys that a vault or systemd gives: read and never written, whole or nothing starts; older ones go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from yteso.base.errors import CannotStart, Misconfigured
from yteso.base.settings import Settings
from yteso.signing.identity_keys import load_or_create_identity, make_identity_pair
from yteso.signing.keys import load_or_create, make_pair
from yteso.signing.safe import load_or_create_safe
from yteso.web.secret import load_or_create_secrets

LOADS = {
    "signing-0001.pem": load_or_create,
    "identity-0001.pem": load_or_create_identity,
    "safe.secret": load_or_create_safe,
    "web.secret": load_or_create_secrets,
}
CONTENT = {
    "signing-0001.pem": make_pair(),
    "identity-0001.pem": make_identity_pair(),
    "safe.secret": b"6b" * 40 + b"\n",
    "web.secret": b"mot bi mat mau cua trang, dai hon ba muoi hai chu\n",
}


def give(folder: Path, prefix: str = "", mode: int = 0o400) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in CONTENT.items():
        (folder / f"{prefix}{name}").write_bytes(content)
        (folder / f"{prefix}{name}").chmod(mode)
    return folder


@pytest.mark.parametrize("prefix", ["", "yteso_keys_"])
def test_given_keys_are_used_and_nothing_is_written_anywhere(tmp_path, prefix):
    given = give(tmp_path / "vault", prefix)
    home = tmp_path / "home"
    home.mkdir()
    for load in LOADS.values():
        load(home, given)
    assert load_or_create(home, given).public() == load_or_create(tmp_path / "other", given).public()
    assert load_or_create_secrets(home, given) == [CONTENT["web.secret"].decode().strip()]
    assert list(home.iterdir()) == []
    assert {path.name.removeprefix(prefix) for path in given.iterdir()} == set(CONTENT)


@pytest.mark.parametrize("name", CONTENT)
def test_a_key_that_is_not_given_is_not_made_and_is_named(tmp_path, name):
    given = give(tmp_path / "vault")
    (given / name).unlink()
    with pytest.raises(CannotStart, match="KEY-0001") as refusal:
        LOADS[name](tmp_path, given)
    assert name in refusal.value.issue.text
    assert not (given / name).exists()


@pytest.mark.parametrize(("mode", "good"), [(0o400, True), (0o440, True), (0o444, False), (0o460, False)])
def test_given_files_are_read_by_us_and_our_group_alone(tmp_path, mode, good):
    """systemd shows an entry of the access list as the group's right to read."""
    given = give(tmp_path / "vault", mode=mode)
    for load in LOADS.values():
        if good:
            load(tmp_path, given)
        else:
            with pytest.raises(Misconfigured):
                load(tmp_path, given)


def test_a_further_given_key_is_used_and_the_older_ones_verify_and_open(tmp_path):
    given = give(tmp_path / "vault")
    old, safe = load_or_create(tmp_path, given), load_or_create_safe(tmp_path, given)
    signature, sealed = old.sign(b"then"), safe.seal("bí mật", "nơi này")
    for name, content in (
        ("signing-0002.pem", make_pair("Ed448")),
        ("safe-0002.secret", b"7c" * 40),
        ("web-0002.secret", b"mot bi mat khac"),
    ):
        (given / name).write_bytes(content)
        (given / name).chmod(0o400)
    new = load_or_create(tmp_path, given)
    assert new.current != old.current
    assert new.verifies(old.current, signature, b"then")
    assert load_or_create_safe(tmp_path, given).open(sealed, "nơi này") == "bí mật"
    assert load_or_create_secrets(tmp_path, given)[0] == "mot bi mat khac"
    assert len(load_or_create_secrets(tmp_path, given)) == 2


def test_a_secret_of_few_letters_is_none(tmp_path):
    given = give(tmp_path / "vault")
    (given / "safe.secret").chmod(0o600)
    (given / "safe.secret").write_bytes(b"ngan")
    (given / "safe.secret").chmod(0o400)
    with pytest.raises(Misconfigured):
        load_or_create_safe(tmp_path, given)


def test_the_folder_is_a_setting_or_the_credentials_of_systemd(tmp_path):
    assert Settings.from_environment({"CREDENTIALS_DIRECTORY": str(tmp_path)}).keys is None
    credentials = give(tmp_path / "run", "yteso_keys_")
    assert Settings.from_environment({"CREDENTIALS_DIRECTORY": str(credentials)}).keys == credentials
    vault = give(tmp_path / "vault")
    named = {"CREDENTIALS_DIRECTORY": str(credentials), "YTESO_KEYS": str(vault)}
    assert Settings.from_environment(named).keys == vault
    with pytest.raises(ValueError, match="YTESO_KEYS"):
        Settings.from_environment({"YTESO_KEYS": str(tmp_path / "none")})


def yteso(tmp_path, *words, **environ):
    command = [sys.executable, "-c", "from yteso.ops.cli import main; main()", *words]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("YTESO_")}
    made = {**clean, "YTESO_HOME": str(tmp_path / "home"), **environ}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=made, check=False)


def test_the_command_line_makes_no_key_in_the_vault_and_says_what_to_add(tmp_path):
    given = give(tmp_path / "vault")
    answer = yteso(tmp_path, "keys", "rotate", YTESO_KEYS=str(given))
    assert answer.returncode != 0
    told = "".join((answer.stdout + answer.stderr).split())
    assert "KEY-0002" in told
    assert "signing-0002.pem,identity-0002.pem,safe-0002.secret,web-0002.secret" in told
    assert {path.name for path in given.iterdir()} == set(CONTENT)


def test_own_keys_are_rotated_in_the_home_by_an_algorithm_of_ones_choice(tmp_path):
    assert yteso(tmp_path, "keys", "rotate", "--algorithm", "ML-DSA-65").returncode == 0
    assert "OPS-0030" in yteso(tmp_path, "keys", "rotate", "--algorithm", "MD5").stderr
    listed = yteso(tmp_path, "keys", "list").stdout.split()
    assert listed[0] == "ML-DSA-65"
    assert listed.count("Ed25519") == 1
    assert listed.count("RS256") == 2
    assert {path.name for path in (tmp_path / "home" / "keys").iterdir()} == {
        *CONTENT,
        "signing-0002.pem",
        "identity-0002.pem",
        "safe-0002.secret",
        "web-0002.secret",
    }
