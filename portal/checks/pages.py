"""What the pages need of a project's settings: applications, middleware, templates, addresses, an office that opens."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage
from django.shortcuts import resolve_url
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils.module_loading import import_string

from portal import languages
from portal.checks.said import GUIDE, error, warning
from tasks import conf
from tasks.cases.pages import address

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "templates"  # of the repository; a wheel has them in portal
DJANGO_MIDDLEWARE = {
    "django.contrib.sessions.middleware.SessionMiddleware": "nobody stays signed in",
    "django.contrib.auth.middleware.AuthenticationMiddleware": "nobody is signed in",
    "django.middleware.csrf.CsrfViewMiddleware": "another site could ask for an erasure in a visitor's name",
    "django.contrib.messages.middleware.MessageMiddleware": "a page that has something to say fails",
}
PROCESSORS = {
    "django.template.context_processors.request": "the navigation does not know where it is",
    "django.contrib.auth.context_processors.auth": "every page looks as if nobody were signed in",
    "django.contrib.messages.context_processors.messages": "what was done is never said",
    "portal.context.desk": "no page knows who answers for the data",
}
APPS = {
    "tasks": "there is nothing behind the pages",
    "django.contrib.auth": "the desk has no people",
    "django.contrib.contenttypes": "the desk's groups have no table",
    "django.contrib.sessions": "the desk cannot remember who confirmed",
    "django.contrib.messages": "a page that has something to say fails",
    "django.contrib.staticfiles": "the pages' style sheets are not found",
    "django_htmx": "the page of a request fails",
}


def installed() -> Iterator[CheckMessage]:
    """E101: an application that ours need."""
    for name, else_ in _missing(APPS, [config.name for config in apps.get_app_configs()]):
        yield error(101, f"'{name}' is not in INSTALLED_APPS: {else_}.", f"Add '{name}' to INSTALLED_APPS.")


def middleware() -> Iterator[CheckMessage]:
    """E102, W102: a middleware that the pages need, or that keeps them safe."""
    present = [_class(path) for path in settings.MIDDLEWARE]
    for path, else_ in _wanted_middleware().items():
        if not any(isinstance(there, type) and issubclass(there, _class(path)) for there in present):
            yield error(102, f"'{path}' is not in MIDDLEWARE: {else_}.", f"Add '{path}' to MIDDLEWARE.")
    path = "django.middleware.locale.LocaleMiddleware"
    chosen = any(isinstance(there, type) and issubclass(there, _class(path)) for there in present)
    if settings.USE_I18N and len(languages.offered()) > 1 and not chosen:
        yield warning(
            102,
            f"'{path}' is not in MIDDLEWARE: a language chosen at the foot of a page changes nothing.",
            "Add it after SessionMiddleware, or name the one language of your pages in LANGUAGES.",
        )


def _wanted_middleware() -> dict[str, str]:
    wanted = {**DJANGO_MIDDLEWARE, "portal.middleware.VaultGuard": "a missing vault key is a page of errors"}
    if apps.is_installed("allauth.account"):
        wanted["portal.middleware.AccountGuard"] = "somebody at an open computer could add a passkey of their own"
    if apps.is_installed("dpo"):
        wanted["dpo.access.OfficeMiddleware"] = "a page of the office could be left open"
    return wanted


def templates() -> Iterator[CheckMessage]:
    """E103, W103: the templates, what they are given, and a host's own that nobody finds."""
    try:
        engine: Any = get_template("dossier/base.html").backend  # type: ignore[attr-defined]
    except TemplateDoesNotExist:
        yield error(103, "Django finds no template 'dossier/base.html'.", "Set APP_DIRS to True in TEMPLATES.")
        return
    given = engine.engine.context_processors if isinstance(engine, DjangoTemplates) else []
    for path, else_ in _missing(PROCESSORS, given):
        yield error(
            103,
            f"'{path}' is not among the context processors: {else_}.",
            f"Add '{path}' to TEMPLATES[…]['OPTIONS']['context_processors'].",
        )
    for config in _behind_us():
        yield warning(
            103,
            f"'{config.name}' has a template dossier/base.html of its own, and stands behind 'portal': it is not used.",
            f"Name '{config.name}' before 'portal' in INSTALLED_APPS, or move the template to a folder of DIRS.",
        )


