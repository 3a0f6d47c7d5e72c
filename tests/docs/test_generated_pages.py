"""Pages made from code are not stale, and every rule can be understood in both languages."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def script(name):
    return runpy.run_path(str(ROOT / "scripts" / "generate" / f"{name}.py"), run_name="made")


@pytest.mark.parametrize("name", ["bhyt_mapping", "issue_codes", "roles"])
def test_the_page_is_what_its_script_makes(name):
    made = script(name)
    assert made["TARGET"].read_text(encoding="utf-8") == made["page"](), f"run scripts/generate/{name}.py"


def test_every_rule_speaks_two_languages_and_every_bhyt_rule_says_what_to_do():
    for rule in script("issue_codes")["rules"]():
        assert re.fullmatch(r"[A-Z]{2,5}-\d{4}", rule.code)
        assert rule.text
        assert rule.text_en
        assert rule.text != rule.text_en
        if rule.code.startswith("BHYT-"):
            assert rule.fix
            assert rule.fix_en
            assert set(re.findall(r"{(\w+)}", rule.text)) == set(re.findall(r"{(\w+)}", rule.text_en))
