"""Carry out a plan: short transactions, each with its ledger row, to be killed and begun again at any instruction."""

import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, connections, transaction

from tasks.collector import Subject
from tasks.collector.anyof import any_of
from tasks.collector.graph import Graph, graph
from tasks.datamap.relations import Relation
from tasks.erasure import batches, files, holds, journal, ledger
from tasks.erasure.change import change
from tasks.erasure.keys import as_json, plain
from tasks.erasure.models import Action, ErasureBatch, ErasureRun
from tasks.erasure.order import Batch, Stage
from tasks.erasure.plan import Plan
from tasks.erasure.plan import plan as make_plan
from tasks.erasure.prints import KeptNote, Prints, immutable, kept_prints, lasting
from tasks.erasure.raw import Stored
from tasks.erasure.rows import delete
from tasks.erasure.stats import DeleteStats
from tasks.erasure.steps import Step
from tasks.errors import ApprovalVoid, SourceUnavailable

Touched = tuple[Step, list[Any], list[Stored]]  # rows that were meant, and of deletions those that went
Progress = Callable[[int, int], None]  # rows done, rows in all
PASSING = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock
ROUNDS = 10  # how often rows that the host writes meanwhile are looked for


def apply(
    subject: Subject, plan: Plan, *, run_id: uuid.UUID | str, at: datetime, on_progress: Progress | None = None
) -> DeleteStats:
    """Erase what ``plan`` says and return what went, over all calls with this ``run_id``.

    A plan that was made at this very moment ``at`` is carried out as it stands. Else rows are looked for
    anew: ``plan`` needs to hold decisions, not keys. Either way the person is looked for again when all
    is done, and rows that came meanwhile and fall under the plan's decisions go with the others.

    Each transaction takes as many rows as keep its lock well under half a second, and holds its ledger
    row where both live in one database; elsewhere the intent is written first. Files are removed at the
    end, when their rows are committed gone. Called again after a crash it finishes, and counts nothing
    twice; called again when all is done it changes nothing. ``on_progress`` runs between transactions;
    what it raises stops the work there.

    Rows of models with receivers of ``pre_delete`` or ``post_delete`` are sent as signals around the
    set-wise delete, as Django's own cascade does it; an overridden ``delete()`` is called row by row,
    and what is still there afterwards (a soft delete) goes set-wise. See ``rows.delete``.

    Raises:
        PlanRefused: rows that nothing says what to do with. At the first call nothing was touched.
        ApprovalVoid: a model or rule that was not in the plan. At the first call nothing was touched.
        SubjectHeld: a legal hold covers the person as a whole; one that is set meanwhile stops the work there.
        SourceUnavailable: Dossier's tables are missing, or the database did not answer; to be called again.
        DeclarationError: a strategy gave what its column does not take. That transaction was rolled back.

    Source: GDPR art. 17(1), 5(2).
    """
    plan.check()
    ledger.require()
    holds.check(subject)
    fresh = plan if plan.is_of(subject, at) else make_plan(subject, at=at)
    fresh.check()
    fresh.check_within(plan.decisions)
    with answering(run_id):
        run = ledger.start(subject, plan.decisions, run_id, at=at)
        Eraser(subject, run, graph(subject.model, using=subject.using), at=at, on_progress=on_progress).work(fresh)
        return ledger.stats(run)


@contextmanager
def answering(run_id: uuid.UUID | str) -> Iterator[None]:
    """Say it in Dossier's words when a database does not answer, and let go of connections that are dead."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        close_dead_connections()
        raise SourceUnavailable(
            f"Erasure {run_id}: a database did not answer ({type(error).__name__}). What is done is done and written "
            "down; the same erasure goes on from there when it is run again."
        ) from error


def close_dead_connections() -> None:
    """Close connections that the server has given up, so that the next question opens new ones."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block and not connection.is_usable():
            connection.close()


