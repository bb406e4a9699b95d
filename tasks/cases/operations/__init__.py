"""What can be done with a case. Page, job and command call the same; each is one use case, whole.

Every operation checks who may, changes, records and tells, together or not at all. ``by`` is an
``Actor`` (``Actor.of_user(request.user)``), ``at`` the moment that the door read. They raise
``TransitionRefused``, ``NotAllowed``, ``ApprovalVoid`` or ``ValueError`` (a text that is needed is empty).
"""

from tasks.cases.operations.asking import answer, ask, write
from tasks.cases.operations.clockwork import due_letters, due_steps, expire_unverified, remind, start_scheduled, warn
from tasks.cases.operations.closing import close, expire, forget_copy, freeze, freeze_by_link, unfreeze, withdraw
from tasks.cases.operations.deciding import GROUNDS, approve, extend, grounds_for, reject
from tasks.cases.operations.looking import downloadable, record_download, record_view, stream
from tasks.cases.operations.office import advise, assign, comment
from tasks.cases.operations.opening import identify, open_access, open_erasure, renew
from tasks.cases.operations.redacting import redact, unredact
from tasks.cases.operations.working import retry, work

__all__ = [
    "GROUNDS",
    "advise",
    "answer",
    "approve",
    "ask",
    "assign",
    "close",
    "comment",
    "downloadable",
    "due_letters",
    "due_steps",
    "expire",
    "expire_unverified",
    "extend",
    "forget_copy",
    "freeze",
    "freeze_by_link",
    "grounds_for",
    "identify",
    "open_access",
    "open_erasure",
    "record_download",
    "record_view",
    "redact",
    "reject",
    "remind",
    "renew",
    "retry",
    "start_scheduled",
    "stream",
    "unfreeze",
    "unredact",
    "warn",
    "withdraw",
    "work",
    "write",
]
