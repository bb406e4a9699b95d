"""``manage.py draftprivacy APP…``: a first privacy.py, or what an existing one lacks."""

import sysconfig
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from tasks.datamap.draft import Draft, drafts
from tasks.errors import DeclarationError
from tasks.management.base import DossierCommand

HEAD = '"""What this project holds about people, one module per app."""\n\n'


class Command(DossierCommand):
    help = "Write a first privacy.py from an app's models, or add what an existing one lacks. Nothing is overwritten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="+", metavar="APP", help="labels of installed apps")
        parser.add_argument("--write", action="store_true", help="into files; without it the draft is only printed")
        parser.add_argument(
            "--to",
            type=Path,
            metavar="FOLDER",
            help="a package for the drafts of apps that are not yours, such as myproject/privacy",
        )

    def handle(self, *, apps: list[str], write: bool, to: Path | None, **_: Any) -> None:
        found = drafts(apps, folder=to)
        if not write:
            for draft in found:
                self.stdout.write(f"# {draft.path}\n{draft.text}" if draft.changes else nothing_new(draft))
            return
        for draft in found:
            check_place(draft)
        for draft in found:
            self.write(draft)
        if to is not None:
            gather(to)

    def write(self, draft: Draft) -> None:
        """One file, told in one line; what has to be added by hand, on standard error."""
        if draft.changes:
            draft.path.parent.mkdir(parents=True, exist_ok=True)
            draft.path.write_text(draft.text)
            self.stdout.write(f"{draft.path}: {len(draft.models)} models and {len(draft.fields)} fields are new.")
        elif not draft.by_hand:
            self.stdout.write(nothing_new(draft))
        for line in draft.by_hand:
            self.stderr.write(f"{draft.path}: add by hand to {line}")


def nothing_new(draft: Draft) -> str:
    return f"{draft.app}: nothing leads to a person that its privacy.py does not speak of."


def check_place(draft: Draft) -> None:
    """Let nobody's work end in a folder that the next installation replaces.

    Raises:
        DeclarationError: the app is an installed package.
    """
    installed = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    if draft.changes and installed & set(draft.path.resolve().parents):
        raise DeclarationError(
            f"{draft.app} is an installed package, and its folder is not yours. Say --to FOLDER, such as a folder "
            "'privacy' in an app of your own: autodiscovery finds it there."
        )


def gather(folder: Path) -> None:
    """Let the folder's ``__init__`` import every draft, so that autodiscovery finds them."""
    init = folder / "__init__.py"
    modules = sorted(path.stem for path in folder.glob("*.py") if path != init)
    text = init.read_text() if init.exists() else HEAD
    lines = [f"from . import {name} as {name}" for name in modules]
    if missing := [line for line in lines if line not in text]:
        init.write_text(text + "\n".join(missing) + "\n")
