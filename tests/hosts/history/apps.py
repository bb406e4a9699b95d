"""The application, for the tests."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "tests.hosts.history"
    label = "history"

    def ready(self) -> None:
        import reversion

        reversion.register(self.get_model("Essay"))
