"""Where a field belongs, by its type, its name, its help text and what it names: the person sees it or does not."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.validators import EmailValidator

from tasks.datamap.guess import looks_secret

IDENTIFIERS = {
    "e-mail address": re.compile(r"(?:^|_)e?_?mail(?:_address)?$"),
    "phone number": re.compile(r"(?:^|_)(?:tele)?(?:phone|mobile|fax)(?:_?(?:number|no))?$"),
    "IP address": re.compile(r"(?:^|_)ip(?:_?addr(?:ess)?)?$|^remote_addr$"),
    "name": re.compile(
        r"(?:^|_)(?:first|last|full|display|given|family|sur|nick|middle)_?name$|^(?:name|nick)$|_name$"
    ),
    "postal address": re.compile(r"(?:^|_)(?:street|address|postal_?code|postcode|zip(?:_?code)?|city)$|^line\d$"),
    "date of birth": re.compile(r"(?:^|_)(?:birth|dob)(?:_?(?:day|date))?$|^date_of_birth$"),
    "account number": re.compile(r"(?:^|_)(?:iban|bic|account_?number|card_?number)$"),
}
NAME = re.compile(r"^(?:name|author|holder|recipient)$|_(?:name|holder)$")  # of a person only beside how to reach one
OTHERS = re.compile(
    r"^(?:contact|emergency|referrer|referred|referee|spouse|parent|child|guardian|beneficiary|sender|friend|"
    r"colleague|witness|invitee|invited|next_of_kin)_(?:name|first_name|last_name|e?mail|phone|address)"
)
INVITED = re.compile(r"Shared|Invit|Referral|Contact(?!Form|Request)|Beneficiary|Participant")
KEYS = re.compile(r"^(?:key|.*_(?:key|uuid_token)|confirmation_code|activation_code|invite_code)$")
DERIVED = re.compile(r"^(?:search|fts)_?(?:text|vector|index|document)?$|_(?:tsv|normalized|normalised)$|^hash$")
TREE = re.compile(r"^(?:lft|rght|tree_id|numchild|depth)$")
INTERNAL = re.compile(r"^(?:internal|staff|admin|private|agent|moderation)_?(?:notes?|comments?|remarks?|text)$")
TECHNICAL = re.compile(r"(?:^|_)(?:analytics_tracked|etag|checksum|lock_version|row_version)$")
SECRET_HELP = re.compile(r"\b(?:secret|do not share|keep (?:this )?private|access key|api key)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Guess:
    """One field's place: ``fields``, ``withheld`` or ``third_party``, with the words that stand in for its value."""

    name: str
    place: str = "fields"
    text: str = ""
    why: str = ""
    sure: bool = True


Rule = Callable[[Any], Guess | None]


def guess(field: Any) -> Guess:
    """The first rule that has something to say; what nothing speaks against is shown to the person."""
    return next(found for rule in RULES if (found := rule(field)))


def secret(field: Any) -> Guess | None:
    words = "It would let others in, or is of no meaning to anybody else."
    if field.is_relation:
        return None
    if DERIVED.search(field.name):
        return Guess(field.name, "withheld", "Made from other fields, to find them again.", "made from other fields")
    if looks_secret(field):
        return Guess(field.name, "withheld", words, "its name or type says that it is a secret")
    if SECRET_HELP.search(str(field.help_text)):
        return Guess(field.name, "withheld", words, "its help text speaks of a secret", sure=False)
    if is_text(field) and KEYS.search(field.name):
        return Guess(field.name, "withheld", words, "a key that may open something", sure=False)
    return None


def machinery(field: Any) -> Guess | None:
    if field.name == "object_id" and not field.is_relation:
        text = "The number of a record, of no meaning by itself."
        return Guess(field.name, "withheld", text, "half of a pointer")
    if TREE.search(field.name):
        return Guess(field.name, "withheld", "A place in a tree, of no meaning by itself.", "how a tree is stored")
    if TECHNICAL.search(field.name):
        text = "Kept by the program for itself; it says nothing about you."
        return Guess(field.name, "withheld", text, "sounds technical", sure=False)
    return None


def other_people(field: Any) -> Guess | None:
    if OTHERS.search(field.name) or (INVITED.search(field.model.__name__) and identifier(field)):
        return Guess(field.name, "third_party", "another person", "sounds like somebody else's", sure=False)
    return None


def of_the_person(field: Any) -> Guess | None:
    if INTERNAL.search(field.name):
        return Guess(field.name, why="words of staff about the person; others may be named in them", sure=False)
    if found := identifier(field):
        return Guess(field.name, why=found)
    if hasattr(field, "upload_to"):
        return Guess(field.name, why="a file; its contents go into files/")
    if field.get_internal_type() == "JSONField":
        return Guess(field.name, why="JSON: look at what is in it", sure=False)
    if field.get_internal_type() == "BinaryField":
        return Guess(field.name, "withheld", "Bytes that only a program reads.", "binary", sure=False)
    return None


def plain(field: Any) -> Guess:
    free = field.get_internal_type() == "TextField"
    return Guess(field.name, why="free text" if free else "")


def identifier(field: Any) -> str:
    """What a field would tell people apart by, or an empty text."""
    if field.is_relation:
        return ""
    kind = field.get_internal_type()
    if kind == "EmailField" or any(isinstance(check, EmailValidator) for check in field.validators):
        return "e-mail address"
    if kind == "GenericIPAddressField":
        return "IP address"
    if "phone" in type(field).__name__.lower():
        return "phone number"
    if not is_text(field) and kind not in ("DateField", "DateTimeField"):
        return ""
    found = next((what for what, name in IDENTIFIERS.items() if name.search(field.name)), "")
    return found or ("name" if NAME.search(field.name) and reaches_people(field.model) else "")


def reaches_people(model: Any) -> bool:
    """Whether a row holds an e-mail address, a phone number or the like, so that its names are people's."""
    kinds = ("e-mail address", "phone number", "postal address")
    return any(
        field.get_internal_type() == "EmailField" or any(IDENTIFIERS[kind].search(field.name) for kind in kinds)
        for field in model._meta.concrete_fields
        if is_text(field)
    )


def is_text(field: Any) -> bool:
    """Whether the field holds words and not one of a few choices."""
    return field.get_internal_type() in ("CharField", "TextField", "SlugField") and not field.choices


RULES: tuple[Rule, ...] = (secret, machinery, other_people, of_the_person, plain)
