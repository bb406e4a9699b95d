"""What is held, why and how long: the registry that every app's privacy.py fills."""

from tasks.datamap.computed import Computed, computed
from tasks.datamap.histories import history
from tasks.datamap.policy import Match, ModelPrivacy
from tasks.datamap.registry import autodiscover, exempt, register, register_source, registry
from tasks.datamap.replacing import Fake, Hash, Reassign
from tasks.datamap.stores import Ask, Content, Item, Kept, Outcome, SourcePrivacy
from tasks.datamap.strategies import Anonymise, Blank, Call, Constant, Delete, Fate, FieldStrategy, Keep, Mask, Null
from tasks.datamap.sweeps import Sweep, sweep
from tasks.datamap.telling import TellByLetter, Webhook
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
    "Ask",
    "Blank",
    "Call",
    "Category",
    "Computed",
    "Constant",
    "Content",
    "Delete",
    "Fake",
    "Fate",
    "FieldStrategy",
    "Hash",
    "Item",
    "Keep",
    "Kept",
    "LegalBasis",
    "Mask",
    "Match",
    "ModelPrivacy",
    "Null",
    "Outcome",
    "Period",
    "Purpose",
    "Reassign",
    "Recipient",
    "Retention",
    "SourcePrivacy",
    "Sweep",
    "TellByLetter",
    "Webhook",
    "autodiscover",
    "calendar_years",
    "computed",
    "days",
    "exempt",
    "history",
    "months",
    "register",
    "register_source",
    "registry",
    "sweep",
    "years",
]
