"""Numbers as the active language writes them, with every digit that is stored."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils import formats, numberformat, translation

from tasks.transform.records import Value
from tasks.transform.text import clean, clean_json

SYMBOLS = {"EUR": "€", "USD": "US$", "GBP": "£", "CHF": "CHF", "JPY": "¥"}
WHOLE = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
THIRDS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
LONGEST = 80  # digits before or behind the point that are written out


@dataclass(frozen=True)
class Numerals:
    """How one language writes numbers."""

    point: str
    thousands: str
    grouping: Any  # digits of a group; a tuple where groups differ, as in India

    def plain(self, digits: str) -> str:
        """``1234.5`` with the language's decimal point, without groups."""
        return digits.replace(".", self.point) if self.point != "." else digits

    def grouped(self, digits: str) -> str:
        """``1234.5`` with decimal point and groups."""
        whole, _, part = digits.partition(".")
        if self.grouping == 3:
            sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
            if len(whole) > 3:
                whole = f"{int(whole):,}".replace(",", self.thousands)
            return f"{sign}{whole}{self.point}{part}" if part else sign + whole
        return str(
            numberformat.format(
                digits, self.point, None, grouping=self.grouping, thousand_sep=self.thousands, force_grouping=True
            )
        )


def numerals() -> Numerals:
    """Those of the active language."""
    return of_language(translation.get_language() or "")


@lru_cache(maxsize=64)
def of_language(language: str) -> Numerals:
    with translation.override(language or None):
        names = ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR", "NUMBER_GROUPING")
        return Numerals(*(formats.get_format(name) for name in names))


def written_out(value: Any) -> str:
    """A finite number in digits without an exponent; an empty text for everything else."""
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except (InvalidOperation, ValueError):
        return ""
    if not number.is_finite() or number.adjusted() > LONGEST or int(number.as_tuple().exponent) < -LONGEST:
        return ""
    return f"{number:f}"


def places_of(currency: str) -> int:
    """How many digits a currency has behind the point. Source: ISO 4217."""
    return 0 if currency in WHOLE else 3 if currency in THIRDS else 2


def amount(value: Any, currency: str) -> Value:
    """A sum of money with its currency; no digit that is stored is rounded away."""
    raw, unit = clean(str(value)), SYMBOLS.get(currency, clean(currency))
    digits = written_out(value)
    if not digits:
        return Value(raw, f"{raw} {unit}".strip())
    whole, _, part = digits.partition(".")
    part = part.rstrip("0").ljust(places_of(currency), "0")
    words = numerals().grouped(f"{whole}.{part}" if part else whole)
    return Value(raw, f"{words} {unit}".strip())


def number(value: Any) -> Value:
    """A number as it is; decimals stay exact, as text."""
    if isinstance(value, Decimal):
        return Value(str(value), numerals().plain(written_out(value)) or str(value))
    if isinstance(value, float):
        raw = clean_json(value)
        return Value(raw, numerals().plain(str(value)) if isinstance(raw, float) else str(value))
    return Value(clean_json(value), str(value))
