"""What Kestrel & Moss holds about conversations between customers."""

from django.utils.translation import gettext_lazy as _

from examples.shop.community.models import Comment, Like, Post, Tag
from examples.shop.customers.privacy import HOST
from tasks import datamap
from tasks.datamap import Anonymise, Category, Constant, Delete, Keep, LegalBasis, Null, Purpose, Retention

COMMUNITY = Category(
    "community",
    title=_("Community"),
    description=_("What you wrote for others to read"),
    purposes=(Purpose("dpv:ServiceProvision", _("To show what you wrote to other members")),),
    legal_basis=LegalBasis.CONTRACT,
    retention=Retention(_("Until you delete it")),
    recipients=(HOST,),
    origin=_("You, when you wrote it"),
    order=50,
)
NAMELESS = Anonymise(
    {"author": Null(), "author_name": Constant("Former member")},
    because=_("The text stays, because other people replied to it; your name goes"),
)

datamap.exempt(Tag, because="A word that anybody may use.")


@datamap.register(Post)
class PostPrivacy(datamap.ModelPrivacy):
    category = COMMUNITY
    label = "{title}"
    fields = ("title", "text", "tags", "author_name", "written_at")
    portable = ("title", "text", "tags", "written_at")
    order_by = "-written_at"
    follow = True  # set to null when an account goes, yet the post is the person's
    erasure = NAMELESS


@datamap.register(Post.tags.through)
class PostTagPrivacy(datamap.ModelPrivacy):
    category = COMMUNITY
    title = _("Tags of your posts")
    fields = ("post", "tag")
    erasure = Keep(because=_("Says what a post is about, and nothing about you"))


@datamap.register(Comment)
class CommentPrivacy(datamap.ModelPrivacy):
    category = COMMUNITY
    label = "Comment on {post}"
    fields = ("post", "parent", "text", "author_name", "written_at")
    portable = ("text", "written_at")
    order_by = "-written_at"
    # What others wrote below the person's post or comment is not the person's.
    follow = {"author": True, "post": False, "parent": False}
    shared = "mine_only"
    erasure = NAMELESS


@datamap.register(Like)
class LikePrivacy(datamap.ModelPrivacy):
    category = COMMUNITY
    fields = ("liked", "at")
    labels = {"liked": _("What you liked")}
    order_by = "-at"
    sentence = _("On {at} you liked {liked}.")
    follow = {"user": True, "liked": False}  # likes by others of the person's posts are not the person's
    shared = "mine_only"
    erasure = Delete()
