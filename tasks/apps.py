"""The application ``dossier``: finds every privacy.py when Django starts."""

from django.apps import AppConfig


class DossierConfig(AppConfig):
    name = "tasks"
    label = "dossier"
    verbose_name = "Dossier"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tasks import datamap

        datamap.autodiscover()
