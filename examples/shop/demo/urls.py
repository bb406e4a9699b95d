"""The demo's own pages, included only with ``settings.DEMO``."""

from django.urls import path

from examples.shop.demo import views

app_name = "demo"
urlpatterns = [
    path("mail/", views.mails, name="mails"),
    path("mail/<slug:mail_id>/", views.mail, name="mail"),
    path("codes/", views.codes, name="codes"),
]
