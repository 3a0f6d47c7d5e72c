from datetime import timedelta

import pytest

from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.signing import load_or_create


@pytest.fixture
def bearer(tmp_path):
    return Bearer(load_or_create(tmp_path))


@pytest.mark.parametrize("role", list(Role))
def test_every_role_travels_in_a_token(bearer, role):
    who = Principal("bs-mau", role, "79001", "ETREAT")
    assert bearer.verify_header("bearer " + bearer.issue(who, timedelta(hours=1))) == who


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer x.y.z"])
def test_a_header_without_a_good_token_is_refused(bearer, header):
    with pytest.raises(Refused) as caught:
        bearer.verify_header(header)
    assert caught.value.status == 401
