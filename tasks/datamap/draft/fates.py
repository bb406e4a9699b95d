"""What an erasure could do to a model's rows, as source lines: only where the relation alone is no answer."""

from collections.abc import Iterator

from tasks.datamap.draft.models import ModelDraft

KEEP = "Bookkeeping law"
ANONYMOUS = "Others rely on it, and it no longer leads to you"


def erasure(draft: ModelDraft) -> Iterator[str]:
    """The lines of ``erasure = …``, with the question that they raise; none where the relation's answer is good."""
    cut = [tie.name for tie in (*draft.stays, *draft.in_the_way)]
    keys = list(dict.fromkeys(name for name in cut if nullable(draft, name)))
    stuck = [tie.name for tie in draft.in_the_way if not nullable(draft, tie.name)]
    if stuck:
        yield f"# review: {', '.join(stuck)} cannot be emptied, so the row goes or every erasure is refused"
        yield "erasure = datamap.Delete()"
    elif draft.bookkeeping and keys and draft.written:
        yield "# review: does a law want these to stay, for how long, and counted from which date?"
        yield from keep(draft, keys)
    elif keys and (draft.copies or draft.in_the_way):
        yield from anonymise(draft, keys)
    elif draft.bookkeeping and not cut:
        yield "# review: a law may want these to stay, yet they go with what they hang on"


def keep(draft: ModelDraft, keys: list[str]) -> Iterator[str]:
    yield "erasure = datamap.Keep("
    yield "    for_=datamap.calendar_years(10),"
    yield f'    after="{draft.written}",'
    yield f'    because=_("{KEEP}"),'
    yield f"    meanwhile={together(draft, keys)},"
    yield ")"


def anonymise(draft: ModelDraft, keys: list[str]) -> Iterator[str]:
    if draft.copies:
        yield f"# review: the row outlives its person, and so would {', '.join(draft.copies)}"
    else:
        yield "# review: may the row stay when nobody can tell whose it was?"
    yield "erasure = datamap.Anonymise("
    yield f"    {together(draft, keys)},"
    yield f'    because=_("{ANONYMOUS}"),'
    yield ")"


def together(draft: ModelDraft, keys: list[str]) -> str:
    """One strategy by itself, several as a tuple."""
    calls = list(strategies(draft, keys))
    return calls[0] if len(calls) == 1 else f"({', '.join(calls)})"


def strategies(draft: ModelDraft, keys: list[str]) -> Iterator[str]:
    """The calls that empty keys and copies."""
    yield f"datamap.Null({', '.join(quoted(keys))})"
    if copies := [name for name in draft.copies if name not in keys]:
        yield f"datamap.Blank({', '.join(quoted(copies))})"


def nullable(draft: ModelDraft, name: str) -> bool:
    """Whether the key is a column of the model's own that may be NULL."""
    return any(f.name == name and f.null for f in draft.model._meta.local_concrete_fields)


def quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]
