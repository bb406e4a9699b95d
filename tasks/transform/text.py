"""Text that every format can hold."""

import math
import re
from typing import Any

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they could turn the words around them
HARMFUL = re.compile(f"{UNPRINTABLE.pattern}|{TURNING.pattern}")
SIGN = "\ufffd"
DEEPEST = 60


def clean(text: str) -> str:
    """``text`` without control characters and lone surrogates, which are shown as �."""
    return UNPRINTABLE.sub(SIGN, text)


def shown(text: str) -> str:
    """``clean``, and without characters that turn the reading direction of what stands around them."""
    return TURNING.sub("", clean(text))


def clean_json(value: Any, *, depth: int = 0) -> Any:
    """``value`` with every text in it cleaned; numbers that JSON does not have, and what lies too deep, as text."""
    if isinstance(value, str):
        return clean(value)
    if depth > DEEPEST and isinstance(value, (dict, list, tuple, set)):
        return clean(repr(value))
    if isinstance(value, dict):
        return {clean(str(key)): clean_json(part, depth=depth + 1) for key, part in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [clean_json(part, depth=depth + 1) for part in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return clean(str(value))
