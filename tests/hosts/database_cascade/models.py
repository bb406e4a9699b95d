"""Keys whose ``on_delete`` the database carries out: Django's collector passes over all of them. Needs Django 6.1."""

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CASCADE, DB_CASCADE, DB_SET_DEFAULT, DB_SET_NULL
from django.db.models.functions import Now


class Client(models.Model):
    """The subject."""

    name = models.CharField(max_length=80, default="")


class Contract(models.Model):
    """Goes with its client by the database's own cascade, and has notes: Django's check warns, for they would stay."""

    client = models.ForeignKey(Client, DB_CASCADE)
    notes = GenericRelation("database_cascade.Note")
    signed_at = models.DateTimeField(db_default=Now())


class Clause(models.Model):
    """Hangs on such a row."""

    contract = models.ForeignKey(Contract, DB_CASCADE)


class Call(models.Model):
    """Only names the client."""

    client = models.ForeignKey(Client, DB_SET_NULL, null=True)
    text = models.TextField(default="")


class CallNote(models.Model):
    """Hangs on what only names: not the client's."""

    call = models.ForeignKey(Call, DB_CASCADE)


class Visit(models.Model):
    """Names the client until the database puts its default there, which is not Django's."""

    client = models.ForeignKey(Client, DB_SET_DEFAULT, default=None, db_default=1, null=True)


class Wish(models.Model):
    """Goes with its client by Django's own cascade."""

    client = models.ForeignKey(Client, CASCADE)


class Offer(models.Model):
    """Hangs on such a row by the database's cascade."""

    wish = models.ForeignKey(Wish, DB_CASCADE)


class Note(models.Model):
    """A generic key."""

    content_type = models.ForeignKey(ContentType, CASCADE, related_name="+")
    object_id = models.BigIntegerField()
    on = GenericForeignKey()
