"""Our own templates for files: found in a checkout and in an installed wheel, whatever the host configured."""

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine

ROOT = Path(__file__).resolve().parents[2]


@cache
def engine() -> Engine:
    """A template engine of our own: autoescaping, and with no folder of the host's."""
    folders = [ROOT / "templates", ROOT / "portal" / "templates"]
    return Engine(
        dirs=[str(folder) for folder in folders if (folder / "pdf").is_dir()],
        builtins=["django.templatetags.i18n", "django.contrib.humanize.templatetags.humanize"],
        autoescape=True,
    )


def rendered(template: str, **context: Any) -> str:
    """The text of a template."""
    return str(engine().get_template(template).render(Context(context)))


def asset(name: str) -> str:
    """A style sheet or script that stands beside the templates."""
    for folder in engine().dirs:
        if (path := Path(folder) / name).is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(name)
