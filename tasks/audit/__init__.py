"""The ground: an append-only, hash-chained record of what happened.

``record``, ``verify`` and ``of`` are its whole face; ``atomic`` and ``after_commit`` are the
transaction that an entry shares with what it records.
"""

from tasks.audit.chain import Verdict, of, record, verify
from tasks.audit.models import AppendOnly, Entry
from tasks.audit.store import after_commit, alias, atomic

__all__ = ["AppendOnly", "Entry", "Verdict", "after_commit", "alias", "atomic", "of", "record", "verify"]
