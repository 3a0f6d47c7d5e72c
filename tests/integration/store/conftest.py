"""The cast of the store's tests: one store on a fresh database, and who acts on it."""

import pytest

from yteso.access.principal import Principal, Role
from yteso.store.postgres import PostgresStore


@pytest.fixture
def store():
    return PostgresStore()


@pytest.fixture
def administrator():
    return Principal("quan-tri", Role.ADMINISTRATOR)
