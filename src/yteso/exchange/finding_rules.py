"""Loads every module that declares rules whose findings the intake keeps, so that their texts can be looked up."""

from __future__ import annotations

import yteso.exchange.adapters.bhyt.reading_rules
import yteso.exchange.rules
import yteso.fhir.json
import yteso.terminology
import yteso.validate.rules.bhyt
import yteso.validate.structure  # noqa: F401
