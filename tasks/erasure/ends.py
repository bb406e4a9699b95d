"""What has become of the rows that an erasure kept, for whoever reads its certificate later."""

import uuid
from datetime import date
from typing import Any

from django.db.models import Q

from tasks.datamap import registry
from tasks.erasure import ledger
from tasks.erasure.decide import local_date
from tasks.erasure.keys import model_of, plain
from tasks.erasure.models import ErasureRun, KeptRow


def ends_of(run_id: uuid.UUID | str) -> dict[str, dict[str, date | None]]:
    """Per category of what was kept: ``{"until": last day of what is still there, "gone": since when nothing is}``.

    Also what was kept on for longer, under a later run. Rows without an end are left out.
    """
    if not ledger.exists():
        return {}
    runs = plain(ErasureRun, ledger.alias()).filter(Q(pk=run_id) | Q(origin=run_id)).values("pk")
    kept = plain(KeptRow, ledger.alias()).filter(run__in=runs).exclude(until=None, held="")
    found: dict[str, dict[str, Any]] = {}
    for label, until, swept_at in kept.values_list("label", "until", "swept_at").distinct().iterator():
        entry = found.setdefault(
            registry.get(model_of(label)).context.key, {"until": None, "gone": None, "left": False}
        )
        if swept_at is None:
            entry["left"] = True
            entry["until"] = max(entry["until"] or date.min, until) if until else entry["until"]
        else:
            day = local_date(swept_at)
            entry["gone"] = max(entry["gone"] or date.min, day)
    return {
        key: {"until": entry["until"], "gone": None if entry["left"] else entry["gone"]} for key, entry in found.items()
    }
