from django.apps import AppConfig


class DatabaseCascadeConfig(AppConfig):
    name = "tests.hosts.database_cascade"
    label = "database_cascade"
    default_auto_field = "django.db.models.BigAutoField"
