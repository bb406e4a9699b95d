"""What the person gets to keep: per category what was erased, anonymised and kept, and what proved it."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tasks import conf
from tasks.datamap import registry
from tasks.erasure import ledger
from tasks.erasure.decide import local_date
from tasks.erasure.keys import model_of, plain
from tasks.erasure.models import Action, ErasureFile, ErasureRun, KeptRow
from tasks.erasure.rules import hash_of
from tasks.erasure.verify import Verification
from tasks.errors import SourceUnavailable

FATES = {Action.DELETE: "erased", Action.UPDATE: "anonymised", Action.KEEP: "kept"}


def certificate(
    run_id: uuid.UUID | str,
    *,
    at: datetime,
    verification: Verification | None = None,
    sources: Sequence[Mapping[str, Any]] = (),
    replaces: str = "",
) -> dict[str, Any]:
    """The certificate of a run, JSON-able. It holds counts, grounds and dates, and no deleted value.

    ``verification`` is the second look to write into it; by default the one that the run remembers. ``sources`` are
    the stores and services as ``sources.certified`` tells of them, ``replaces`` the hash of an earlier certificate.

    Raises:
        SourceUnavailable: there is no such run, or it is not finished.

    Source: GDPR art. 5(2), 12(3), 17(3).
    """
    run = ledger.get(run_id)
    if run is None or run.finished_at is None:
        raise SourceUnavailable(
            f"Erasure {run_id} is not finished, so nothing can be certified yet. Carry it out first."
        )
    proof = verification.as_json() if verification else run.verification
    rows = _rows(run, sources)
    document = {
        "erasure": str(run.pk),
        "begun_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat(),
        "decisions": run.decisions_hash,
        "categories": rows,
        "totals": {name: sum(row[name] for row in rows) for name in FATES.values()},
        "files_removed": plain(ErasureFile, ledger.alias()).filter(run=run).exclude(removed_at=None).count(),
        "verification": proof,
        "backups_gone_on": (local_date(run.finished_at) + timedelta(days=conf.backup_days)).isoformat(),
        "issued_at": at.isoformat(),
        **({"sources": [dict(each) for each in sources]} if sources else {}),
        **({"replaces": replaces} if replaces else {}),
    }
    return {**document, "hash": hash_of(json.loads(json.dumps(document)))}


def _rows(run: ErasureRun, sources: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per category: counts, what was done, on what ground, until when."""
    found: dict[str, dict[str, Any]] = {}
    places: dict[str, tuple[int, str]] = {}
    for step in run.steps.using(ledger.alias()):
        context = registry.get(model_of(step.label)).context
        places[context.key] = (context.order, context.key)
        row = found.setdefault(context.key, _row(context.key, str(context.title)))
        row[FATES[Action(step.action)]] += step.done
        if step.action == Action.KEEP and step.done:
            _kept(row, run, step.label, context.retention.law if context.retention else "")
        _said(row, step.label, run.decisions.get(step.label, []))
    for source in sources:
        places.setdefault(source["category"], (source["order"], source["category"]))
        _add(found.setdefault(source["category"], _row(source["category"], source["category_title"])), source)
    return sorted(found.values(), key=lambda row: places[row["category"]])


def _row(category: str, title: str) -> dict[str, Any]:
    return {
        "category": category, "title": title, "erased": 0, "anonymised": 0, "kept": 0,
        "methods": [], "changes": {}, "grounds": [], "law": "", "until": None,
    }  # fmt: skip


def _add(row: dict[str, Any], source: Mapping[str, Any]) -> None:
    """What one store or service erased, changed and keeps, in the row of its category."""
    row["erased"] += source["erased"]
    row["anonymised"] += source["changed"]
    for kept in source["kept"]:
        row["kept"] += kept["count"]
        row["until"] = max(row["until"] or "", kept["until"] or "") or None
        row["law"] = row["law"] or source["law"]
        if kept["because"] not in row["grounds"]:
            row["grounds"].append(kept["because"])


def _kept(row: dict[str, Any], run: ErasureRun, label: str, law: str) -> None:
    ends = plain(KeptRow, ledger.alias()).filter(run=run, label=label).exclude(until=None)
    last = ends.order_by("-until").values_list("until", flat=True).first()
    if last is not None:
        row["until"] = max(row["until"] or "", last.isoformat())
    row["law"] = row["law"] or law


def _said(row: dict[str, Any], label: str, rules: list[dict[str, Any]]) -> None:
    for rule in rules:
        for name, strategy in rule.get("changes", {}).items():
            row["changes"].setdefault(label, {})[name] = strategy["strategy"]
        if rule["strategy"] not in row["methods"]:
            row["methods"].append(rule["strategy"])
        if rule.get("ground") and rule["ground"] not in row["grounds"]:
            row["grounds"].append(rule["ground"])
