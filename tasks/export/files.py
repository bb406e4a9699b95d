"""Contents of file fields: measured for the snapshot, and read again for the package."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.exceptions import SuspiciousOperation
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from tasks.transform import FileRef, Value

CHUNK = 1 << 18


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


class FileSums:
    """Measures files, each once."""

    def __init__(self) -> None:
        self._known: dict[FileRef, tuple[int, str] | str] = {}

    def of(self, file: FileRef) -> tuple[int, str] | str:
        """``(size, sha256)``, or why there is none."""
        if file not in self._known:
            try:
                with opened(file.label, file.field, file.name) as content:
                    self._known[file] = sums(content)
            except Missing as why:
                self._known[file] = str(why)
        return self._known[file]

    @staticmethod
    def with_size(value: Value, size: int) -> Value:
        """The value of a file field, told by name and size."""
        return Value(value.raw, f"{value.display}, {filesizeformat(size)}".replace("\xa0", " "))
