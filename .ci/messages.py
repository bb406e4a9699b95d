"""`make messages`: bring the catalogues up to what the pages, letters and exports say, and compile them.

Four catalogues, one per package that is installed, because Django looks for translations in packages: a template in
``templates/`` speaks with the words of the room that renders it. What was translated stays; what is new stands empty
until somebody translates it (tests/languages says so); what nobody says any more goes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ("dossier/letters", "dossier/pdf", "dossier/records", "dossier/viewer")
OFFICE = ("dossier/dpo", "dossier/office.html")
# Where a catalogue stands, and what speaks with it: the code, and the entries of templates/ (None: all the others).
CATALOGUES: dict[str, tuple[str, tuple[str, ...] | None]] = {
    "tasks/locale": ("tasks", ENGINE),
    "dpo/locale": ("dpo", OFFICE),
    "portal/locale": ("portal", None),
    "examples/shop/demo/locale": ("examples/shop", ()),
}
PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
}


def main() -> int:
    for folder in CATALOGUES:
        template = extract(folder)
        for language in PLURALS:
            missing = update(folder, language, template)
            print(f"{folder}/{language}: {len(template)} texts, {missing} not translated")
    return 0


def extract(folder: str) -> polib.POFile:
    """What is said with the catalogue ``folder``, read from a copy: Django's command writes beside what it reads."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for path in _sources(folder):
            target = copy / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        (copy / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "--locale=de", "--keep-pot", "--add-location=file"]
        environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
        return polib.pofile(str(copy / "locale" / "django.pot"))


def _sources(folder: str) -> list[Path]:
    code, entries = CATALOGUES[folder]
    templates = ROOT / "templates"
    if entries is None:
        found = [*(templates / "dossier").iterdir(), templates / "project"]
        names = (str(path.relative_to(templates)) for path in found)
        entries = tuple(name for name in names if name not in (*ENGINE, *OFFICE))
    tops = [ROOT / code, *(templates / entry for entry in entries)]
    files = [path for top in tops for path in ([top] if top.is_file() else top.rglob("*"))]
    return [path for path in files if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts]


def update(folder: str, language: str, template: polib.POFile) -> int:
    """Write one catalogue anew and compile it; the number of texts that nobody has translated yet."""
    path = ROOT / folder / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = _known(language) | ({_key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {})
    catalogue = polib.POFile(wrapwidth=120)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    forms = int(PLURALS[language][len("nplurals=")])
    catalogue.extend(_translated(entry, known.get(_key(entry)), forms=forms) for entry in template)
    catalogue.save(str(path))
    catalogue.save_as_mofile(str(path.with_suffix(".mo")))
    return len(catalogue.untranslated_entries())


def _known(language: str) -> dict[tuple[str | None, str, str], polib.POEntry]:
    """What any catalogue says, for a text that moved from one room to another."""
    files = (ROOT / folder / language / "LC_MESSAGES" / "django.po" for folder in CATALOGUES)
    return {_key(entry): entry for file in files if file.exists() for entry in polib.pofile(str(file)) if entry.msgstr}


def _key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _translated(entry: polib.POEntry, old: polib.POEntry | None, *, forms: int) -> polib.POEntry:
    plural = dict.fromkeys(range(forms), "") if entry.msgid_plural else {}
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgid_plural=entry.msgid_plural,
        msgstr=old.msgstr if old else "",
        msgstr_plural={**plural, **(old.msgstr_plural if old else {})},
        comment=entry.comment,
        flags=[flag for flag in entry.flags if flag != "fuzzy"],
        occurrences=sorted({(name, "") for name, _ in entry.occurrences}),
    )


if __name__ == "__main__":
    if not shutil.which("xgettext"):
        sys.exit("make messages: xgettext is missing. On Debian: apt-get install gettext")
    sys.exit(main())
