"""What a phase of a case came to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tasks.cases.lease import Lease
from tasks.cases.models import Case


def _nothing(case: Case) -> None:
    """Store nothing beyond the facts."""


@dataclass(frozen=True)
class Done:
    """What a phase came to: written in one transaction, if the lease still holds then."""

    counts: dict[str, int] = field(default_factory=dict)  # {label: rows}
    result: dict[str, Any] = field(default_factory=dict)  # of the step
    files: list[str] = field(default_factory=list)  # names in the vault that stay
    facts: dict[str, Any] = field(default_factory=dict)  # columns of the case
    told: dict[str, Any] = field(default_factory=dict)  # to the audit: counts and hashes
    store: Callable[[Case], None] = _nothing


def begin_file(lease: Lease, kind: str, **facts: Any) -> str:
    """A new name in the vault, put down before anything is written there: nothing sealed is ever lost sight of."""
    name = f"{lease.step.case.pk}/{lease.token}.{kind}"
    lease.write(files=[*lease.step.files, name], **facts)
    return name
