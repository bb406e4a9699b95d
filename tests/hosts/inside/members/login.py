"""The club's own second factor: its key cards write a word into the session."""

from django.http import HttpRequest


def has_token(request: HttpRequest) -> bool:
    return request.session.get("key_card") == "shown"
