"""Which codes and names make a fact sensitive (`rules.toml`), as in force on a day. Data and look-ups; no behaviour."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

LABELS = {"HIV": 1, "PSY": 2, "SEX": 4, "ETH": 8, "SDV": 16, "MINOR": 32, "R": 64, "V": 128}
"""Label -> its bit, as stored; never changed. HIV, mental health, reproduction, drugs, violence, a child's matters;
R restricted and V very restricted, as a sender says (HL7 v3 Confidentiality)."""

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CODINGS = {
    **{name: (_ACT, name) for name in ("HIV", "PSY", "SEX", "ETH", "SDV")},
    "MINOR": (_ACT, "ADOL"),
    **{name: (CONFIDENTIALITY, name) for name in ("R", "V")},
}
"""Label -> (system, code) by which `meta.security` tells it (HL7 v3 ActCode, InformationSensitivityPolicy)."""


@dataclass(frozen=True, slots=True)
class SensitivityRule:
    """Codes that begin so, in systems whose URI holds `within`, carry `label` from `since` to before `until`."""

    label: str
    codes: tuple[str, ...]
    within: str
    since: date
    until: date | None
    basis: str
    seen: bool


@dataclass(frozen=True, slots=True)
class NamedRule:
    """Resources of `types` in which a word begins with one of `names` carry `label` from `since` on."""

    label: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    since: date
    basis: str
    seen: bool


@cache
def named_rules() -> tuple[NamedRule, ...]:
    """Every rule by names there is."""
    return tuple(
        NamedRule(one["label"], tuple(one["names"]), tuple(one["types"]), one["since"], one["basis"], one["seen"])
        for one in _data()["named"]
    )


def named_in_force(day: date) -> tuple[NamedRule, ...]:
    """The rules by names of a day."""
    return tuple(one for one in named_rules() if one.since <= day)


@cache
def rules() -> tuple[SensitivityRule, ...]:
    """Every rule there is or was."""
    return tuple(
        SensitivityRule(
            one["label"],
            tuple(one["codes"]),
            one["within"],
            one["since"],
            one.get("until"),
            one["basis"],
            one["seen"],
        )
        for one in _data()["rule"]
    )


def in_force(day: date) -> tuple[SensitivityRule, ...]:
    """The rules of a day."""
    return tuple(one for one in rules() if one.since <= day and (one.until is None or day < one.until))


@cache
def sent_labels() -> tuple[tuple[str, dict[str, str]], ...]:
    """(part of the system's URI, its code -> label) of the labels senders put on themselves."""
    return tuple((one["within"], dict(one["labels"])) for one in _data()["sent"])


def names(bits: int) -> tuple[str, ...]:
    """The labels whose bits are set."""
    return tuple(name for name, bit in LABELS.items() if bits & bit)


@cache
def _data() -> dict[str, list[dict[str, Any]]]:
    text = files(__name__).joinpath("rules.toml").read_text("utf-8")
    return tomllib.loads(text)
