"""The addresses of the shipped project."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("portal.urls")),
    path("office/", include("dpo.urls")),
    path("accounts/", include("allauth.urls")),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("examples.shop.demo.urls"))]
