"""What the adapters have in common that ask by what is known of a person: at an address, with places to fill."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tasks.collector.sources.placeholders import Person
from tasks.collector.subject import Subject
from tasks.datamap.stores import Kept, Outcome, SourcePrivacy
from tasks.datamap.strategies import Keep


class PersonalSource(SourcePrivacy):
    """A store at ``url`` that is asked with ``{user.pk}`` or ``{email}`` in place."""

    url = ""

    def known(self, subject: Subject) -> Mapping[str, Iterable[Any]]:
        """Further values for the places: ``{"session": [...]}``."""
        return {}

    def _person(self, subject: Subject) -> Person:
        return Person(subject, self.known(subject))

    def _left(self, count: int) -> Outcome:
        """What is said where nothing is done: what would go, or what is kept and why."""
        if isinstance(self.erasure, Keep):
            return Outcome(kept=(Kept(count, self.erasure.because),) if count else ())
        return Outcome(erased=count)


def check_port(source: PersonalSource) -> None:
    """Check the port in ``url``, which may be left out.

    Raises:
        DeclarationError: it is no number, or none that a port has.
    """
    try:
        _port = urlsplit(str(source.url)).port
    except ValueError:
        raise source.wrong("url", "a port that is a number", "another") from None
