"""How a check says what is wrong: the text, what to do, a number."""

from django.core import checks
from django.core.checks import CheckMessage

GUIDE = "docs/integrate.md"


def error(number: int, text: str, hint: str) -> CheckMessage:
    return checks.Error(text, hint=hint, id=f"dossier.E{number}")


def warning(number: int, text: str, hint: str) -> CheckMessage:
    return checks.Warning(text, hint=hint, id=f"dossier.W{number}")
