"""What may be about somebody else in free text: e-mail addresses, phone numbers, names. A hint for people, no more.

It finds what has the shape of an address or a number, and names that follow a title, a greeting or an ``@``.
A name in the middle of a sentence is not found, and not everything that is found is a person: whoever
decides has to read the text. Source: GDPR art. 15(4).
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tasks.transform.records import Record, Section, Value
from tasks.transform.text import shown

FREE = {"text", "json", "email", "file"}
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w.,:/@-])(?:\+|\(?0)[\d()][\d ()/.\u2011-]{5,18}\d(?![\w@]|[.,:-]\d)")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{2,4}|0\.\d+\Z")
TITLE = (
    "Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Sr|Sra|Srta|Señora?|Señorita|Don|Doña|"
    "Dear|Hi|Hello|Hallo|Liebe|Lieber|Bonjour|Salut|Hola|Cher|Chère|Querid[oa]|Regards|Cheers|Grüße|Gruß|السيد|السيدة"
)
NAME = re.compile(rf"\b(?:{TITLE})\b[.,!]?\s+((?:[^\W\d_][\w'’-]*[ ]?){{1,3}})", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@./])@([^\W\d_][\w.-]{2,38})")
LONGEST = 200_000  # characters of one text that are looked at


class Suspicion(NamedTuple):
    """Something in a field that may be about somebody else. ``kind``: email, phone or name."""

    field: str
    kind: str
    text: str


def suspected(section: Section, record: Record, *, own: Iterable[str] = ()) -> list[Suspicion]:
    """What in the free text of ``record`` has the shape of another person's address, number or name.

    ``own`` are texts known to be the person's: the values of ``Subject.identifiers()``. Each text comes
    once per field, in the order found. No certainty: see the module.
    """
    is_own = Own(own)
    found: dict[Suspicion, None] = {}
    for info, value in zip(section.fields, record.values, strict=True):
        if info.kind in FREE:
            each = in_text(text_of(value))
            found |= {Suspicion(info.name, kind, text): None for kind, text in each if not is_own(kind, text)}
    return list(found)


def text_of(value: Value) -> str:
    """The words of a value, and its stored text where that is another one."""
    raw = value.raw if isinstance(value.raw, str) and value.raw != value.display else ""
    return f"{value.display}\n{raw}"[:LONGEST]


def in_text(text: str) -> Iterator[tuple[str, str]]:
    """``(kind, text)`` of everything in ``text`` that looks like an address, a number or a name."""
    for match in EMAIL.finditer(text):
        yield "email", match[0].rstrip(".")
    for match in PHONE.finditer(text):
        if not DATE.search(match[0]) and 7 <= sum(map(str.isdigit, match[0])) <= 15:
            yield "phone", match[0].strip()
    for match in NAME.finditer(text):
        if name := named(match[1]):
            yield "name", name
    for match in HANDLE.finditer(text):
        yield "name", match[0]


def named(text: str) -> str:
    """The words at the beginning of ``text`` that are written as names are."""
    words: list[str] = []
    for word in text.split():
        if not (word[0].isupper() or (word.isalpha() and word[0].lower() == word[0].upper())):
            break  # scripts without capitals are taken as they come
        words.append(word)
    return shown(" ".join(words))


class Own:
    """Tells what is the person's own: addresses without case, numbers by their last digits, names by their words."""

    def __init__(self, texts: Iterable[str]) -> None:
        known = [str(text).casefold() for text in texts]
        self._known = set(known)
        self._numbers = {digits(text)[-7:] for text in known if len(digits(text)) >= 7}
        self._names = {word for text in known if "@" not in text for word in text.split()}

    def __call__(self, kind: str, text: str) -> bool:
        folded = text.casefold()
        if kind == "phone" and digits(folded)[-7:] in self._numbers:
            return True
        if kind == "name" and all(word in self._names for word in folded.lstrip("@").split()):
            return True
        return folded in self._known


def digits(text: str) -> str:
    """Only the digits of ``text``."""
    return "".join(filter(str.isdigit, text))
