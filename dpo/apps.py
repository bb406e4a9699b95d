"""The application ``dossier_dpo``: the office's pages."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router
from django.db.models.signals import post_migrate


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
        post_migrate.connect(make_groups, sender=apps.get_app_config("dossier"))  # an app with models is told


def make_groups(*, using: str, **_: Any) -> None:
    """After a migration: make the groups of the office that are not there yet; nobody has to guess their names."""
    from django.contrib.auth.models import Group

    from tasks.cases.actors import GROUPS

    here = router.allow_migrate_model(using, Group)
    if not here or Group._meta.db_table not in connections[using].introspection.table_names():
        return
    groups = Group._default_manager.using(using)
    known = set(groups.filter(name__in=GROUPS).values_list("name", flat=True))
    groups.bulk_create([Group(name=name) for name in GROUPS if name not in known], ignore_conflicts=True)


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