def _behind_us() -> Iterator[Any]:
    """Applications whose header was meant for our pages and comes too late; none where a folder of DIRS has one."""
    folders = [Path(folder) for options in _engines() for folder in options.get("DIRS", ())]
    if any((folder / "dossier/base.html").is_file() for folder in folders if folder != OURS):
        return
    configs = list(apps.get_app_configs())
    ours = next(at for at, config in enumerate(configs) if config.name == "portal")
    for config in configs[ours + 1 :]:
        if (Path(config.path) / "templates/dossier/base.html").is_file():
            yield config


def _engines() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = settings.TEMPLATES
    return found


def addresses() -> Iterator[CheckMessage]:
    """E104: pages that are included nowhere, and a sign-in that is none."""
    wanted = {"portal": "portal:home", **({"dpo": "dpo:inbox"} if apps.is_installed("dpo") else {})}
    for name, page in wanted.items():
        if not address(page):
            place = "office/" if name == "dpo" else ""
            yield error(
                104,
                f"The pages of '{name}' have no address.",
                f'Add path("{place}", include("{name}.urls")) to {settings.ROOT_URLCONF}, under no namespace.',
            )
    if not _leads_somewhere(settings.LOGIN_URL):
        yield error(
            104,
            f"LOGIN_URL is '{settings.LOGIN_URL}', and there is no page: people are sent to it to sign in.",
            "Set LOGIN_URL to the name or address of your own sign-in page.",
        )


def _leads_somewhere(target: Any) -> bool:
    try:
        page = resolve_url(target)
        if urlsplit(page).netloc:  # somebody else's sign-in: not ours to ask
            return True
        prefix = (settings.FORCE_SCRIPT_NAME or "").rstrip("/")
        resolve(urlsplit(page).path.removeprefix(prefix))
    except (NoReverseMatch, Resolver404):
        return False
    return True


def office() -> Iterator[CheckMessage]:
    """E105: an office that nobody can open, and one that is another package."""
    if not apps.is_installed("dpo"):
        return
    ours, found = ROOT / "dpo", Path(apps.get_app_config(_label("dpo")).path)
    if found.resolve() != ours:
        yield warning(
            105,
            f"'dpo' in INSTALLED_APPS is {found}; Dossier's is {ours} and is not loaded.",
            f"Rename your own, or run the desk beside your project ({GUIDE}); silence this where you want no office.",
        )
        return
    if not any(f.name == "groups" for f in apps.get_model(settings.AUTH_USER_MODEL)._meta.get_fields()):
        yield error(
            105,
            f"{settings.AUTH_USER_MODEL} has no 'groups': nobody can be of the office.",
            "Let the user model inherit from django.contrib.auth.models.PermissionsMixin.",
        )
    if not (conf.second_factor or any(map(apps.is_installed, ("allauth.mfa", "django_otp")))):
        yield error(
            105,
            "The office opens with a second factor only, and the project has none: nobody can open it.",
            "Install allauth.mfa or django-otp, or name a function in DOSSIER['second_factor'] that takes a request "
            "and says whether its person signed in with one.",
        )


def _label(name: str) -> str:
    return next(config.label for config in apps.get_app_configs() if config.name == name)


def hooks() -> Iterator[CheckMessage]:
    """E106: a function that DOSSIER names and that is none."""
    for key in ("confirmed_email", "second_factor"):
        path = getattr(conf.load(), key)
        if path and not callable(_class(path)):
            yield error(
                106, f"DOSSIER['{key}'] is '{path}', and there is no such function.", "Write 'package.module.name'."
            )


def _missing(wanted: dict[str, str], present: Iterable[Any]) -> list[tuple[str, str]]:
    there = set(present)
    return [(name, else_) for name, else_ in wanted.items() if name not in there]


def _class(path: str) -> Any:
    try:
        return import_string(path)
    except ImportError:
        return None
