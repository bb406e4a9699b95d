# ruff: noqa: E402 - models need Django first
"""Run by the shipped project beside the clinic: a copy and an erasure for patient 1. Prints facts as JSON."""

import io
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.project.settings")
django.setup()

from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from tasks import vault
from tasks.cases import operations, queries
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Package

said: dict[str, list[str]] = {}


@contextmanager
def listening() -> Iterator[None]:
    """Write down the first word of every statement, per database."""

    def to(alias: str) -> Any:
        def wrapper(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            said.setdefault(alias, []).append(re.sub(r"[^A-Z ].*", "", str(sql).strip().upper()).split(" ")[0])
            return execute(sql, params, many, context)

        return wrapper

    aliases = [alias for alias in connections if alias != "default"]
    for alias in aliases:
        connections[alias].execute_wrappers.append(to(alias))
    try:
        yield
    finally:
        for alias in aliases:
            connections[alias].execute_wrappers.pop()


def colleague(name: str, *groups: str) -> User:
    user = User.objects.create_user(name, f"{name}@desk.example", "kestrel-and-moss")
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user


def work_off() -> None:
    for _ in range(30):
        due = list(operations.due_steps(at=timezone.now()))
        for step in due:
            operations.work(step, at=timezone.now())
        if not due:
            return


def opened(*what: str) -> Case:
    out = io.StringIO()
    words = ["--by", "dana@desk.example", "--contact", "alice@example.com", "--seen", "letter"]
    call_command("openrequest", "1", *what, *words, stdout=out)
    work_off()
    return Case.objects.get(reference=out.getvalue().strip())


def approved(case: Case, axel: User) -> Case:
    operations.approve(case, by=Actor.of_user(axel), at=timezone.now(), seen_hash=case.content_hash)
    work_off()
    return Case.objects.get(pk=case.pk)


def command(*words: str) -> str:
    """What a command says, or why it refuses."""
    out = io.StringIO()
    try:
        call_command(*words, stdout=out)
    except CommandError as error:
        return f"refused: {error}"
    return out.getvalue().strip()


def whole() -> dict[str, Any]:
    dana = colleague("dana", "Privacy handlers")
    axel = colleague("axel", "Privacy approvers")
    assert dana.pk == 1, "she has to have the number of a patient"
    client = Client(SERVER_NAME="localhost")
    client.force_login(dana)
    home = client.get("/privacy/")
    with listening():
        copy = approved(opened("copy"), axel)
    read = {alias: sorted(set(words)) for alias, words in said.items()}
    said.clear()
    package = Package.objects.get(case=copy, kind="zip")
    with vault.reading(package.name) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    data = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".json"))
    with listening():
        erasure = approved(opened("erasure", "--at-once"), axel)
    return {
        "home": home.status_code,
        "copy": copy.state,
        "erasure": erasure.state,
        "alias": erasure.subject_alias,
        "read": read,
        "written": {alias: sorted(set(words)) for alias, words in said.items()},
        "data": data,
        "checks": command("check", "--fail-level", "WARNING"),
        "migrate": command("migrate", "--database", "subjects", "--skip-checks"),
        "keys": command("collect", "2", "--keys"),
        "plan": command("erase", "2", "--plan", "--keys"),
        "certificate": json.loads(json.dumps(queries.certificate(erasure), default=str)),
    }


def away() -> dict[str, Any]:
    """The host's database does not answer any more: what becomes of a request."""
    from clinic.models import Patient

    from tasks.collector import Subject

    dana = colleague("dana", "Privacy handlers")
    facts = {"at": timezone.now(), "contact": "alice@example.com", "person": "", "identity": "letter"}
    case = operations.open_access(Subject(Patient, 1, "subjects"), by=Actor.of_user(dana), **facts)
    work_off()
    step = case.steps.first()
    client = Client(SERVER_NAME="localhost")
    client.force_login(dana)
    return {
        "state": Case.objects.get().state,
        "step": [step.state, step.attempts, step.error],
        "start": client.get("/").status_code,
    }


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
