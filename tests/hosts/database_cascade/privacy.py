"""A generic key may lead to anybody, so this has to be described."""

from tasks import datamap
from tests.hosts.database_cascade.models import Note


@datamap.register(Note)
class NotePrivacy(datamap.ModelPrivacy):
    fields = ("content_type", "object_id")
