"""``manage.py sweep [NAME] [--dry-run]``: what nobody needs any more leaves, without waiting for a worker."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tasks.datamap.sweeps import Sweep, declared
from tasks.erasure import DeleteStats
from tasks.errors import DossierError
from tasks.housekeeping import notices, sweeps
from tasks.housekeeping.models import SweepRun
from tasks.management.base import DossierCommand, one_line

FOREVER = 365 * 24 * 3600.0
State = SweepRun.State


class Command(DossierCommand):
    help = (
        "Runs the sweeps that are due, or the named one now, and prints what was deleted as JSON. A sweep that is not "
        "switched on is only looked at. Status 1 if any of them was refused, failed, or left something behind."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="the key of a sweep; without it, all that are due")
        parser.add_argument("--dry-run", action="store_true", help="only say what they would do now; changes nothing")
        parser.add_argument("--table", action="store_true", help="for people, instead of JSON")

    def handle(self, *, name: str | None, dry_run: bool, table: bool, **_: Any) -> None:
        chosen = [named(name)] if name else list(declared)
        at, trouble = timezone.now(), []
        for sweep in chosen:
            found, why = look(sweep, at=at) if dry_run else carry_out(sweep, at=at, named=bool(name))
            if found:
                self.stdout.write(as_table(found) if table else json.dumps(found, ensure_ascii=False))
            trouble += [why] if why else []
        if not dry_run:
            notices.post(at=timezone.now())
        if trouble:
            raise CommandError(" ".join(trouble))


def named(key: str) -> Sweep:
    """The sweep with this key.

    Raises:
        CommandError: there is none.
    """
    if found := declared.get(key):
        return found
    known = ", ".join(sweep.key for sweep in declared) or "none is declared"
    raise CommandError(f"There is no sweep '{key}'. Choose one of: {known}.")


def look(sweep: Sweep, *, at: datetime) -> tuple[dict[str, Any], str]:
    """What a sweep would do now, and what stands in its way."""
    try:
        seen = sweeps.preview(sweep, at=at, plans=sweep.at_most)
    except DossierError as error:
        return {}, f"{sweep.key}: {one_line(error)}"
    found = {"sweep": sweep.key, "state": "dry", **seen.look.counts, "would_delete": stats(seen.stats.by_label)}
    over = f"{sweep.key}: {seen.look.touches} of {seen.look.rows} rows are more than the {seen.look.allowed} allowed."
    return found, f"{over} A run would be refused until the office confirms it." if seen.look.is_too_much else ""


def carry_out(sweep: Sweep, *, at: datetime, named: bool) -> tuple[dict[str, Any], str]:
    """Run a sweep to its end, and what stands in its way; nothing where it is not due."""
    run = sweeps.run(sweep, at=at, anyway=named, seconds=FOREVER)
    if run is None:
        return {}, f"{sweep.key}: a worker has it at this moment. Try again later." if named else ""
    found = {"sweep": sweep.key, "state": run.state, **run.counts, "left": run.left, "deleted": stats(run.stats)}
    return found, because(run, named=named)


def because(run: SweepRun, *, named: bool) -> str:
    """What was not done, and what to do about it; empty where all was."""
    match run.state:
        case State.REFUSED:
            return f"{run.sweep}: {run.error} Nothing was touched. Look at it under Housekeeping and confirm it there."
        case State.FAILED:
            return f"{run.sweep}: {run.error}"
        case State.DRY if named:
            return f"{run.sweep} is not switched on, so nothing was touched. Switch it on under Housekeeping."
        case State.DONE if run.left.keys() - {"changed", "held"}:
            return f"{run.sweep}: left for the next run: {run.left}. The audit says which erasures."
    return ""


def stats(by_label: dict[str, int]) -> dict[str, Any]:
    """DeleteStats as JSON has them."""
    return {"total": sum(by_label.values()), "by_label": by_label}


def as_table(found: dict[str, Any]) -> str:
    """The same for an eye: the numbers of a run, then DeleteStats."""
    went = found.get("deleted") or found.get("would_delete") or stats({})
    lines = [f"{found['sweep']}: {found['state']}"]
    lines += [f"  {name}: {found[name]}" for name in ("matched", "allowed", "tell", "waiting", "go") if name in found]
    return "\n".join([*lines, DeleteStats(went["by_label"]).report()])
