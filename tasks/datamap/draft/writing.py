"""Drafts as Python: as a careful person would write a privacy.py, one reason beside each guess."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig

from tasks.datamap.draft.fates import erasure
from tasks.datamap.draft.fields import Guess
from tasks.datamap.draft.models import ModelDraft

WIDTH = 120
INDENT = "    "
IMPORTS = ("from django.utils.translation import gettext_lazy as _", "from tasks import datamap")
PURPOSES = (  # words in an app's label and models, the purpose, its ground
    (
        "order|basket|cart|checkout|shipping|payment|invoice|voucher",
        "dpv:FulfilmentOfContractualObligation",
        "CONTRACT",
    ),
    ("account|user|auth|person|customer|profile|address", "dpv:AccountManagement", "CONTRACT"),
    ("newsletter|marketing|campaign|subscription", "dpv:Marketing", "CONSENT"),
    ("analytics|tracking|stat", "dpv:ServiceUsageAnalytics", "LEGITIMATE_INTEREST"),
    ("log|audit|admin|session|security|token", "dpv:EnforceSecurity", "LEGITIMATE_INTEREST"),
)


def module(app: AppConfig, drafts: Iterable[ModelDraft]) -> str:
    """A whole privacy.py."""
    return "\n".join([*head(app), "", *category(app), *classes(app, drafts)]) + "\n"


def head(app: AppConfig) -> Iterator[str]:
    yield f'"""What {app.label} holds about people, and why.'
    yield ""
    yield f"A first draft, by manage.py draftprivacy {app.label}. Each line with “review” wants your word."
    yield '"""'
    yield ""
    yield IMPORTS[0]
    yield ""
    yield IMPORTS[1]


def constant(app: AppConfig) -> str:
    """The name of the app's category in the module."""
    return app.label.upper()


def category(app: AppConfig) -> Iterator[str]:
    """The context that the app's models share: art. 15(1) asks for it, and no model tells it."""
    term, basis = purpose(app.label)
    yield f"{constant(app)} = datamap.Category("
    yield f'    "{app.label}",'
    yield f"    title=_({text(str(app.verbose_name)[:1].upper() + str(app.verbose_name)[1:])}),"
    yield '    description="",  # review: what is this, in one sentence that the person understands?'
    yield f'    purposes=(datamap.Purpose("{term}", ""),),  # review: what is it used for?'
    yield f"    legal_basis=datamap.LegalBasis.{basis},  # review: on what ground?"
    yield "    retention=None,  # review: how long, and which law or decision says so?"
    yield "    recipients=(),  # review: who else receives it, by name?"
    yield '    origin="",  # review: where does it come from?'
    yield ")"


def purpose(label: str) -> tuple[str, str]:
    """A purpose in terms of DPV and a ground, by the app's name."""
    return next(((term, basis) for words, term, basis in PURPOSES if re.search(words, label)), PURPOSES[0][1:])


def classes(app: AppConfig, drafts: Iterable[ModelDraft]) -> Iterator[str]:
    for draft in drafts:
        yield from ("", "", *declaration(app, draft))


def declaration(app: AppConfig, draft: ModelDraft) -> Iterator[str]:
    """One model's class."""
    yield f'@datamap.register("{draft.label}")'
    yield f"class {draft.model.__name__}Privacy(datamap.ModelPrivacy):"
    yield from (INDENT + line for line in body(app, draft))


def body(app: AppConfig, draft: ModelDraft) -> Iterator[str]:
    yield f"category = {constant(app)}"
    if draft.called:
        yield f"label = {text(draft.called)}"
    yield from places(draft)
    if draft.money:
        yield from tuple_of("money", [Guess(name) for name in draft.money])
        yield f'currency = "{draft.currency}"' if draft.currency else 'currency = "EUR"  # review: which?'
    if draft.written:
        yield f'order_by = "-{draft.written}"'
    yield from tie(draft)
    yield from erasure(draft)


def places(draft: ModelDraft) -> Iterator[str]:
    shown = [found for found in draft.fields if found.place == "fields"]
    yield from tuple_of("fields", shown)
    for name in ("withheld", "third_party"):
        if found := [guess for guess in draft.fields if guess.place == name]:
            yield f"{name} = {{"
            yield from (
                INDENT + line for guess in found for line in entry(f"{text(guess.name)}: _({text(guess.text)}),", guess)
            )
            yield "}"


def tuple_of(name: str, shown: list[Guess]) -> Iterator[str]:
    """All in one line where nothing has to be said about any of them."""
    line = f"{name} = {row([guess.name for guess in shown])}"
    if not any(guess.why for guess in shown) and len(INDENT + line) <= WIDTH:
        yield line
        return
    yield f"{name} = ("
    for guess in shown:
        yield from (INDENT + line for line in entry(f"{text(guess.name)},", guess))
    yield ")"


def entry(code: str, guess: Guess) -> Iterator[str]:
    """A line with the reason behind it, or above it where it would grow too long."""
    comment = remark(guess)
    if not comment:
        yield code
    elif len(2 * INDENT + code + "  " + comment) <= WIDTH:
        yield f"{code}  {comment}"
    else:
        yield from (comment, code)


def remark(guess: Guess) -> str:
    if not guess.why:
        return ""
    return f"# {guess.why}" if guess.sure else f"# review: {guess.why}"


def tie(draft: ModelDraft) -> Iterator[str]:
    """Whose the rows are, where the relations do not say."""
    if draft.path:
        yield f"# review: told by what names it: {', '.join(draft.told_by)}"
        yield f'subject = "{draft.path}"'
    for known, name in draft.match.items():
        yield "# review: no key leads to a person; is a row theirs when the address is?"
        yield f'match = datamap.Match({known}="{name}")'
    if draft.follow:
        yield "follow = {"
        for key in draft.follow.values():
            mark = "" if key.sure else "review: "
            yield f'{INDENT}"{key.name}": {key.follow},  # {mark}{key.why}'
        yield "}"


def row(names: list[str]) -> str:
    """A tuple of texts in one line."""
    return f"({', '.join(map(text, names))}{',' if len(names) == 1 else ''})"


def text(value: Any) -> str:
    """A text literal as the formatter writes it."""
    plain = str(value).replace("\\", "\\\\").replace("\n", " ")
    return f"'{plain}'" if '"' in plain and "'" not in plain else '"' + plain.replace('"', '\\"') + '"'
