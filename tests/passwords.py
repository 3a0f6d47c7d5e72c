"""What a password costs who guesses it, and would cost here each of some thousand log-ins."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher

COST = (Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.time_cost, Argon2PasswordHasher.parallelism)
"""Of the platform: KiB, passes, lanes."""


def cost_little() -> None:
    """From now on in this process: the same algorithm, as little of it as there is."""
    Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.time_cost, Argon2PasswordHasher.parallelism = 64, 1, 1
