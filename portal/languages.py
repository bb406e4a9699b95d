"""The languages that people can choose: those of the project that the desk has words in."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info, to_locale

OURS = Path(__file__).parent / "locale"
SOURCE = "en"  # what the texts are written in needs no catalogue


def offered() -> tuple[tuple[str, str], ...]:
    """``(code, its own name)`` of each language, in the order of ``LANGUAGES``; never none.

    A project that leaves ``LANGUAGES`` alone has Django's hundred, and a choice of languages in which most of the page
    stays English would be none. A catalogue of the host's own, in ``LOCALE_PATHS``, counts.
    """
    return _offered(tuple(code for code, _name in settings.LANGUAGES), tuple(map(str, settings.LOCALE_PATHS)))


def current() -> str:
    """The code of the language that the page is in, as far as it is one of those."""
    codes = [code for code, _name in offered()]
    active = get_language() or settings.LANGUAGE_CODE
    return next((code for code in (active, active.partition("-")[0], SOURCE) if code in codes), codes[0])


def native_name(code: str) -> str:
    """What a language calls itself: ``de`` → Deutsch."""
    try:
        return capfirst(str(get_language_info(code)["name_local"]))
    except KeyError:
        return str(dict(settings.LANGUAGES).get(code, code))


@lru_cache(maxsize=8)
def _offered(codes: tuple[str, ...], paths: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    folders = [OURS, *map(Path, paths)]
    known = [code for code in codes if code.partition("-")[0] == SOURCE or _has_words(code, folders)]
    return tuple((code, native_name(code)) for code in known or codes[:1] or [SOURCE])


def _has_words(code: str, folders: list[Path]) -> bool:
    names = {to_locale(code), code.partition("-")[0]}
    return any((folder / name / "LC_MESSAGES" / "django.mo").exists() for folder in folders for name in names)
