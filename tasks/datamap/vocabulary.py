"""The words of a declaration: why something is held, on what ground, how long, who receives it.

Terms are those of the W3C Data Privacy Vocabulary (DPV 2), so that exports and records of
processing can say them to machines.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from tasks.datamap.telling import TellByLetter, Webhook

Text = str | Promise  # what people read; may be lazily translated


@dataclass(frozen=True)
class Purpose:
    """What data is used for. ``term`` is a DPV purpose, ``text`` what people read.

    Source: GDPR art. 15(1)(a).
    """

    term: str
    text: Text


class LegalBasis(Enum):
    """The six grounds of art. 6(1) GDPR: (text, article, DPV term); whoever shows them translates the first two."""

    CONSENT = (_("your consent"), _("Art. 6(1)(a) GDPR"), "eu-gdpr:A6-1-a")
    CONTRACT = (_("the contract with you"), _("Art. 6(1)(b) GDPR"), "eu-gdpr:A6-1-b")
    LEGAL_OBLIGATION = (_("a law that binds us"), _("Art. 6(1)(c) GDPR"), "eu-gdpr:A6-1-c")
    VITAL_INTEREST = (_("somebody's vital interest"), _("Art. 6(1)(d) GDPR"), "eu-gdpr:A6-1-d")
    PUBLIC_TASK = (_("a task in the public interest"), _("Art. 6(1)(e) GDPR"), "eu-gdpr:A6-1-e")
    LEGITIMATE_INTEREST = (_("our legitimate interest"), _("Art. 6(1)(f) GDPR"), "eu-gdpr:A6-1-f")

    @property
    def text(self) -> str:
        return self.value[0]

    @property
    def article(self) -> str:
        return self.value[1]

    @property
    def term(self) -> str:
        return self.value[2]


@dataclass(frozen=True)
class Period:
    """A length of time. ``whole_years`` moves the end to 31 December, as bookkeeping law counts."""

    years: int = 0
    months: int = 0
    days: int = 0
    whole_years: bool = False

    def after(self, start: date) -> date:
        """The last day of the period that starts on ``start``."""
        months = start.month - 1 + self.months
        year, month = start.year + self.years + months // 12, months % 12 + 1
        end = date(year, month, min(start.day, calendar.monthrange(year, month)[1])) + timedelta(days=self.days)
        return date(end.year, 12, 31) if self.whole_years else end

    def __str__(self) -> str:
        years = ngettext("%d year", "%d years", self.years) % self.years if self.years else ""
        months = ngettext("%d month", "%d months", self.months) % self.months if self.months else ""
        days = ngettext("%d day", "%d days", self.days) % self.days if self.days else ""
        length = " ".join(part for part in (years, months, days) if part)
        return gettext("%s from the end of the year") % length if self.whole_years else length


def years(n: int) -> Period:
    """``n`` years to the day."""
    return Period(years=n)


def calendar_years(n: int) -> Period:
    """``n`` years from the end of the year in which they begin, such as § 147(4) AO."""
    return Period(years=n, whole_years=True)


def months(n: int) -> Period:
    """``n`` calendar months."""
    return Period(months=n)


def days(n: int) -> Period:
    """``n`` days."""
    return Period(days=n)


@dataclass(frozen=True)
class Retention:
    """How long something stays, in words, and the law that says so.

    Source: GDPR art. 15(1)(d), art. 5(1)(e).
    """

    text: Text
    period: Period | None = None
    law: str = ""


@dataclass(frozen=True)
class Recipient:
    """Somebody who receives the data; named, as C-154/21 asks. Source: GDPR art. 15(1)(c).

    ``tell`` is how they are told of an erasure (art. 19); without it, they are not told by Dossier.
    """

    name: str
    place: str = ""
    purpose: Text = ""
    outside_eu: str = ""  # the safeguard of chapter V, where the recipient is outside the EEA
    tell: Webhook | TellByLetter | None = None


@dataclass(frozen=True)
class Category:
    """A chapter of the answer, and the context that its models share.

    Every attribute can be overridden on a single model's declaration.
    """

    key: str
    title: Text
    description: Text = ""
    purposes: tuple[Purpose, ...] = ()
    legal_basis: LegalBasis | None = None
    retention: Retention | None = None
    recipients: tuple[Recipient, ...] = ()
    origin: Text = ""  # where the data comes from, art. 15(1)(g)
    transfers: Text = ""  # to third countries, art. 15(2)
    people: Text = ""  # whose data it is, for the records of processing: "Customers"; default: DOSSIER["people"]
    automated: Text = ""  # decisions made by a program alone, art. 15(1)(h)
    order: int = 100  # place in the report; then by title
