"""Housekeeping that runs by itself: which rows nobody needs any more, how often to look, whom to tell before."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps

from tasks.datamap.vocabulary import Text
from tasks.errors import DeclarationError

Find = Callable[[datetime], Any]
Found = TypeVar("Found", bound=Find)

DURATION = re.compile(r"(\d{1,5})\s*(minute|hour|day|week)s?\Z")
PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*%\Z")
KEY = re.compile(r"[a-z][a-z0-9_.-]{0,59}\Z")
AT_MOST = 10_000
SMALL = 20  # rows that a small table may lose at once, at most half of it


@dataclass(frozen=True)
class Sweep:
    """One declared sweep. ``find`` gives the queryset of the rows that may go, at a moment that it is told.

    ``share`` of a model's rows and ``at_most`` rows are what one run may touch without a person's word.
    """

    key: str
    title: Text
    find: Find = field(repr=False)
    every: timedelta
    notice: timedelta = timedelta(0)
    share: float = 0.05
    at_most: int = AT_MOST
    staff: bool = False
    language: str = ""
    description: Text = ""
    where: str = ""

    def allowed(self, rows: int) -> int:
        """How many of ``rows`` one run may touch without being confirmed: never more than half of a small table."""
        return min(self.at_most, max(int(self.share * rows), min(SMALL, (rows + 1) // 2)))

    def wrong(self, attribute: str, wanted: str, found: str) -> DeclarationError:
        """The error for a wrong declaration or answer, naming app, function and attribute."""
        return DeclarationError(f"{self.where} (sweep '{self.key}').{attribute}: wanted {wanted}, found {found}.")


class Sweeps:
    """Every declared sweep by its key."""

    def __init__(self) -> None:
        self._declared: dict[str, Sweep] = {}

    def declare(
        self,
        title: Text,
        *,
        every: str | timedelta,
        notice: str | timedelta = "",
        limit: str = "5 %",
        at_most: int = AT_MOST,
        staff: bool = False,
        language: str = "",
        description: Text = "",
        key: str = "",
    ) -> Callable[[Found], Found]:
        """Declare a sweep: a decorator of a function that gets a moment and returns the queryset of what may go.

        Rows of the subject model are people: each is erased whole, after ``notice`` where one is given. Rows of
        another model go with what hangs on them. Either way by the erasure that ``privacy.py`` declares.
        ``limit`` (of the model's rows) and ``at_most`` (rows) stop a run until the office confirms it. ``staff``
        lets people of the office and the back office go, too. ``language`` is the path from the person's row to
        their language. ``key`` names the sweep for good; by default the app's label and the function's name.

        Raises:
            DeclarationError: app, function, attribute, wanted, found; or the key is another's already.

        Source: GDPR art. 5(1)(e), 17(1)(a).
        """

        def decorate(find: Found) -> Found:
            name = key or key_of(find)
            where = f"{getattr(find, '__module__', '?')}.{getattr(find, '__qualname__', repr(find))}"
            blank = Sweep(name, title, find, timedelta(days=1), where=where)
            if not callable(find):
                raise blank.wrong("find", "a function of one moment, def find(at)", type(find).__name__)
            if not KEY.match(name):
                raise blank.wrong("key", "a name of small letters, digits, _, - and . of at most 60", repr(name))
            if not str(title).strip():
                raise blank.wrong("title", "what people read of it", repr(title))
            if type(at_most) is not int or at_most < 1:
                raise blank.wrong("at_most", "a number of rows from 1 on", repr(at_most))
            if type(staff) is not bool or not isinstance(language, str):
                raise blank.wrong("staff or language", "True or False, and a path", f"{staff!r} and {language!r}")
            pause = duration(every, blank, "every")
            if pause < timedelta(minutes=1):
                raise blank.wrong("every", "at least '1 minute'", repr(every))
            ahead = duration(notice, blank, "notice") if notice else timedelta(0)
            self._add(
                Sweep(
                    name, title, find, pause, ahead, share(limit, blank), at_most, staff, language, description, where
                )
            )
            return find

        return decorate

    def _add(self, sweep: Sweep) -> None:
        rival = self._declared.get(sweep.key)
        if rival is not None and rival.where != sweep.where:
            raise sweep.wrong("key", "a key of its own", f"'{sweep.key}', which is that of {rival.where}")
        self._declared[sweep.key] = sweep

    def __iter__(self) -> Iterator[Sweep]:
        return iter(sorted(self._declared.values(), key=lambda sweep: sweep.key))

    def __len__(self) -> int:
        return len(self._declared)

    def get(self, key: str) -> Sweep | None:
        """The sweep with this key, if it is (still) declared."""
        return self._declared.get(key)

    @contextmanager
    def only(self) -> Iterator["Sweeps"]:
        """Have none but those that are declared inside the block. For tests, a host's among them."""
        before, self._declared = self._declared, {}
        try:
            yield self
        finally:
            self._declared = before


def key_of(find: Any) -> str:
    """``"customers.inactive"``: the app's label and the function's name."""
    module = str(getattr(find, "__module__", ""))
    app = apps.get_containing_app_config(module)
    label = app.label if app else module.rpartition(".")[2]
    return f"{label}.{getattr(find, '__name__', '')}".lower()


def duration(given: object, sweep: Sweep, attribute: str) -> timedelta:
    """``"30 days"`` as a timedelta; a timedelta is taken as it is.

    Raises:
        DeclarationError: it is none.
    """
    if isinstance(given, timedelta) and given >= timedelta(0):
        return given
    found = DURATION.match(given.strip()) if isinstance(given, str) else None
    if found is None:
        raise sweep.wrong(attribute, "a duration such as '1 day', '12 hours' or '30 days'", repr(given))
    return timedelta(**{f"{found[2]}s": int(found[1])})


def share(given: object, sweep: Sweep) -> float:
    """``"5 %"`` as 0.05.

    Raises:
        DeclarationError: it is no share between 0 and 100 %.
    """
    found = PERCENT.match(given.strip()) if isinstance(given, str) else None
    part = float(found[1]) / 100 if found else -1.0
    if not 0 <= part <= 1:
        raise sweep.wrong("limit", "a share of the model's rows such as '5 %'", repr(given))
    return part


def inventory() -> dict[str, str]:
    """Every sweep in a line, for the accepted map: ``{key: "every 1 day, notice 30 days, limit 5 %, …"}``."""
    return {sweep.key: in_a_line(sweep) for sweep in declared}


def in_a_line(sweep: Sweep) -> str:
    """What a sweep says, but for its words: in no language, the same on every machine."""
    parts = [f"every {length(sweep.every)}", f"notice {length(sweep.notice)}" if sweep.notice else "no notice"]
    parts += [f"limit {sweep.share * 100:.4g} %", f"at most {sweep.at_most} rows"]
    return ", ".join([*parts, *(["staff too"] if sweep.staff else []), sweep.where])


def length(of: timedelta) -> str:
    """A length of time in its largest whole unit."""
    seconds = int(of.total_seconds())
    unit, size = next(
        (u, s) for u, s in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)) if seconds % s == 0
    )
    return f"{seconds // size} {unit}{'' if seconds == size else 's'}"


declared = Sweeps()
sweep = declared.declare
