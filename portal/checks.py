"""System checks, tag ``dossier``: what a project lacks that took the pages in, and what to write where.

The shipped project passes them all. What is only wrong on a public address is said by ``check --deploy``.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.shortcuts import resolve_url
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.module_loading import import_string

from portal import languages
from tasks import conf

TAG = "dossier"
GUIDE = "docs/integrate.md"
OURS = Path(__file__).resolve().parents[1] / "templates"  # of the repository; a wheel has them in portal
LOCAL = {"localhost", "127.0.0.1", "::1", ""}
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
    "django.contrib.auth": "the desk has no people",
    "django.contrib.contenttypes": "the desk's groups have no table",
    "django.contrib.sessions": "the desk cannot remember who confirmed",
    "django.contrib.messages": "a page that has something to say fails",
    "django.contrib.staticfiles": "the pages' style sheets are not found",
    "django_htmx": "the page of a request fails",
}


def enable() -> None:
    """Let ``manage.py check`` run these checks."""
    checks.register(check_project, TAG)
    checks.register(check_public, TAG, deploy=True)


def check_project(**_: Any) -> list[CheckMessage]:
    """What keeps the pages from working in this project."""
    return [
        message
        for found in (
            installed(),
            middleware(),
            templates(),
            addresses(),
            office(),
            hooks(),
            worker(),
            database(),
            told(),
        )
        for message in found
    ]


def installed() -> Iterator[CheckMessage]:
    """E101: an application that ours need."""
    for name, else_ in _missing(APPS, [config.name for config in apps.get_app_configs()]):
        yield _error(101, f"'{name}' is not in INSTALLED_APPS: {else_}.", f"Add '{name}' to INSTALLED_APPS.")


def middleware() -> Iterator[CheckMessage]:
    """E102, W102: a middleware that the pages need, or that keeps them safe."""
    present = [_class(path) for path in settings.MIDDLEWARE]
    for path, else_ in _wanted_middleware().items():
        if not any(isinstance(there, type) and issubclass(there, _class(path)) for there in present):
            yield _error(102, f"'{path}' is not in MIDDLEWARE: {else_}.", f"Add '{path}' to MIDDLEWARE.")
    path = "django.middleware.locale.LocaleMiddleware"
    chosen = any(isinstance(there, type) and issubclass(there, _class(path)) for there in present)
    if settings.USE_I18N and len(languages.offered()) > 1 and not chosen:
        yield _warning(
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
        engine = get_template("dossier/base.html").backend
    except TemplateDoesNotExist:
        yield _error(103, "Django finds no template 'dossier/base.html'.", "Set APP_DIRS to True in TEMPLATES.")
        return
    given = engine.engine.context_processors if isinstance(engine, DjangoTemplates) else []
    for path, else_ in _missing(PROCESSORS, given):
        yield _error(
            103,
            f"'{path}' is not among the context processors: {else_}.",
            f"Add '{path}' to TEMPLATES[…]['OPTIONS']['context_processors'].",
        )
    for config in _behind_us():
        yield _warning(
            103,
            f"'{config.name}' has a template dossier/base.html of its own, and stands behind 'portal': it is not used.",
            f"Name '{config.name}' before 'portal' in INSTALLED_APPS, or move the template to a folder of DIRS.",
        )


def _behind_us() -> Iterator[Any]:
    """Applications whose header was meant for our pages and comes too late; none where a folder of DIRS has one."""
    folders = [Path(folder) for options in settings.TEMPLATES for folder in options.get("DIRS", ())]
    if any((folder / "dossier/base.html").is_file() for folder in folders if folder != OURS):
        return
    configs = list(apps.get_app_configs())
    ours = next(at for at, config in enumerate(configs) if config.name == "portal")
    for config in configs[ours + 1 :]:
        if (Path(config.path) / "templates/dossier/base.html").is_file():
            yield config


def addresses() -> Iterator[CheckMessage]:
    """E104: pages that are included nowhere, and a sign-in that is none."""
    wanted = {"portal": "portal:home", **({"dpo": "dpo:inbox"} if apps.is_installed("dpo") else {})}
    for name, page in wanted.items():
        if not _has_page(page):
            place = "office/" if name == "dpo" else ""
            yield _error(
                104,
                f"The pages of '{name}' have no address.",
                f'Add path("{place}", include("{name}.urls")) to {settings.ROOT_URLCONF}, under no namespace.',
            )
    if not _leads_somewhere(settings.LOGIN_URL):
        yield _error(
            104,
            f"LOGIN_URL is '{settings.LOGIN_URL}', and there is no page: people are sent to it to sign in.",
            "Set LOGIN_URL to the name or address of your own sign-in page.",
        )


def _has_page(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def _leads_somewhere(target: Any) -> bool:
    try:
        address = resolve_url(target)
        if urlsplit(address).netloc:  # somebody else's sign-in: not ours to ask
            return True
        prefix = (settings.FORCE_SCRIPT_NAME or "").rstrip("/")
        resolve(urlsplit(address).path.removeprefix(prefix))
    except (NoReverseMatch, Resolver404):
        return False
    return True


def office() -> Iterator[CheckMessage]:
    """E105: an office that nobody can open, and one that is another package."""
    if not apps.is_installed("dpo"):
        return
    ours, found = Path(__file__).resolve().parent.with_name("dpo"), Path(apps.get_app_config(_label("dpo")).path)
    if found.resolve() != ours:
        yield _warning(
            105,
            f"'dpo' in INSTALLED_APPS is {found}; Dossier's is {ours} and is not loaded.",
            f"Rename your own, or run the desk beside your project ({GUIDE}); silence this where you want no office.",
        )
        return
    if not any(f.name == "groups" for f in apps.get_model(settings.AUTH_USER_MODEL)._meta.get_fields()):
        yield _error(
            105,
            f"{settings.AUTH_USER_MODEL} has no 'groups': nobody can be of the office.",
            "Let the user model inherit from django.contrib.auth.models.PermissionsMixin.",
        )
    if not (conf.second_factor or any(map(apps.is_installed, ("allauth.mfa", "django_otp")))):
        yield _error(
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
            yield _error(
                106, f"DOSSIER['{key}'] is '{path}', and there is no such function.", "Write 'package.module.name'."
            )


def worker() -> Iterator[CheckMessage]:
    """W107: requests that nobody works on."""
    from celery import current_app

    if current_app.main in (None, "default") and not current_app.conf.broker_url:
        yield _warning(
            107,
            "No Celery application is set: requests would wait for ever.",
            f"In your project's __init__.py: 'from tasks.celery import app' and 'app.set_default()'. More: {GUIDE}.",
        )
        return
    beats = {entry.get("task") for entry in (current_app.conf.beat_schedule or {}).values()}
    if "dossier.tick" not in beats and not apps.is_installed("django_celery_beat"):
        yield _warning(
            107,
            "Celery's clock does not send 'dossier.tick': deadlines pass in silence, and lost work stays lost.",
            "Add app.conf.beat_schedule['dossier.tick'] = {'task': 'dossier.tick', 'schedule': 5.0}.",
        )


def database() -> Iterator[CheckMessage]:
    """W110: a file that locks whoever comes second."""
    options = settings.DATABASES["default"].get("OPTIONS") or {}
    waits = "wal" in str(options.get("init_command", "")).lower() and options.get("transaction_mode") == "IMMEDIATE"
    if settings.DATABASES["default"].get("ENGINE") == "django.db.backends.sqlite3" and not waits:
        yield _warning(
            110,
            "SQLite as it is answers 'database is locked' as soon as a worker writes beside the pages.",
            "Set DATABASES['default']['OPTIONS'] to "
            "{'transaction_mode': 'IMMEDIATE', 'timeout': 30, 'init_command': 'PRAGMA journal_mode=WAL;'}.",
        )


def told() -> Iterator[CheckMessage]:
    """W108: what letters and pages say of whoever runs the desk."""
    given = {key.lower() for key in getattr(settings, "DOSSIER", {})}
    if "site_url" not in given:
        yield _warning(
            108,
            f"DOSSIER has no 'site_url': the links in letters lead to {conf.site_url}.",
            "Add 'site_url': 'https://www.example.org' to DOSSIER, the address that people reach the project by.",
        )
    if "controller" not in given:
        yield _warning(
            108,
            "DOSSIER has no 'controller': pages, letters and files do not say who answers for the data.",
            "Add 'controller': {'name': …, 'address': …, 'email': …} to DOSSIER (art. 13(1)(a) GDPR).",
        )


def check_public(**_: Any) -> list[CheckMessage]:
    """W109: what is only wrong where strangers can reach it."""
    found, address = [], urlsplit(conf.site_url)
    if address.scheme != "https" or (address.hostname or "") in LOCAL:
        hint = "Set DOSSIER['site_url'] to the public address, with https."
        found.append(_warning(109, f"The links in letters lead to {conf.site_url}.", hint))
    if settings.DEFAULT_FROM_EMAIL == "webmaster@localhost":
        hint = "Set DEFAULT_FROM_EMAIL to an address that people can answer to."
        found.append(_warning(109, "Letters come from webmaster@localhost.", hint))
    vault = Path(conf.vault_dir or conf.load().base / "vault").absolute()
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        open_ = getattr(settings, name, None)
        if open_ and vault.is_relative_to(Path(open_).absolute()):
            hint = "Set DOSSIER['vault_dir'] to a folder that no web server gives out."
            found.append(_warning(109, f"The vault lies in {name}, which is given out to everybody.", hint))
    return found


def _missing(wanted: dict[str, str], present: Iterable[Any]) -> list[tuple[str, str]]:
    there = set(present)
    return [(name, else_) for name, else_ in wanted.items() if name not in there]


def _class(path: str) -> Any:
    try:
        return import_string(path)
    except ImportError:
        return None


def _error(number: int, text: str, hint: str) -> CheckMessage:
    return checks.Error(text, hint=hint, id=f"dossier.E{number}")


def _warning(number: int, text: str, hint: str) -> CheckMessage:
    return checks.Warning(text, hint=hint, id=f"dossier.W{number}")
