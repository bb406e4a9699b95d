"""What the journeys through the subject's pages share."""

import re
from collections.abc import Callable
from contextlib import suppress

from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case
from tests.people import PASSWORD
from tests.worker import Worker


def confirm_by_password(page: Page) -> None:
    """Type the password where the desk asks who it is."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue with your password").click()


def case_of(page: Page) -> Case:
    """The case that the page shows."""
    return Case.objects.get(reference=re.search(r"D\d\d-[0-9A-Z]+", page.url)[0])


def reaches(case: Case, *states: str) -> Callable[[], bool]:
    """Whether ``case`` is in one of ``states`` by now, for ``worker.wait_until``."""

    def there() -> bool:
        with suppress(Case.DoesNotExist):
            case.refresh_from_db()
        return case.state in states

    return there


def approve(case: Case, worker: Worker) -> None:
    """Wait until the worker has collected, and let Axel approve what he sees."""
    worker.wait_until(reaches(case, "review"), "the case to be ready for review")
    axel = Actor.of_user(User.objects.get(email="axel@example.com"))
    operations.approve(case, by=axel, at=timezone.now(), seen_hash=case.content_hash)


def ask_for_a_copy(page: Page) -> Case:
    """From the overview to a request that was sent."""
    page.goto("/privacy/")
    page.get_by_role("link", name="Start a download").click()
    page.get_by_role("button", name="Go on to check").click()
    confirm_by_password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check what you ask for")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url("**/privacy/requests/**")
    return case_of(page)
