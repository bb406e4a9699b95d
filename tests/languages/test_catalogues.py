"""The catalogues: complete, true to the texts they translate, compiled, and nothing said that they do not know.

``make messages`` brings them up to date; what is then empty has to be translated (docs/languages.md).
"""

import importlib.util
import re
import shutil
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("ar", "de", "es", "fr")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{\w+\}")
TAG = re.compile(r"</?\w+")


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / ".ci" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


messages = _load()
FOLDERS = tuple(messages.CATALOGUES)


@lru_cache
def catalogue(folder: str, language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / folder / language / "LC_MESSAGES" / "django.po"))


def forms(entry: polib.POEntry) -> list[str]:
    """Every text that may stand for ``entry``."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def key(entry: polib.POEntry) -> tuple[str, str, str]:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


every_catalogue = pytest.mark.parametrize(
    ("folder", "language"), [(folder, language) for folder in FOLDERS for language in LANGUAGES]
)


@every_catalogue
def test_a_catalogue_leaves_nothing_untranslated(folder, language):
    wanting = [entry.msgid for entry in catalogue(folder, language) if not all(map(str.strip, forms(entry)))]

    assert wanting == []


@every_catalogue
def test_a_catalogue_holds_no_guess_and_nothing_that_is_no_longer_said(folder, language):
    assert catalogue(folder, language).fuzzy_entries() == []
    assert catalogue(folder, language).obsolete_entries() == []


@every_catalogue
def test_a_plural_has_as_many_forms_as_the_language(folder, language):
    wanted = list(range({"ar": 6}.get(language, 2)))

    assert f"nplurals={len(wanted)};" in catalogue(folder, language).metadata["Plural-Forms"]
    assert [e.msgid for e in catalogue(folder, language) if e.msgid_plural and sorted(e.msgstr_plural) != wanted] == []


@every_catalogue
def test_a_translation_fills_in_what_the_text_fills_in(folder, language):
    """In a plural a form may leave out the number, as "one record" does; it may never ask for something unknown."""
    wrong = []
    for entry in catalogue(folder, language):
        known = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for text in forms(entry):
            found = set(PLACEHOLDER.findall(text))
            if not (found <= known if entry.msgid_plural else found == known):
                wrong.append((entry.msgid, text))

    assert wrong == []


@every_catalogue
def test_a_plural_keeps_everything_but_the_number(folder, language):
    """What both English forms fill in, every form of the translation has to, but for the number that is counted."""
    wrong = []
    for entry in catalogue(folder, language):
        if entry.msgid_plural:
            both = set(PLACEHOLDER.findall(entry.msgid)) & set(PLACEHOLDER.findall(entry.msgid_plural))
            wrong += [(entry.msgid, text) for text in forms(entry) if len(both - set(PLACEHOLDER.findall(text))) > 1]

    assert wrong == []


@every_catalogue
def test_a_translation_keeps_the_markup(folder, language):
    wrong = []
    for entry in catalogue(folder, language):
        wanted = sorted(TAG.findall(entry.msgid_plural or entry.msgid))
        wrong += [(entry.msgid, text) for text in forms(entry) if sorted(TAG.findall(text)) != wanted]

    assert wrong == []


@every_catalogue
def test_a_translation_begins_and_ends_a_line_where_the_text_does(folder, language):
    wrong = [
        entry.msgid
        for entry in catalogue(folder, language)
        for text in forms(entry)
        if entry.msgid.endswith("\n") != text.endswith("\n") or entry.msgid.startswith("\n") != text.startswith("\n")
    ]

    assert wrong == []


@every_catalogue
def test_what_is_compiled_is_what_was_translated(folder, language):
    compiled = polib.mofile(str(ROOT / folder / language / "LC_MESSAGES" / "django.mo"))

    assert {key(entry): forms(entry) for entry in compiled} == {
        key(entry): forms(entry) for entry in catalogue(folder, language).translated_entries()
    }


@pytest.mark.skipif(not shutil.which("xgettext"), reason="xgettext is not installed")
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_catalogues_know_every_text_and_no_other(folder):
    said = {key(entry) for entry in messages.extract(folder)}

    for language in LANGUAGES:
        known = {key(entry) for entry in catalogue(folder, language)}
        assert said - known == set(), "make messages finds these"
        assert known - said == set(), "nobody says these"


def test_one_text_means_the_same_in_every_room():
    """Django throws all catalogues together: of two translations of one text only one would ever be read."""
    for language in LANGUAGES:
        told: dict[tuple[str, str, str], list[str]] = {}
        for folder in FOLDERS:
            for entry in catalogue(folder, language):
                assert told.setdefault(key(entry), forms(entry)) == forms(entry), (language, entry.msgid)
