"""What is held, why and how long: the registry that every app's privacy.py fills."""

from tasks.datamap.policy import Match, ModelPrivacy
from tasks.datamap.registry import autodiscover, exempt, register, registry
from tasks.datamap.strategies import Anonymise, Blank, Constant, Delete, Fate, FieldStrategy, Keep, Mask, Null
from tasks.datamap.vocabulary import (
    Category,
    LegalBasis,
    Period,
    Purpose,
    Recipient,
    Retention,
    calendar_years,
    days,
    months,
    years,
)

__all__ = [
    "Anonymise",
    "Blank",
    "Category",
    "Constant",
    "Delete",
    "Fate",
    "FieldStrategy",
    "Keep",
    "LegalBasis",
    "Mask",
    "Match",
    "ModelPrivacy",
    "Null",
    "Period",
    "Purpose",
    "Recipient",
    "Retention",
    "autodiscover",
    "calendar_years",
    "days",
    "exempt",
    "months",
    "register",
    "registry",
    "years",
]
