"""Bytes of one BHYT file -> its visits, one by one, as rows with their origin. No mapping, no judgement of values.

Takes whatever the wild sends: base64, CDATA or nested XML, any declared encoding, one visit or thousands, QĐ 4210
archives, check-in files (XML0). A broken visit or table is an issue on that visit; reading goes on. Memory stays
bounded by one visit whatever the size of the file. Never raises because of content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import BinaryIO

from yteso.base.issue import Issue, Origin
from yteso.base.record import Record
from yteso.exchange.adapters.bhyt import reading_rules as rules
from yteso.exchange.adapters.bhyt.content import Element, parse, table_element
from yteso.exchange.adapters.bhyt.envelope import HEAD, Envelope, envelope_of, peek, pieces
from yteso.exchange.adapters.bhyt.legacy import LEGACY, layer_of, modern
from yteso.exchange.adapters.bhyt.rows import SINGLE, local_name, records_of, table_named_by
from yteso.exchange.adapters.bhyt.scan import MAX_VISIT, Fragment, fragments
from yteso.standards.bhyt import TABLES

__all__ = ["Envelope", "Visit", "peek", "read_visits"]

_CHECK_IN = b"TRANG_THAI_KCB"
_ORDER = {name: place for place, name in enumerate(TABLES)}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as one file tells it. Its key is (`facility`, `ma_lk`).

    `tables` holds the rows under the names of the current decision, tables in their order; `layer` names the decision
    the sender followed. `position` counts the visits of the file from 1; a value with position 0 and no tables carries
    issues of the file itself. A visit with an issue that blocks must not be mapped.
    """

    facility: str
    ma_lk: str
    layer: str
    position: int
    tables: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()

    @property
    def blocked(self) -> bool:
        """True when something in it could not be read, so that mapping it would lose facts."""
        return any(issue.blocks for issue in self.issues)


def read_visits(stream: BinaryIO, file: str) -> Iterator[Visit]:
    """Every visit of the file, in order. `file` names it in origins; the stream is read once, forward."""
    head = b""
    while len(head) < HEAD and (piece := stream.read(HEAD - len(head))):
        head += piece
    envelope = envelope_of(head, file)
    if not envelope.kind:
        yield Visit("", "", "", 0, issues=envelope.issues)
        return
    if envelope.issues:
        yield Visit(envelope.facility, "", envelope.layer, 0, issues=envelope.issues)
    clean = pieces(stream, head, envelope.encoding)
    if envelope.kind == "GIAMDINHHS":
        yield from _Visits(envelope, file).of(fragments(clean, b"HOSO", envelope.prefix))
    else:
        yield from _check_ins(envelope, file, fragments(clean, _CHECK_IN, envelope.prefix))


class _Visits:
    """The visits of one GIAMDINHHS file; remembers the keys it met to find one used twice."""

    def __init__(self, envelope: Envelope, file: str) -> None:
        self._envelope = envelope
        self._file = file
        self._met: dict[str, tuple[int, bytes]] = {}

    def of(self, found: Iterator[Fragment]) -> Iterator[Visit]:
        count = 0
        for fragment in found:
            count = fragment.position
            yield self._visit(fragment)
        if issues := tuple(self._count_issues(count)):
            yield Visit(self._envelope.facility, "", self._envelope.layer, 0, issues=issues)

    def _count_issues(self, count: int) -> Iterator[Issue]:
        declared = self._envelope.visits
        if not count:
            yield rules.NO_VISITS.at(Origin(self._file))
        elif declared is not None and declared != count:
            place = Origin(self._file, field="SOLUONGHOSO")
            yield rules.COUNT_DIFFERS.at(place, declared=declared, found=count)

    def _visit(self, fragment: Fragment) -> Visit:
        root = _element(fragment, self._envelope)
        if root is None:
            return self._unreadable(fragment)
        tables, issues = _tables(root, self._file)
        if not fragment.complete:
            issues.append(rules.TRUNCATED.at(Origin(self._file), position=fragment.position))
        if not tables and not issues:
            issues.append(rules.NO_TABLES.at(Origin(self._file), position=fragment.position))
        visit = _visit_of(tables, issues, self._envelope.facility, self._file, fragment.position)
        return self._with_repeats(visit, fragment)

    def _unreadable(self, fragment: Fragment) -> Visit:
        origin = Origin(self._file)
        if fragment.too_large:
            issue = rules.VISIT_TOO_LARGE.at(origin, position=fragment.position, limit=MAX_VISIT >> 20)
        elif not fragment.complete:
            issue = rules.TRUNCATED.at(origin, position=fragment.position)
        else:
            issue = rules.BROKEN_VISIT.at(origin, position=fragment.position)
        return Visit(self._envelope.facility, "", self._envelope.layer, fragment.position, issues=(issue,))

    def _with_repeats(self, visit: Visit, fragment: Fragment) -> Visit:
        if not visit.ma_lk:
            return visit
        digest = blake2b(fragment.xml, digest_size=8).digest()
        first, before = self._met.setdefault(visit.ma_lk, (fragment.position, digest))
        if first == fragment.position:
            return visit
        rule = rules.REPEATED_VISIT if before == digest else rules.DUPLICATE_MA_LK
        issue = rule.at(Origin(self._file, field="MA_LK"), position=fragment.position, first=first)
        issues = (*visit.issues, issue)
        return Visit(visit.facility, visit.ma_lk, visit.layer, visit.position, visit.tables, issues)


