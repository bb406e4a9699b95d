"""The addresses of the subject's pages."""

from django.urls import path
from django.views.i18n import set_language

from portal.views import callbacks, cases, confirm, deletion, download, files, home, notme, receipt

app_name = "portal"

REQUEST = "privacy/requests/<str:reference>/"

urlpatterns = [
    path("", home.start, name="start"),
    path("privacy/", home.home, name="home"),
    path("privacy/download/", download.choose, name="download"),
    path("privacy/download/check/", download.check, name="download_check"),
    path("privacy/delete/", deletion.what, name="delete"),
    path("privacy/delete/when/", deletion.when, name="delete_when"),
    path("privacy/delete/confirm/", deletion.confirm, name="delete_confirm"),
    path("privacy/requests/", cases.listing, name="requests"),
    path(REQUEST, cases.case, name="case"),
    path(REQUEST + "progress/", cases.progress, name="progress"),
    path(REQUEST + "withdraw/", cases.withdraw, name="withdraw"),
    path(REQUEST + "answer/", cases.answer, name="answer"),
    path(REQUEST + "files/<str:kind>/", files.file, name="file"),
    path(REQUEST + "files/<str:kind>/<int:position>/", files.file, name="file"),
    path(REQUEST + "forget/", files.forget, name="forget"),
    path(REQUEST + "renew/", files.renew, name="renew"),
    path(REQUEST + "confirmation/", cases.confirmation_text, name="confirmation"),
    path(REQUEST + "certificate/", cases.certificate, name="certificate"),
    path("privacy/confirm/", confirm.confirm, name="confirm"),
    path("privacy/not-me/<str:token>/", notme.not_me, name="not_me"),
    path("privacy/language/", set_language, name="language"),
    path("privacy/receipt/", receipt.receipt, name="receipt"),
    path("dossier/callbacks/<slug:question>/", callbacks.callback, name="callback"),
]
