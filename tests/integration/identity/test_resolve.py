import pytest

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.identity import Asked, PersonClaim, resolve
from yteso.identity.decide import Verdict
from yteso.identity.review import open_reviews, settle

INTEGRATOR = Principal("quản trị", Role.INTEGRATOR)


def asked(visit="79001/LK1", as_of="2026-09-10", **said):
    fields = {"cccd": None, "bhyt": (), "bhxh": None, "facility": "79001", "local_code": "", "name": "Người Thử"}
    return Asked(PersonClaim(**{**fields, "birth_date": "1990-05-15", "gender": "male", **said}), visit, as_of)


@pytest.fixture
def ask(database):
    def answers(*questions, **how):
        with database.connection() as conn:
            return resolve(conn, questions, **how)

    return answers


@pytest.fixture
def conn(database):
    with database.connection() as conn:
        yield conn


def test_a_person_is_found_again_by_every_key_that_was_learnt(ask):
    (first,) = ask(asked(cccd="079090000001", bhxh="7900000001", local_code="BN1"))
    assert (first.new, first.basis) == (True, "new")
    for said, basis in (
        ({"cccd": "079090000001"}, "cccd"),
        ({"bhxh": "7900000001"}, "bhxh"),
        ({"local_code": "BN1"}, "local"),
    ):
        (again,) = ask(asked(**said))
        assert (again.patient_id, again.basis, again.new) == (first.patient_id, basis, False)


def test_two_people_of_one_name_stay_two(ask):
    one, other = ask(asked("79001/LK1"), asked("79001/LK2"))
    assert one.patient_id != other.patient_id


def test_a_person_without_numbers_is_found_again_by_the_same_visit(ask):
    (first,) = ask(asked())
    (again,) = ask(asked())
    assert again.patient_id == first.patient_id
    assert not again.new


def test_a_person_new_in_one_question_is_known_to_the_next(ask):
    one, other = ask(asked(cccd="079090000001", bhxh="7900000001"), asked("79001/LK2", bhxh="7900000001"))
    assert (one.new, other.new) == (True, False)
    assert one.patient_id == other.patient_id


def test_a_code_of_another_facility_is_another_person(ask):
    (one,) = ask(asked(local_code="BN1"))
    (other,) = ask(asked(local_code="BN1", facility="79002"))
    assert one.patient_id != other.patient_id


def test_keys_that_disagree_become_a_persons_task(ask, conn):
    (one,) = ask(asked(cccd="079090000001"))
    (other,) = ask(asked("79001/LK2", bhxh="7900000001"))
    (both,) = ask(asked("79001/LK3", cccd="079090000001", bhxh="7900000001"))
    assert (both.patient_id, both.doubt) == (one.patient_id, "keys-disagree")
    ask(asked("79001/LK3", cccd="079090000001", bhxh="7900000001"))
    (review,) = open_reviews(conn, INTEGRATOR)
    assert (review.patient, review.other, review.source) == (one.patient_id, other.patient_id, "79001/LK3")
    assert open_reviews(conn, Principal("nv", Role.STAFF, "79002")) == []
    with pytest.raises(Refused):
        open_reviews(conn, Principal("vh", Role.OPERATOR))
    with pytest.raises(Refused):
        settle(conn, Principal("bs", Role.DOCTOR, "79001"), review.id, "same")
    assert settle(conn, Principal("nv", Role.STAFF, "79002"), review.id, "same") == ()
    assert settle(conn, INTEGRATOR, review.id, "other") == (one.patient_id, other.patient_id)
    assert settle(conn, INTEGRATOR, review.id, "same") == ()
    assert settle(conn, INTEGRATOR, "nonsense", "same") == ()
    decided = conn.execute("SELECT decision, settled_by FROM identity.review").fetchone()
    assert decided == ("other", INTEGRATOR.name)


def test_a_doubtful_claim_does_not_change_what_is_known(ask):
    ask(asked(bhxh="7900000001"))
    ask(asked("79001/LK2", bhxh="7900000001", name="Khác Hẳn", birth_date="1950-01-01", as_of="2026-10-01"))
    (third,) = ask(asked("79001/LK3", bhxh="7900000001"))
    assert third.doubt == ""


def test_an_older_visit_is_told_as_such(ask):
    ask(asked(bhxh="7900000001", as_of="2026-09-10"))
    (older,) = ask(asked("79001/LK0", bhxh="7900000001", as_of="2026-01-01"))
    (newer,) = ask(asked("79001/LK9", bhxh="7900000001", as_of="2026-12-01"))
    assert (older.newest, newer.newest) == (False, True)


def test_another_decider_can_take_the_decision(ask):
    (first,) = ask(asked(bhxh="7900000001"))
    (other,) = ask(asked("79001/LK2", bhxh="7900000001"), decider=lambda claim, keys, found: Verdict("", "new"))
    assert other.patient_id != first.patient_id


def test_nothing_kept_tells_a_number_or_shows_it(ask, conn):
    ask(asked(cccd="079090000001", bhxh="7900000001"))
    for table in ("link", "person", "review"):
        rows = conn.execute(f"SELECT t::text FROM identity.{table} t").fetchall()
        assert not any("079090000001" in row[0] or "7900000001" in row[0] for row in rows)
