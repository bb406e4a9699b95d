"""References and receipt keys: made to be read aloud, typed and never mistaken."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime

from tasks.cases.deadlines import local_date

#: Crockford's: 32 signs without I, L, O and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISTAKEN = str.maketrans("ILO", "110")
SIGNS, TRIES = 4, 12
KEY_SIGNS = 26  # 26 × 5 bits ≥ 128 bits


def attempts(at: datetime) -> Iterator[str]:
    """References to try: ``D26-4T7Q``; longer ones when a year's million gets crowded."""
    for number in range(TRIES):
        yield f"D{local_date(at):%y}-{signs(SIGNS + 2 * (number >= TRIES // 2))}"


def receipt_key() -> str:
    """128 random bits in groups of five: the key to a certificate when the account is gone."""
    text = signs(KEY_SIGNS)
    return "-".join(text[start : start + 5] for start in range(0, KEY_SIGNS, 5))


def signs(number: int) -> str:
    """``number`` random signs."""
    return "".join(secrets.choice(ALPHABET) for _ in range(number))


def normal(typed: str) -> str:
    """What somebody typed, as it was printed: letters and digits only, I and L as 1, O as 0.

    A zero byte never gets through: PostgreSQL would refuse the query.
    """
    return "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_MISTAKEN)


def hash_of_key(key: str) -> str:
    """What is stored of a receipt key. It has 128 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(normal(key).encode()).hexdigest()
