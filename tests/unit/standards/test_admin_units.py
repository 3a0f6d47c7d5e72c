import csv

import pytest

from yteso.standards.admin_units import (
    commune_after_merger,
    communes,
    communes_of,
    province_after_merger,
    provinces,
)


def test_there_are_34_provinces_and_3321_communes():
    assert (len(provinces()), len(communes())) == (34, 3321)
    assert len(communes_of("79")) == 168


def test_a_former_province_became_part_of_another():
    assert province_after_merger("74") == provinces()["79"]
    assert province_after_merger("79") == provinces()["79"]
    assert province_after_merger("99") is None


def test_a_former_commune_became_one_or_several():
    assert [commune.code for commune in commune_after_merger("31312")] == ["31150"]
    assert commune_after_merger("99999") == ()


@pytest.mark.samples
def test_every_former_commune_agrees_with_the_published_mapping(shared):
    published: dict[str, set[str]] = {}
    with (shared / "standards" / "admin" / "vn_ward_old_to_new_2025.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["old_ward_code"]:
                published.setdefault(row["old_ward_code"], set()).add(row["new_ward_code"])
    assert {old: {c.code for c in commune_after_merger(old)} for old in published} == published
