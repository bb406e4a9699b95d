"""New guesses into a privacy.py that somebody has worked on: lines are added, and none is changed."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from tasks.datamap.draft.fields import Guess
from tasks.datamap.draft.writing import INDENT, entry, text


@dataclass(frozen=True)
class Place:
    """Where the values of an attribute end in the source: a line and a column, both as ``ast`` counts them."""

    line: int
    column: int
    single: bool
    empty: bool
    comma: bool


class Source:
    """The text of a module, to which lines are added from the bottom up, so that places stay true."""

    def __init__(self, code: str) -> None:
        self.lines = code.splitlines()
        self.tree = ast.parse(code)

    def classes(self) -> dict[str, ast.ClassDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    def missing_imports(self) -> list[str]:
        """The import lines that new declarations need and the module does not have."""
        bound = {alias.asname or alias.name for node in self.tree.body for alias in names_of(node)}
        wanted = {"_": "from django.utils.translation import gettext_lazy as _", "datamap": "from tasks import datamap"}
        return [line for name, line in wanted.items() if name not in bound]

    def after_imports(self) -> int:
        """How many lines there are up to the last import or the docstring."""
        ends = [node.end_lineno or 0 for node in self.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        if not ends and ast.get_docstring(self.tree, clean=False) is not None:
            ends = [self.tree.body[0].end_lineno or 0]
        return max(ends, default=0)

    def insert(self, edits: Iterable[tuple[int, list[str]]]) -> str:
        """Add lines behind line numbers; the whole module."""
        for number, new in sorted(edits, key=lambda edit: -edit[0]):
            self.lines[number:number] = new
        return "\n".join(self.lines) + "\n"


def names_of(node: ast.stmt) -> list[ast.alias]:
    return list(node.names) if isinstance(node, (ast.Import, ast.ImportFrom)) else []


def new_fields(
    source: Source, class_name: str, guesses: list[Guess]
) -> tuple[list[tuple[int, list[str]]], list[Guess]]:
    """The lines to add for fields that a class does not classify, and those for which there is no plain place.

    A list that stands on one line, or that is put together from parts, is left to its author.
    """
    edits, left = [], []
    for place in ("fields", "withheld", "third_party"):
        wanted = [guess for guess in guesses if guess.place == place]
        number = end_of(source, class_name, place)
        if wanted and number is not None:
            edits.append((number, list(chain.from_iterable(map(lines_of, wanted)))))
        else:
            left += wanted
    return edits, left


def lines_of(guess: Guess) -> Iterator[str]:
    code = f"{text(guess.name)}," if guess.place == "fields" else f"{text(guess.name)}: _({text(guess.text)}),"
    why = guess.why or "new"
    yield from (2 * INDENT + line for line in entry(code, Guess(guess.name, why=f"new: {why}", sure=False)))


def end_of(source: Source, class_name: str, attribute: str) -> int | None:
    """The number of lines above the closing bracket of an attribute that has a line for each of its values."""
    node = source.classes().get(class_name)
    for statement in node.body if node else ():
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
            continue
        value, end = statement.value, statement.end_lineno or 0
        if statement.targets[0].id == attribute and isinstance(value, (ast.Tuple, ast.Dict)):
            closing = source.lines[end - 1].strip()
            above = source.lines[end - 2].split("#")[0].rstrip()
            return end - 1 if closing in (")", "}") and above.endswith((",", "(", "{")) else None
    return None
