"""What every room's tests share. People: tests/people.py; the worker process: tests/worker.py."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import ConsoleMessage, Page

from tests import people
from tests.mailbox import Mailbox
from tests.worker import Worker

# Playwright's synchronous interface runs an event loop, and Django would refuse the ORM beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
hypothesis_settings.register_profile(
    "dossier",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),  # a change is judged by what it changed; at home every run draws anew
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("dossier")

SQL_ROOMS = {"audit", "cases", "collector", "erasure", "housekeeping"}
JOURNEY_ROOMS = {"portal", "dpo"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give marks by folder and by fixture, so that nobody forgets one."""
    for item in items:
        room = item.path.relative_to(Path(__file__).parent).parts[0]
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & {"page", "browser", "context"} or (room in JOURNEY_ROOMS and "worker" in fixtures):
            item.add_marker("journey")
        elif room == "faults" or "worker" in fixtures:
            item.add_marker("fault")
        if room in SQL_ROOMS and not item.get_closest_marker("sqlite_only"):
            item.add_marker("postgres")


@pytest.fixture
def noon() -> datetime:
    """Thursday, 5 March 2026, twelve o'clock in Berlin."""
    return datetime(2026, 3, 5, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def alice(db: None) -> User:
    """A subject."""
    return people.make("alice", last_name="Hartmann")


@pytest.fixture
def bob(db: None) -> User:
    """Another subject."""
    return people.make("bob", last_name="Okafor")


@pytest.fixture
def dana(db: None) -> User:
    """The data protection officer, who also handles cases."""
    return people.make("dana", last_name="Whitfield", groups=("Data protection officers", "Privacy handlers"))


@pytest.fixture
def axel(db: None) -> User:
    """The approver."""
    return people.make("axel", last_name="Brandt", groups=("Privacy approvers",))


@pytest.fixture
def mallory(db: None) -> User:
    """A stranger: signed in, and with no business here."""
    return people.make("mallory", last_name="Voss")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """No test sees what another left in the cache: used codes, rate limits."""
    cache.clear()


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    """The letters that this process and the worker sent during the test."""
    box = Mailbox()
    box.clear()
    yield box
    box.clear()


@pytest.fixture
def worker(request: pytest.FixtureRequest, transactional_db: None, settings) -> Iterator[Worker]:
    """A running Celery worker with beat; ``kill()`` is kill -9, ``start()`` starts it again."""
    if "live_server" in request.fixturenames:
        settings.DOSSIER = {**settings.DOSSIER, "site_url": request.getfixturevalue("live_server").url}
    for folder in ("queue", "queue-control"):
        shutil.rmtree(settings.VAR / folder, ignore_errors=True)
        (settings.VAR / folder).mkdir()
    process = Worker().start()
    yield process
    process.kill()  # a good-bye takes five seconds and shows nothing


# --- the browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Debian's Chromium where there is one, without a call to the outside."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
    ]
    args = [*browser_type_launch_args.get("args", []), *flags, "--disable-component-update", "--disable-sync"]
    return {**browser_type_launch_args, **({"executable_path": program} if program else {}), "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict, live_server) -> dict:
    """Addresses without a host mean the live server: ``page.goto("/privacy/")``."""
    return {**browser_context_args, "base_url": live_server.url, "locale": "en-GB", "timezone_id": "Europe/Berlin"}


@pytest.fixture
def browser_complaints() -> list[str]:
    """What the browser complained about: a policy that had to stop something, a script that failed."""
    return []


@pytest.fixture
def page(page: Page, browser_complaints: list[str]) -> Iterator[Page]:
    """A browser page whose test fails when the browser had to complain."""

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            browser_complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: browser_complaints.append(str(error)))
    page.set_default_timeout(15_000)
    yield page
    assert not browser_complaints


@pytest.fixture
def login() -> Callable[[Page, User], None]:
    """``login(page, user)``: sign in by the real pages, with the authenticator's code where one is asked for."""

    def sign_in(page: Page, user: User) -> None:
        cache.clear()  # a code counts once, and a test may sign in twice in half a minute
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(user.email)
        page.locator("input[name=password]").fill(people.PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        if people.has_authenticator(user):
            page.locator("input[name=code]").fill(people.code_of(user))
            page.locator("input[name=code]").press("Enter")
            page.wait_for_url(lambda url: "/2fa/" not in url)

    return sign_in
