"""What a host may listen to."""

from django.dispatch import Signal

#: A request for erasure was opened: end tokens and marketing here. Argument: ``case``. Sent after the commit.
erasure_opened = Signal()
#: A person's rows are gone and the proof is written. Argument: ``case``. Sent after the commit.
erasure_closed = Signal()
