"""Dates, numbers and running texts as the report and its volumes say them, in the active language."""

from datetime import date, datetime

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tasks import conf
from tasks.export.about import About
from tasks.export.direction import isolated

RUNNING = 60  # characters of a name in the running header


def running(about: About) -> dict[str, str]:
    """The running texts: ``house``, ``person`` and ``document``, short enough for one line each."""
    house, person = short(conf.controller.name), short(about.person_name)
    foot = _("%(reference)s, for %(person)s") if about.reference and person else "%(reference)s%(person)s"
    title = _("Your data at %(house)s") % {"house": house}
    told = ", ".join(text for text in (f"{title}: {person}" if person else title, about.reference) if text)
    return {
        "house": _("Your data at %(house)s") % {"house": isolated(house)},
        "person": foot % {"reference": isolated(about.reference), "person": isolated(person)},
        "document": told,
    }


def short(text: str) -> str:
    """``text`` in one line of a header."""
    line = " ".join(text.split())
    return line if len(line) <= RUNNING else f"{line[: RUNNING - 1]}…"


def figure(number: int) -> str:
    """A number with its thousands told apart, as the language does it."""
    return number_format(number, force_grouping=True, use_l10n=True)


def day(on: date) -> str:
    """A date in words."""
    return date_format(on, pgettext("date", "j F Y"))


def moment(at: datetime, about: About) -> str:
    """A moment in words, in the person's time zone."""
    return date_format(at.astimezone(about.zone), pgettext("weekday, date and time", "l j F Y, H:i"))


def span(first: str, last: str) -> str:
    """From one day to another, both in words."""
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def grouped(digest: str) -> str:
    """A checksum in groups of eight, as people compare them."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
