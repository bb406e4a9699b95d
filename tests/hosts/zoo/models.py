"""Nothing here is a good model. Each class is one thing that hosts do, and that a collector must survive."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CASCADE, DO_NOTHING, PROTECT, RESTRICT, SET, SET_DEFAULT, SET_NULL


def leave_it(collector: Any, field: Any, objects: Any, using: str) -> None:
    """An ``on_delete`` of the host's own."""


class Closed(models.Manager):
    """A manager that refuses outside of a scope, as django-scopes does."""

    def get_queryset(self) -> NoReturn:
        raise RuntimeError("this manager must not be used")


class Person(models.Model):
    """The subject: integer key, a second unique key, a tree of invitations of any depth."""

    name = models.CharField(max_length=80, default="")
    email = models.EmailField(default="")
    code = models.CharField(max_length=80, unique=True)
    invited_by = models.ForeignKey("self", CASCADE, null=True, related_name="invited")
    mentor = models.ForeignKey("self", SET_NULL, null=True, related_name="pupils")
    notes = GenericRelation("zoo.Note")


class Member(Person):
    """A proxy."""

    class Meta:
        proxy = True


class Passport(models.Model):
    """A one-to-one field that is the primary key."""

    person = models.OneToOneField(Person, CASCADE, primary_key=True)
    number = models.CharField(max_length=20, default="")


class Pet(models.Model):
    """UUID keys, two ties to people, and a key through a proxy."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(Person, CASCADE, null=True, related_name="pets")
    vet = models.ForeignKey(Person, SET_NULL, null=True, related_name="patients")
    sitter = models.ForeignKey(Member, CASCADE, null=True, related_name="sits")
    notes = GenericRelation("zoo.Note")


class Toy(models.Model):
    """Text keys."""

    name = models.CharField(primary_key=True, max_length=80)
    pet = models.ForeignKey(Pet, CASCADE)


class Visit(models.Model):
    """A composite key."""

    pk = models.CompositePrimaryKey("pet_id", "number")
    pet = models.ForeignKey(Pet, CASCADE)
    number = models.IntegerField()


class VisitNote(models.Model):
    """A key over two columns to a composite one."""

    pet_key = models.UUIDField()
    visit_number = models.IntegerField()
    visit = models.ForeignObject(
        Visit, CASCADE, from_fields=["pet_key", "visit_number"], to_fields=["pet_id", "number"], related_name="notes"
    )


class Badge(models.Model):
    """A key to a column that is not the primary key."""

    person = models.ForeignKey(Person, CASCADE, to_field="code")


class BadgeScan(models.Model):
    """Hangs on a row whose own tie is by such a column, and hides behind its default manager."""

    badge = models.ForeignKey(Badge, CASCADE)

    objects = Closed()

    class Meta:
        ordering: ClassVar = ["-badge__person__name"]


class Animal(models.Model):
    """The parent of a multi-table family."""

    keeper = models.ForeignKey(Person, CASCADE, null=True, related_name="keeps")
    friend = models.ForeignKey(Person, SET_NULL, null=True, related_name="befriends")


class Dog(Animal):
    walker = models.ForeignKey(Person, CASCADE, null=True, related_name="walks")


class Puppy(Dog):
    breeder = models.ForeignKey(Person, SET_NULL, null=True, related_name="breeds")


class Trace(models.Model):
    """Every other ``on_delete``."""

    null = models.ForeignKey(Person, SET_NULL, null=True, related_name="+")
    default = models.ForeignKey(Person, SET_DEFAULT, null=True, default=None, related_name="+")
    value = models.ForeignKey(Person, SET(None), null=True, related_name="+")
    nothing = models.ForeignKey(Person, DO_NOTHING, null=True, related_name="+", db_constraint=False)
    custom = models.ForeignKey(Person, leave_it, null=True, related_name="+")
    text = models.CharField(max_length=80, default="")


class Lock(models.Model):
    """Keys that forbid."""

    protect = models.ForeignKey(Person, PROTECT, null=True, related_name="+")
    restrict = models.ForeignKey(Person, RESTRICT, null=True, related_name="+")
    on_pet = models.ForeignKey(Pet, PROTECT, null=True, related_name="+")


class LockPart(models.Model):
    """Hangs on what only names the person: not followed."""

    lock = models.ForeignKey(Lock, CASCADE)


class Note(models.Model):
    """A generic key with a text object id; ``GenericRelation`` on Person and Pet."""

    content_type = models.ForeignKey(ContentType, CASCADE)
    object_id = models.CharField(max_length=80)
    about = GenericForeignKey()


class NoteEdit(models.Model):
    note = models.ForeignKey(Note, CASCADE)


class Sticker(models.Model):
    """A generic key with an integer object id, that nobody declares on the other side."""

    kind = models.ForeignKey(ContentType, CASCADE)
    number = models.IntegerField()
    on = GenericForeignKey("kind", "number")


class Mark(models.Model):
    """A generic key with a UUID object id."""

    content_type = models.ForeignKey(ContentType, CASCADE)
    object_id = models.UUIDField()
    on = GenericForeignKey()


class Club(models.Model):
    """An automatic many-to-many. The club itself is nobody's."""

    members = models.ManyToManyField(Person, related_name="clubs")


class Team(models.Model):
    players = models.ManyToManyField(Person, through="Playing", through_fields=("team", "player"), related_name="teams")


class Playing(models.Model):
    """A many-to-many table of one's own."""

    team = models.ForeignKey(Team, CASCADE)
    player = models.ForeignKey(Person, CASCADE)
    coach = models.ForeignKey(Person, SET_NULL, null=True, related_name="coaches")


class Left(models.Model):
    """Half of a circle of models."""

    person = models.ForeignKey(Person, CASCADE, null=True)
    right = models.ForeignKey("Right", CASCADE, null=True, related_name="lefts")


class Right(models.Model):
    left = models.ForeignKey(Left, CASCADE, null=True, related_name="rights")


class Subscription(models.Model):
    """Tied by nothing but the e-mail address."""

    email = models.CharField(max_length=254)


class Hit(models.Model):
    """Tied by the IP address, at certain times."""

    ip = models.GenericIPAddressField()
    at = models.DateTimeField()


class Login(models.Model):
    person = models.ForeignKey(Person, SET_NULL, null=True, related_name="logins")
    ip = models.GenericIPAddressField()
    at = models.DateTimeField()


class Hermit(models.Model):
    """A subject of whom Django's own collector cannot tell anything: it dies of what hangs on him."""

    name = models.CharField(max_length=80, default="")


class Secret(models.Model):
    """No manager lets anybody through, not even the one that Django itself uses."""

    hermit = models.ForeignKey(Hermit, CASCADE)

    objects = Closed()

    class Meta:
        base_manager_name = "objects"


class Ledger(models.Model):
    """Not managed by Django; a test makes its table."""

    hermit = models.ForeignKey(Hermit, DO_NOTHING, db_constraint=False)
    line = models.TextField()

    class Meta:
        managed = False
        db_table = "zoo_ledger"


class Roster(models.Model):
    """A database view; a test makes it."""

    hermit = models.ForeignKey(Hermit, DO_NOTHING, db_constraint=False)

    class Meta:
        managed = False
        db_table = "zoo_roster"


class Ghost(models.Model):
    """Its table is nowhere."""

    hermit = models.ForeignKey(Hermit, CASCADE)

    class Meta:
        managed = False
