"""FHIR XML and the documents: the same content both ways, and what is refused, with its number and its place."""

import json
from decimal import Decimal

import pytest

from yteso.base.errors import Refused
from yteso.fhir import xml

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"


def patient(inner, more=""):
    return f'<Patient xmlns="{FHIR}"{more}>{inner}</Patient>'.encode()


def quantity(text):
    value = f'<valueQuantity><value value="{text}"/></valueQuantity>'
    return f'<Observation xmlns="{FHIR}">{value}</Observation>'.encode()


def narrative(inner, more=""):
    return patient(f'<text><status value="generated"/>{inner}</text>', more)


def refusal(call, *args):
    with pytest.raises(Refused) as refused:
        call(*args)
    issue = refused.value.issues[0]
    return refused.value.status, issue.code, issue.origin.field


DOCUMENT = {
    "resourceType": "Observation",
    "id": "mẫu",
    "meta": {"profile": ["http://a?b=1&c=2"]},
    "contained": [{"resourceType": "Patient", "active": True}],
    "extension": [{"id": "e", "url": "urn:x", "extension": [{"url": "y", "valueDecimal": Decimal("1.50")}]}],
    "status": "final",
    "_status": {"id": "s"},
    "code": {"coding": [{"code": "a", "_code": {"extension": [{"url": "urn:z", "valueCode": "q"}]}}]},
    "valueString": "dòng 1\r\n\tdòng 2 <\"&'>",
    "_issued": {"extension": [{"url": "urn:why", "valueString": "không rõ"}]},
}
XML = (
    '<?xml version="1.0" encoding="UTF-8"?><Observation xmlns="http://hl7.org/fhir"><id value="mẫu"/>'
    '<meta><profile value="http://a?b=1&amp;c=2"/></meta>'
    '<contained><Patient><active value="true"/></Patient></contained>'
    '<extension id="e" url="urn:x"><extension url="y"><valueDecimal value="1.50"/></extension></extension>'
    '<status value="final" id="s"/><code><coding><code value="a"><extension url="urn:z"><valueCode value="q"/>'
    '</extension></code></coding></code><issued><extension url="urn:why"><valueString value="không rõ"/></extension>'
    '</issued><valueString value="dòng 1&#13;&#10;&#9;dòng 2 &lt;&quot;&amp;\'&gt;"/></Observation>'
)


def test_a_document_becomes_the_xml_of_the_standard_with_its_elements_in_order():
    assert xml.dumps(DOCUMENT).decode() == XML


def test_the_xml_becomes_the_same_document_in_the_order_of_the_standard():
    read = xml.loads(XML.encode())
    assert read == DOCUMENT
    assert list(read)[-2:] == ["_issued", "valueString"]


def test_a_decimal_keeps_its_digits_and_a_whole_number_is_an_int():
    for text in ("7", "7.0", "-0.010", "1.0E+3", "0"):
        data = quantity(text)
        value = xml.loads(data)["valueQuantity"]["value"]
        assert str(value) == text
        assert isinstance(value, int) == text.isdigit()
        assert xml.dumps(xml.loads(data)).endswith(data)


def test_a_whole_number_that_json_wrote_with_a_fraction_is_written_as_a_whole_number():
    document = {"resourceType": "Patient", "multipleBirthInteger": Decimal("5.0")}
    assert b'<multipleBirthInteger value="5"/>' in xml.dumps(document)
    assert xml.loads(xml.dumps(document)) == document
    assert refusal(xml.dumps, {"resourceType": "Patient", "multipleBirthInteger": Decimal("5.5")})[1] == "FHIR-0431"


def test_nulls_keep_values_and_extensions_of_a_list_in_step():
    name = {"given": ["a", None, "c"], "_given": [None, {"extension": [{"url": "u", "valueCode": "x"}]}, {"id": "i"}]}
    document = {"resourceType": "Patient", "name": [name]}
    assert xml.loads(xml.dumps(document)) == document


def test_a_list_with_extensions_only_has_no_values():
    document = {"resourceType": "Patient", "name": [{"_given": [{"extension": [{"url": "u", "valueCode": "x"}]}]}]}
    assert xml.loads(xml.dumps(document)) == document


def test_resources_inside_bundles_and_parameters_are_read_by_their_own_type():
    inner = {"resourceType": "Patient", "active": True}
    for document in (
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}, {"resource": inner}]},
        {"resourceType": "Parameters", "parameter": [{"name": "a", "part": [{"name": "b", "resource": inner}]}]},
    ):
        assert xml.loads(xml.dumps(document)) == document


