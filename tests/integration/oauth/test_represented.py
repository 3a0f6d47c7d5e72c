"""An app for whom one represents: chosen on the consent page, given that one record alone, over with the relation."""

import pytest
from tests.integration.oauth.conftest import MINE, OTHERS

from yteso.access.principal import Principal, Role
from yteso.store.protocol import Put
from yteso.store.relations import EVIDENCE, REPRESENTATIVE

SYSTEM = Principal("he-thong", Role.SYSTEM)
KIN = {
    "resourceType": "RelatedPerson",
    "id": "dai-dien-mau",
    "patient": {"reference": f"Patient/{OTHERS}"},
    "identifier": [{"system": REPRESENTATIVE, "value": MINE}],
    "relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "HPOWATT"}]}],
    "extension": [{"url": EVIDENCE, "valueString": "Giấy ủy quyền Mẫu"}],
    "period": {"start": "2026-01-01", "end": "2099-01-01"},
}


def write(platform, resource):
    with platform.services.database.connection() as conn:
        platform.services.store.write(conn, SYSTEM, [Put(resource)])


@pytest.fixture
def represents(platform):
    write(platform, KIN)
    yield
    write(platform, {**KIN, "active": False})


def test_the_consent_page_lets_one_choose_among_those_one_represents(platform, visit, represents):
    page = visit.session.get(visit.asking(), timeout=20).text
    assert f'name="patient" value="{MINE}"' in page
    assert f'name="patient" value="{OTHERS}"' in page


def test_the_token_is_for_the_one_who_was_chosen_and_for_nobody_else(platform, visit, represents):
    got = visit.tokens(patient=OTHERS)
    assert got["patient"] == OTHERS
    assert platform.get(f"Patient/{OTHERS}", got["access_token"]).status_code == 200
    assert platform.get(f"Patient/{MINE}", got["access_token"]).status_code == 404
    found = platform.get("Observation", got["access_token"]).json()
    assert {entry["resource"]["id"] for entry in found["entry"]} == {f"xn-{OTHERS}", f"sinh-hieu-{OTHERS}"}


def test_when_the_representation_ends_the_token_finds_nothing_with_the_next_request(platform, visit, represents):
    token = visit.tokens(patient=OTHERS)["access_token"]
    assert platform.get(f"Patient/{OTHERS}", token).status_code == 200
    write(platform, {**KIN, "active": False})
    assert platform.get(f"Patient/{OTHERS}", token).status_code == 404
    assert "entry" not in platform.get("Observation", token).json()


def test_without_a_representation_nobody_else_can_be_chosen(platform, visit):
    assert OTHERS not in visit.session.get(visit.asking(), timeout=20).text
    with pytest.raises(AssertionError, match="403"):
        visit.answered(patient=OTHERS)
