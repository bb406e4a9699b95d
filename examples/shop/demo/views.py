"""The demo's own pages. They show secrets on purpose, and exist only with ``settings.DEMO``."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from examples.shop.demo import codes as authenticators
from examples.shop.demo import mails as letters
from examples.shop.demo.accounts import ACCOUNTS, PASSWORD

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """404 without ``settings.DEMO``, even where somebody includes the addresses; never cached."""

    @wraps(view)
    def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, **parts)

    return require_safe(never_cache(guarded))


@demo_only
def mails(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/mails.html", {"mails": letters.every()})


@demo_only
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    found = letters.one(mail_id)
    if found is None:
        raise Http404
    return render(request, "demo/mail.html", {"mail": found})


@demo_only
def codes(request: HttpRequest) -> HttpResponse:
    shown = authenticators.all_codes(at=timezone.now())
    return render(request, "demo/codes.html", {"codes": shown, "accounts": ACCOUNTS, "password": PASSWORD})
