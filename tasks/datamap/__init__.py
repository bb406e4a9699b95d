"""What is held, why and how long: the registry that every app's privacy.py fills."""

from tasks.datamap.computed import Computed, computed
from tasks.datamap.histories import history
from tasks.datamap.policy import Match, ModelPrivacy
from tasks.datamap.registry import autodiscover, exempt, register, registry
from tasks.datamap.replacing import Fake, Hash, Reassign
from tasks.datamap.strategies import Anonymise, Blank, Call, Constant, Delete, Fate, FieldStrategy, Keep, Mask, Null
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
    "Call",
    "Category",
    "Computed",
    "Constant",
    "Delete",
    "Fake",
    "Fate",
    "FieldStrategy",
    "Hash",
    "Keep",
    "LegalBasis",
    "Mask",
    "Match",
    "ModelPrivacy",
    "Null",
    "Period",
    "Purpose",
    "Reassign",
    "Recipient",
    "Retention",
    "autodiscover",
    "calendar_years",
    "computed",
    "days",
    "exempt",
    "history",
    "months",
    "register",
    "registry",
    "years",
]
