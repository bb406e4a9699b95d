"""What the market declares: only what an erasure cannot know. The rest is as the relations say."""

from tasks import datamap
from tests.benchmarks.market.models import AuditEntry


@datamap.register(AuditEntry)
class AuditEntryPrivacy(datamap.ModelPrivacy):
    """Entries about rows that are gone go too: ``user.delete()`` leaves them behind."""

    category = "security"
    fields = ("content_type", "object_id", "action", "at")
    erasure = datamap.Delete()
