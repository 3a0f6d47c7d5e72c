"""The parameters of the hashes of machines' passwords change in a running installation: old ones open, once."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters

from yteso.base.errors import Refused
from yteso.exchange import sender
from yteso.exchange.sender import Sender, authenticate, md5_of, save_sender

NAME, PASSWORD = "his-79001", "mat khau mau"


def kept(database):
    with database.connection() as conn:
        return conn.execute("SELECT password FROM exchange.sender").fetchone()[0]


def test_a_password_kept_by_older_parameters_opens_and_is_kept_by_the_new_ones(database, monkeypatch):
    with database.connection() as conn:
        save_sender(conn, Sender(NAME, "79001"), PASSWORD)
    old = kept(database)
    monkeypatch.setattr(sender, "_hasher", PasswordHasher(time_cost=3, memory_cost=9216, parallelism=1))
    with pytest.raises(Refused):
        authenticate(database, NAME, md5_of("another"), "192.0.2.1")
    assert kept(database) == old, "who does not know it changes nothing"
    assert authenticate(database, NAME, md5_of(PASSWORD), "192.0.2.1").name == NAME
    new = kept(database)
    assert extract_parameters(new).time_cost == 3
    assert authenticate(database, NAME, md5_of(PASSWORD), "192.0.2.1").name == NAME
    assert kept(database) == new, "once"
