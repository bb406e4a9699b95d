"""The application ``dossier_portal``: the subject's pages."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "dossier_portal"
    verbose_name = "Dossier: privacy pages"
