from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [
    ROOT / "frontend" / "package-lock.json",
    ROOT / "tests" / "conformance" / "r4_examples" / "package-lock.json",
    *sorted((ROOT / "requirements").glob("*.txt")),
]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_lock_file_names_versions_and_hashes_and_no_address(lock):
    text = lock.read_text(encoding="utf-8")
    assert "sha512-" in text or "sha256:" in text
    assert "://" not in text
