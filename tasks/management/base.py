"""What every command of Dossier has in common: one line on standard error and status 1, never a traceback."""

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, ProgrammingError
from django.utils.connection import ConnectionDoesNotExist

from tasks.collector.subject import Subject, checked_alias
from tasks.errors import DossierError


class DossierCommand(BaseCommand):
    """A command whose errors are one line that says what to do.

    Deliberate errors, missing tables and aliases, and folders that cannot be written become a
    ``CommandError``. Programming mistakes keep their traceback, as does everything with ``--traceback``.
    System checks do not run: a data map with gaps must not stop somebody from answering a person.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--using", metavar="ALIAS", help="the database to read, an alias of DATABASES")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except BrokenPipeError:
            self.reader_left()
        except (DossierError, OSError, DatabaseError, ConnectionDoesNotExist) as error:
            raise CommandError(one_line(error)) from error

    def subject(self, key: str, *, using: str | None) -> Subject:
        """The person with this key in the subject model.

        Raises:
            SubjectNotFound: no such person, or not a key of that model.
            SourceUnavailable: no such alias.
        """
        return Subject.find(None, key, using=checked_alias(using))

    def reader_left(self) -> NoReturn:
        """End quietly when the reader of a pipe has gone, as ``head`` does."""
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - stays open: Python flushes it at exit
        raise SystemExit(1)


def one_line(error: Exception) -> str:
    """The text of ``error`` in one line, without anything that a database may quote from its rows."""
    if isinstance(error, OSError):
        what, where = error.strerror or type(error).__name__, error.filename or "no file name"
        return f"{what}: {where}. Choose another place or its rights."
    if isinstance(error, (OperationalError, ProgrammingError)):
        first = (str(error).splitlines() or [""])[0]
        return f"The database did not answer: {first}. Check the connection; 'manage.py migrate' makes missing tables."
    if isinstance(error, DatabaseError):
        return f"The database refused: {type(error).__name__}."
    return " ".join(str(error).split())