@pytest.mark.parametrize(
    "div",
    [
        f'<div xmlns="{XHTML}"/>',
        f"<div xmlns='{XHTML}' id=\">\" >Người <b >bệnh</b><br/><br /><!--lời--><![CDATA[a<b]]>&#160;&amp;\r\n</div >",
        f'<div xmlns="{XHTML}"><p>a</p><?x y?></div>',
    ],
)
def test_a_narrative_comes_back_mark_by_mark(div):
    document = {"resourceType": "Patient", "text": {"status": "generated", "div": div}}
    assert xml.loads(xml.dumps(document)) == document
    assert xml.loads(xml.dumps(document, pretty=True)) == document


def test_a_narrative_without_its_namespace_gets_it():
    document = {"resourceType": "Patient", "text": {"status": "generated", "div": "<div>a</div>"}}
    assert xml.loads(xml.dumps(document))["text"]["div"] == f'<div xmlns="{XHTML}">a</div>'


def test_a_narrative_takes_along_the_prefixes_it_borrows():
    data = narrative(f'<div xmlns="{XHTML}"><h:b>x</h:b></div>', f' xmlns:h="{XHTML}"')
    div = xml.loads(data)["text"]["div"]
    assert div == f'<div xmlns:h="{XHTML}" xmlns="{XHTML}"><h:b>x</h:b></div>'
    assert xml.loads(xml.dumps(xml.loads(data)))["text"]["div"] == div


def test_a_narrative_named_with_a_prefix_becomes_a_plain_div():
    data = narrative('<h:div xml:lang="vi">a &lt; b<h:br/></h:div>', f' xmlns:h="{XHTML}"')
    assert xml.loads(data)["text"]["div"] == f'<div xmlns="{XHTML}" xml:lang="vi">a &lt; b<br></br></div>'


def test_prefixes_schema_hints_comments_and_a_byte_order_mark_change_nothing():
    data = (
        f"\ufeff<?xml version='1.0' encoding='utf-8'?><!-- a --><f:Patient xmlns:f='{FHIR}' "
        "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a b'>"
        "<?x y?>\n <f:active value='true'/><!-- b --></f:Patient>\n"
    )
    assert xml.loads(data.encode()) == {"resourceType": "Patient", "active": True}


def test_elements_out_of_order_are_put_in_order():
    data = patient(
        '<active value="true"/><id value="a"/><name><given value="x"/><family value="y"/><given value="z"/></name>'
    )
    read = xml.loads(data)
    assert json.dumps(read) == json.dumps(
        {"resourceType": "Patient", "id": "a", "active": True, "name": [{"family": "y", "given": ["x", "z"]}]}
    )


def test_pretty_xml_has_one_element_on_a_line_and_leaves_a_narrative_alone():
    text = {"status": "generated", "div": f'<div xmlns="{XHTML}"><p>a <b>b</b></p></div>'}
    document = {"resourceType": "Patient", "text": text, "active": True}
    assert xml.dumps(document, pretty=True).decode().splitlines()[1:] == [
        '<Patient xmlns="http://hl7.org/fhir">',
        "  <text>",
        '    <status value="generated"/>',
        f"    {text['div']}",
        "  </text>",
        '  <active value="true"/>',
        "</Patient>",
    ]


