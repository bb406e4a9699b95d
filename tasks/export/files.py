"""Contents of files: measured for the snapshot, and read again for the package.

What a model's field holds stays where it is. What a store gives is taken over at once, since it may be gone
later: all files of a snapshot stand one behind the other in one sealed file beside it.
"""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import IO, Any, Protocol

from django.apps import apps
from django.core.exceptions import SuspiciousOperation
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from tasks.datamap import Content, registry
from tasks.errors import SourceRefused, SourceUnavailable
from tasks.transform import FileRef, Value

CHUNK = 1 << 18
Opener = Callable[[], AbstractContextManager[Any]]


class Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Missing(Exception):
    """A file is not there, or cannot be read. The text is what the person reads."""


@contextmanager
def opened(label: str, field: str, name: str) -> Iterator[Any]:
    """The content of a file field, by model label, field and the name in the field's storage.

    Raises:
        Missing: it is not there, or its storage refuses.
    """
    storage = getattr(apps.get_model(label)._meta.get_field(field), "storage", None)
    if storage is None:
        raise Missing(_("its place is not known"))
    try:
        with storage.open(name, "rb") as content:
            yield content
    except FileNotFoundError as error:
        raise Missing(_("the file is missing")) from error
    except (OSError, SuspiciousOperation, ValueError) as error:
        raise Missing(_("the file cannot be read")) from error


def chunks(content: Any) -> Iterator[bytes]:
    """The bytes of an open file, a piece at a time."""
    while data := content.read(CHUNK):
        yield data


def sums(content: Any) -> tuple[int, str]:
    """Size and SHA-256 of an open file."""
    digest, size = hashlib.sha256(), 0
    for data in chunks(content):
        digest.update(data)
        size += len(data)
    return size, digest.hexdigest()


def contents_of(name: str) -> str:
    """Where the files of the snapshot ``name`` stand."""
    return f"{name}.files"


class Contents:
    """Takes over the files that stores give, one behind the other. ``out`` opens the place when the first one comes."""

    def __init__(self, out: Callable[[], Writer]) -> None:
        self._open, self._end = out, 0
        self._out: Writer | None = None

    @property
    def begun(self) -> bool:
        """Whether there is anything in it."""
        return self._out is not None

    def take(self, content: Content, *, most: int) -> tuple[int, str, int]:
        """Size, SHA-256 and place of a file. ``most`` bytes are taken; of a longer one nothing counts.

        Raises:
            Missing: it cannot be read, broke off, or is too long.
            SourceUnavailable: its source does not answer any more.
        """
        digest, size, place = hashlib.sha256(), 0, self._end
        for data in received(content, most=most):
            self._write(data)
            digest.update(data)
            size += len(data)
        if content.size not in (None, size):
            raise Missing(_("the file is not as long as its source says"))
        return size, digest.hexdigest(), place

    def _write(self, data: bytes) -> None:
        if self._out is None:
            self._out = self._open()
        self._out.write(data)
        self._end += len(data)


def received(content: Content, *, most: int) -> Iterator[bytes]:
    """The bytes of a file as its source gives them.

    Raises:
        Missing, SourceUnavailable: see ``Contents.take``.
    """
    left, too_long = most, _("the file is larger than %s") % filesizeformat(most).replace("\xa0", " ")
    if (content.size or 0) > most:
        raise Missing(too_long)
    try:
        with content.open() as source:
            for data in chunks(source):
                left -= len(memoryview(data))  # text has no bytes
                if left < 0:
                    raise Missing(too_long)
                yield data
    except (Missing, SourceUnavailable):
        raise
    except SourceRefused as error:
        raise Missing(error.reason or _("the file cannot be read")) from error
    except (FileNotFoundError, KeyError) as error:
        raise Missing(_("the file is missing")) from error
    except Exception as error:
        raise Missing(_("the file cannot be read")) from error


class Cut:
    """A part of a file as a file of its own; others read from the whole in between."""

    def __init__(self, whole: IO[bytes], place: int, size: int) -> None:
        self._whole, self._at, self._left = whole, place, size

    def read(self, size: int) -> bytes:
        self._whole.seek(self._at)
        data = self._whole.read(min(size, self._left))
        self._at, self._left = self._at + len(data), self._left - len(data)
        return data


@contextmanager
def taken_over(held: IO[bytes] | None, place: int, size: int) -> Iterator[Any]:
    """The content of a file that was taken over.

    Raises:
        Missing: what was taken over is gone.
    """
    if held is None and size:
        raise Missing(_("the file is missing"))
    yield Cut(held, place, size) if held is not None else io.BytesIO()


def opener(label: str, file: list[Any], held: IO[bytes] | None) -> Opener:
    """How to open a file that a snapshot notes as ``[field, name, size, sha256]``, and its place if taken over."""
    field, name, size, _sha256, *place = file
    return partial(taken_over, held, place[0], size) if place else partial(opened, label, field, name)


class FileSums:
    """Measures files, each once; those of stores are taken over into ``contents``."""

    def __init__(self, contents: Contents | None = None) -> None:
        self._contents = contents
        self._known: dict[FileRef, tuple[int, str] | str] = {}

    def of(self, file: FileRef) -> Any:
        """``(size, sha256)``, with its place if it was taken over, or why there is none."""
        if file.content is not None:
            return self._taken(file, file.content)
        if file not in self._known:
            try:
                with opened(file.label, file.field, file.name) as content:
                    self._known[file] = sums(content)
            except Missing as why:
                self._known[file] = str(why)
        return self._known[file]

    def _taken(self, file: FileRef, content: Content) -> tuple[int, str, int] | str:
        source = registry.source(file.label)
        if self._contents is None or source is None:
            return _("the file cannot be read")
        try:
            return self._contents.take(content, most=source.file_bytes)
        except Missing as why:
            return str(why)

    @staticmethod
    def with_size(value: Value, size: int) -> Value:
        """The value of a file field, told by name and size."""
        if not isinstance(value.raw, str):  # one of several files
            return value
        return Value(value.raw, f"{value.display}, {filesizeformat(size)}".replace("\xa0", " "))
