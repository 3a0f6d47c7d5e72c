"""Lists of the data officer's desk that grew long: every row is on one of their pages, the newest answer first."""

from __future__ import annotations

import itertools
import re
from datetime import datetime, timedelta

import pytest
from tests.integration.web.conftest import PASSWORD

from yteso.access.principal import Role
from yteso.base.clock import VIETNAM
from yteso.base.ids import random_id, shard_of, shard_of_key
from yteso.search.keys import number, patient_key

MANY = 103
NOW = datetime.now(VIETNAM)
FRESH = itertools.count(1)
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


def way(page: str, rel: str, at: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return at.partition("?")[0] + found[1].replace("&amp;", "&") if found else ""


def shown(page: str) -> list[int]:
    """The rows of a page, without what came in later."""
    return list(dict.fromkeys(int(at) for at in re.findall(rf"{MARK} (\d+)\.", page)))


@pytest.mark.parametrize("filled", LISTS, indirect=True)
def test_rows_that_come_in_while_somebody_turns_pages_are_neither_doubled_nor_lost(site, filled):
    client, address, found, pages = site.client("baovedulieu"), filled, [], []
    rows, closed, _ = LISTS[filled]
    while address:
        pages.append(client.get(address).content.decode())
        found += shown(pages[-1])
        with site.services.database.connection() as conn:
            for text, values in (again(one) for one in list(rows(closed))[: len(pages)]):
                conn.execute(text, values)
        address = way(pages[-1], "next", filled)
    assert sorted(found) == list(range(MANY))
    back = way(pages[2], "prev", filled)
    assert shown(client.get(back).content.decode())[-1:] == shown(pages[1])[-1:]


def again(row):
    """The same row once more, under a key and a number of its own."""
    text, values = row
    key = random_id(next(FRESH) % 256)
    changed = []
    for value in values:
        if isinstance(value, str) and value.startswith(MARK) and value != MARK:
            value = re.sub(r"\d+\.", f"-{next(FRESH)}.", value)
        elif isinstance(value, int) and value < 0:
            value = -1000 - next(FRESH)
        changed.append(value)
    if re.search(r"\(shard, id,", text):
        changed[:2] = [shard_of(key), key]
    return text, changed


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


@pytest.mark.parametrize(
    "place", ["", "x", "1", "9" * 40 + ".a", "-.a", "1." + "a" * 400, "9" * 18 + ".'; DROP", "１.a"]
)
@pytest.mark.parametrize("kind", ["after", "before"])
def test_a_place_that_is_none_is_no_failure(site, kind, place):
    for path in ("/privacy/", "/privacy/requests", "/privacy/budgets", "/privacy/exports", "/privacy/inspections"):
        assert site.client("baovedulieu").get(path, {kind: place}).status_code == 200


@pytest.fixture
def citizen(site):
    """A person with more requests and messages than one page, or a hundred, holds."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    people.create_user("dai.dan", PASSWORD, Role.CITIZEN, display_name="Dài Mẫu", person=site.patient, demo=True)
    pat, shard = number(patient_key(site.patient)), shard_of_key(site.patient)
    asked = """INSERT INTO store.subject_request (shard, id, patient, asked_by, kind, words, filed, answer_due, due,
        closed, closed_by, outcome, answer) VALUES (%s, %s, %s, 'dai.dan', 'copy', %s, %s, %s, %s,
        %s, 'mau', 'done', 'Đây')"""
    said = """INSERT INTO store.inbox (shard, pat, about, patient, kind, words, told)
        VALUES (%s, %s, %s, %s, 'breach', %s, %s)"""
    with site.services.database.connection() as conn:
        for at, when in enumerate(moments()):
            words = f"{MARK} {at}."
            conn.execute(asked, (shard, random_id(shard), site.patient, words, when, when, when, when))
            conn.execute(said, (pat & 255, pat, f"dai/{at}", site.patient, words, when))
    client = site.client("dai.dan")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "vi"
    yield client
    with site.services.database.connection() as conn:
        conn.execute("DELETE FROM store.subject_request WHERE asked_by = 'dai.dan'")
        conn.execute("DELETE FROM store.inbox WHERE about LIKE 'dai/%'")
    User.objects.filter(username="dai.dan").delete()


@pytest.mark.parametrize("path", ["/privacy/requests/mine", "/healthbook/inbox"])
def test_a_citizen_reads_every_request_and_message_page_by_page(citizen, path):
    address, found = path, []
    while address:
        page = citizen.get(address).content.decode()
        found += shown(page)
        address = way(page, "next", path)
    assert found == list(range(MANY))


def test_a_message_counts_as_read_when_its_page_was_shown(citizen):
    first = citizen.get("/healthbook/inbox").content.decode()
    assert f"{MARK} 0." in first
    assert f"Có {MANY - 50} thông báo chưa đọc" in citizen.get("/healthbook/record").content.decode()


def test_every_account_is_on_a_page_of_the_desk(site):
    from yteso.web.accounts.models import User

    names = [f"dai.{at:03}" for at in range(MANY)]
    User.objects.bulk_create([User(username=name, display_name=MARK, role="operator") for name in names])
    try:
        client, address, found = site.client("quantri"), "/accounts/?q=dai.", []
        while address:
            page = client.get(address).content.decode()
            found += re.findall(r'href="/accounts/(dai\.[0-9]+)"', page)
            address = way(page, "next", "/accounts/")
        assert found == names
        back = client.get(way(page, "prev", "/accounts/")).content.decode()
        assert re.findall(r'href="/accounts/(dai\.[0-9]+)"', back) == names[50:100]
    finally:
        User.objects.filter(username__startswith="dai.").delete()
