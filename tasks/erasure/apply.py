"""Carry out a plan: short transactions, each with its ledger row, to be killed and begun again at any instruction."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tasks.collector import Subject
from tasks.collector.graph import Graph, graph
from tasks.datamap.relations import Relation
from tasks.erasure import files, ledger
from tasks.erasure.keys import as_json, plain
from tasks.erasure.models import Action, ErasureBatch, ErasureRun
from tasks.erasure.order import Run, Stage
from tasks.erasure.plan import Plan
from tasks.erasure.plan import plan as make_plan
from tasks.erasure.rows import change, delete
from tasks.erasure.stats import DeleteStats
from tasks.erasure.steps import Step
from tasks.errors import ApprovalVoid, SourceUnavailable

Progress = Callable[[int, int], None]  # rows done, rows in all
ROUNDS = 10  # how often rows that the host writes meanwhile are looked for


def apply(
    subject: Subject, plan: Plan, *, run_id: uuid.UUID | str, at: datetime, on_progress: Progress | None = None
) -> DeleteStats:
    """Erase what ``plan`` says and return what went, over all calls with this ``run_id``.

    Rows are looked for anew: those that came meanwhile and fall under the plan's decisions go with
    the others; ``plan`` needs to hold decisions, not keys. Each transaction takes as many rows as
    keep its lock well under half a second, and holds its ledger row where both live in one database;
    elsewhere the intent is written first. Files are removed at the end, when their rows are
    committed gone. Called again after a crash it finishes, and counts nothing twice; called again
    when all is done it changes nothing. ``on_progress`` runs between transactions; what it raises
    stops the work there.

    Rows of models with receivers of ``pre_delete`` or ``post_delete`` are sent as signals around the
    set-wise delete, as Django's own cascade does it; an overridden ``delete()`` is called row by row,
    and what is still there afterwards (a soft delete) goes set-wise. See ``rows.delete``.

    Raises:
        PlanRefused: rows that nothing says what to do with. At the first call nothing was touched.
        ApprovalVoid: a model or rule that was not in the plan. At the first call nothing was touched.
        SourceUnavailable: Dossier's tables are missing, or the database did not answer.

    Source: GDPR art. 17(1), 5(2).
    """
    plan.check()
    ledger.require()
    fresh = make_plan(subject, at=at)
    fresh.check()
    fresh.check_within(plan.decisions)
    run = ledger.start(subject, plan.decisions, run_id, at=at)
    Eraser(subject, run, graph(subject.model, using=subject.using), at=at, on_progress=on_progress).work(fresh)
    return ledger.stats(run)


class Eraser:
    """One run at work."""

    def __init__(
        self, subject: Subject, run: ErasureRun, compiled: Graph, *, at: datetime, on_progress: Progress | None
    ) -> None:
        self.subject, self.run, self.graph, self.at = subject, run, compiled, at
        self.on_progress = on_progress
        self.prints = ledger.Prints(run)
        self.pace = Pace()
        self.done = self.total = 0

    def work(self, found: Plan) -> None:
        """Round after round until nothing is left, the first as ``found``; then the files."""
        self._finish_intents()
        for turn in range(ROUNDS):
            left = self._left(found if turn == 0 else make_plan(self.subject, at=self.at))
            if not left.total:
                break
            try:
                for stage in left.stages:
                    self._stage(stage)
            except IntegrityError:
                continue  # the host wrote a row that names one of these: the next round sees it
        else:
            raise SourceUnavailable(
                f"Erasure {self.run.pk}: after {ROUNDS} rounds rows still come up that lead to {self.subject.label} "
                f"{self.subject.pk}. Stop what writes them, and try again."
            )
        files.remove(self.run, alias=self.graph.alias, at=self.at)
        ledger.finish(self.run, at=self.at)

    def _left(self, found: Plan) -> Plan:
        """What is left to do, all of it approved."""
        left = found.without(ledger.settled_keys(self.run))
        left.check()
        try:
            left.check_within(self.run.decisions)
        except ApprovalVoid:
            ledger.void(self.run, at=self.at)
            raise
        ledger.plan_steps(self.run, left)
        self.done, self.total = ledger.progress(self.run)
        return left

    def _stage(self, stage: Stage) -> None:
        for runs, breaks in stage.batches(lambda: self.pace.size):
            began = time.monotonic()
            self._batch(runs, breaks)
            self.pace.took(time.monotonic() - began)
            self.done += sum(len(keys) for _, keys in runs)
            if self.on_progress is not None:
                self.on_progress(self.done, self.total)

    def _batch(self, runs: list[Run], breaks: list[tuple[Relation, Any]]) -> None:
        """One transaction; where ledger and rows live apart, one each: intent, rows, done."""
        aliases = {self.graph.alias(step.model) for step, _ in runs}
        if aliases == {ledger.alias()}:
            with transaction.atomic(using=ledger.alias()):
                self._write(runs, done=True)
                self._touch(runs, breaks)
            return
        with transaction.atomic(using=ledger.alias()):
            intents = self._write(runs, done=False)
        for alias in sorted(aliases):
            with transaction.atomic(using=alias):
                here = [(step, keys) for step, keys in runs if self.graph.alias(step.model) == alias]
                self._touch(here, [found for found in breaks if self.graph.alias(found[0].model) == alias])
        self._settle(intents)

    def _write(self, runs: list[Run], *, done: bool) -> list[ErasureBatch]:
        """The ledger's side. Counting comes first, for it takes the lock before anything is read."""
        for step, keys in runs if done else ():
            ledger.count_done(self.run, step.label, step.action, len(keys))
        written = []
        for step, keys in runs:
            alias = self.graph.alias(step.model)
            files.write(self.run, step, keys, using=alias)
            if done and step.action == Action.KEEP:
                ledger.write_kept(self.run, step.label, ((as_json(key), step.until.get(key)) for key in keys))
            else:
                notes = self._notes(step, keys)
                written.append(ledger.write_batch(self.run, step.model, step.action, keys, notes=notes, done=done))
        return written

    def _notes(self, step: Step, keys: list[Any]) -> dict[Any, str]:
        """What the ledger holds beside each key: a fingerprint of what goes, the last day of what stays."""
        if step.action == Action.DELETE:
            return self.prints.of(step.model, keys, using=self.graph.alias(step.model))
        return {key: day.isoformat() for key, day in step.until.items()} if step.action == Action.KEEP else {}

    def _touch(self, runs: list[Run], breaks: list[tuple[Relation, Any]]) -> None:
        """The host's side: keys inside circles are cleared, then each run of rows is changed or deleted."""
        for relation, key in breaks:
            plain(relation.model, self.graph.alias(relation.model)).filter(pk=key).update(**{relation.column: None})
        for step, keys in runs:
            alias = self.graph.alias(step.model)
            if step.action == Action.DELETE:
                delete(step.model, keys, using=alias)
            elif step.changes:
                change(step, keys, using=alias)

    def _settle(self, intents: list[ErasureBatch]) -> None:
        """Say that what was intended is done, and count it: once, for only what is not done yet is counted."""
        with transaction.atomic(using=ledger.alias()):
            for row in intents:
                ledger.settle(self.run, row)

    def _finish_intents(self) -> None:
        """Find out what became of batches that were written down when the process was killed.

        What the plan does not hold any more was done; the rest comes up again by itself.
        """
        intents = list(plain(ErasureBatch, ledger.alias()).filter(run=self.run, done=False).order_by("pk"))
        if intents:
            left = make_plan(self.subject, at=self.at).keys()
            for row in intents:
                ledger.drop_undone(row, left.get(row.label, {}).get(row.action, []))
            self._settle(intents)


class Pace:
    """How many rows a transaction takes, so that no lock lasts half a second."""

    LEAST, MOST = 20, 20_000

    def __init__(self, size: int = 200) -> None:
        self.size = size

    def took(self, seconds: float) -> None:
        """Learn from the last transaction: aim at a fifth of a second, and never grow more than twofold."""
        factor = min(max(0.2 / max(seconds, 0.001), 0.25), 2.0)
        self.size = int(min(max(self.size * factor, self.LEAST), self.MOST))
