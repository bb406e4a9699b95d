from django.apps import AppConfig


class FatesConfig(AppConfig):
    name = "tests.hosts.fates"
    label = "fates"
    default_auto_field = "django.db.models.BigAutoField"
