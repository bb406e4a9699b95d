"""Writing and reading the ledger of erasures: its runs. Their rows are written by batches.py, files.py and kept.py."""

import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import router, transaction
from django.db.models import F, Q, QuerySet
from django.utils.module_loading import import_string

from tasks.collector import Subject
from tasks.collector.graph import relations_in
from tasks.erasure.keys import as_json, from_data, model_of, plain
from tasks.erasure.models import Action, Cause, ErasureBatch, ErasureRun, ErasureStep, Hold, KeptRow
from tasks.erasure.prints import Prints
from tasks.erasure.rules import hash_of
from tasks.erasure.stats import DeleteStats
from tasks.errors import SourceUnavailable

if TYPE_CHECKING:
    from tasks.erasure.plan import Decisions, Plan


#: Begun and not finished, or not yet verified: what to look for is still sealed.
OPEN = Q(cause=Cause.ASKED) & (Q(finished_at=None) | ~Q(identifiers=""))

_made: set[str] = set()  # databases in which the ledger was seen; it does not go away again


def alias() -> str:
    """The database that the ledger is written to."""
    return router.db_for_write(ErasureRun)


def exists() -> bool:
    """Whether Dossier's tables have been made."""
    where = alias()
    if where not in _made and ErasureRun._meta.db_table in relations_in(where):
        _made.add(where)
    return where in _made


def require() -> None:
    """Let nothing be erased without a ledger.

    Raises:
        SourceUnavailable: Dossier's tables are missing.
    """
    if not exists():
        raise SourceUnavailable(
            f"Dossier's own tables are missing in database '{alias()}', and nothing is erased without a ledger. "
            "Run 'manage.py migrate' first."
        )


def key_of(subject: Subject) -> str:
    """A person's key as the ledger writes it."""
    return json.dumps(as_json(subject.pk))


def subject_of(row: ErasureRun | Hold) -> Subject:
    """The person of a run or of an active hold, whether or not their own row is there."""
    model = model_of(row.subject_label)
    return Subject(model, from_data(model, json.loads(row.subject_key)), row.using)


def unfinished(subject: Subject) -> ErasureRun | None:
    """The erasure of this person that was begun and is not finished and verified, if there is one."""
    if not exists():
        return None
    name = {"subject_label": subject.label, "subject_key": key_of(subject), "using": subject.using}
    found: ErasureRun | None = plain(ErasureRun, alias()).filter(OPEN, **name).order_by("-started_at").first()
    return found


def unfinished_key(label: str, text: str, *, using: str) -> Subject | None:
    """The subject of such an erasure, although the row itself may be gone."""
    runs = plain(ErasureRun, alias()).filter(OPEN, subject_label=label, using=using) if exists() else ()
    return next((subject_of(run) for run in runs if text in (str(json.loads(run.subject_key)), run.subject_key)), None)


def erased_person(text: str) -> Subject | None:
    """The person with this key whose erasure is over and left something behind."""
    kept = plain(KeptRow, alias()).filter(swept_at=None).values("run")
    key = json.dumps(int(text)) if text.isdecimal() else json.dumps(text)
    rows = plain(ErasureRun, alias()).filter(subject_key=key, cause=Cause.ASKED, pk__in=kept)
    run = rows.order_by("pk").first() if exists() else None
    return subject_of(run) if run else None


def start(subject: Subject, decisions: "Decisions", run_id: uuid.UUID | str, *, at: datetime) -> ErasureRun:
    """The run with this id: begun now, or as it was begun earlier with what was approved since."""
    found: ErasureRun | None = plain(ErasureRun, alias()).filter(pk=run_id).first()
    if found is not None:
        return _goes_on(found, decisions)
    run = ErasureRun(
        id=run_id,
        subject_label=subject.label,
        subject_key=key_of(subject),
        using=subject.using,
        decisions=decisions,
        decisions_hash=hash_of(decisions),
        identifiers=seal(subject.identifiers()),
        started_at=at,
    )
    if subject.keys == (subject.pk,):
        run.subject_print = Prints(run).of(subject.model, [subject.pk], using=subject.using).get(subject.pk, "")
    plain(ErasureRun, alias()).bulk_create([run], ignore_conflicts=True)  # another worker may be as far
    return _goes_on(plain(ErasureRun, alias()).get(pk=run_id), decisions)


def _goes_on(run: ErasureRun, decisions: "Decisions") -> ErasureRun:
    if run.decisions != decisions:
        run.decisions, run.decisions_hash, run.void_at = decisions, hash_of(decisions), None
        run.save(using=alias(), update_fields=["decisions", "decisions_hash", "void_at"])
    return run


def follow_up(root: ErasureRun, cause: Cause, decisions: "Decisions", *, at: datetime) -> ErasureRun:
    """The run that goes on with what ``root`` left or a backup brought back: the unfinished one, else a new one.

    Of two callers at once both get the same.
    """
    with transaction.atomic(using=alias()):
        lock(root)
        found: ErasureRun | None = follow_ups(root, cause).filter(finished_at=None).first()
        if found is not None:
            return _goes_on(found, decisions)
        run = ErasureRun(
            subject_label=root.subject_label, subject_key=root.subject_key, subject_print=root.subject_print,
            using=root.using, cause=cause, origin=root.pk, decisions=decisions, decisions_hash=hash_of(decisions),
            started_at=at,
        )  # fmt: skip
        run.save(using=alias(), force_insert=True)
        return run


