"""How often something may be tried. The counts stand in Dossier's own database, under hashed keys.

Not in the cache: Django's file cache adds up by reading and writing, so that tries sent at once are counted as one,
and its default cache is a separate one in every process.
"""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from tasks import conf
from tasks.cases import tally


def allow(scope: str, who: Any, *, times: int, seconds: int, at: datetime) -> bool:
    """Count one try of ``who`` and say whether it is within ``times`` per ``seconds``. The window is fixed."""
    window = int(at.timestamp()) // seconds
    key = f"{scope}-{salted_hmac('portal.limits', str(who)).hexdigest()[:32]}-{window}"
    until = datetime.fromtimestamp((window + 1) * seconds, UTC)
    return tally.count(key, until=until, at=at) <= times


def address(request: HttpRequest) -> str:
    """Where a request comes from: behind proxies as ``ALLAUTH_TRUSTED_PROXY_COUNT`` or ``DOSSIER["proxies"]`` says."""
    if apps.is_installed("allauth.account"):
        from allauth.account.adapter import get_adapter

        return get_adapter(request).get_client_ip(request) or ""
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted = 0 < conf.proxies <= len(passed)  # what stands further left, anybody can have written
    return passed[-conf.proxies] if trusted else str(request.META.get("REMOTE_ADDR", ""))
