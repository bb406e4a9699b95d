"""The application ``dossier_dpo``: the office's pages."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured


class DpoConfig(AppConfig):
    name = "dpo"
    label = "dossier_dpo"
    verbose_name = "Dossier: the office"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if find_spec("django_filters") is None:
            raise ImproperlyConfigured(
                "'django_filters' is not installed; the office's pages need it: pip install 'dossier-desk[desk]'."
            )

    def ready(self) -> None:
        for name in ("tasks", "portal"):  # its pages stand in the portal's frame
            refuse_a_stranger(name, ours=Path(__file__).resolve().parent.with_name(name))
            if not apps.is_installed(name):
                raise ImproperlyConfigured(f"'dpo' is in INSTALLED_APPS without '{name}', which it needs. Add it.")


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
