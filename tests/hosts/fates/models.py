"""What an eraser meets: books that must be kept, conversations with others, files, hosts' own ``delete()``."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import CASCADE, PROTECT, SET, SET_DEFAULT, SET_NULL
from django.utils import timezone


def nobody() -> "Account":
    """The account that stands in for those who are gone."""
    return Account.objects.get_or_create(name="nobody")[0]


class Account(models.Model):
    """The subject."""

    name = models.CharField(max_length=80)
    email = models.EmailField(default="")
    phone = models.CharField(max_length=30, default="", blank=True)
    nick = models.CharField(max_length=30, null=True, unique=True)  # noqa: DJ001 - unique, and many have none
    joined_at = models.DateTimeField(default=timezone.now)
    picture = models.FileField(upload_to="pictures", default="pictures/default.png")


class Order(models.Model):
    """Bookkeeping: outlives the account."""

    account = models.ForeignKey(Account, SET_NULL, null=True)
    number = models.CharField(max_length=20, default="")
    placed_on = models.DateField(null=True)
    address = models.TextField(default="")
    extra = models.JSONField(default=dict)
    total = models.IntegerField(default=0)


class Line(models.Model):
    order = models.ForeignKey(Order, CASCADE)
    text = models.CharField(max_length=80, default="")


class Wish(models.Model):
    """Hangs on an account and, perhaps, on an order."""

    account = models.ForeignKey(Account, CASCADE)
    order = models.ForeignKey(Order, CASCADE, null=True)


class Invoice(models.Model):
    """Forbids, but can be cleared."""

    account = models.ForeignKey(Account, PROTECT, null=True)
    issued_at = models.DateTimeField(default=timezone.now)
    text = models.TextField(default="")


class Receipt(models.Model):
    """Forbids, and cannot be cleared."""

    account = models.ForeignKey(Account, PROTECT)


class Ticket(models.Model):
    account = models.ForeignKey(Account, SET_NULL, null=True)


class Reply(models.Model):
    """Hangs on what only names the account; written by anybody."""

    ticket = models.ForeignKey(Ticket, CASCADE)
    author = models.ForeignKey(Account, SET_NULL, null=True)
    text = models.TextField(default="")


class Post(models.Model):
    """A tree, in which others hang below the account's own."""

    author = models.ForeignKey(Account, CASCADE, null=True)
    parent = models.ForeignKey("self", CASCADE, null=True)
    text = models.TextField(default="")


class Rating(models.Model):
    """Goes over to somebody else."""

    by = models.ForeignKey(Account, SET(nobody), related_name="+")
    seen_by = models.ForeignKey(Account, SET_DEFAULT, null=True, default=None, related_name="+")


class Document(models.Model):
    account = models.ForeignKey(Account, CASCADE)
    file = models.FileField(upload_to="documents")


class Draft(models.Model):
    """``delete()`` only hides."""

    account = models.ForeignKey(Account, CASCADE)
    hidden = models.BooleanField(default=False)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.hidden = True
        self.save()
        return 0, {}


class Stubborn(models.Model):
    """``delete()`` forbids."""

    account = models.ForeignKey(Account, CASCADE)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ValueError("alice@example.com must stay")


class Archived(models.QuerySet["Memo"]):
    """``delete()`` of many only hides."""

    def delete(self) -> tuple[int, dict[str, int]]:
        self.update(hidden=True)
        return 0, {}


class Memo(models.Model):
    account = models.ForeignKey(Account, CASCADE)
    hidden = models.BooleanField(default=False)
    objects = models.Manager.from_queryset(Archived)()


class Watched(models.Model):
    """Tests connect receivers to it."""

    account = models.ForeignKey(Account, CASCADE)


class Letter(models.Model):
    """Tied by nothing but the address."""

    email = models.CharField(max_length=254)


class Partner(Account):
    """A multi-table child."""

    firm = models.CharField(max_length=80, default="")
