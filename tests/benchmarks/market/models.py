"""Twenty-nine tables, with every kind of relation that the engine knows, as a shop and its community have them.

Nothing here protects: so that ``user.delete()`` and the database's own cascade can take part, too.
"""

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CASCADE, SET_NULL


class User(AbstractBaseUser):
    """The subject; invited by another one, who is only named."""

    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    invited_by = models.ForeignKey("self", SET_NULL, null=True, related_name="invited")
    following = models.ManyToManyField("self", through="Follow", symmetrical=False, related_name="followers")

    USERNAME_FIELD = "email"


class Profile(models.Model):
    """One-to-one, its key the person's."""

    user = models.OneToOneField(User, CASCADE, primary_key=True)
    phone = models.CharField(max_length=30)
    birthday = models.DateField(null=True)
    about = models.TextField()
    settings = models.JSONField()


class Address(models.Model):
    user = models.ForeignKey(User, CASCADE)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, choices=[("DE", "Germany"), ("FR", "France"), ("ES", "Spain")])


class Product(models.Model):
    """Nobody's."""

    name = models.CharField(max_length=120)
    price = models.DecimalField(max_digits=10, decimal_places=2)


class Tag(models.Model):
    """Nobody's."""

    name = models.CharField(max_length=40)


class Order(models.Model):
    user = models.ForeignKey(User, CASCADE)
    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=1, choices=[("o", "Open"), ("p", "Paid"), ("s", "Sent"), ("c", "Closed")])
    placed_at = models.DateTimeField()
    ship_to = models.ForeignKey(Address, SET_NULL, null=True)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    gift = models.BooleanField()
    note = models.TextField()


class OrderLine(models.Model):
    order = models.ForeignKey(Order, CASCADE)
    product = models.ForeignKey(Product, SET_NULL, null=True)
    text = models.CharField(max_length=120)
    quantity = models.IntegerField()
    price = models.DecimalField(max_digits=10, decimal_places=2)


class Payment(models.Model):
    """The parent of a multi-table family."""

    order = models.ForeignKey(Order, CASCADE)
    paid_at = models.DateTimeField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)


class CardPayment(Payment):
    """The child: a row in two tables."""

    last_four = models.CharField(max_length=4)
    holder = models.CharField(max_length=80)


class Shipment(models.Model):
    """UUID keys."""

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(Order, CASCADE)
    sent_on = models.DateField()
    carrier = models.CharField(max_length=20)


class Cart(models.Model):
    user = models.OneToOneField(User, CASCADE)
    changed_at = models.DateTimeField()


class CartItem(models.Model):
    cart = models.ForeignKey(Cart, CASCADE)
    product = models.ForeignKey(Product, CASCADE)
    quantity = models.IntegerField()


class Wishlist(models.Model):
    """With an automatic many-to-many."""

    user = models.ForeignKey(User, CASCADE)
    name = models.CharField(max_length=80)
    products = models.ManyToManyField(Product)


class Review(models.Model):
    user = models.ForeignKey(User, CASCADE)
    product = models.ForeignKey(Product, CASCADE)
    stars = models.IntegerField()
    text = models.TextField()
    written_at = models.DateTimeField()


class Post(models.Model):
    """Automatic many-to-many, a generic relation, and half of a circle: the pinned comment."""

    author = models.ForeignKey(User, CASCADE)
    title = models.CharField(max_length=120)
    text = models.TextField()
    published_at = models.DateTimeField()
    pinned = models.ForeignKey("Comment", SET_NULL, null=True, related_name="pinned_on")
    tags = models.ManyToManyField(Tag)
    attachments = GenericRelation("market.Attachment")


class Comment(models.Model):
    """Two ways to the person, the author's and the post's; and a tree of answers."""

    post = models.ForeignKey(Post, CASCADE)
    author = models.ForeignKey(User, CASCADE)
    parent = models.ForeignKey("self", CASCADE, null=True, related_name="answers")
    text = models.TextField()
    written_at = models.DateTimeField()


class Like(models.Model):
    user = models.ForeignKey(User, CASCADE)
    post = models.ForeignKey(Post, CASCADE)
    given_at = models.DateTimeField()


class Attachment(models.Model):
    """Generic, and ``Post`` declares it: goes with the post."""

    content_type = models.ForeignKey(ContentType, CASCADE)
    object_id = models.BigIntegerField()
    on = GenericForeignKey()
    name = models.CharField(max_length=120)
    size = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"], name="market_attachment_on")]


class Follow(models.Model):
    """A through table of one's own, from people to people."""

    follower = models.ForeignKey(User, CASCADE, related_name="+")
    followed = models.ForeignKey(User, CASCADE, related_name="+")
    since = models.DateField()


class Message(models.Model):
    sender = models.ForeignKey(User, CASCADE, related_name="sent")
    recipient = models.ForeignKey(User, CASCADE, related_name="received")
    text = models.TextField()
    sent_at = models.DateTimeField()


class Notification(models.Model):
    """A leaf with many rows."""

    user = models.ForeignKey(User, CASCADE)
    kind = models.CharField(
        max_length=10, choices=[("like", "Somebody liked it"), ("ship", "Your parcel is on its way")]
    )
    text = models.CharField(max_length=200)
    seen = models.BooleanField()
    at = models.DateTimeField()


class PageView(models.Model):
    """A leaf with many rows that only name the person."""

    user = models.ForeignKey(User, SET_NULL, null=True)
    path = models.CharField(max_length=200)
    ip = models.GenericIPAddressField()
    at = models.DateTimeField()


class Club(models.Model):
    founder = models.ForeignKey(User, SET_NULL, null=True, related_name="founded")
    name = models.CharField(max_length=80)
    members = models.ManyToManyField(User, through="Membership", related_name="clubs")


class Membership(models.Model):
    club = models.ForeignKey(Club, CASCADE)
    user = models.ForeignKey(User, CASCADE)
    since = models.DateField()


class Ticket(models.Model):
    """Support's own: it names who asked, who answers, and the order that it is about."""

    user = models.ForeignKey(User, SET_NULL, null=True, related_name="tickets")
    agent = models.ForeignKey(User, SET_NULL, null=True, related_name="+")
    order = models.ForeignKey(Order, SET_NULL, null=True)
    subject = models.CharField(max_length=120)
    opened_at = models.DateTimeField()


class TicketMessage(models.Model):
    ticket = models.ForeignKey(Ticket, CASCADE)
    author = models.ForeignKey(User, SET_NULL, null=True)
    text = models.TextField()
    at = models.DateTimeField()


class AuditEntry(models.Model):
    """Generic, and nobody declares it on the other side: it only names."""

    content_type = models.ForeignKey(ContentType, CASCADE)
    object_id = models.CharField(max_length=40)
    on = GenericForeignKey()
    action = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"], name="market_auditentry_on")]
