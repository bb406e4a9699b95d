"""What can be done with a case. Page, job and command call the same; each is one use case, whole.

Every operation checks who may, changes, records and tells, together or not at all. ``by`` is an
``Actor`` (``Actor.of_user(request.user)``), ``at`` the moment that the door read. They raise
``TransitionRefused``, ``NotAllowed``, ``ApprovalVoid`` or ``ValueError`` (a text that is needed is empty).
"""

from tasks.cases.operations.asking import answer, ask, write
from tasks.cases.operations.clockwork import (
    due_letters,
    due_steps,
    expire_unverified,
    forget_known,
    remind,
    start_scheduled,
    warn,
)
from tasks.cases.operations.closing import close, expire, forget_copy, freeze, freeze_by_link, unfreeze, withdraw
from tasks.cases.operations.deciding import GROUNDS, approve, extend, grounds_for, reject
from tasks.cases.operations.leaving import erase_there, leave_out, may_erase_there, may_leave_out
from tasks.cases.operations.looking import downloadable, record_download, record_view, stream
from tasks.cases.operations.office import advise, assign, comment
from tasks.cases.operations.opening import identify, open_access, open_erasure, renew
from tasks.cases.operations.redacting import redact, unredact
from tasks.cases.operations.working import fits, retry, work
from tasks.cases.steps import send as send_steps

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
    "erase_there",
    "expire",
    "expire_unverified",
    "extend",
    "fits",
    "forget_copy",
    "forget_known",
    "freeze",
    "freeze_by_link",
    "grounds_for",
    "identify",
    "leave_out",
    "may_erase_there",
    "may_leave_out",
    "open_access",
    "open_erasure",
    "record_download",
    "record_view",
    "redact",
    "reject",
    "remind",
    "renew",
    "retry",
    "send_steps",
    "start_scheduled",
    "stream",
    "unfreeze",
    "unredact",
    "warn",
    "withdraw",
    "work",
    "write",
]
