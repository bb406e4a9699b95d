"""Text that every format can hold."""

import re
from typing import Any

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they could turn the words around them
SIGN = "\ufffd"


def clean(text: str) -> str:
    """``text`` without control characters and lone surrogates, which are shown as �."""
    return UNPRINTABLE.sub(SIGN, text)


def shown(text: str) -> str:
    """``clean``, and without characters that turn the reading direction of what stands around them."""
    return TURNING.sub("", clean(text))


def clean_json(value: Any) -> Any:
    """``value`` with every text in it cleaned, and numbers that JSON does not have as text."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_json(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [clean_json(part) for part in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float)) else clean(str(value))
