"""Three stores of files for a real worker: slow, hanging, killed at a named point, as a test says.

An application, so that the worker loads it by its settings; the test's own process declares them by ``declared``.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from tasks.collector import Subject
from tasks.datamap import Item, Outcome, SourcePrivacy, registry
from tasks.datamap.stores import Ask
from tests.faults.brake import stop_at

HOG = re.compile(r"(a|a)*b")  # matching holds the interpreter: no alarm and no other thread is heard


def folder() -> Path:
    return Path(settings.VAR) / "shelves"


def fill(key: str, *records: str) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / f"{key}.json").write_text(json.dumps(records))


def records(key: str) -> list[str]:
    found: list[str] = json.loads((folder() / f"{key}.json").read_text())
    return found


def once(key: str, doing: str) -> None:
    """Let the next question to this store go wrong: ``sleep`` or ``hog``."""
    (folder() / f"{key}.{doing}").touch()


def times(key: str, hook: str) -> int:
    """How often it was asked."""
    return len((folder() / f"{key}.asked").read_text().split(hook)) - 1


class FilePrivacy(SourcePrivacy):
    """A store in a file. The test may stop it inside each hook, before and after the work."""

    def count(self, subject: Subject) -> int:
        return len(records(self.key))

    def collect(self, subject: Subject, ask: Ask) -> Iterator[Item]:
        self._asked("collect")
        for number, text in enumerate(records(self.key)):
            yield Item(str(number), {"text": text})
            stop_at(f"{self.key} collects")

    def erase(self, subject: Subject, ask: Ask) -> Outcome:
        self._asked("erase")
        gone = len(records(self.key))
        fill(self.key)
        stop_at(f"{self.key} erased")
        return Outcome(erased=gone)

    def _asked(self, hook: str) -> None:
        with (folder() / f"{self.key}.asked").open("a") as out:
            out.write(f"{hook} ")
        if self._goes("sleep"):
            time.sleep(600)
        if self._goes("hog"):
            HOG.match("a" * 64)

    def _goes(self, doing: str) -> bool:
        mark = folder() / f"{self.key}.{doing}"
        there = mark.exists()
        mark.unlink(missing_ok=True)
        return there


class Cart(FilePrivacy):
    key, title = "cart", "Shopping carts"
    time_limit = 2.0


class Loyalty(FilePrivacy):
    key, title = "loyalty", "Loyalty programme"
    time_limit = 2.0


class Twin(SourcePrivacy):
    """A store that answers only while its twin is asked, too."""

    time_limit = 30.0
    other = ""

    def count(self, subject: Subject) -> int:
        return 1

    def collect(self, subject: Subject, ask: Ask) -> Iterator[Item]:
        (folder() / f"{self.key}.here").touch()
        while not (folder() / f"{self.other}.here").exists():
            time.sleep(0.02)
        yield Item("1", {"text": "both are here"})

    def erase(self, subject: Subject, ask: Ask) -> Outcome:
        return Outcome()


class East(Twin):
    key, title, other = "east", "East", "west"


class West(Twin):
    key, title, other = "west", "West", "east"


FILES, TWINS = (Cart, Loyalty), (East, West)


def declared(*sources: type[SourcePrivacy]) -> AbstractContextManager[None]:
    """The same stores in the test's own process."""
    return registry.with_sources(*sources)


class FilesConfig(AppConfig):
    name = "tests.faults.stores"
    label = "fault_stores"
    path = str(Path(__file__).parent)

    def ready(self) -> None:
        for source in FILES:
            registry.register_source(source)


class TwinsConfig(FilesConfig):
    name = "tests.faults.stores"
    label = "fault_twins"

    def ready(self) -> None:
        for source in TWINS:
            registry.register_source(source)
