"""Confirming that it is you, in the way you choose."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import codes, confirmation, limits
from portal.forms import CodeForm, PasswordForm

SAYS = {
    codes.Verdict.WRONG: gettext_lazy("That is not the code that we sent."),
    codes.Verdict.SPENT: gettext_lazy("That was the last try with this code. Send a new one."),
    codes.Verdict.NONE: gettext_lazy("No code is out. Send a new one."),
}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Offer password, passkey or app, and a code by e-mail; go on to ``next`` after one of them."""
    answer = {"password": _password, "send": _send, "code": _code}.get(request.POST.get("way", ""))
    if request.method == "POST" and answer:
        return answer(request)
    return _page(request)


def _password(request: HttpRequest) -> HttpResponse:
    form, now = PasswordForm(request.POST), timezone.now()
    if form.is_valid():
        if not limits.allow("password", request.user.pk, times=8, seconds=300, at=now):
            form.add_error("password", _("That was tried too often. Wait five minutes, or use a code by e-mail."))
        elif request.user.check_password(form.cleaned_data["password"]):
            return _confirmed(request, method="password")
        else:
            form.add_error("password", _("That is not the password of this account."))
    return _page(request, password_form=form)


def _send(request: HttpRequest) -> HttpResponse:
    if not codes.send(request, at=timezone.now()):
        notice = (_("No code was sent"), _("Too many were asked for in the last hour, or no address is confirmed."))
        return _page(request, notice=notice)
    return redirect(f"{request.path}?{request.GET.urlencode()}#code")


def _code(request: HttpRequest) -> HttpResponse:
    form, now = CodeForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, code_form=form)
    verdict = codes.check(request, form.cleaned_data["code"], at=now)
    if verdict is codes.Verdict.RIGHT:
        return _confirmed(request, method="code")
    if verdict is codes.Verdict.EXPIRED:
        sent = codes.send(request, at=now)
        return _page(request, notice=(_("That code has run out"), _("We have sent a new one.") if sent else ""))
    form.add_error("code", SAYS[verdict])
    return _page(request, code_form=form)


def _confirmed(request: HttpRequest, *, method: str) -> HttpResponse:
    codes.forget(request)
    confirmation.remember(request, method=method, at=timezone.now())
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else reverse("portal:home")


def _page(
    request: HttpRequest,
    *,
    password_form: PasswordForm | None = None,
    code_form: CodeForm | None = None,
    notice: tuple[str, str] | None = None,
) -> HttpResponse:
    context = {
        "next": _next(request),
        "back": _next(request) if "/files/" not in _next(request) else reverse("portal:home"),
        "ways": confirmation.ways(request.user),
        "mailbox": codes.mailbox(request.user),
        "sent": codes.outstanding(request, at=timezone.now()),
        "password_form": password_form or PasswordForm(),
        "code_form": code_form or CodeForm(),
        "notice": notice,
    }
    wrong = bool(notice) or bool(password_form) or bool(code_form)
    return render(request, "dossier/portal/confirm.html", context, status=422 if wrong else 200)
