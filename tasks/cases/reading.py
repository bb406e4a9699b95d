"""What a case holds sealed, opened for those who may see it: the preview, the certificate, the receipt."""

import hmac
from collections.abc import Iterator
from typing import Any

from tasks.cases import covering
from tasks.cases.models import Case
from tasks.cases.references import hash_of_key, normal
from tasks.cases.states import Kind
from tasks.erasure.ends import ends_of


def preview(case: Case) -> Iterator[Any]:
    """The export exactly as it would be delivered: sections, each followed by its records.

    Yields ``transform.Section`` and ``transform.Record``; nothing where no snapshot is.
    Record the look first: ``operations.record_view(case, what="preview", …)``.
    """
    return covering.delivered(case)


def certificate(case: Case) -> dict[str, Any]:
    """The certificate of a finished erasure, with what has become since of what was kept (``ends``); empty before."""
    if case.kind != Kind.ERASURE or not case.outcome:
        return {}
    return {**case.outcome, "ends": ends_of(case.pk)}


def receipt(reference: str, key: str) -> Case:
    """The erasure that a reference and a receipt key open, for people whose account is gone.

    Raises:
        Case.DoesNotExist: wrong reference or wrong key; the two cannot be told apart, nor by time.
    """
    plain = normal(reference)
    case = Case.objects.filter(reference=f"{plain[:3]}-{plain[3:]}", kind=Kind.ERASURE).exclude(receipt_hash="").first()
    stored = case.receipt_hash if case else "0" * 64
    if not hmac.compare_digest(hash_of_key(key), stored) or case is None:
        raise Case.DoesNotExist("no receipt for this reference and key.")
    return case
