"""Addresses of services that declarations name: of the right form, and whether others can listen on the way."""

import ipaddress
from urllib.parse import urlsplit


def is_address(url: str) -> bool:
    """Whether it is an http(s) address without a password and a query of its own."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.username or parts.query)


def is_plain(url: str) -> bool:
    """Whether what is sent there can be read on the way: http, and not to this very machine."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname != "localhost"


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def path_of(url: str) -> str:
    """Path and query, as they are sent and signed."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
