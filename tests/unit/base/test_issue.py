"""A value that stands in an issue is only text, whatever it looks like."""

from __future__ import annotations

from yteso.base.issue import Origin, Rule, Severity

RULE = Rule(
    "TEST-0001", Severity.ERROR, "Trường {name} sai.", "The field {name} is wrong.", "Sửa {name}.", "Fix {name}."
)
del Rule.registry[RULE.code]  # no rule of the product


def test_a_value_is_never_a_format_of_its_own():
    for value in ("{0.__class__}", "{name}", "{name.__init__.__globals__}", "%(name)s", "{", "}"):
        issue = RULE.at(Origin(field="x"), name=value)
        assert issue.text == f"Trường {value} sai."
        assert issue.fix_en == f"Fix {value}."