def _element(fragment: Fragment, envelope: Envelope) -> Element | None:
    if not fragment.xml:
        return None
    root = parse(b"<Y" + envelope.namespaces + b">" + fragment.xml + b"</Y>")
    return root[0] if root is not None and len(root) else None


def _tables(root: Element, file: str) -> tuple[dict[str, list[Record]], list[Issue]]:
    tables: dict[str, list[Record]] = {}
    issues: list[Issue] = []
    for part in root.iter("{*}FILEHOSO"):
        said, content = _part(part)
        if content is None:
            issues.append(rules.EMPTY_TABLE.at(Origin(file, said), table=said or "?"))
            continue
        table, records, found = _table(said, content, file, tables)
        issues.extend(found)
        if records:
            tables.setdefault(table, []).extend(records)
    return tables, issues


def _part(part: Element) -> tuple[str, Element | None]:
    said, content = "", None
    for child in part:
        name = local_name(child)
        if name == "LOAIHOSO":
            said = "".join((child.text or "").upper().split())[:20]
        elif name == "NOIDUNGFILE":
            content = child
    return f"XML{said}" if said.isdigit() else said, content


def _table(
    said: str, content: Element, file: str, before: Mapping[str, list[Record]]
) -> tuple[str, list[Record], list[Issue]]:
    hint = said if said in TABLES else ""
    element, found = table_element(content, hint or "?", Origin(file, hint))
    issues = list(found)
    if element is None:
        return hint, [], issues
    table = table_named_by(element) or hint
    if not table:
        return "", [], [*issues, rules.UNKNOWN_TABLE.at(Origin(file, field="LOAIHOSO"))]
    if hint != table:
        issues.append(rules.TABLE_NAME_DIFFERS.at(Origin(file, table, field="LOAIHOSO"), table=table))
    earlier = before.get(table, ())
    records, more = records_of(element, table, file, len(earlier) + 1)
    issues.extend(more)
    if table in SINGLE and len(earlier) + len(records) > 1:
        issues.append(rules.TABLE_TWICE.at(Origin(file, table), table=table))
    return table, records, issues


def _visit_of(
    tables: Mapping[str, list[Record]], issues: list[Issue], facility: str, file: str, position: int
) -> Visit:
    ordered = {name: tuple(tables[name]) for name in sorted(tables, key=lambda name: _ORDER[name])}
    ma_lk = next((record["MA_LK"] for records in ordered.values() for record in records if record["MA_LK"]), "")
    if "XML1" in ordered:
        ma_lk = ordered["XML1"][0]["MA_LK"] or ma_lk
    if ordered and not ma_lk:
        issues.append(rules.NO_MA_LK.at(Origin(file, field="MA_LK"), position=position))
    elif ordered:
        issues.extend(_key_issues(ordered, ma_lk))
    layer = layer_of(ordered)
    if layer == LEGACY:
        issues.append(rules.LEGACY_LAYER.at(Origin(file)))
    if not facility:
        facility = next((record["MA_CSKCB"] for name in ("XML1", "XML0") for record in ordered.get(name, ())), "")
    return Visit(facility, ma_lk, layer, position, modern(ordered, layer), tuple(issues))


def _key_issues(tables: Mapping[str, tuple[Record, ...]], ma_lk: str) -> Iterator[Issue]:
    for name, records in tables.items():
        for record in records:
            own = record["MA_LK"]
            if not own and name != "XML12":
                yield rules.ROW_WITHOUT_MA_LK.at(record.place("MA_LK"))
            elif own and own != ma_lk:
                yield rules.OTHER_MA_LK.at(record.place("MA_LK"))


def _check_ins(envelope: Envelope, file: str, found: Iterator[Fragment]) -> Iterator[Visit]:
    """Rows of a check-in file; rows of one MA_LK that follow each other are one visit."""
    records: list[Record] = []
    issues: list[Issue] = []
    position = rows = 0
    for fragment in found:
        record, wrong = _check_in(fragment, envelope, file)
        if record is not None and records and record["MA_LK"] != records[0]["MA_LK"]:
            position += 1
            yield _visit_of({"XML0": records}, issues, "", file, position)
            records, issues = [], []
        rows += 1
        issues.extend(wrong)
        if record is not None:
            records.append(record)
    if records or issues:
        yield _visit_of({"XML0": records} if records else {}, issues, "", file, position + 1)
    if not rows:
        yield Visit(envelope.facility, "", envelope.layer, 0, issues=(rules.NO_VISITS.at(Origin(file)),))


def _check_in(fragment: Fragment, envelope: Envelope, file: str) -> tuple[Record | None, list[Issue]]:
    root = _element(fragment, envelope)
    if root is None:
        rule = rules.BROKEN_VISIT if fragment.complete and not fragment.too_large else rules.TRUNCATED
        return None, [rule.at(Origin(file, "XML0", fragment.position), position=fragment.position)]
    records, issues = records_of(root, "XML0", file, fragment.position)
    return (records[0] if records else None), issues
