"""The cast of the store's tests: one store on a fresh database, and who acts on it."""

import pytest

from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.store.postgres import PostgresStore


@pytest.fixture
def database(database_url):
    """The first wall alone: the second would hide its holes."""
    database = Database(database_url, max_size=8).open()
    yield database
    database.close()


@pytest.fixture
def store():
    return PostgresStore()


@pytest.fixture
def administrator():
    return Principal("quan-tri", Role.ADMINISTRATOR)
