"""A generic key may lead to anybody, the demo's people too, so these have to be described."""

from tasks import datamap
from tests.hosts.zoo.models import Mark, Note, Sticker


@datamap.register(Note, Mark)
class NotePrivacy(datamap.ModelPrivacy):
    fields = ("content_type", "object_id")


@datamap.register(Sticker)
class StickerPrivacy(datamap.ModelPrivacy):
    fields = ("kind", "number")
