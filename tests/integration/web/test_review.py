"""Doubts about who is who: seen by those who may, both persons compared, decided once, audited."""

from __future__ import annotations

import re

import pytest

from yteso.base.ids import random_id, shard_of

PASSWORD = "mat khau mau cho kiem thu"


@pytest.fixture
def doubt(site):
    """An open doubt between the site's person and another, raised by a visit of the site's facility."""
    client = site.client("nhanvien")
    found = client.post("/record/", {"q": "thử"}).content.decode()
    other = next(one for one in re.findall(r'href="/record/([0-9a-f-]{36})"', found) if one != site.patient)
    number = random_id()
    source = f"{site.facility}/LKTHU1"
    values = [shard_of(number), number, site.patient, other, "keys-disagree:bhxh", site.facility, source]
    with site.services.database.connection() as conn:
        conn.execute(
            "INSERT INTO identity.review (shard, id, patient, other, doubt, facility, source) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            values,
        )
    yield number, other
    with site.services.database.connection() as conn:
        conn.execute("DELETE FROM identity.review WHERE id = %s", [number])


def test_the_facilitys_staff_see_both_persons_and_what_disagrees(site, doubt):
    number, other = doubt
    page = site.client("nhanvien").get("/review/").content.decode()
    section = page.partition(f'aria-labelledby="d-{number}"')[2].partition("</section>")[0]
    assert f'href="/record/{site.patient}"' in section
    assert f'href="/record/{other}"' in section
    assert "LKTHU1" in section
    assert "Khác" in section
    assert f'action="/review/{number}/settle"' in section


@pytest.mark.parametrize("choice", ["same", "other"])
def test_a_decision_closes_the_doubt_once_and_is_audited(site, doubt, choice):
    number, _ = doubt
    client = site.client("nhanvien")
    done = client.post(f"/review/{number}/settle", {"choice": choice}, follow=True).content.decode()
    assert "Đã ghi quyết định" in done
    assert f"d-{number}" not in done
    again = client.post(f"/review/{number}/settle", {"choice": choice}, follow=True).content.decode()
    assert "không còn mở" in again
    with site.services.database.connection() as conn:
        assert conn.execute("SELECT decision FROM identity.review WHERE id = %s", [number]).fetchone() == (choice,)
        audited = conn.execute("SELECT detail FROM store.audit WHERE what = %s", [f"review/{number}"]).fetchall()
    assert audited == [(f"identity {choice}",)]


def test_a_decision_that_is_none_decides_nothing(site, doubt):
    number, _ = doubt
    client = site.client("nhanvien")
    client.post(f"/review/{number}/settle", {"choice": "perhaps"})
    assert f"d-{number}" in client.get("/review/").content.decode()


def test_a_facilitys_doctors_look_and_do_not_decide(site, doubt):
    number, _ = doubt
    for name in ("bacsi",):
        client = site.client(name)
        page = client.get("/review/").content.decode()
        assert f"d-{number}" in page
        assert "/settle" not in page
        assert client.post(f"/review/{number}/settle", {"choice": "same"}).status_code == 403
    assert site.client("dieuhanh").get("/review/").status_code == 403


def test_another_facilitys_people_see_nothing_of_it(site, doubt):
    from yteso.access.principal import Role
    from yteso.web.accounts import people

    people.create_user("nhanvien.xa", PASSWORD, Role.STAFF, facility="00000")
    page = site.client("nhanvien.xa").get("/review/").content.decode()
    assert doubt[0] not in page
    assert site.patient not in page
