import stat
from datetime import timedelta

import pytest

from yteso.base.errors import Misconfigured
from yteso.signing.identity_keys import load_or_create_identity, rotate_identity
from yteso.signing.keys import load_or_create, read_public, rotate
from yteso.signing.tokens import Claims, Tokens


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


def test_a_process_from_before_a_rotation_takes_what_one_from_after_it_signs(tmp_path):
    """One of several is started again alone, by the supervisor: nobody is turned away by the others."""
    before, identity = load_or_create(tmp_path), load_or_create_identity(tmp_path)
    old = Tokens(before, "fhir")
    assert old.verify(old.issue(Claims("bs-a", "doctor", "79001", "TREAT"), timedelta(hours=1))).name == "bs-a"
    rotate(tmp_path)
    rotate_identity(tmp_path)
    after = load_or_create(tmp_path)
    new = Tokens(after, "fhir")
    assert after.current != before.current
    assert old.verify(new.issue(Claims("bs-b", "doctor", "79001", "TREAT"), timedelta(hours=1))).name == "bs-b"
    assert new.verify(old.issue(Claims("bs-c", "doctor", "79001", "TREAT"), timedelta(hours=1))).name == "bs-c"
    assert before.verifies(after.current, after.sign(b"receipt"), b"receipt")
    assert {one.id for one in before.public()} == {before.current, after.current}
    assert len(identity.public()) == 2


def test_a_bad_file_put_in_later_stops_nobody_who_runs(tmp_path):
    keys = load_or_create(tmp_path)
    (tmp_path / "keys" / "signing-0002.pem").write_bytes(b"no key")
    assert keys.verifies(keys.current, keys.sign(b"x"), b"x")
    assert not keys.verifies("unknown", keys.sign(b"x"), b"x")
    assert [one.id for one in keys.public()] == [keys.current]


def test_a_file_of_public_keys_holds_all_that_were_printed_into_it(tmp_path):
    """After a rotation `yteso audit key` prints two; older roots are the older one's."""
    load_or_create(tmp_path)
    rotate(tmp_path)
    both = load_or_create(tmp_path).public()
    assert read_public("".join(one.pem for one in both)) == both
    with pytest.raises(Misconfigured):
        read_public("none")


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
