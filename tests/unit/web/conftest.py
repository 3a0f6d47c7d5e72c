"""Django made ready without a database: enough to render and to format."""

from __future__ import annotations

import pytest

from yteso.base.settings import Settings
from yteso.web import setup


@pytest.fixture(scope="session", autouse=True)
def django(tmp_path_factory: pytest.TempPathFactory) -> None:
    setup.configure(Settings(home=tmp_path_factory.mktemp("web")))
