"""Whether an answer holds everything that was asked for, and what it lacks: sources and categories that failed.

Source: GDPR art. 15(1), 15(3).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.cases.models import Case, Phase, StepState
from tasks.datamap.labels import category_of, heading_of


@dataclass(frozen=True)
class Lack:
    """Something that the answer lacks: a source (``category`` is empty), or a category with where in it and why.

    ``why`` names the kind of trouble and no person.
    """

    where: str
    why: str
    category: str = ""
    label: str = ""  # of the section


def lacks(case: Case) -> list[Lack]:
    """What failed for good, and so holds back the release until an approver says why not. One query."""
    return [*_sources(case), *_categories(case)]


def is_incomplete(case: Case) -> bool:
    """Whether anything failed. One query."""
    return bool(lacks(case))


def is_clean(case: Case) -> bool:
    """Whether a copy can go out without that a person looks: it lacks nothing, and nothing in it may be another's."""
    return not (case.snapshot.get("gaps") or case.snapshot.get("suspected") or case.redactions_hash or lacks(case))


def named_gaps(case: Case) -> list[Lack]:
    """What is not shown whole and yet holds nothing back: a file that is gone, words that could not be made."""
    return [_lack(gap) for gap in case.snapshot.get("gaps", []) if not holds_back(gap)]


def holds_back(gap: dict[str, str]) -> bool:
    """Whether a gap is a category that failed: nothing is known of it, or of one of its columns.

    A gap without a field is a whole section. A gap with a field and a key is a single value that is named, and so is
    a field whose words alone could not be made: its stored value stands there.
    """
    return not gap.get("field")


def _sources(case: Case) -> Iterator[Lack]:
    for step in case.steps.filter(phase=Phase.COLLECT, state__in=[StepState.FAILED, StepState.LEFT]):
        yield Lack(step.title or step.source, step.refusal or step.left_out or step.error)


def _categories(case: Case) -> Iterator[Lack]:
    for gap in case.snapshot.get("gaps", []):
        if holds_back(gap):
            yield _lack(gap)


def _lack(gap: dict[str, str]) -> Lack:
    label = gap.get("section") or gap.get("label", "")
    heading = heading_of(label)
    where = f"{heading}, {gap['field']}" if gap.get("field") else heading
    return Lack(where, gap.get("reason") or gap.get("error", ""), str(category_of(label).title), label)
