"""Words that people wrote: the quick look at the whole text never says no where the careful one says yes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from yteso.search.prose import has_words, may_have_words

TEXTS = st.text(st.sampled_from('aâAÂđĐ bướ&;<>"\\/-_.1\n'), max_size=12)
ASKED = st.text(st.sampled_from("aâđ bướ1-"), min_size=1, max_size=4).filter(lambda text: text.strip(" -"))


@given(text=TEXTS, div=TEXTS, asked=ASKED)
def test_what_the_quick_look_leaves_out_has_not_the_words(text, div, asked):
    resource = {
        "resourceType": "Observation",
        "text": {"div": f"<div>{div}</div>"},
        "code": {"text": text, "coding": [{"display": div}]},
    }
    whole = json.dumps(resource, ensure_ascii=False)
    for name in ("_text", "_content", "code"):
        assert may_have_words(whole, asked) or not has_words(resource, name, asked)


def test_the_quick_look_leaves_most_out():
    assert not may_have_words('{"code":{"text":"Đường huyết"}}', "glucose")
    assert may_have_words('{"code":{"text":"Đường huyết"}}', "duong")


def test_what_stands_within_a_word_parts_no_words():
    def narrative(div):
        return {"resourceType": "Patient", "text": {"div": f"<div>{div}</div>"}}

    for div in ("xin <b>ch</b>ào", "xin ch<!-- - -->ào", 'xin ch<span style="x">à</span>o', "xin <i><b>c</b></i>hào"):
        assert has_words(narrative(div), "_text", "chào")
        assert may_have_words(json.dumps(narrative(div), ensure_ascii=False), "chào")
    for div in ("xin ch<br/>ào", "<p>xin ch</p><p>ào</p>", "<td>ch</td><td>ào</td>", "ch<bi>ào</bi>"):
        assert not has_words(narrative(div), "_text", "chào")