def test_the_depth_is_counted_as_in_json():
    def nested(levels):
        document = {"resourceType": "Questionnaire", "status": "draft"}
        node = document
        for _ in range(levels):
            node["item"] = [{"linkId": "1", "type": "group"}]
            node = node["item"][0]
        node["definition"] = "urn:x"
        return document

    assert xml.loads(xml.dumps(nested(31))) == nested(31)
    assert refusal(xml.loads, xml.dumps(nested(32)))[:2] == (400, "FHIR-0417")


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"", "FHIR-0404", "$"),
        (b'{"resourceType":"Patient"}', "FHIR-0404", "$"),
        (patient("<name><given value='a'>"), "FHIR-0404", "Patient.name[0].given[0]"),
        (patient("") + b"x", "FHIR-0404", "$"),
        (patient("<id value='&#0;'/>"), "FHIR-0404", "Patient"),
        (b"<\xff/>", "FHIR-0401", "$"),
        (patient("").decode().encode("utf-16"), "FHIR-0401", "$"),
        (b'<?xml version="1.0" encoding="latin1"?>' + patient(""), "FHIR-0402", "$"),
        (b"<a>\x00</a>", "FHIR-0403", "$"),
        (b'<!DOCTYPE Patient [<!ENTITY a "b">]>' + patient("&a;"), "FHIR-0405", "$"),
        (narrative(f'<div xmlns="{XHTML}">&nbsp;</div>'), "FHIR-0406", "Patient.text.div"),
        (b"<Patient/>", "FHIR-0407", "$"),
        (patient('<x xmlns="urn:x"/>'), "FHIR-0407", "Patient.x"),
        (narrative("<div>a</div>"), "FHIR-0407", "Patient.text.div"),
        (b'<Foo xmlns="http://hl7.org/fhir"/>', "FHIR-0408", "$"),
        (patient("<contained><Foo/></contained>"), "FHIR-0408", "Patient.contained[0]"),
        (patient("<contained><Patient/><Patient/></contained>"), "FHIR-0408", "Patient.contained[0]"),
        (patient("<name/><contact><foo/></contact>").replace(b"<name/>", b""), "FHIR-0409", "Patient.contact[0].foo"),
        (patient('<active value="true"><x/></active>'), "FHIR-0409", "Patient.active.x"),
        (patient("<name value='x'/>"), "FHIR-0410", "Patient.name"),
        (patient("<active wert='true'/>"), "FHIR-0410", "Patient.active"),
        (patient("<active/>"), "FHIR-0411", "Patient.active"),
        (patient('<active value="1"/>'), "FHIR-0412", "Patient.active"),
        (patient('<multipleBirthInteger value="1.0"/>'), "FHIR-0412", "Patient.multipleBirthInteger"),
        (patient('<active value="true"/><active value="true"/>'), "FHIR-0413", "Patient.active"),
        (
            patient('<deceasedBoolean value="true"/><deceasedDateTime value="2026"/>'),
            "FHIR-0414",
            "Patient.deceasedDateTime",
        ),
        (patient("chữ"), "FHIR-0415", "Patient"),
        (patient("<name/>"), "FHIR-0416", "Patient.name[0]"),
        (patient("<contained/>"), "FHIR-0416", "Patient.contained[0]"),
    ],
)
def test_xml_that_is_no_fhir_is_refused_with_its_number_and_place(data, code, place):
    assert refusal(xml.loads, data) == (400, code, place)


@pytest.mark.parametrize(
    ("text", "code"), [("1." + "1" * 18, "FHIR-0007"), ("1e100", "FHIR-0008"), ("01", "FHIR-0412")]
)
def test_numbers_have_the_limits_they_have_in_json(text, code):
    assert refusal(xml.loads, quantity(text)) == (400, code, "Observation.valueQuantity.value")


@pytest.mark.parametrize(
    ("members", "code", "place"),
    [
        ({"foo": 1}, "FHIR-0430", "Patient.foo"),
        ({"tên": 1}, "FHIR-0430", "Patient.?"),
        ({"active": "true"}, "FHIR-0431", "Patient.active"),
        ({"name": {}}, "FHIR-0431", "Patient.name"),
        ({"contained": [{"resourceType": "Foo"}]}, "FHIR-0431", "Patient.contained[0]"),
        ({"name": [{"family": "x"}, {"family": "\x0b"}]}, "FHIR-0432", "Patient.name[1].family"),
        ({"text": {"div": "<div>a<br></div>"}}, "FHIR-0433", "Patient.text.div"),
        ({"text": {"div": "<p>a</p>"}}, "FHIR-0433", "Patient.text.div"),
        ({"text": {"div": "<div/><!-- a -->"}}, "FHIR-0433", "Patient.text.div"),
        ({"text": {"div": "<!DOCTYPE div><div/>"}}, "FHIR-0433", "Patient.text.div"),
        ({"name": []}, "FHIR-0434", "Patient.name"),
        ({"name": [{"given": ["a", None]}]}, "FHIR-0434", "Patient.name[0].given[1]"),
    ],
)
def test_what_has_no_form_in_xml_is_refused_with_its_place(members, code, place):
    assert refusal(xml.dumps, {"resourceType": "Patient", **members}) == (406, code, place)


def test_a_tag_may_hold_one_value_of_megabytes_but_not_ten_thousands_of_attributes():
    long = "QUJD" * 800_000
    binary = f'<Binary xmlns="{FHIR}"><contentType value="a/b"/><data value="{long}"/></Binary>'.encode()
    assert xml.loads(binary)["data"] == long
    many = " ".join(f'{"a" * 100}{number}="1"' for number in range(30_000))
    assert refusal(xml.loads, patient(f"<active {many}/>")) == (400, "FHIR-0410", "Patient")