def follow_ups(run: ErasureRun, cause: Cause) -> QuerySet[ErasureRun]:
    """The runs that go on, for one cause, with the erasure that ``run`` is or goes back to."""
    rows: QuerySet[ErasureRun] = plain(ErasureRun, alias()).filter(origin=root_of(run).pk, cause=cause)
    return rows


def broken_off(run: ErasureRun, cause: Cause) -> bool:
    """Whether one of them began and did not end."""
    return follow_ups(run, cause).filter(finished_at=None).exists()


def lock(run: ErasureRun) -> None:
    """Take the run's row until the end of the transaction, so that others who want it wait."""
    plain(ErasureRun, alias()).filter(pk=run.pk).update(cause=F("cause"))


def root_of(run: ErasureRun) -> ErasureRun:
    """The erasure that somebody asked for, to which a later run goes back."""
    return (get(run.origin) if run.origin else None) or run


def void(run: ErasureRun, *, at: datetime) -> None:
    """Say that rows came up that were not approved; what was done is done, and the rest has to be approved."""
    plain(ErasureRun, alias()).filter(pk=run.pk).update(void_at=at)


def get(run_id: uuid.UUID | str) -> ErasureRun | None:
    """The run with this id, if it was begun."""
    found: ErasureRun | None = plain(ErasureRun, alias()).filter(pk=run_id).first()
    return found


def progress(run: ErasureRun) -> tuple[int, int]:
    """Rows done and rows planned, over all steps."""
    rows = plain(ErasureStep, alias()).filter(run=run).values_list("done", "planned")
    counted = list(rows)
    return sum(done for done, _ in counted), sum(planned for _, planned in counted)


def seal(identifiers: dict[str, list[str]]) -> str:
    """What points at the person, sealed until the verification has looked for it.

    The vault is called by name: the engine itself needs nothing beyond Django.
    """
    sealed: str = import_string("tasks.vault.seal_text")(json.dumps(identifiers))
    return sealed


def unseal(run: ErasureRun) -> dict[str, list[str]]:
    """What ``seal`` was given; nothing if it was emptied already."""
    if not run.identifiers:
        return {}
    found: dict[str, list[str]] = json.loads(import_string("tasks.vault.open_text")(run.identifiers))
    return found


def verified(run: ErasureRun, found: dict[str, Any], *, forget: bool) -> None:
    """Write down what a second look found; ``forget`` what was sealed when nothing is left to look for."""
    rows = plain(ErasureRun, alias()).filter(pk=run.pk)
    rows.update(verification=found, **({"identifiers": ""} if forget else {}))


def finish(run: ErasureRun, *, at: datetime) -> None:
    """Say that nothing is left to do."""
    plain(ErasureRun, alias()).filter(pk=run.pk, finished_at=None).update(finished_at=at)


def plan_steps(run: ErasureRun, plan: "Plan") -> None:
    """Write down what is planned: what is done already and what the plan holds beside it."""
    wanted: dict[tuple[str, str], int] = {}
    for step in plan.steps:
        name = (step.label, str(step.action))
        wanted[name] = wanted.get(name, 0) + step.count
    known = {(row.label, row.action): row for row in run.steps.using(alias())}
    place = max((row.position for row in known.values()), default=0)
    for name in known.keys() - wanted.keys():  # somebody else's erasure may have taken rows that two people share
        plain(ErasureStep, alias()).filter(pk=known[name].pk).update(planned=F("done"))
    new: list[ErasureStep] = []
    for name, count in wanted.items():
        if name in known:
            plain(ErasureStep, alias()).filter(pk=known[name].pk).update(planned=F("done") + count)
        else:
            place += 1
            new.append(ErasureStep(run=run, position=place, label=name[0], action=name[1], planned=count))
    if new:  # another worker may be as far
        plain(ErasureStep, alias()).bulk_create(new, ignore_conflicts=True)


def settled_keys(run: ErasureRun) -> dict[str, set[Any]]:
    """The keys of rows that stay and were worked on in this run, per label."""
    found: dict[str, set[Any]] = {}
    for label, key in plain(KeptRow, alias()).filter(run=run).values_list("label", "key").iterator():
        found.setdefault(label, set()).add(from_data(model_of(label), key))
    changed = plain(ErasureBatch, alias()).filter(run=run, action=Action.UPDATE, done=True)
    for label, keys in changed.values_list("label", "keys").iterator():
        found.setdefault(label, set()).update(from_data(model_of(label), key) for key in keys)
    return found


def stats(run: ErasureRun) -> DeleteStats:
    """What went in this run so far, however often it was stopped and begun again."""
    rows = plain(ErasureStep, alias()).filter(run=run, action=Action.DELETE)
    return DeleteStats(dict(rows.values_list("label", "done")))
