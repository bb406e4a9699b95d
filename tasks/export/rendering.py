"""Templates of the report, the viewer and the read-me, by an engine of their own.

The host's TEMPLATES need not know ours: in a wheel they lie inside ``portal``, in a checkout beside ``tasks``.
"""

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine

import tasks
from tasks.errors import DossierError

BUILTINS = ["django.templatetags.i18n", "django.contrib.humanize.templatetags.humanize", "tasks.export.filters"]


@cache
def engine() -> Engine:
    """The engine, made once."""
    return Engine(dirs=[str(folder())], builtins=BUILTINS, autoescape=True)


def folder() -> Path:
    """The folder of our templates.

    Raises:
        DossierError: the installation is not whole.
    """
    root = Path(tasks.__file__).resolve().parents[1]
    for found in (root / "templates", root / "portal" / "templates"):
        if (found / "dossier" / "pdf" / "report.html").is_file():
            return found
    raise DossierError(
        f"Dossier's templates are neither in {root / 'templates'} nor in {root / 'portal'}. Install it again."
    )


def render(name: str, **context: Any) -> str:
    """The template ``name`` as text, everything in ``context`` escaped where it is HTML."""
    return engine().get_template(name).render(Context(context, autoescape=name.endswith(".html")))


def asset(name: str) -> str:
    """A style sheet or script that lies beside the templates, as it is."""
    return (folder() / name).read_text(encoding="utf-8")
