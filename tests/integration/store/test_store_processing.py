"""The register: begun by what the platform does, each change a version that stays, nobody overwrites another's."""

import csv
import io
from dataclasses import replace

import psycopg
import pytest

from yteso.access.grant import Bound
from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.client.processing import FIELDS, Processing
from yteso.client.processing_of_platform import of_platform, recipients
from yteso.store import audit
from yteso.store.audit import Asked

OFFICER = Principal("phu-trach-du-lieu", Role.DATA_OFFICER)
TEXTS = {name: f"Nội dung {name}" for name in FIELDS}


@pytest.fixture
def register(database):
    return Processing(database, dict)


def test_it_begins_with_what_the_platform_says_of_itself(register):
    found = register.all(OFFICER)
    assert [one.activity for one in found] == list(of_platform({}))
    assert all(one.version == 0 and all(one.content[name] for name in FIELDS) for one in found)


def test_recipients_are_those_of_the_table_of_rights():
    assert recipients(Bound.SELF) == (Role.CITIZEN,)
    assert recipients(Bound.NOTIFIABLE) == (Role.SURVEILLANCE,)
    assert recipients(Bound.ORDER) == (Role.INSPECTOR,)
    assert {*recipients(Bound.NOBODY)} == {Role.INTEGRATOR, Role.SYSTEM}
    assert {Role.DOCTOR, Role.NURSE, Role.STATION} <= {*recipients(Bound.CARE)}
    assert of_platform({"citizen": "Người dân"})["nguoi-dan"]["recipients"] == "Người dân"


def test_a_change_is_a_version_and_the_old_ones_stay(register, database):
    register.write(OFFICER, "ho-so", 0, TEXTS, ended=False)
    register.write(OFFICER, "ho-so", 1, {**TEXTS, "purpose": "Mục đích mới"}, ended=False)
    assert [(one.version, one.content["purpose"]) for one in register.versions(OFFICER, "ho-so")] == [
        (2, "Mục đích mới"),
        (1, "Nội dung purpose"),
        (0, of_platform({})["ho-so"]["purpose"]),
    ]
    assert {one.activity: one.version for one in register.all(OFFICER)}["ho-so"] == 2
    with database.connection() as conn:
        rows = audit.find(conn, Asked(who=OFFICER.name))
    assert [(row.what, row.detail) for row in rows] == [
        ("processing/ho-so", "version 2"),
        ("processing/ho-so", "version 1"),
    ]
    with pytest.raises(psycopg.errors.RaiseException), database.connection() as conn:
        conn.execute("UPDATE store.processing SET ended = true")


def test_who_did_not_see_the_newest_version_does_not_write_over_it(register):
    register.write(OFFICER, "ho-so", 0, TEXTS, ended=False)
    with pytest.raises(Refused, match="DPO-0502"):
        register.write(OFFICER, "ho-so", 0, TEXTS, ended=False)


def test_the_file_is_the_register_in_force(register):
    register.write(OFFICER, "camera", 0, {**TEXTS, "purpose": "=1+1"}, ended=False)
    register.write(OFFICER, "ho-so", 0, TEXTS, ended=True)
    lines = list(csv.DictReader(io.StringIO(register.file(OFFICER).removeprefix("\ufeff"))))
    assert {one["activity"] for one in lines} == {*of_platform({}), "camera"} - {"ho-so"}
    assert {one["activity"]: one["purpose"] for one in lines}["camera"] == "'=1+1"


@pytest.mark.parametrize(
    ("activity", "texts", "code"),
    [("Hồ sơ", TEXTS, "DPO-0501"), ("a" * 61, TEXTS, "DPO-0501"), ("camera", {**TEXTS, "basis": ""}, "DPO-0002")],
)
def test_an_activity_needs_a_plain_code_and_every_field(register, activity, texts, code):
    with pytest.raises(Refused, match=code):
        register.write(OFFICER, activity, 0, texts, ended=False)


def test_nobody_else_reads_or_writes(register):
    for role in Role:
        who = replace(OFFICER, role=role)
        if role is not Role.DATA_OFFICER:
            for act in (register.all, register.file, lambda one: register.write(one, "a", 0, TEXTS, ended=False)):
                with pytest.raises(Refused, match="DPO-0001"):
                    act(who)