class Eraser:
    """One run at work."""

    def __init__(
        self,
        subject: Subject,
        run: ErasureRun,
        compiled: Graph,
        *,
        at: datetime,
        on_progress: Progress | None = None,
        again: Callable[[], Plan] | None = None,
    ) -> None:
        self.subject, self.run, self.graph, self.at = subject, run, compiled, at
        self.on_progress = on_progress
        self.again = again or partial(make_plan, subject, at=at)  # what is left, found anew
        self.prints = Prints(run)
        self.pace = Pace()
        self.salt = secrets.token_bytes(32)  # of hashes; kept nowhere
        self.done = self.total = 0
        self.in_order = not connections[self.graph.alias(subject.model)].features.can_defer_constraint_checks

    def work(self, found: Plan) -> None:
        """Round after round until nothing is left, the first as ``found``; then the files."""
        journal.write(self.run)
        self._finish_intents()
        for turn in range(ROUNDS):
            left = self._left(found if turn == 0 else self.again())
            if not left.total:
                break
            try:
                for stage in left.stages:
                    self._stage(stage)
            except IntegrityError:
                self.in_order = True  # a key was looked at at once; or the host wrote a row that names one of these
            except OperationalError as error:
                if not is_passing(error):
                    raise
        else:
            raise SourceUnavailable(
                f"Erasure {self.run.pk}: after {ROUNDS} rounds rows still come up that lead to {self.subject.label} "
                f"{self.subject.pk}. Stop what writes them, and try again."
            )
        files.remove(self.run, alias=self.graph.alias, at=self.at)
        journal.write(self.run, finished_at=self.at)
        ledger.finish(self.run, at=self.at)

    def _left(self, found: Plan) -> Plan:
        """What is left to do, all of it approved."""
        left = found.without(ledger.settled_keys(self.run))
        left.check()
        holds.check(self.subject)
        try:
            left.check_within(self.run.decisions)
        except ApprovalVoid:
            ledger.void(self.run, at=self.at)
            raise
        ledger.plan_steps(self.run, left)
        self.done, self.total = ledger.progress(self.run)
        return left

    def _stage(self, stage: Stage) -> None:
        holds.check(self.subject)
        for batch in stage.batches(self.pace.size, in_order=self.in_order):
            began = time.monotonic()
            self._batch(batch)
            self.pace.took(batch, time.monotonic() - began)
            self.done += batch.count
            if self.on_progress is not None:
                self.on_progress(self.done, self.total)

    def _batch(self, batch: Batch) -> None:
        """One transaction; where ledger and rows live apart, one each: intent, rows, done."""
        aliases = {self.graph.alias(step.model) for step, _ in batch.runs}
        if aliases == {ledger.alias()}:
            with transaction.atomic(using=ledger.alias()):
                self._together(batch)
            return
        with transaction.atomic(using=ledger.alias()):
            intents = self._intend(batch)
        for alias in sorted(aliases):
            with transaction.atomic(using=alias):
                self._touch(batch, alias)
        self._settle(intents)

    def _together(self, batch: Batch) -> None:
        """Rows and ledger at once. Counting comes first, for it takes the lock before anything is read."""
        for step, keys in batch.runs:
            batches.count_done(self.run, step.label, step.action, len(keys))
        for step, keys in batch.runs:
            files.write(self.run, step, keys, using=ledger.alias())
        written: list[ErasureBatch] = []
        for step, keys, gone in self._touch(batch, ledger.alias()):
            if step.action == Action.KEEP:
                notes = self._kept_notes(step, keys, using=ledger.alias())
                batches.write_kept(self.run, step.label, zip(map(as_json, keys), notes, strict=True))
                continue
            went = [row[0] for row in gone] if step.action == Action.DELETE else keys
            if len(went) != len(keys):  # somebody else was faster, and counts them
                batches.count_done(self.run, step.label, step.action, len(went) - len(keys))
            prints = self.prints.of_stored(step.label, gone)
            written.append(batches.batch_of(self.run, step.label, step.action, went, notes=prints, done=True))
        batches.write_batches(written)

    def _intend(self, batch: Batch) -> list[ErasureBatch]:
        """Write down what is about to happen in another database."""
        intents = []
        for step, keys in batch.runs:
            alias = self.graph.alias(step.model)
            files.write(self.run, step, keys, using=alias)
            notes = self._notes(step, keys, using=alias)
            intents.append(batches.batch_of(self.run, step.label, step.action, keys, notes=notes, done=False))
        for intent in intents:  # one by one: each needs its key, which MariaDB does not give for several
            batches.write_batches([intent])
        return intents

    def _notes(self, step: Step, keys: list[Any], *, using: str) -> list[Any]:
        """What the ledger holds beside each key: a fingerprint of what goes, what tells the end of what stays."""
        if step.action == Action.DELETE:
            prints = self.prints.of(step.model, keys, using=using)
            return [prints.get(key, "") for key in keys] if prints else []
        if step.action == Action.KEEP:
            return [note.as_data() for note in self._kept_notes(step, keys, using=using)]
        return []

    def _kept_notes(self, step: Step, keys: list[Any], *, using: str) -> list[KeptNote]:
        """What tells when each row ends, and that it is still the same row then; nothing of rows that do not end."""
        if not (step.until or step.rule.held):
            return [KeptNote()] * len(keys)
        columns = lasting(step.model, step.changes)
        prints = kept_prints(self.prints, step.model, keys, columns, using=using)
        return [KeptNote(step.until.get(key), prints.get(key, ""), step.rule.held) for key in keys]

    def _touch(self, batch: Batch, only: str) -> list[Touched]:
        """The host's side in one database: keys inside circles are cleared, then rows are changed or deleted."""
        broken: dict[Relation, list[Any]] = {}
        for relation, key in batch.breaks:
            if self.graph.alias(relation.model) == only:
                broken.setdefault(relation, []).append(key)
        for relation, keys in broken.items():
            plain(relation.model, only).filter(any_of("pk", keys)).update(**{relation.column: None})
        touched: list[Touched] = []
        for step, keys in batch.runs:
            if self.graph.alias(step.model) != only:
                continue
            gone: list[Stored] = []
            if step.action == Action.DELETE:
                gone = delete(step.model, keys, using=only, columns=immutable(step.model))
            elif step.changes:
                change(step, keys, using=only, salt=self.salt)
            touched.append((step, keys, gone))
        return touched

    def _settle(self, intents: list[ErasureBatch]) -> None:
        """Say that what was intended is done, and count it: once, for only what is not done yet is counted."""
        with transaction.atomic(using=ledger.alias()):
            for row in intents:
                batches.settle(self.run, row)

    def _finish_intents(self) -> None:
        """Find out what became of batches that were written down when the process was killed.

        What the plan does not hold any more was done; the rest comes up again by itself.
        """
        intents = list(plain(ErasureBatch, ledger.alias()).filter(run=self.run, done=False).order_by("pk"))
        if intents:
            left = self.again().keys()
            for row in intents:
                batches.drop_undone(row, left.get(row.label, {}).get(row.action, []))
            self._settle(intents)


def is_passing(error: OperationalError) -> bool:
    """Whether two transactions stood in each other's way, and this one was given up for the other."""
    return getattr(error.__cause__, "sqlstate", "") in PASSING


class Pace:
    """How many rows a transaction takes, so that no lock lasts half a second.

    Learnt for each model and action anew, for a row may cost a hundred times what another one does:
    first a few, then what is done in a fifth of a second by what was measured.
    """

    LEAST, FIRST, MOST, SECONDS = 20, 100, 20_000, 0.2

    def __init__(self) -> None:
        self.sizes: dict[tuple[str, str], int] = {}

    def size(self, step: Step) -> int:
        """The rows of the next transaction."""
        return self.sizes.get((step.label, step.action), min(self.FIRST, self.MOST))

    def took(self, batch: Batch, seconds: float) -> None:
        """Learn from the last transaction; never grow more than twentyfold."""
        room = int(batch.count * self.SECONDS / max(seconds, 0.000_1))
        for step, _ in batch.runs:
            grown = min(room, batch.count * 20, self.MOST)
            self.sizes[step.label, step.action] = max(grown, min(self.LEAST, self.MOST))
