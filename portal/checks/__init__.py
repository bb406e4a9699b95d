"""System checks, tag ``dossier``: what a project lacks that took the pages in, and what to write where.

The shipped project passes them all. What is only wrong on a public address is said by ``check --deploy``.
"""

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage

from portal.checks import pages, service
from portal.checks.said import error
from tasks import conf
from tasks.errors import DeclarationError

TAG = "dossier"
PARTS = (
    pages.installed, pages.middleware, pages.templates, pages.addresses, pages.office, pages.hooks,
    service.worker, service.database, service.told,
)  # fmt: skip


def enable() -> None:
    """Let ``manage.py check`` run these checks."""
    checks.register(check_project, TAG)
    checks.register(check_public, TAG, deploy=True)


def check_project(**_: Any) -> list[CheckMessage]:
    """What keeps the pages from working in this project."""
    try:
        conf.load()
    except DeclarationError as wrong:
        return [error(100, str(wrong), "docs/settings.md has every key.")]
    return [message for part in PARTS for message in part()]


def check_public(**_: Any) -> list[CheckMessage]:
    """What is only wrong where strangers can reach it."""
    try:
        return service.public()
    except DeclarationError:  # said by the other one
        return []
