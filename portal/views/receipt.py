"""The receipt of a deletion, for people whose account is gone: reference and key, no sign-in."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal import limits
from portal.fates import Fates
from portal.forms import ReceiptForm
from tasks.cases import queries
from tasks.cases.models import Case

TOO_OFTEN = _("That was tried too often. Wait five minutes, then try again.")
NOTHING = _("Nothing opens with this reference and key. Compare both with the mail that we sent you.")


@sensitive_post_parameters("key")
@never_cache
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Open a certificate. The answer is the same whether the reference or the key is wrong."""
    if request.method == "GET":
        return render(request, "dossier/portal/receipt.html", {"form": ReceiptForm()})
    form, now = ReceiptForm(request.POST), timezone.now()
    status = 422
    if form.is_valid():
        if not _allowed(request, form.cleaned_data["reference"], now):
            form.add_error(None, TOO_OFTEN)
            status = 429
        else:
            try:
                found = queries.receipt(form.cleaned_data["reference"], form.cleaned_data["key"])
            except Case.DoesNotExist:
                form.add_error(None, NOTHING)
            else:
                return _opened(request, found)
    return render(request, "dossier/portal/receipt.html", {"form": form}, status=status)


def _opened(request: HttpRequest, case: Case) -> HttpResponse:
    certificate = queries.certificate(case)
    context = {
        "case": case,
        "certificate": certificate,
        "fates": Fates.of_certificate(certificate),
        "unconfirmed": queries.unconfirmed(case),
        "by_key": True,
    }
    return render(request, "dossier/portal/certificate.html", context)


def _allowed(request: HttpRequest, reference: str, at: datetime) -> bool:
    if not limits.allow("receipt", limits.address(request), times=10, seconds=300, at=at):
        return False  # and nobody fills the cache with made-up references
    return limits.allow("receipt-of", reference, times=10, seconds=300, at=at)
