"""What every page knows without asking for it."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from portal import languages
from tasks import conf
from tasks.cases.actors import GROUPS
from tasks.cases.pages import address

HOME = {"home", "download", "download_check", "delete", "delete_when", "delete_confirm"}
REQUESTS = {"requests", "case", "progress", "withdraw", "answer", "forget", "certificate"}
ACCOUNT = ("account_", "mfa_", "usersessions_")
ENTRANCE = {"account_login", "account_logout", "account_signup", "account_reauthenticate"}


@dataclass(frozen=True)
class Desk:
    """The desk as a page sees it: ``{{ desk.controller.name }}``, ``{% if desk.in_office %}``."""

    request: HttpRequest

    @property
    def controller(self) -> conf.Controller:
        return conf.load().controller

    @property
    def section(self) -> str:
        """The name of the page in the navigation: ``portal:home``, ``dpo:inbox``."""
        match = self.request.resolver_match
        return match.view_name if match else ""

    @property
    def area(self) -> str:
        """Which entry of the navigation a page belongs to: home, requests, account or none."""
        app, _, page = self.section.rpartition(":")
        if app == "portal":
            return "requests" if page in REQUESTS else "home" if page in HOME else ""
        return "account" if page.startswith(ACCOUNT) and page not in ENTRANCE else ""

    @property
    def in_office(self) -> bool:
        """Whether the person works in the office; costs a query, so only the masthead asks."""
        groups = getattr(getattr(self.request, "user", None), "groups", None)  # a host's own model need not have them
        return bool(groups is not None and groups.filter(name__in=GROUPS).exists())

    @property
    def office_url(self) -> str:
        return address("dpo:inbox")

    @property
    def languages(self) -> tuple[tuple[str, str], ...]:
        """``(code, its own name)`` of each language that the foot of the page offers."""
        return languages.offered()

    @property
    def sign_in_url(self) -> str:
        """The project's own page, wherever it is."""
        return resolve_url(settings.LOGIN_URL)

    @property
    def sign_out_url(self) -> str:
        """Empty where the project has none under a known name: then the pages have no such button."""
        return address("account_logout", "logout")

    @property
    def new_password_url(self) -> str:
        """Where people set a new password that have no old one; empty where a project has no such page."""
        return address("account_reset_password", "password_reset")

    @property
    def account_url(self) -> str:
        """Where people change address, password and passkeys; empty where a host keeps that elsewhere."""
        return address("account_email")

    @property
    def mails_url(self) -> str:
        """The page that shows the mails of the demo; empty everywhere else."""
        return address("demo:mails")


def desk(request: HttpRequest) -> dict[str, Desk]:
    """Give templates the ``desk``: controller, place in the navigation, way to the office."""
    return {"desk": Desk(request)}
