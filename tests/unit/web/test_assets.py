"""The built front end: small, hashed, complete, and nothing else is served."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from django.http import Http404
from django.test import RequestFactory

from yteso.web import assets

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"


def test_the_script_of_a_page_stays_under_forty_kilobytes():
    script = (assets.DIST / assets.manifest()["app.js"]).read_bytes()
    assert len(gzip.compress(script, 9)) < 40 * 1024


def test_a_style_sheet_imports_nothing_from_elsewhere():
    css = (assets.DIST / assets.manifest()["app.css"]).read_text()
    assert "http://" not in css
    assert "https://" not in css
    assert "@import" not in css


def test_a_built_file_is_kept_for_a_year_and_packed():
    request = RequestFactory().get("/", headers={"accept-encoding": "gzip"})
    response = assets.serve(request, assets.manifest()["app.css"])
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == (assets.DIST / assets.manifest()["app.css"]).read_bytes()


@pytest.mark.parametrize("name", ["manifest.json", "../settings.py", "app.css", ""])
def test_nothing_but_the_built_files_is_served(name):
    with pytest.raises(Http404):
        assets.serve(RequestFactory().get("/"), name)


def test_the_lock_file_names_no_address():
    lock = (FRONTEND / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "http" not in lock.replace('"url": "https://', "")
    assert json.loads(lock)["lockfileVersion"] == 3
