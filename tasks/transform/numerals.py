"""Numbers as the active language writes them, with every digit that is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils import formats, numberformat, translation

from tasks.transform.cells import Cell, Cells, told
from tasks.transform.memo import Memo
from tasks.transform.records import Value
from tasks.transform.text import clean, clean_json, shown

SYMBOLS = {"EUR": "€", "USD": "US$", "GBP": "£", "CHF": "CHF", "JPY": "¥"}
WHOLE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
THIRDS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
# Digits behind the point, where they are not two. Source: ISO 4217.
PLACES = dict.fromkeys(WHOLE, 0) | dict.fromkeys(THIRDS, 3)
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


class Amounts:
    """Tells sums of money in the language that was active when it was made; equal sums once."""

    def __init__(self) -> None:
        self._numerals = numerals()
        self._known = Memo[tuple[str, str], Value](self._make)
        self._cells = Memo[tuple[str, str], Cell](lambda key: told(self._make(key)))

    def __call__(self, value: Any, currency: str) -> Value:
        return self._known[str(value), currency]  # as text: 1.50 equals 1.5, and is not the same

    def cells(self, values: Iterable[Any], currencies: Iterable[str]) -> Cells:
        """The same for many at once, each with its currency."""
        known = self._cells
        pairs = zip(values, currencies, strict=True)
        return [None if value is None else known[str(value), currency] for value, currency in pairs]

    def _make(self, key: tuple[str, str]) -> Value:
        text, currency = key
        places, unit = PLACES.get(currency, 2), SYMBOLS.get(currency) or shown(currency)
        whole, _, part = text.partition(".")
        if not (whole.isascii() and whole.isdigit() and len(part) == places and (not part or part.isdigit())):
            digits = written_out(text)
            if not digits:
                return Value(clean(text), f"{shown(text)} {unit}".strip())
            text, (whole, _, part) = clean(text), digits.partition(".")
            part = part.rstrip("0").ljust(places, "0")  # no digit that is stored is rounded away
        words = self._numerals.grouped(f"{whole}.{part}" if part else whole)
        return Value(text, f"{words} {unit}" if unit else words)


def amount(value: Any, currency: str) -> Value:
    """A sum of money with its currency."""
    return Amounts()(value, currency)


def number(value: Any) -> Value:
    """A number as it is; decimals stay exact, as text."""
    if isinstance(value, Decimal):
        return Value(str(value), numerals().plain(written_out(value)) or str(value))
    if isinstance(value, float):
        raw = clean_json(value)
        return Value(raw, numerals().plain(str(value)) if isinstance(raw, float) else str(value))
    return Value(clean_json(value), str(value))
