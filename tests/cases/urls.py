"""The addresses that letters link to, without the pages behind them."""

from django.http import HttpResponse
from django.urls import include, path


def page(request, *args, **kwargs):
    return HttpResponse()


PORTAL = [
    path("privacy/requests/<reference>/", page, name="case"),
    path("privacy/not-me/<token>/", page, name="not_me"),
    path("privacy/receipt/", page, name="receipt"),
]
DPO = [path("office/cases/<reference>/", page, name="case")]

urlpatterns = [path("", include((PORTAL, "portal"))), path("", include((DPO, "dpo")))]
