"""A brake in the worker of the fault tests: it stops at a named point and says so, until it is let go or killed.

An application, so that a real ``celery worker`` loads it by its settings. Nothing of the product knows of it.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings


def folder() -> Path:
    return Path(settings.VAR) / "brakes"


def pull(point: str) -> None:
    """Make the worker stop at ``point``."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / point).touch()


def reached(point: str) -> bool:
    return (folder() / f"{point}.reached").exists()


def release() -> None:
    """Let everything go on."""
    for mark in folder().glob("*"):
        mark.unlink()


def stop_at(point: str) -> None:
    """Stop here, if the brake is pulled."""
    if (folder() / point).exists():
        (folder() / f"{point}.reached").touch()
        while (folder() / point).exists():
            time.sleep(0.02)


def after(point: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        stop_at(point)
        return result

    return wrapped


class BrakeConfig(AppConfig):
    name = "tests.faults"
    label = "brake"

    def ready(self) -> None:
        from tasks import erasure, export, vault
        from tasks.cases import collecting, erasing

        watched, told, writing = collecting._watched, erasing._told, vault.writing

        def watched_with_a_brake(*args: Any) -> Iterator[Any]:
            for batch in watched(*args):
                yield batch
                stop_at("collecting")

        def writing_with_a_brake(name: str) -> Any:
            if name.endswith(".pdf"):
                stop_at("packaging")  # the ZIP is sealed already, the report is not
            return writing(name)

        def told_with_a_brake(lease: Any) -> Callable[[int, int], None]:
            return after("erasing", told(lease))

        collecting._watched, erasing._told = watched_with_a_brake, told_with_a_brake
        vault.writing = writing_with_a_brake
        export.take_snapshot = after("collected", export.take_snapshot)
        export.build = after("packaged", export.build)
        erasure.apply = after("erased", erasure.apply)
        erasure.verify = after("verified", erasure.verify)
