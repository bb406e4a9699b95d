"""The club's addresses, and the two lines that Dossier needs."""

import os

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "lost.html", status=404)


handler404 = not_found

urlpatterns = [path("", home, name="home")]
if settings.ALLAUTH:
    urlpatterns += [path("accounts/", include("allauth.urls"))]
else:
    urlpatterns += [
        path("login/", LoginView.as_view(), name="login"),
        path("logout/", LogoutView.as_view(next_page="/"), name="logout"),
    ]
urlpatterns += [
    path("office/", include("dpo.urls")),
    path(os.environ.get("CLUB_PREFIX", ""), include("portal.urls")),
]
