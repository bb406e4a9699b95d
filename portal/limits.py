"""How often something may be tried. Counts live in the shared cache, under hashed keys."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def allow(scope: str, who: Any, *, times: int, seconds: int, at: datetime) -> bool:
    """Count one try of ``who`` and say whether it is within ``times`` per ``seconds``.

    The window is fixed, so that a cache without atomic timeouts counts right too.
    """
    window = int(at.timestamp()) // seconds
    key = f"dossier-{scope}-{salted_hmac('portal.limits', str(who)).hexdigest()[:32]}-{window}"
    cache.add(key, 0, seconds)
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, seconds)
        return True
    cache.touch(key, seconds)
    return tries <= times


def address(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy as ``ALLAUTH_TRUSTED_PROXY_COUNT`` says."""
    from allauth.account.adapter import get_adapter

    return get_adapter(request).get_client_ip(request) or ""
