import stat

import pytest

from yteso.base.errors import Misconfigured
from yteso.signing.keys import load_or_create


def test_the_first_start_makes_a_pair_only_its_owner_can_read(tmp_path):
    load_or_create(tmp_path)
    folder = tmp_path / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_the_second_start_finds_the_same_pair(tmp_path):
    assert load_or_create(tmp_path).public() == load_or_create(tmp_path).public()


def test_a_newer_pair_signs_and_the_older_still_verifies(tmp_path):
    old = load_or_create(tmp_path)
    signature = old.sign(b"then")
    other = load_or_create(tmp_path / "other")
    pem = (tmp_path / "other" / "keys" / "signing-0001.pem").read_bytes()
    newer = tmp_path / "keys" / "signing-0002.pem"
    newer.write_bytes(pem)
    newer.chmod(0o600)
    both = load_or_create(tmp_path)
    assert both.current == other.current
    assert both.verifies(old.current, signature, b"then")
    assert not both.verifies(old.current, signature, b"now")
    assert not both.verifies("unknown", signature, b"then")


def test_a_key_file_others_can_read_stops_the_start(tmp_path):
    load_or_create(tmp_path)
    (tmp_path / "keys" / "signing-0001.pem").chmod(0o644)
    with pytest.raises(Misconfigured):
        load_or_create(tmp_path)


def test_a_file_that_is_no_key_stops_the_start(tmp_path):
    load_or_create(tmp_path)
    (tmp_path / "keys" / "signing-0001.pem").write_bytes(b"no key")
    with pytest.raises(Misconfigured):
        load_or_create(tmp_path)
