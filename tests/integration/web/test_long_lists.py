"""Lists of the data officer's desk that grew long: every row is on one of their pages, the newest answer first."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from yteso.base.clock import VIETNAM
from yteso.base.ids import random_id, shard_of

MANY = 103
NOW = datetime.now(VIETNAM)
MARK = "Dài Thử"
"""In what these tests wrote, and in nothing else."""


def moments():
    return [NOW - timedelta(minutes=at) for at in range(MANY)]


def requests(closed):
    ended = "%s, 'mau', 'done', 'Trả lời'" if closed else "NULL, NULL, NULL, NULL"
    text = f"""INSERT INTO store.subject_request (shard, id, patient, asked_by, kind, words, filed, answer_due, due,
        closed, closed_by, outcome, answer) VALUES (%s, %s, 'khong-co', 'mau', 'copy', %s, %s, %s, %s, {ended})"""
    for at, when in enumerate(moments()):
        key = random_id(at % 256)
        yield text, (shard_of(key), key, f"{MARK} {at}.", when, when, when, *([when] if closed else []))


def questions(closed):
    ended = "'Trả lời', 'mau', %s" if closed else "NULL, NULL, NULL"
    text = f"""INSERT INTO store.questioned (shard, id, patient, lane, n, asked_by, question, opened, due, answer,
        answered_by, answered) VALUES (%s, %s, 'khong-co', 0, %s, 'mau', %s, %s, %s, {ended})"""
    for at, when in enumerate(moments()):
        key = random_id(at % 256)
        yield text, (shard_of(key), key, -1 - at, f"{MARK} {at}.", when, when, *([when] if closed else []))


def breaches(_):
    text = """INSERT INTO store.breach (what, noticed, account, facility, since, until, opened_by, opened)
        VALUES (%s, %s, 'mau', '', %s, now(), 'mau', now())"""
    for at, when in enumerate(moments()):
        yield text, (f"{MARK} {at}.", when, when - timedelta(1))


def exports(_):
    text = """INSERT INTO store.bulk_job (shard, id, kind, who, role, facility, purpose, request, wish, state, asked)
        VALUES (%s, %s, 'export', %s, 'integrator', '', '', '', '{"level": "system"}', 'refused', %s)"""
    for at, when in enumerate(moments()):
        key = random_id(at % 256)
        yield text, (shard_of(key), key, f"{MARK} {at}.", when)


def inspections(_):
    text = """INSERT INTO store.inspection (number, who, facility, since, until, reason, given_by)
        VALUES (%s, 'thanhtra', '00000', %s, %s, %s, 'mau')"""
    for at, when in enumerate(moments()):
        yield text, (f"{MARK} {at}.", when - timedelta(9), when - timedelta(2), MARK)


def openings(_):
    text = """INSERT INTO store.opening (kind, pat, patient, facility, account, opened_by, reason, words, since, until)
        VALUES ('g', -1, 'khong-co', '00000', 'mau', 'mau', 'emergency', %s, %s, %s)"""
    for at, when in enumerate(moments()):
        yield text, (f"{MARK} {at}. Cần xem ngay vì cấp cứu", when, when + timedelta(hours=4))


LISTS = {
    "/privacy/": (questions, False, "DELETE FROM store.questioned WHERE patient = 'khong-co'"),
    "/privacy/?answered=1": (questions, True, "DELETE FROM store.questioned WHERE patient = 'khong-co'"),
    "/privacy/requests": (requests, False, "DELETE FROM store.subject_request WHERE patient = 'khong-co'"),
    "/privacy/requests?closed=1": (requests, True, "DELETE FROM store.subject_request WHERE patient = 'khong-co'"),
    "/privacy/breaches": (breaches, False, f"DELETE FROM store.breach WHERE what LIKE '{MARK}%'"),
    "/privacy/exports": (exports, False, f"DELETE FROM store.bulk_job WHERE who LIKE '{MARK}%'"),
    "/privacy/inspections": (inspections, False, f"DELETE FROM store.inspection WHERE reason = '{MARK}'"),
    "/consent/review": (openings, False, "DELETE FROM store.opening WHERE pat = -1"),
}


@pytest.fixture
def filled(site, request):
    rows, closed, clear = LISTS[request.param]
    with site.services.database.connection() as conn:
        for text, values in rows(closed):
            conn.execute(text, values)
    yield request.param
    with site.services.database.connection() as conn:
        conn.execute(clear)


@pytest.mark.parametrize("filled", LISTS, indirect=True)
def test_every_row_of_a_long_list_is_on_one_of_its_pages(site, filled):
    client, address, found, pages = site.client("baovedulieu"), filled, set(), 0
    while address:
        page = client.get(address).content.decode()
        found |= {int(at) for at in re.findall(rf"{MARK} (\d+)\.", page)}
        pages += 1
        way = re.search(r'rel="next" href="([^"]+)"', page)
        address = filled.partition("?")[0] + way[1].replace("&amp;", "&") if way else ""
    assert found == set(range(MANY))
    assert 3 <= pages <= 5


@pytest.mark.parametrize("filled", ["/privacy/?answered=1", "/privacy/requests?closed=1"], indirect=True)
def test_what_was_answered_last_stands_first(site, filled):
    page = site.client("baovedulieu").get(filled).content.decode()
    found = [int(at) for at in re.findall(rf"{MARK} (\d+)\.", page)]
    assert found[0] == 0
    assert found == sorted(found)


@pytest.mark.parametrize("filled", ["/privacy/"], indirect=True)
def test_a_case_can_be_opened_from_the_newest_of_many_questions(site, filled):
    with site.services.database.connection() as conn:
        (key,) = conn.execute("SELECT id::text FROM store.questioned WHERE question = %s", [f"{MARK} 0."]).fetchone()
        row = "SELECT shard, n FROM store.audit WHERE outcome IS NULL AND action = 'R' ORDER BY ts DESC LIMIT 1"
        place = conn.execute(row).fetchone()
        conn.execute("UPDATE store.questioned SET (lane, n) = (%s, %s) WHERE id = %s", [*place, key])
    officer = site.client("baovedulieu")
    assert f"{MARK} 0." in officer.get(f"/privacy/breaches?case={key}").content.decode()
    assert officer.get("/privacy/breaches?case=khong-phai").status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999", "９", "1" * 40])
def test_a_page_that_is_none_is_no_failure(site, page):
    assert site.client("baovedulieu").get(f"/privacy/requests?page={page}").status_code == 200
