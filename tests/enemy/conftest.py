"""What the enemy needs: browsers of several people, a case of Alice at any stage, and a list of all addresses."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from portal.confirmation import SESSION_KEY
from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Step, StepState
from tasks.cases.subjects import subject_of


def browser_of(user: User, *, sure: bool = False, strict: bool = False) -> Client:
    """Somebody's browser, signed in; ``sure``: confirmed just now, also for allauth; ``strict``: asks for tokens."""
    client = Client(enforce_csrf_checks=strict)
    client.force_login(user)
    if sure:
        at, session = timezone.now().timestamp(), client.session
        session[SESSION_KEY] = {"user": str(user.pk), "method": "password", "at": at}
        session["account_authentication_methods"] = [{"method": "password", "at": at, "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def work_off(case: Case) -> Case:
    """Be the worker: do one step of a case after the other until none is due."""
    while step := Step.objects.filter(case=case, state=StepState.DUE, next_try_at__lte=timezone.now()).first():
        if not operations.work(step.pk, at=timezone.now()):
            break
    return Case.objects.get(pk=case.pk)


def asks(user: User, kind: str = "access", **given: object) -> Case:
    """Somebody asks for a copy or for the deletion of their account, and what is due is done."""
    opening = operations.open_access if kind == "access" else operations.open_erasure
    facts = {"by": Actor.of_user(user), "at": timezone.now(), "contact": user.email, "person": user.get_full_name()}
    return work_off(opening(subject_of(user), **{**facts, **given}))


def approve(case: Case, by: User) -> Case:
    """Somebody of the office approves what is there, and what is due is done."""
    operations.approve(case, by=Actor.of_user(by), at=timezone.now(), seen_hash=case.content_hash)
    return work_off(case)


def addresses(prefix: str) -> Iterator[tuple[str, str]]:
    """``(name, route)`` of every address below ``prefix``, whatever is added one day."""
    for resolver in get_resolver().url_patterns:
        if getattr(resolver, "app_name", "") == prefix:
            for pattern in resolver.url_patterns:
                assert isinstance(pattern, URLPattern), "a deeper include: teach this walker"
                yield str(pattern.name), f"/{resolver.pattern}{pattern.pattern}"


def filled(route: str, reference: str) -> str:
    """A route with a reference and something for its other parts."""
    for part, value in {
        "<str:reference>": reference, "<str:kind>": "pdf", "<str:token>": "made-up", "<int:step>": "1",
        "<int:number>": "1", "<int:position>": "1", "<slug:question>": "made-up", "<int:notification>": "1",
        "<str:key>": "customers.inactive",
    }.items():  # fmt: skip
        route = route.replace(part, value)
    assert "<" not in route, f"teach the walker {route}"
    return route


@pytest.fixture
def ready(alice: User, axel: User) -> Case:
    """Alice's copy with real files in the vault."""
    return approve(asks(alice), axel)


@pytest.fixture
def erasure(alice: User) -> Case:
    """Alice's deletion, planned."""
    return asks(alice, "erasure")


@pytest.fixture
def strange(mallory: User) -> Client:
    """Mallory's browser: signed in, confirmed, and with no business here."""
    return browser_of(mallory, sure=True)


@pytest.fixture
def opened(alice: User) -> Callable[..., Case]:
    """``opened("erasure")``: Alice asks."""
    return lambda kind="access", **given: asks(alice, kind, **given)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """WeasyPrint leaves its colour profile open until the garbage collector comes."""
    for item in items:
        if "tests/enemy" in item.path.as_posix():
            item.add_marker(pytest.mark.filterwarnings("ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"))
