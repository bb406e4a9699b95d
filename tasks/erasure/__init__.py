"""What an erasure does: planned as data, carried out with a ledger, proven by a second look."""

from tasks.erasure.apply import apply
from tasks.erasure.certificate import certificate
from tasks.erasure.erased import Erased, erased, returned
from tasks.erasure.plan import Plan, Refusal, plan, resume
from tasks.erasure.stats import DeleteStats
from tasks.erasure.verify import Verification, verify

__all__ = [
    "DeleteStats",
    "Erased",
    "Plan",
    "Refusal",
    "Verification",
    "apply",
    "certificate",
    "erased",
    "plan",
    "resume",
    "returned",
    "verify",
]
