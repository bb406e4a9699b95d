"""Redis's client: connected for one question, its errors in our words. Theirs hold keys, and keys hold addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from tasks.collector.sources.libraries import library
from tasks.errors import SourceFault, SourceUnavailable

SIGN_IN = ("NOAUTH", "WRONGPASS", "NOPERM", "DENIED")


def client_library() -> Any:
    """The package redis.

    Raises:
        DeclarationError: it is not installed.
    """
    return library("redis", who="A Redis source", extra="redis")


def connect(url: str, *, timeout: float, cluster: bool) -> Any:
    """A client that waits ``timeout`` seconds for an answer and tries once: when to try again is the case's matter."""
    redis = client_library()
    once = import_module("redis.retry").Retry(import_module("redis.backoff").NoBackoff(), 0)
    options = {"socket_timeout": timeout, "socket_connect_timeout": timeout, "decode_responses": False}
    if cluster:
        return redis.RedisCluster.from_url(url, **options)  # follows a key that moves, so it has to try again
    return redis.Redis.from_url(url, retry=once, **options)


@contextmanager
def speaking(who: str, *, timeout: float) -> Iterator[None]:
    """Say in our words what went wrong.

    Raises:
        SourceUnavailable: nobody answered in time, or not yet, or our name is not on the list.
        SourceFault: what answers does not speak Redis.
    """
    errors = client_library().exceptions
    try:
        yield
    except (errors.RedisError, errors.RedisClusterException, OSError, ValueError) as error:
        raise told(who, error, timeout=timeout) from None


def told(who: str, error: BaseException, *, timeout: float) -> SourceUnavailable:
    """The error in our words."""
    errors = client_library().exceptions
    code = code_of(error)
    if isinstance(error, errors.TimeoutError | TimeoutError):
        return SourceUnavailable(f"{who}: no answer within {timeout:g} seconds (timeout).")
    if isinstance(error, errors.BusyLoadingError):
        return SourceUnavailable(f"{who}: Redis is still loading its data. We try again.")
    if code in SIGN_IN or isinstance(error, errors.AuthenticationError | errors.AuthorizationError):
        return SourceUnavailable(f"{who}: Redis does not let us in. Look at user, password and ACL of its url.")
    if isinstance(error, errors.ReadOnlyError):
        return SourceUnavailable(f"{who}: this Redis is a replica, which takes no changes. Name the primary in url.")
    if isinstance(error, errors.InvalidResponse | ValueError):
        return SourceFault(f"{who}: what answers there does not speak Redis.")
    if isinstance(error, errors.ConnectionError | OSError | errors.RedisClusterException):
        return SourceUnavailable(f"{who}: no connection to Redis.")
    return SourceUnavailable(f"{who}: Redis answered with an error ({code or type(error).__name__}).")


def code_of(error: BaseException) -> str:
    """The word in capitals that Redis's errors begin with: "WRONGTYPE". What follows it may be anything."""
    word = str(error).partition(" ")[0]
    known = word.isascii() and word.isalpha() and word.isupper()
    return word if known else getattr(error, "status_code", "") or ""


def is_wrong_type(answer: object) -> bool:
    """Whether a key turned out to be of another type than it was a moment ago."""
    return isinstance(answer, Exception) and code_of(answer) == "WRONGTYPE"
