"""The application ``dossier_dpo``: the office's pages."""

from django.apps import AppConfig


class DpoConfig(AppConfig):
    name = "dpo"
    label = "dossier_dpo"
    verbose_name = "Dossier: the office"
