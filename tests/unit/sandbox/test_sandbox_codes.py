"""The simulator's clinical codes against the national lists, where those lie beside the checkout."""

import csv

import pytest

from yteso.sandbox.catalogue import SERVICES
from yteso.sandbox.conditions import PICTURES

pytestmark = pytest.mark.samples


def column(path, name):
    with path.open(encoding="utf-8-sig") as file:
        return {row[name].rstrip("†*") for row in csv.DictReader(file)}


def test_every_diagnosis_is_in_the_national_icd_list(shared):
    known = column(shared / "standards" / "bhyt" / "icd10_vn_qd4469_2020.csv", "code")
    used = {code for picture in PICTURES for code, _ in (*picture.codes, *picture.secondary)}
    assert used - known == set()


def test_every_test_and_procedure_is_in_the_national_list_of_services(shared):
    known = column(shared / "standards" / "bhyt" / "dvkt_to_icd9cm_vn_2020.csv", "dvkt_code")
    used = {service.code for service in SERVICES.values() if service.group not in ("13", "15")}
    assert used - known == set()
