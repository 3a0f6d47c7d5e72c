"""Why an account looks, where nothing more exact is said: what its role is there for (HL7 v3-PurposeOfUse).

It stands in every row of the audit, and the person reads it. An app or a machine says its own purpose.
"""

from __future__ import annotations

from collections.abc import Mapping

from yteso.access.principal import Role

USUAL: Mapping[Role, str] = {
    **dict.fromkeys((Role.DOCTOR, Role.NURSE, Role.LAB, Role.PHARMACIST, Role.STATION), "TREAT"),
    **dict.fromkeys((Role.FACILITY, Role.INTEGRATOR), "TREAT"),
    **dict.fromkeys((Role.STAFF, Role.FACILITY_ADMINISTRATOR, Role.OPERATOR, Role.ANALYST), "HOPERAT"),
    **dict.fromkeys((Role.INSPECTOR, Role.DATA_OFFICER), "HLEGAL"),
    **dict.fromkeys((Role.ADMINISTRATOR, Role.SYSTEM), "HSYSADMIN"),
    Role.CASHIER: "HPAYMT",
    Role.SURVEILLANCE: "PUBHLTH",
    Role.CITIZEN: "PATRQT",
}
"""To treat, to pay, to run a facility or the platform, for public health, by law, or because the person asks."""
