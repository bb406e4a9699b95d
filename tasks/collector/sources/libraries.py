"""The client libraries of adapters: none is needed until a host declares a source that speaks with it."""

from importlib import import_module
from typing import Any

from tasks.errors import DeclarationError


def library(package: str, *, who: str, extra: str) -> Any:
    """The package that ``who`` ("A Redis source") needs, which Dossier's ``extra`` installs.

    Raises:
        DeclarationError: it is not installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise DeclarationError(f"{who} needs {package}: pip install 'dossier-desk[{extra}]'.") from error
