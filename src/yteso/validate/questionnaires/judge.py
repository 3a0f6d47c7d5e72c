"""A QuestionnaireResponse against its Questionnaire -> issues FHIR-25xx. Pure.

In: both as JSON, and who knows codes. Out: issues, each with its place; what cannot be decided is no issue. What a
form still lacks is told only of one that says it is complete. Not judged: the wording of questions, the order of items,
what was computed, units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from yteso.base.issue import Issue, Origin, Rule
from yteso.fhir.reference import parse
from yteso.validate.questionnaires import rules
from yteso.validate.questionnaires.enabled import Answered, Way, is_empty, is_enabled
from yteso.validate.questionnaires.values import Json, Value, among, extensions, order, value_of

DEEPEST = 64
_CORE = "http://hl7.org/fhir/StructureDefinition/"
_TYPES: dict[str, tuple[str, ...]] = {
    "boolean": ("boolean",),
    "decimal": ("decimal",),
    "integer": ("integer",),
    "date": ("date",),
    "dateTime": ("dateTime",),
    "time": ("time",),
    "string": ("string",),
    "text": ("string",),
    "url": ("uri",),
    "choice": ("Coding",),
    "open-choice": ("Coding", "string"),
    "attachment": ("Attachment",),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
}
"""The types of answers to each kind of question (http://hl7.org/fhir/R4/valueset-item-type.html)."""
_UNANSWERED = ("group", "display")
_COMPLETE = ("completed", "amended")


class Codes(Protocol):
    """What is asked about codes."""

    def contains(self, value_set: str, system: str, code: str) -> bool | None:
        """See `profiles.check.Codes`."""
        ...


def check_answers(
    response: Json, questionnaire: Json, codes: Codes, place: str = "QuestionnaireResponse"
) -> list[Issue]:
    """What is wrong with the answers; `place` is where the response stands."""
    answered = Answered()
    _collect(response, (), answered, 0)
    check = _Check(codes, answered, complete=response.get("status") in _COMPLETE)
    check.level(_objects(questionnaire, "item"), response, place, (), 0)
    return check.issues


def _collect(holder: Json, way: Way, answered: Answered, depth: int) -> None:
    for at, item in enumerate(_objects(holder, "item")):
        here = (*way, at)
        answers = _objects(item, "answer")
        values = [value for answer in answers if (value := value_of(answer, "value")) is not None]
        answered.add(str(item.get("linkId")), here, values)
        if depth < DEEPEST:
            _collect(item, here, answered, depth + 1)
            for number, answer in enumerate(answers):
                _collect(answer, (*here, -1 - number), answered, depth + 1)


def _objects(holder: Json, name: str) -> list[Json]:
    listed = holder.get(name)
    return [one if isinstance(one, dict) else {} for one in listed] if isinstance(listed, list) else []


@dataclass(slots=True)
class _Check:
    """One response."""

    codes: Codes
    answered: Answered
    complete: bool
    issues: list[Issue] = field(default_factory=list)

    def level(self, definitions: list[Json], holder: Json, place: str, way: Way, depth: int) -> None:
        """The items of one place of the response: of the root, a group, or an answer."""
        if depth > DEEPEST:
            return
        known = {str(one.get("linkId")): one for one in definitions}
        there: dict[str, list[tuple[int, Json]]] = {}
        for at, item in enumerate(_objects(holder, "item")):
            link = str(item.get("linkId"))
            if link in known:
                there.setdefault(link, []).append((at, item))
            else:
                self.tell(rules.NO_ITEM, f"{place}.item[{at}]")
        for link, definition in known.items():
            self._one(definition, there.get(link, []), place, way, depth)

    def _one(self, definition: Json, items: list[tuple[int, Json]], place: str, way: Way, depth: int) -> None:
        """One item of the Questionnaire, and all there is of it at this place."""
        enabled = is_enabled(definition, self.answered, (*way, items[0][0]) if items else way)
        if enabled is False:
            for at, item in items:
                if not is_empty(item):
                    self.tell(rules.DISABLED, f"{place}.item[{at}]", definition)
            return
        answers = [answer for _, item in items for answer in _objects(item, "answer")]
        is_group = definition.get("type") == "group"
        self._count(definition, len(items) if is_group else len(answers), place, items, sure=enabled is True)
        for at, item in items:
            self._item(definition, item, f"{place}.item[{at}]", (*way, at), depth)
        if not is_group and len(answers) > 1:
            self._alone(definition, answers, f"{place}.item[{items[0][0]}]")

    def _count(self, definition: Json, found: int, place: str, items: list[tuple[int, Json]], *, sure: bool) -> None:
        where = f"{place}.item[{items[0][0]}]" if items else place
        if definition.get("type") == "display":
            return
        most = _number(definition, "questionnaire-maxOccurs") if definition.get("repeats") else 1
        if most is not None and found > most:
            self.tell(rules.TOO_OFTEN, where, definition, most=most)
        least = _number(definition, "questionnaire-minOccurs")
        needed = bool(definition.get("required"))
        if not (self.complete and sure):
            return
        if needed and (not found or (definition.get("type") == "group" and all(is_empty(one) for _, one in items))):
            self.tell(rules.REQUIRED, where, definition)
        elif least is not None and found < least and (found or needed):
            self.tell(rules.TOO_SELDOM, where, definition, least=least)

    def _item(self, definition: Json, item: Json, place: str, way: Way, depth: int) -> None:
        kind = str(definition.get("type"))
        inner = _objects(definition, "item")
        answers = _objects(item, "answer")
        if kind in _UNANSWERED:
            if answers:
                self.tell(rules.NO_ANSWER, place, definition, type=kind)
            self.level(inner, item, place, way, depth + 1)
            return
        self.level([], item, place, way, depth + 1)
        for number, answer in enumerate(answers):
            at = f"{place}.answer[{number}]"
            value = value_of(answer, "value")
            if value is not None:
                self._value(definition, kind, value, at)
            self.level(inner, answer, at, (*way, -1 - number), depth + 1)

    def _value(self, definition: Json, kind: str, value: Value, place: str) -> None:
        offered = [one for option in _objects(definition, "answerOption") if (one := value_of(option, "value"))]
        types = dict.fromkeys([one for one, _ in offered] if offered and kind == "choice" else _TYPES.get(kind, ()))
        if offered and kind == "open-choice":
            types |= dict.fromkeys([*(one for one, _ in offered), "string"])
        if types and value[0] not in types:
            self.tell(rules.TYPE, place, definition, types=", ".join(types))
            return
        if (
            not (kind == "open-choice" and value[0] == "string")
            and self._is_offered(definition, offered, value) is False
        ):
            self.tell(rules.NOT_OFFERED, place, definition)
        for bound in _broken_bounds(definition, value):
            self.tell(rules.BEYOND, place, definition, bound=bound)

    def _is_offered(self, definition: Json, offered: list[Value], value: Value) -> bool | None:
        if offered:
            return among(value, offered)
        value_set = definition.get("answerValueSet")
        coding = value[1]
        code = coding.get("code") if value[0] == "Coding" and isinstance(coding, dict) else None
        if not isinstance(value_set, str) or value_set.startswith("#") or not isinstance(code, str):
            return None
        return self.codes.contains(value_set, str(coding.get("system", "")), code)

    def _alone(self, definition: Json, answers: list[Json], place: str) -> None:
        """An option may exclude all others."""
        url = f"{_CORE}questionnaire-optionExclusive"
        options = _objects(definition, "answerOption")
        alone = [
            one
            for option in options
            if ("boolean", True) in extensions(option, url)
            if (one := value_of(option, "value"))
        ]
        given = [value for answer in answers if (value := value_of(answer, "value")) is not None]
        if any(among(value, alone) for value in given):
            self.tell(rules.EXCLUSIVE, place, definition)

    def tell(self, rule: Rule, place: str, definition: Json | None = None, **names: object) -> None:
        """Note an issue."""
        link = str(definition.get("linkId")) if definition is not None else ""
        self.issues.append(rule.at(Origin(field=place), link=link, **names))


def _number(definition: Json, name: str) -> int | None:
    return next((value for kind, value in extensions(definition, _CORE + name) if kind == "integer"), None)


def _broken_bounds(definition: Json, value: Value) -> Iterator[str]:
    """The names of the bounds that a value is beyond."""
    kind, given = value
    longest = definition.get("maxLength")
    if kind in ("string", "uri") and isinstance(given, str):
        if isinstance(longest, int) and len(given) > longest:
            yield "maxLength"
        if len(given) < (_number(definition, "minLength") or 0):
            yield "minLength"
    if any(order(value, least) == -1 for least in extensions(definition, _CORE + "minValue")):
        yield "minValue"
    if any(order(value, most) == 1 for most in extensions(definition, _CORE + "maxValue")):
        yield "maxValue"
    places = _number(definition, "maxDecimalPlaces")
    if kind == "decimal" and places is not None and _decimal_places(given) > places:
        yield "maxDecimalPlaces"
    if kind == "Attachment" and _is_other(given.get("contentType"), definition, "mimeType"):
        yield "mimeType"
    if kind == "Reference" and _is_other(
        parse(str(given.get("reference", ""))).type, definition, "questionnaire-referenceResource"
    ):
        yield "referenceResource"


def _is_other(found: Any, definition: Json, name: str) -> bool:
    """Whether the definition names what may be there, and this is something else."""
    allowed = [value for _, value in extensions(definition, _CORE + name)]
    return bool(found) and bool(allowed) and found not in allowed


def _decimal_places(number: Any) -> int:
    return len(str(number).partition(".")[2])
