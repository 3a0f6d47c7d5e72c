"""An administrator has a file read again: a button, a form that is ours, an audit row, the result on the page."""

from __future__ import annotations

import re

from django.test import Client


def audited(site) -> int:
    with site.services.database.connection() as conn:
        what = f"intake/{site.file}"
        row = conn.execute("SELECT count(*) FROM store.audit WHERE detail = 'replay' AND what = %s", [what]).fetchone()
    return row[0]


def test_an_administrator_replays_a_file_and_sees_the_result(site):
    client = site.client("quantri")
    page = client.get(f"/intake/file/{site.file}").content.decode()
    assert f'action="/intake/file/{site.file}/replay"' in page
    before = audited(site)
    answer = client.post(f"/intake/file/{site.file}/replay")
    assert answer.url == f"/intake/file/{site.file}"
    page = client.get(answer.url).content.decode()
    assert "đang được đọc lại" in page
    assert "Chờ đọc" in page
    assert audited(site) == before + 1
    again = client.post(f"/intake/file/{site.file}/replay", follow=True).content.decode()
    assert "chưa cần đọc lại" in again
    site.services.walker().drain()
    page = client.get(f"/intake/file/{site.file}").content.decode()
    assert "Không đổi" in page
    assert "/record/" not in page
    page = site.client("nhanvien").get(f"/intake/file/{site.file}").content.decode()
    assert f'href="/record/{site.patient}"' in page


def test_nobody_else_replays(site):
    for name in ("dieuhanh", "nhanvien", "bacsi"):
        client = site.client(name)
        assert client.post(f"/intake/file/{site.file}/replay").status_code == 403
        if name != "bacsi":
            assert "/replay" not in client.get(f"/intake/file/{site.file}").content.decode()
    assert site.client("quantri").post("/intake/file/nonsense/replay").status_code == 404


def test_a_replay_without_the_forms_own_mark_is_refused(site):
    signed_in = site.client("quantri")
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    client.cookies = signed_in.cookies
    assert client.post(f"/intake/file/{site.file}/replay").status_code == 403
    assert re.search("csrfmiddlewaretoken", signed_in.get(f"/intake/file/{site.file}").content.decode())
