"""Rows of any model to start from in place of a person: what a sweep takes away at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.db.models import Model

from tasks.collector.subject import Subject
from tasks.errors import SubjectNotFound


@dataclass(frozen=True)
class Selection(Subject):
    """Some rows of one model, with what hangs on them, as the subject of an erasure. ``pk`` is the name of the whole.

    Nothing is known of a person here, so no tie by value leads anywhere: what names an address or an IP address that
    one of these rows holds is somebody's, and stays.
    """

    rows: tuple[Any, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, model: type[Model], keys: Sequence[Any], *, name: str, using: str) -> "Selection":
        """The rows of ``model`` with these keys, under a name that tells this erasure from others."""
        return cls(model, name, using, tuple(keys))

    @property
    def keys(self) -> tuple[Any, ...]:
        return self.rows

    @property
    def row(self) -> NoReturn:
        """There is no person's row.

        Raises:
            SubjectNotFound: always.
        """
        raise SubjectNotFound(f"{self.label}: a selection of rows is no person.")

    def known(self, name: str) -> list[Any]:
        """Nothing is known that would lead to other rows by its value."""
        return []

    def identifiers(self) -> dict[str, list[str]]:
        """Nothing."""
        return {}
