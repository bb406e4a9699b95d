"""A first privacy.py for an app, guessed from its models, to be read by somebody who knows them.

Every guess stands beside the reason for it; ``review`` marks those that the models do not tell.
"""

from tasks.datamap.draft.files import Draft, drafts

__all__ = ["Draft", "drafts"]
