"""The XHTML of a narrative: a text in JSON, an element in XML; kept as it was written, mark by mark.

In: the text of `div`. Out: the same text, fit to stand inside XML. Whether it holds only what FHIR R4 §2.4.0 allows
(txt-1) is not judged here. White space around the element does not belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pyexpat import ExpatError, ParserCreate
from typing import NoReturn

from yteso.fhir.xml.shape import ESCAPES, SEPARATOR, XHTML

_NAME = re.compile(r"<[^\s/>]+")
_PLAIN = re.compile(r"<div[\s/>]")
_XML = "http://www.w3.org/XML/1998/namespace"
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_SPACE = " \t\r\n"
_ACTING = frozenset(
    [
        *("script", "form", "input", "button", "select", "textarea", "frame", "frameset", "iframe", "object", "embed"),
        *("applet", "link", "base", "meta", "head", "body", "svg", "math"),
    ]
)
_ADDRESSES = frozenset(["href", "src", "action", "formaction", "background", "cite", "longdesc", "usemap"])
_SCHEMES = ("javascript:", "vbscript:", "data:text", "data:image/svg")
_MAY_ACT = re.compile(
    r"&#|script:|data:|\bon[a-z]+\s*=|<(?:[\w.-]+:)?(?:"
    r"script|form|input|button|select|textarea|i?frame|object|embed|applet|link|base|meta|head|body|svg|math)",
    re.IGNORECASE,
)
_LAST = True
"""For expat: nothing follows these bytes."""
_ROOT = f"{XHTML}{SEPARATOR}div"


def element_of(text: str) -> str:
    """The `div` with its namespace, ready to stand in XML. ValueError unless it is one well-formed element."""
    element = text.strip(_SPACE)
    root = _root_of(element)
    if root == "div":
        return _with_names(element, {"": XHTML})
    if root != _ROOT:
        raise ValueError("not a div of XHTML")
    return element


def is_sound(text: str) -> bool:
    """True when the text is one well-formed `div`, so that it can stand in XML."""
    try:
        return bool(element_of(text))
    except ValueError:
        return False


def is_inert(text: str) -> bool:
    """True when nothing in a sound narrative acts: no script, form or frame, no handler of events (txt-1).

    Most hold no word that could, and are not parsed for it.
    """
    if _MAY_ACT.search(text) is None:
        return True
    acting: list[str] = []

    def opens(name: str, attributes: dict[str, str]) -> None:
        bare = name.rpartition(SEPARATOR)[2].lower()
        if bare in _ACTING or any(_acts(one.rpartition(SEPARATOR)[2], value) for one, value in attributes.items()):
            acting.append(bare)

    parser = ParserCreate("UTF-8", SEPARATOR)
    parser.StartElementHandler = opens
    parser.Parse(element_of(text).encode("utf-8"), _LAST)
    return not acting


def _acts(name: str, value: str) -> bool:
    """Also where white space and control characters stand in the address, which browsers pass over."""
    if name[:2].lower() == "on":
        return True
    address = "".join(letter for letter in value if letter > " ").lower()
    return name.lower() in _ADDRESSES and address.startswith(_SCHEMES)


def is_whole(element: str) -> bool:
    """True when the element can stand by itself: it declares the prefixes it uses."""
    try:
        return _root_of(element) == _ROOT
    except ValueError:
        return False


def standing_alone(element: str, scope: Mapping[str, str], own: frozenset[str]) -> str:
    """The element with the declarations (prefix -> namespace) of the elements around it that it does not make itself.

    One that is named with a prefix (`<ns2:div>`) is written anew as a plain `div`: JSON knows no other.
    """
    whole = _with_names(element, {prefix: uri for prefix, uri in scope.items() if prefix not in own})
    return whole if _PLAIN.match(whole) else _plain(whole)


def _with_names(element: str, names: Mapping[str, str]) -> str:
    found = _NAME.match(element)
    assert found is not None, "what was parsed begins with a tag"
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{uri.translate(ESCAPES)}"' for prefix, uri in names.items()
    )
    return f"{element[: found.end()]}{declared}{element[found.end() :]}"


def _root_of(element: str) -> str:
    """The name of the root element; ValueError when the text is not exactly one well-formed element."""
    if not element.startswith("<") or element.startswith(("<?", "<!")) or element.endswith(("-->", "?>")):
        raise ValueError("not one element")
    names: list[str] = []
    parser = ParserCreate("UTF-8", SEPARATOR)
    parser.StartDoctypeDeclHandler = _refuse_doctype

    def root(name: str, _attributes: object) -> None:
        names.append(name)
        parser.StartElementHandler = None

    parser.StartElementHandler = root
    try:
        parser.Parse(element.encode("utf-8"), _LAST)
    except ExpatError as error:
        raise ValueError("not well-formed") from error
    return names[0]


def _plain(element: str) -> str:
    """The same element with XHTML as its default namespace. Comments and processing instructions are left out."""
    parts: list[str] = []
    namespaces = [""]

    def opens(name: str, attributes: dict[str, str]) -> None:
        namespace, _, bare = name.rpartition(SEPARATOR)
        declared = "" if namespace == namespaces[-1] else f' xmlns="{namespace.translate(ESCAPES)}"'
        namespaces.append(namespace)
        shown = (_attribute(name, text) for name, text in attributes.items())
        parts.append(f"<{bare}{declared}{''.join(shown)}>")

    def closes(name: str) -> None:
        namespaces.pop()
        parts.append(f"</{name.rpartition(SEPARATOR)[2]}>")

    parser = ParserCreate("UTF-8", SEPARATOR)
    parser.StartElementHandler = opens
    parser.EndElementHandler = closes
    parser.CharacterDataHandler = lambda text: parts.append(text.translate(_IN_TEXT))
    parser.Parse(element.encode("utf-8"), _LAST)
    return "".join(parts)


def _attribute(name: str, text: str) -> str:
    """Attributes of HTML have no namespace, but for those of XML itself (`xml:lang`); others say nothing in HTML."""
    namespace, _, bare = name.rpartition(SEPARATOR)
    if namespace not in ("", _XML):
        return ""
    return f' {"xml:" if namespace else ""}{bare}="{text.translate(ESCAPES)}"'


def _refuse_doctype(*_declaration: object) -> NoReturn:
    raise ValueError("a DOCTYPE")
