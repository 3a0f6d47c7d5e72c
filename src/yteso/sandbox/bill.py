"""The bill of a visit: its costs -> rows of XML2 and XML3 with their amounts, and the totals of XML1.

In: `Line`s without money, the visit (card, kind of facility). Out: rows and totals that agree to the last đồng.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from yteso.sandbox.money import BASE_SALARY, Amounts, line_amounts, money
from yteso.sandbox.plan import Visit

Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(slots=True)
class Line:
    """A cost before it is priced: which table it goes to, quantity, hospital and insurance unit price, its fields."""

    table: str
    quantity: int
    price: int
    insured_price: int
    fields: Row


def priced(visit: Visit, lines: list[Line], chance: Random) -> tuple[Tables, Amounts, dict[str, int]]:
    """The lines as rows of XML2 and XML3 with their amounts, the totals, and sums by kind of cost."""
    card = visit.person.card
    rate = 100 if card else 0
    insured_total = sum(line.quantity * line.insured_price for line in lines) if card else 0
    benefit = card.benefit if card else 0
    if card and (visit.facility.kind == "station" or insured_total * 100 < BASE_SALARY * 15):
        benefit = 100
    helped = chance.random() < 0.02 and not visit.archive
    tables: Tables = {}
    sums = [0] * 6
    kinds = {"T_THUOC": 0, "T_VTYT": 0}
    for line in lines:
        one = _amounts(line, rate, benefit, helped=helped)
        rows = tables.setdefault(line.table, [])
        rows.append(_money_fields(line, one, rate, benefit, number=len(rows) + 1))
        for at, amount in enumerate((one.hospital, one.insured, one.fund, one.copay, one.own, one.other)):
            sums[at] += amount
        if line.table == "XML2":
            kinds["T_THUOC"] += one.hospital
        elif line.fields["MA_NHOM"] == "10":
            kinds["T_VTYT"] += one.hospital
    return tables, Amounts(*sums), kinds


def _amounts(line: Line, rate: int, benefit: int, *, helped: bool) -> Amounts:
    plain = line_amounts(
        line.quantity, line.price, line.insured_price, service_rate=100, insured_rate=rate, benefit=benefit
    )
    if not helped or plain.own < 200:
        return plain
    # Other sources pay half of what is outside the insurance, never more: the fund's share stays a plain percentage.
    return line_amounts(
        line.quantity,
        line.price,
        line.insured_price,
        service_rate=100,
        insured_rate=rate,
        benefit=benefit,
        aid=plain.own // 200 * 100,
    )


def _money_fields(line: Line, one: Amounts, rate: int, benefit: int, *, number: int) -> Row:
    row = {
        **line.fields,
        "STT": str(number),
        "PHAM_VI": "1" if rate else "2",
        "TYLE_TT_BH": str(rate),
        "SO_LUONG": str(line.quantity),
        "THANH_TIEN_BV": money(one.hospital),
        "THANH_TIEN_BH": money(one.insured),
        "T_NGUONKHAC_NSNN": "0.00",
        "T_NGUONKHAC_VTNN": "0.00",
        "T_NGUONKHAC_VTTN": "0.00",
        "T_NGUONKHAC_CL": money(one.other),
        "T_NGUONKHAC": money(one.other),
        "MUC_HUONG": str(benefit),
        "T_BNTT": money(one.own),
        "T_BNCCT": money(one.copay),
        "T_BHTT": money(one.fund),
    }
    if line.table == "XML2":
        row["DON_GIA"] = f"{line.price}.000"
    else:
        row.update(DON_GIA_BV=f"{line.price}.000", DON_GIA_BH=f"{line.insured_price}.000", TYLE_TT_DV="100")
    return row


def totals_of(total: Amounts, kinds: dict[str, int]) -> Row:
    """The totals as XML1 has them."""
    return {
        "T_THUOC": money(kinds["T_THUOC"]),
        "T_VTYT": money(kinds["T_VTYT"]),
        "T_TONGCHI_BV": money(total.hospital),
        "T_TONGCHI_BH": money(total.insured),
        "T_BNTT": money(total.own),
        "T_BNCCT": money(total.copay),
        "T_BHTT": money(total.fund),
        "T_NGUONKHAC": money(total.other),
        "T_BHTT_GDV": money(total.fund),
    }
