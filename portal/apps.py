"""The application ``dossier_portal``: the subject's pages."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import pre_migrate


class PortalConfig(AppConfig):
    name = "portal"
    label = "dossier_portal"
    verbose_name = "Dossier: privacy pages"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        require("django_htmx", "the privacy pages")

    def ready(self) -> None:
        refuse_a_stranger("tasks", ours=Path(__file__).resolve().parent.with_name("tasks"))
        from portal import checks

        checks.enable()
        if any(name.startswith("portal.project.") for name in settings.DATABASE_ROUTERS):
            from portal.project.router import refuse_hosts_database

            pre_migrate.connect(refuse_hosts_database)


def require(package: str, what: str) -> None:
    """Say which extra to install, before Django fails on the package's name.

    Raises:
        ImproperlyConfigured: ``package`` is not installed.
    """
    if find_spec(package) is None:
        raise ImproperlyConfigured(f"'{package}' is not installed; {what} need it: pip install 'dossier-desk[desk]'.")


def refuse_a_stranger(name: str, *, ours: Path) -> None:
    """Say in one sentence that the host's package ``name`` hides ours; the traceback that came instead says nothing.

    Raises:
        ImproperlyConfigured: Python finds ``name`` elsewhere than in ``ours``.
    """
    spec = find_spec(name)
    folders = spec.submodule_search_locations if spec else None
    place = next(iter(folders), None) if folders else spec and spec.origin
    found = Path(place) if place else None
    if found is None or found.resolve() != ours:
        raise ImproperlyConfigured(
            f"Dossier's package '{name}' is {ours}, but Python finds {found or 'none'}: two top-level packages cannot "
            f"share a name. Rename the other one, or run Dossier beside this project (docs/deploy.md)."
        )
